/** What a record knows of itself besides its attributes: baseline, errors, loaded associations. */
import type { Fate } from "../connection/scope";
import { type Changes, ChangeTracker } from "../record/changes";
import type { ValidationErrors } from "../record/errors";
import { fieldsOf, type RecordShape } from "../record/shape";
import { type AssignRow, isAsGiven, isDirect } from "./hydrate";

/** Under this symbol the prototype of each model gives a record's state; the state itself is private. */
export const STATE: unique symbol = Symbol("baked-orm.state");

/** Under this one it gives and takes what the record shares with others, while there is no state to keep it in. */
export const SHARED: unique symbol = Symbol("baked-orm.shared");

/** Under this one it gives and takes the first of its loaded associations, state or not. */
export const LOADED: unique symbol = Symbol("baked-orm.loaded");

interface Stateless {
  [SHARED]: HydratedResult | undefined;
  [LOADED]: LoadedAssociation | undefined;
}

/** What the record shares with others; undefined once it has a state. */
export function sharedOf(record: object): HydratedResult | undefined {
  return (record as Stateless)[SHARED];
}

/** Gives a record that has no state something else to share. */
export function share(record: object, shared: HydratedResult): void {
  (record as Stateless)[SHARED] = shared;
}

/** The first of the loaded associations. A record needs no state to have some, nor to be asked for them. */
export function firstLoaded(record: object): LoadedAssociation | undefined {
  return (record as Stateless)[LOADED];
}

export function setFirstLoaded(record: object, entry: LoadedAssociation | undefined): void {
  (record as Stateless)[LOADED] = entry;
}

/** Records that came from one query: they load associations for each other. */
export interface RecordGroup {
  /** Those that are still in use; a group never keeps its members alive. */
  members(): readonly object[];
  /** `false`: each member loads for itself, and is told of when it is one of many. */
  readonly autoBatch: boolean;
}

/** The group of a large result, for as long as somebody holds its array: a reference to each record would cost. */
export function weakGroup(records: readonly object[], autoBatch = true): RecordGroup {
  const held = new WeakRef(records);
  return { members: () => held.deref() ?? [], autoBatch };
}

/** The group of records of which each is held by itself: the array of a result is gone after `filter()`. */
export function looseGroup(held: readonly WeakRef<object>[]): RecordGroup {
  return { members: () => held.flatMap((reference) => reference.deref() ?? []), autoBatch: true };
}

/** A loaded association, and records built for it. */
export interface LoadedAssociation {
  readonly name: string;
  value: unknown;
  /** The attributes by which it was found, and the values they had. */
  readonly names: readonly string[];
  key: string;
  /** False while only new records are here. */
  isLoaded: boolean;
  /** Made by build(), to be saved with the owner. */
  built: object[] | undefined;
  /** Of the transaction it was loaded in: rolled back, rows it holds may be gone. */
  readonly fate: Fate | undefined;
  /** Another of the same record. */
  next: LoadedAssociation | undefined;
}

/** What the records of one result have in common, or those of one owner. */
export interface HydratedResult {
  readonly group: RecordGroup | undefined;
  readonly strict: boolean;
  /** Who loaded the records. */
  readonly inverse: Inverse | undefined;
  /** Sets the attributes when the rows do not have all of them, or not in the form that the constructor reads. */
  readonly assign: AssignRow | undefined;
}

/** The record that loaded this one, as one of its associations; shared by all that were loaded with it. */
export interface Inverse {
  readonly name: string;
  readonly record: object;
  readonly names: readonly string[];
  readonly key: string;
}

/** A value loaded ahead, because another record of the group asked. */
export interface Prefetched {
  readonly value: unknown;
  /** Whether a statement of now would give the same. */
  isValid(): boolean;
}

/** A write of a record; `outer` is the one whose callback started it. */
export interface Write {
  readonly outer: Write | undefined;
  /** The write it cannot start before. */
  waitsFor: Write | undefined;
  /** Writes that wait for its end. */
  waiters: (() => void)[] | undefined;
}

const NONE: Changes = Object.freeze({});

/** One object per record. A record without a baseline is new. */
export class RecordState extends ChangeTracker {
  group: RecordGroup | undefined = undefined;
  /** What the last save changed; undefined after an INSERT, until somebody asks. */
  declare changes: Changes | undefined;
  /** What the INSERT gave back, when it was the last save. */
  declare insertedRow: Readonly<Record<string, unknown>> | undefined;
  declare errors: ValidationErrors | undefined;
  /** The first of the loaded associations, which lead to each other. A record has one or two: they need no list. */
  declare loaded: LoadedAssociation | undefined;
  /** Who loaded this record; answers for the association of that name. */
  declare inverse: Inverse | undefined;
  /** Values loaded ahead, not shown until they are asked for. */
  declare prefetched: Map<string, Prefetched> | undefined;
  /** The write under way: a second one waits for it. */
  declare writer: Write | undefined;
  /** Attributes whose value came from the database by a write: a rollback takes them back. */
  declare filled: string[] | undefined;
  /** Values of sensitive columns: not on the record itself, so that a spread or a copy leaves them behind. */
  declare hidden: Record<string, unknown> | undefined;
  declare isDestroyed: boolean;
  /** Loading an association lazily is an error. */
  declare strict: boolean;

  override differs(record: object, name: string): boolean {
    const raw = this.baseline?.[name];
    const value = fieldsOf(record)[name];
    const column = this.shape.columns[name];
    if (column && isAsGiven(column, raw, value)) return false;
    // Numbers and booleans have one form each; text may be spelled in several ways.
    if (typeof value === "boolean" && typeof raw === "boolean") return true;
    if (typeof value === "number" && typeof raw === "number" && column && isDirect(column)) {
      return !Number.isNaN(value) || !Number.isNaN(raw);
    }
    return super.differs(record, name);
  }

  /** Ends an UPDATE: what it changed, and the row that is the new baseline. */
  saved(changes: Changes, row: Readonly<Record<string, unknown>>): void {
    this.previousChanges = changes;
    this.baseline = row;
  }

  /** Ends an INSERT. That everything has changed need not be written down for each record. */
  inserted(row: Readonly<Record<string, unknown>>): void {
    this.changes = undefined;
    this.insertedRow = row;
    this.baseline = row;
    if (this.isDestroyed) this.isDestroyed = false;
  }

  /** What the last save changed, for after callbacks. */
  get previousChanges(): Changes {
    this.changes ??= insertedChanges(this.shape, this.insertedRow);
    return this.changes;
  }

  set previousChanges(changes: Changes) {
    this.changes = changes;
    if (this.insertedRow) this.insertedRow = undefined;
  }

  /** Notes that the attribute has its value from the database. */
  noteFilled(name: string): void {
    if (!this.filled) this.filled = [name];
    else if (!this.filled.includes(name)) this.filled.push(name);
  }

  /** The primary key of the row as it is stored: the baseline's, or the record's own when it is new. */
  key(record: object): unknown[] {
    return this.shape.primaryKey.map((name) => this.keyPart(record, name));
  }

  /** One attribute of the key. */
  keyPart(record: object, name: string): unknown {
    return this.baseline ? this.was(name) : fieldsOf(record)[name];
  }

  /** Nothing that was loaded, or loaded ahead, is known any more. */
  forgetAssociations(): void {
    this.loaded = undefined;
    this.inverse = undefined;
    this.prefetched = undefined;
  }

  get isNew(): boolean {
    return this.baseline === undefined;
  }
}

// Most records are only read: what they never set stays here, and a record's state is a third of the size.
const unset: Pick<
  RecordState,
  | "changes"
  | "insertedRow"
  | "errors"
  | "loaded"
  | "inverse"
  | "prefetched"
  | "writer"
  | "filled"
  | "hidden"
  | "isDestroyed"
  | "strict"
> = {
  changes: NONE,
  insertedRow: undefined,
  errors: undefined,
  loaded: undefined,
  inverse: undefined,
  prefetched: undefined,
  writer: undefined,
  filled: undefined,
  hidden: undefined,
  isDestroyed: false,
  strict: false,
};
Object.assign(RecordState.prototype, unset);

/** Everything but the key has changed, from nothing. */
function insertedChanges(
  { names, types, primaryKey }: RecordShape,
  row: Readonly<Record<string, unknown>> = {},
): Changes {
  const given = names.filter((name) => row[name] !== undefined && !primaryKey.includes(name));
  return Object.fromEntries(
    given.map((name) => {
      const raw = row[name];
      return [name, { was: undefined, now: raw === null ? null : types[name]?.restore(raw) }];
    }),
  );
}

export interface Stateful {
  readonly [STATE]: RecordState;
}

export function stateOf(record: object): RecordState {
  return (record as Stateful)[STATE];
}
