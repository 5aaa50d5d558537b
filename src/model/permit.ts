/** Strong parameters: which attributes a client may set, and how the JSON of its request becomes their values. */
import { describe, didYouMean, HydrationError, QueryError, UnknownAttributeError } from "../errors";
import { assignAttributes } from "../record/attributes";
import { ValidationError, ValidationErrors } from "../record/errors";
import { fieldsOf } from "../record/shape";
import { standingOf } from "../record/virtuals";
import { codecOf } from "../schema/codecs";
import { isObject } from "../schema/deep";
import type { ColumnDefinition } from "../schema/table";
import { isWritable } from "./accept";
import type { AssignableAttributes } from "./attributes";
import type { ModelInfo } from "./info";
import { lockColumn, stale } from "./persistence";
import { stateOf } from "./state";

/** The names that `permit()` takes: columns that may be written, and virtuals. */
export type PermittedName<Row> = keyof AssignableAttributes<Row> & string;

/** What `apply()` answers: the permitted attributes that the body had. */
export type PermittedAttributes<Row, Name> = Pick<
  AssignableAttributes<Row>,
  Name & keyof AssignableAttributes<Row>
>;

/** The attributes of a model that a request may set; made by `User.permit("name", "email")`. */
class Permit<Row, Name extends string> {
  readonly #info: ModelInfo;
  readonly #names: readonly Name[];

  constructor(info: ModelInfo, names: readonly Name[]) {
    for (const name of names) checkName(info, name);
    this.#info = info;
    this.#names = names;
  }

  /**
   * The permitted attributes of a request body, as values of their columns: a date is a `Date`, a bigint a
   * `bigint`. Other keys are ignored; attributes that the body does not have are absent.
   *
   * @param body parsed JSON, such as the `patch()` of a frontend record
   * @throws ValidationError naming each value that its column cannot hold; what only PostgreSQL can judge, such as
   * a range or an address, is found by the save
   * @throws HydrationError when the body is no object
   * @example
   * await user.update(User.permit("name", "email").apply(await request.json()));
   */
  apply(body: unknown): PermittedAttributes<Row, Name> {
    const given = this.#given(body);
    const { columns } = this.#info.table;
    const attributes: Record<string, unknown> = {};
    const errors = new ValidationErrors();
    for (const name of this.#names) {
      if (!Object.hasOwn(given, name)) continue;
      const json = given[name];
      const column = columns[name];
      try {
        attributes[name] = json == null || !column ? json : fromJSON(column, json);
      } catch (error) {
        if (!(error instanceof HydrationError || error instanceof QueryError)) throw error;
        errors.add(name, "is invalid");
      }
    }
    if (!errors.isEmpty) throw new ValidationError(this.#info.name, errors);
    // Only permitted names were filled in, each by the codec of its column.
    return attributes as PermittedAttributes<Row, Name>;
  }

  /**
   * Sets the permitted attributes of a request body on a record. A body that carries `lockVersion`, as a
   * `patch()` does, must have the record's: else somebody saved it since the client read it.
   *
   * @throws StaleRecordError when the versions differ; nothing is assigned
   * @throws ValidationError naming each value that its column cannot hold; nothing is assigned
   * @example
   * const user = await User.find(id);
   * User.permit("name", "email").assign(user, await request.json());
   * await user.save();
   */
  assign(record: Row & object, body: unknown): void {
    const attributes = this.apply(body);
    this.#checkVersion(record, this.#given(body));
    assignAttributes(record, this.#info.definition, this.#info.normalized(attributes));
  }

  #given(body: unknown): Record<string, unknown> {
    if (isObject(body)) return fieldsOf(body);
    throw new HydrationError(
      `Attributes of ${this.#info.name} must be a JSON object, got ${describe(body)}.`,
    );
  }

  #checkVersion(record: object, given: Record<string, unknown>): void {
    const lock = lockColumn(this.#info);
    const type = lock === undefined ? undefined : this.#info.definition.shape.types[lock];
    if (lock === undefined || !type || stateOf(record).isNew || !Object.hasOwn(given, lock)) return;
    const current = stateOf(record).was(lock) ?? fieldsOf(record)[lock];
    if (current == null || type.toJSON(current) === given[lock]) return;
    throw stale(this.#info, record);
  }
}

/** The value of a column; throws when the JSON is of another type, or when the value could not be sent. */
function fromJSON(column: ColumnDefinition, json: unknown): unknown {
  const codec = codecOf(column);
  const value = codec.fromJSON(json);
  codec.encode(value);
  return value;
}

/** Refuses names that could never be assigned, so that a typo is found at once and not by a request. */
function checkName(info: ModelInfo, name: string): void {
  const { definition, modelClass, table, fields } = info;
  const isComputed = Boolean(definition.shape.types[name]) && !isWritable(table.columns[name]);
  const standing = fields.includes(name)
    ? "virtual"
    : standingOf(modelClass.prototype, name, definition);
  if (standing === "virtual" || (standing === "column" && !isComputed)) return;
  throw new UnknownAttributeError(
    `permit(): "${name}" of ${info.name} is ${isComputed ? "computed by the database" : standing} and cannot be assigned.${didYouMean(
      name,
      [...definition.shape.names, ...fields].filter((known) => known !== name),
    )}`,
  );
}

// As a type only: a module that exports functions alone can be loaded late (bin/build/parts.ts).
export type { Permit };

/** What `Model.permit()` gives. */
export function permitted<Row, Name extends string>(
  info: ModelInfo,
  names: readonly Name[],
): Permit<Row, Name> {
  return new Permit<Row, Name>(info, names);
}
