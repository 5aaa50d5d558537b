/** A record's own fields as JSON: columns by their types, then virtuals. Browser-safe. */
import { BakedError, HydrationError } from "../errors";
import { isRecord, type RecordDefinition } from "./definition";
import { fieldsOf } from "./shape";
import { typenameOf } from "./typename";
import { settableVirtuals } from "./virtuals";

/** Records being written just now: one that refers back to them is left out there, not written for ever. */
const open = new Set<unknown>();

/** A value that no column describes: records write themselves, bigint is a string. */
export function freeJSON(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(freeJSON);
  if (!isRecord(value)) return value;
  return "toJSON" in value && typeof value.toJSON === "function" && !open.has(value)
    ? value.toJSON()
    : undefined;
}

/** Runs a conversion of one field; an error says which field it was. */
function attempt(
  verb: "serialize" | "hydrate",
  definition: RecordDefinition,
  name: string,
  convert: () => unknown,
): unknown {
  try {
    return convert();
  } catch (cause) {
    const Problem = verb === "hydrate" ? HydrationError : BakedError;
    const reason = cause instanceof Error ? cause.message : cause;
    throw new Problem(`Cannot ${verb} ${definition.name}.${name}: ${reason}`, { cause });
  }
}

/** The value of a column as JSON. */
export function columnJSON(definition: RecordDefinition, name: string, value: unknown): unknown {
  return value == null
    ? value
    : attempt("serialize", definition, name, () => definition.shape.types[name]?.toJSON(value));
}

/** The value of a column out of JSON. */
export function columnValue(definition: RecordDefinition, name: string, json: unknown): unknown {
  return json == null
    ? json
    : attempt("hydrate", definition, name, () => definition.shape.types[name]?.fromJSON(json));
}

/**
 * `__typename`, columns in table order, computed virtuals, settable virtuals; what is undefined is left out.
 *
 * @param allows further filter; sensitive names are out before it is asked
 * @param keep values of columns that stay what they are
 * @throws BakedError naming the field that cannot be written
 */
export function recordJSON(
  record: object,
  definition: RecordDefinition,
  allows: (name: string) => boolean = () => true,
  keep: (value: unknown) => boolean = () => false,
): Record<string, unknown> {
  const { shape, computed, sensitive, modelClass } = definition;
  const fields = fieldsOf(record);
  const json: Record<string, unknown> = { __typename: typenameOf(modelClass) };
  open.add(record);
  try {
    for (const name of [...shape.names, ...computed, ...settableVirtuals(record, definition)]) {
      if (sensitive.has(name) || !allows(name)) continue;
      const value = attempt("serialize", definition, name, () => {
        const field = fields[name];
        const type = shape.types[name];
        return type && field != null && !keep(field) ? type.toJSON(field) : freeJSON(field);
      });
      if (value !== undefined) json[name] = value;
    }
  } finally {
    open.delete(record);
  }
  return json;
}
