/** A record's own fields as JSON: columns by their types, then virtuals. Browser-safe. */
import { BakedError, HydrationError } from "../errors";
import { isObject } from "../schema/deep";
import { isRecord, type RecordDefinition } from "./definition";
import { convert, fieldsOf } from "./shape";
import { settableVirtuals } from "./virtuals";

/** Records being written just now: one that refers back to them is left out there, not written for ever. */
const open = new Set<unknown>();

/** A value that no column describes: records write themselves, bigint is a string, inside of data too. */
export function freeJSON(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(freeJSON);
  if (isRecord(value)) return open.has(value) ? undefined : value.toJSON();
  if (isObject(value) && !("toJSON" in value)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, freeJSON(item)]));
  }
  return typeof value === "bigint" ? String(value) : value;
}

/** Does the work for one field; the error says which it was. */
function attempt(
  how: "toJSON" | "fromJSON",
  { name: model }: RecordDefinition,
  name: string,
  work: () => unknown,
): unknown {
  try {
    return work();
  } catch (cause) {
    const reason = Object(cause).message ?? cause;
    const [Problem, verb] =
      how === "toJSON" ? [BakedError, "serialize"] : [HydrationError, "hydrate"];
    throw new Problem(`Cannot ${verb} ${model}.${name}: ${reason}`, { cause });
  }
}

/** A value of a column into JSON or out of it; the error says which field it was. */
export function columnAs(
  how: "toJSON" | "fromJSON",
  definition: RecordDefinition,
  name: string,
  value: unknown,
): unknown {
  return attempt(how, definition, name, () => convert(definition.shape, how, name, value));
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
  const json: Record<string, unknown> = {
    __typename: modelClass.typename ?? modelClass.name,
  };
  open.add(record);
  try {
    for (const name of [...shape.names, ...computed, ...settableVirtuals(record, definition)]) {
      if (sensitive.has(name) || !allows(name)) continue;
      const value = attempt("toJSON", definition, name, () => {
        const field = fieldsOf(record)[name];
        return shape.types[name] && !keep(field)
          ? convert(shape, "toJSON", name, field)
          : freeJSON(field);
      });
      if (value !== undefined) json[name] = value;
    }
  } finally {
    open.delete(record);
  }
  return json;
}
