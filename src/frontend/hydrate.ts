/** From a JSON payload to records: each field by its column's type, nested records by `__typename`. */
import { describe, HydrationError } from "../errors";
import { DEFINITION } from "../record/definition";
import { columnAs } from "../record/json";
import { fieldsOf } from "../record/shape";
import { ownValue } from "../record/typename";
import { standingOf } from "../record/virtuals";
import { registeredClass } from "./registry";

const typenameIn = (json: unknown): unknown => ownValue(json, "__typename");

/** Records wherever a `__typename` says so, or where only records are expected; all else as it came. */
function revive(json: unknown, depth: number, isRecord?: boolean): unknown {
  // Deeper than any page needs, and far from the end of the stack.
  if (depth > 999) throw new HydrationError("Cannot hydrate: nested too deeply.");
  return Array.isArray(json)
    ? json.map((item) => revive(item, depth + 1, isRecord))
    : isRecord || typeof typenameIn(json) === "string"
      ? hydrateAs(json, depth)
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
  return revive(json, 0, true);
}

/** `hydrate` of one payload that must be of the receiver's class, or of a subclass. */
export function hydrateAs(
  json: unknown,
  depth: number,
  receiver: abstract new () => object = Object,
): object {
  const typename = typenameIn(json);
  if (typeof typename !== "string") {
    throw new HydrationError(`Cannot hydrate: missing __typename in ${describe(json)}`);
  }
  const record = new (registeredClass(typename))();
  if (!(record instanceof receiver)) {
    throw new HydrationError(`Cannot hydrate ${typename} as ${receiver.name}.`);
  }
  const definition = record[DEFINITION];
  const fields = fieldsOf(record);
  for (const [name, value] of Object.entries(Object(json))) {
    const standing = standingOf(record, name, definition);
    if (standing === "a member") {
      throw new HydrationError(`Cannot hydrate ${typename}: "${name}" is a member of the class.`);
    }
    if (standing === "column") fields[name] = columnAs("fromJSON", definition, name, value);
    // What the class computes, or offers as a method, the server may have serialized: it is ignored.
    else if (/^[uv]/.test(standing) && name !== "__typename")
      fields[name] = revive(value, depth + 1);
  }
  record.markPersisted();
  return record;
}
