/** From a JSON payload to records: each field by its column's type, nested records by `__typename`. */
import { describe, HydrationError } from "../errors";
import { DEFINITION, type RecordDefinition } from "../record/definition";
import { fieldsOf } from "../record/shape";
import { standingOf } from "../record/virtuals";
import { type RegisteredClass, registeredClass } from "./registry";

function isPayload(value: unknown): value is { __typename: string } {
  return typeof Object(value).__typename === "string" && Object.hasOwn(Object(value), "__typename");
}

/** Values that no column describes: records wherever a `__typename` says so, all else as it came. */
function revive(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(revive);
  return isPayload(json) ? hydrateAs(registeredClass(json.__typename), json) : json;
}

function columnValue({ shape, modelClass }: RecordDefinition, name: string, json: unknown): unknown {
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
  const definition = record[DEFINITION];
  const fields = fieldsOf(record);
  for (const [name, json] of Object.entries(payload)) {
    if (name === "__typename" || json === undefined) continue;
    const standing = standingOf(record, name, definition);
    if (standing === "column") fields[name] = columnValue(definition, name, json);
    else if (standing === "virtual" || standing === "unknown") fields[name] = revive(json);
    // A method of the user's class: the server serialized its twin. A member of ours: an attack or a mistake.
    else if (standing === "a member" && name in definition.base) {
      throw new HydrationError(`Cannot hydrate ${model.name}: "${name}" is a member of the class.`);
    }
  }
  record.markPersisted();
  return record;
}

/**
 * Turns a payload of the server into a persisted record of the class its `__typename` names; a list of
 * payloads into a list of records.
 *
 * @param json parsed JSON, as `toJSON()` or `serialize()` of the server wrote it
 * @throws HydrationError for an unknown type, a value its column cannot hold, or a hostile key
 * @example
 * const user = hydrate<User>(await response.json());
 */
export function hydrate<Result = unknown>(json: unknown): Result;
export function hydrate(json: unknown): unknown {
  if (Array.isArray(json)) return json.map((item) => hydrate(item));
  if (!isPayload(json)) {
    throw new HydrationError(`Cannot hydrate: missing __typename in ${describe(json)}`);
  }
  return revive(json);
}

/** `hydrate` for a known receiver: the payload must be of that class or of a subclass. */
export function hydrateInto<Instance extends object>(
  receiver: new () => Instance,
  json: unknown,
): Instance {
  const found = isPayload(json) ? registeredClass(json.__typename) : undefined;
  if (found && found !== receiver && !(found.prototype instanceof receiver)) {
    throw new HydrationError(
      `Cannot hydrate ${found.typename} as ${receiver.name}: the payload is of another class.`,
    );
  }
  return hydrate<Instance>(Array.isArray(json) ? null : json);
}
