/** From a JSON payload to records: each field by its column's type, nested records by `__typename`. */
import { describe, HydrationError } from "../errors";
import { DEFINITION } from "../record/definition";
import { columnValue } from "../record/json";
import { fieldsOf } from "../record/shape";
import { standingOf } from "../record/virtuals";
import { registeredClass } from "./registry";

<<<<<<< HEAD
/** A record that can be told that it is in step with the server. */
interface Persistable {
  markPersisted(): void;
}

function isPersistable(value: object): value is Persistable {
  return "markPersisted" in value && typeof value.markPersisted === "function";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPayload(value: unknown): value is object & { __typename: string } {
  return (
    isObject(value) &&
    Object.hasOwn(value, "__typename") &&
    "__typename" in value &&
    typeof value.__typename === "string"
  );
=======
function typenameIn(json: unknown): unknown {
  return Object.getOwnPropertyDescriptor(Object(json), "__typename")?.value;
>>>>>>> record
}

/** Values that no column describes: records wherever a `__typename` says so, all else as it came. */
function revive(json: unknown): unknown {
<<<<<<< HEAD
  if (Array.isArray(json)) return json.map(revive);
  return isPayload(json) ? hydrateAs(registeredClass(json.__typename), json) : json;
}

function columnValue(
  { shape, modelClass }: RecordDefinition,
  name: string,
  json: unknown,
): unknown {
  if (json === null) return null;
  try {
    return shape.types[name]?.fromJSON(json);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause;
    throw new HydrationError(`Cannot hydrate ${modelClass.name}.${name}: ${reason}`, { cause });
  }
}

/**
 * Makes an instance of the class out of a payload that was checked to be of that class.
 * Fields that were not sent stay absent; what the class computes itself is ignored.
 */
function hydrateAs(model: RegisteredClass, payload: object): object {
  const record = new model();
  if (!isRecord(record) || !isPersistable(record)) {
    throw new HydrationError(`Cannot hydrate: ${model.name} is not a frontend model.`);
  }
  const definition = record[DEFINITION];
  const fields = fieldsOf(record);
  for (const [name, json] of Object.entries(payload)) {
    if (name === "__typename" || json === undefined) continue;
    const standing = standingOf(record, name, definition);
    if (standing === "column") fields[name] = columnValue(definition, name, json);
    else if (standing === "virtual" || standing === "unknown") fields[name] = revive(json);
    // A method of the user's class: the server serialized its twin. A member of ours: an attack or a mistake.
    else if (standing === "member" && name in definition.base) {
      throw new HydrationError(`Cannot hydrate ${model.name}: "${name}" is a member of the class.`);
    }
  }
  record.markPersisted();
  return record;
=======
  return Array.isArray(json)
    ? json.map(revive)
    : typeof typenameIn(json) === "string"
      ? hydrate(json)
      : json;
>>>>>>> record
}

/**
 * Turns a payload of the server into a persisted record of the class its `__typename` names; a list of
 * payloads into a list of records. Fields that were not sent stay absent.
 *
 * @param json parsed JSON, as `toJSON()` or `serialize()` of the server wrote it
 * @throws HydrationError for an unknown type, a value its column cannot hold, or a hostile key
 * @example
 * const user = hydrate<User>(await response.json());
 */
export function hydrate<Result = unknown>(json: unknown): Result;
export function hydrate(json: unknown): unknown {
  return Array.isArray(json) ? json.map((item) => hydrate(item)) : hydrateAs(Object, json);
}

/** `hydrate` of one payload that must be of the receiver's class, or of a subclass. */
export function hydrateAs(receiver: { name: string; prototype: object }, json: unknown): object {
  const typename = typenameIn(json);
  if (typeof typename !== "string") {
    throw new HydrationError(`Cannot hydrate: missing __typename in ${describe(json)}`);
  }
  const model = registeredClass(typename);
  const record = new model();
  if (!receiver.prototype.isPrototypeOf(record)) {
    throw new HydrationError(
      `Cannot hydrate ${typename} as ${receiver.name}: it is another class.`,
    );
  }
  const definition = record[DEFINITION];
  const fields = fieldsOf(record);
  for (const [name, value] of Object.entries(Object(json))) {
    const standing = standingOf(record, name, definition);
    if (standing === "column") fields[name] = columnValue(definition, name, value);
    else if (standing === "a member") {
      // A method of the user's class is no attack: the server serialized its twin.
      if (name in definition.base) {
        throw new HydrationError(`Cannot hydrate ${typename}: "${name}" is a member of the class.`);
      }
    } else if (standing !== "computed" && name !== "__typename") fields[name] = revive(value);
  }
  record.markPersisted();
  return record;
}
