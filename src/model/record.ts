/** What every record can do. The methods are put on each class that Model() makes, after its row class. */
import { assignAttributes } from "../record/attributes";
import { DEFINITION, type RecordDefinition } from "../record/definition";
import type { ValidationErrors } from "../record/errors";
import { ValidationErrors as Errors } from "../record/errors";
import { INSPECT, inspectRecord } from "../record/inspect";
import type {
  AsyncPayloadOptions,
  CheckedInclude,
  PayloadFor,
  PayloadOptions,
} from "../record/payload";
import { serializeRecord, serializeRecordAsync } from "../record/serialize";
import type { BASE, SELF } from "../schema/meta";
import { loadAssociation, reloadAssociation } from "./associations/load";
import { AssociationMembers } from "./associations/members";
import type { ModelClass } from "./class";
import { incrementColumn, toggleColumn, touchColumns } from "./columns";
import { duplicate } from "./copying";
import { infoOf, type ModelInfo } from "./info";
import { jsonOf } from "./json";
import { destroyRecord, isValidRecord, saveRecord } from "./lifecycle";
import { reloadRecord } from "./persistence";
import { guardedChanges } from "./shown";
import { type RecordState, STATE } from "./state";

/** The facts of a record's class. */
export function infoOfRecord(record: object): ModelInfo {
  return infoOf(record.constructor as ModelClass);
}

export abstract class BaseModel extends AssociationMembers {
  declare readonly [STATE]: RecordState;
  declare readonly [BASE]: BaseModel;

  /** The definition of the record's class, for the rooms that serialize and validate. */
  get [DEFINITION](): RecordDefinition {
    return infoOfRecord(this).definition;
  }

  /** Whether the record has no row yet. */
  get isNewRecord(): boolean {
    return this[STATE].isNew;
  }

  /** Whether the record's row was deleted by destroy(). */
  get isDestroyed(): boolean {
    return this[STATE].isDestroyed;
  }

  /** Whether the record has a row. */
  get isPersisted(): boolean {
    return !this[STATE].isNew;
  }

  /** What the last validation found. */
  get errors(): ValidationErrors {
    const state = this[STATE];
    state.errors ??= new Errors();
    return state.errors;
  }

  /** Takes the values of now as those of the database. */
  markPersisted(): void {
    this[STATE].capture(this);
  }

  /** For plugins: as markPersisted. */
  _captureSnapshot(): void {
    this[STATE].capture(this);
  }

  /** Whether anything, or one attribute, differs from the database. */
  changed(name?: keyof this[typeof SELF]["changes"] & string): boolean {
    return this[STATE].changed(this, name);
  }

  /** `{ name: { was, now } }` of everything that differs from the database. */
  changedAttributes(): this[typeof SELF]["changes"] {
    const changes = this[STATE].changedAttributes(this);
    return guardedChanges(changes, this[DEFINITION]) as this[typeof SELF]["changes"];
  }

  /** What the last save changed; for after callbacks. */
  previousChanges(): this[typeof SELF]["changes"] {
    return guardedChanges(
      this[STATE].previousChanges,
      this[DEFINITION],
    ) as this[typeof SELF]["changes"];
  }

  /** A new record with the same attributes, but without key, timestamps and what the database computes. */
  dup(): this {
    return duplicate(infoOfRecord(this), this) as this;
  }

  /** Runs the validations; the messages are in `errors`. */
  isValid(): Promise<boolean> {
    return isValidRecord(infoOfRecord(this), this);
  }

  /**
   * Writes the record: INSERT when it is new, else UPDATE of what changed, else nothing.
   * Throws ValidationError; RecordNotFoundError or StaleRecordError when its row is gone or was changed.
   */
  save(): Promise<void> {
    return saveRecord(infoOfRecord(this), this);
  }

  /** Sets attributes without saving. Throws UnknownAttributeError for what is no attribute. */
  assignAttributes(attributes: this[typeof SELF]["update"]): void {
    const info = infoOfRecord(this);
    assignAttributes(this, info.definition, info.normalized(attributes));
  }

  /** Sets attributes and saves. */
  async update(attributes: this[typeof SELF]["update"]): Promise<void> {
    this.assignAttributes(attributes);
    await this.save();
  }

  /**
   * Adds to a number in the database itself, so that nobody's addition is lost; without validations and callbacks.
   * @throws QueryError for a column that is no number, ReadOnlyRecordError when it has changes that are not saved
   * @example
   * await post.increment("views") // UPDATE "posts" SET "views" = (coalesce("views", 0) + $1) WHERE "id" = $2
   */
  increment(
    name: keyof this[typeof SELF]["changes"] & string,
    by: number | bigint | string = 1,
  ): Promise<void> {
    return incrementColumn(infoOfRecord(this), this, "increment", name, by);
  }

  /** Takes from a number in the database itself; see increment(). */
  decrement(
    name: keyof this[typeof SELF]["changes"] & string,
    by: number | bigint | string = 1,
  ): Promise<void> {
    return incrementColumn(infoOfRecord(this), this, "decrement", name, by);
  }

  /** Turns a boolean round in the database itself; without validations and callbacks. */
  toggle(name: keyof this[typeof SELF]["changes"] & string): Promise<void> {
    return toggleColumn(infoOfRecord(this), this, name);
  }

  /**
   * Writes the server's time into `updatedAt` and the named columns; without validations and callbacks.
   * @example
   * await user.touch("seenAt") // UPDATE "users" SET "updated_at" = ..., "seen_at" = ... WHERE "id" = $1
   */
  touch(...names: (keyof this[typeof SELF]["changes"] & string)[]): Promise<void> {
    return touchColumns(infoOfRecord(this), this, names);
  }

  /** Deletes the record's row, with its callbacks. */
  destroy(): Promise<void> {
    return destroyRecord(infoOfRecord(this), this);
  }

  /** Reads the row again and forgets loaded associations, or loads only the named association again. */
  async reload(association?: keyof this[typeof SELF]["loads"] & string): Promise<void> {
    const info = infoOfRecord(this);
    if (association === undefined) {
      await reloadRecord(info, this);
      return;
    }
    await reloadAssociation(info, this, association);
  }

  /** The records of an association, by one query the first time. */
  load<const Name extends keyof this[typeof SELF]["loads"] & string>(
    name: Name,
  ): Promise<this[typeof SELF]["loads"][Name]> {
    return loadAssociation(infoOfRecord(this), this, name) as Promise<
      this[typeof SELF]["loads"][Name]
    >;
  }

  /** All columns but the sensitive ones, virtuals, and `__typename`. */
  toJSON(): this[typeof SELF]["json"] {
    // What the type says of each column, the column's own conversion does.
    return jsonOf(this, this[DEFINITION]) as unknown as this[typeof SELF]["json"];
  }

  /**
   * JSON with chosen fields, associations and methods.
   * @example
   * user.serialize({ only: ["id", "name"], include: { posts: { only: ["id", "title"] } } })
   */
  serialize<const Options extends PayloadOptions<this[typeof SELF]> = object>(
    options?: Options & NoInfer<CheckedInclude<this, Options>>,
  ): PayloadFor<this, Options> {
    return serializeRecord(this, this[DEFINITION], options) as PayloadFor<this, Options>;
  }

  /** As serialize(), awaiting methods that are asynchronous. */
  serializeAsync<const Options extends AsyncPayloadOptions<this[typeof SELF]> = object>(
    options?: Options & NoInfer<CheckedInclude<this, Options>>,
  ): Promise<PayloadFor<this, Options>> {
    return serializeRecordAsync(this, this[DEFINITION], options) as Promise<
      PayloadFor<this, Options>
    >;
  }

  [INSPECT](): object {
    return inspectRecord(this, this[DEFINITION]);
  }
}
