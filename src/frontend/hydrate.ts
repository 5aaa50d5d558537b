/** From a JSON payload to records: each field by its column's type, nested records by `__typename`. */
import { describe, HydrationError } from "../errors";
import { DEFINITION } from "../record/definition";
import { columnValue } from "../record/json";
import { fieldsOf } from "../record/shape";
import { lineage } from "../record/typename";
import { standingOf } from "../record/virtuals";
import { registeredClass } from "./registry";

function typenameIn(json: unknown): unknown {
  return Object.getOwnPropertyDescriptor(Object(json), "__typename")?.value;
}

/** Values that no column describes: records wherever a `__typename` says so, all else as it came. */
function revive(json: unknown): unknown {
  return Array.isArray(json)
    ? json.map(revive)
    : typeof typenameIn(json) === "string"
      ? hydrate(json)
      : json;
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
  return Array.isArray(json) ? json.map((item) => hydrate(item)) : hydrateAs(undefined, json);
}

/** `hydrate` of one payload that must be of the receiver's class, or of a subclass. */
export function hydrateAs(receiver: { name: string } | undefined, json: unknown): object {
  const typename = typenameIn(json);
  if (typeof typename !== "string") {
    throw new HydrationError(`Cannot hydrate: missing __typename in ${describe(json)}`);
  }
  const model = registeredClass(typename);
  if (receiver && !lineage(model, null).includes(receiver)) {
    throw new HydrationError(
      `Cannot hydrate ${typename} as ${receiver.name}: it is another class.`,
    );
  }
  const record = new model();
  const definition = record[DEFINITION];
  const fields = fieldsOf(record);
  for (const [name, value] of Object.entries(Object(json))) {
    const standing = standingOf(record, name, definition);
    if (standing === "column") fields[name] = columnValue(definition, name, value);
    else if (standing === "a member") {
      throw new HydrationError(`Cannot hydrate ${typename}: "${name}" is a member of the class.`);
    } else if (standing === "virtual" || (standing === "unknown" && name !== "__typename")) {
      // What the class computes, or offers as a method, the server may have serialized: it is ignored.
      fields[name] = revive(value);
    }
  }
  record.markPersisted();
  return record;
}
