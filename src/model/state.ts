/** What a record knows of itself besides its attributes: baseline, errors, loaded associations. */
import { type Changes, ChangeTracker } from "../record/changes";
import type { ValidationErrors } from "../record/errors";
import { fieldsOf } from "../record/shape";

/** Under this symbol the prototype of each model gives a record's state; the state itself is private. */
export const STATE: unique symbol = Symbol("baked-orm.state");

/** Records that came from one query: they load associations for each other. */
export interface RecordGroup {
  /** Those that are still in use; a group never keeps its members alive. */
  members(): readonly object[];
}

/** The group of a query's result, for as long as somebody holds the result. */
export function weakGroup(records: readonly object[]): RecordGroup {
  const held = new WeakRef(records);
  return { members: () => held.deref() ?? [] };
}

const NONE: Changes = Object.freeze({});

/** One object per record. A record without a baseline is new. */
export class RecordState extends ChangeTracker {
  /** What the last save changed, for after callbacks. */
  previousChanges: Changes = NONE;
  errors: ValidationErrors | undefined = undefined;
  /** Loaded associations by name. */
  loaded: Map<string, unknown> | undefined = undefined;
  group: RecordGroup | undefined = undefined;
  /** The write in flight; a second one waits for it. */
  writing: Promise<unknown> | undefined = undefined;
  isDestroyed = false;
  /** Loading an association lazily is an error. */
  strict = false;

  /** Ends a save: the changes become `previousChanges`, the row is the new baseline. */
  saved(record: object, row: Readonly<Record<string, unknown>>): void {
    this.previousChanges = this.changedAttributes(record);
    this.baseline = row;
  }

  /** The primary key of the row as it is stored: the baseline's, or the record's own when it is new. */
  key(record: object): unknown[] {
    return this.shape.primaryKey.map((name) =>
      this.baseline ? this.was(name) : fieldsOf(record)[name],
    );
  }

  get isNew(): boolean {
    return this.baseline === undefined;
  }
}

export interface Stateful {
  readonly [STATE]: RecordState;
}

export function stateOf(record: object): RecordState {
  return (record as Stateful)[STATE];
}
