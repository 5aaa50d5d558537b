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

/** Converts a column's value to or from JSON; an error says which one it was. */
function convert(
  how: "toJSON" | "fromJSON",
  { shape, modelClass }: RecordDefinition,
  name: string,
  value: unknown,
): unknown {
  if (value == null) return value;
  try {
    return shape.types[name]?.[how](value);
  } catch (cause) {
    const [verb, Problem] =
      how === "toJSON" ? ["serialize", BakedError] : (["hydrate", HydrationError] as const);
    throw new Problem(
      `Cannot ${verb} ${modelClass.name}.${name}: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}

/** The value of a column as JSON. */
export const columnJSON = convert.bind(null, "toJSON");

/** The value of a column out of JSON. */
export const columnValue = convert.bind(null, "fromJSON");

/**
 * `__typename`, columns in table order, computed virtuals, settable virtuals; what is undefined is left out.
 *
 * @param allows further filter; sensitive names are out before it is asked
 * @param write conversion of a column
 */
export function recordJSON(
  record: object,
  definition: RecordDefinition,
  allows: (name: string) => boolean = () => true,
  write = columnJSON,
): Record<string, unknown> {
  const { shape, computed, sensitive, modelClass } = definition;
  const fields = fieldsOf(record);
  const json: Record<string, unknown> = { __typename: typenameOf(modelClass) };
  const put = (name: string, convert: (value: unknown) => unknown) => {
    if (sensitive.has(name) || !allows(name)) return;
    const value = convert(fields[name]);
    if (value !== undefined) json[name] = value;
  };
  open.add(record);
  try {
    for (const name of shape.names) put(name, (value) => write(definition, name, value));
    for (const name of computed) put(name, freeJSON);
    for (const name of settableVirtuals(record, definition)) put(name, freeJSON);
  } finally {
    open.delete(record);
  }
  return json;
}
