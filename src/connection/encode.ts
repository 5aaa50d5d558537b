/** What is sent for the parameters of a compiled query, and what is shown of them in logs and errors. */
import { QueryError } from "../errors";
import { arrayLiteral, jsonArrayLiteral } from "../schema/array-literal";
import { type Codec, codecOf } from "../schema/codecs";
import type { ColumnDefinition, ColumnType } from "../schema/table";
import type { Parameter } from "../sql/nodes";
import type { DriverValue } from "./driver";
import { encodeUntyped } from "./literal";

export const REDACTED = "[REDACTED]";

/** The driver's value of a parameter. Throws QueryError naming the column when the value does not fit its type. */
export function encodeParameter(parameter: Parameter): DriverValue {
  const { value, type } = parameter;
  if (value === null) return null;
  if (value === undefined) {
    throw new QueryError(`undefined was given for ${label(type)}.`, {
      hint: "Pass null for SQL NULL, or leave the key out.",
    });
  }
  if (!type) return encodeUntyped(value);
  try {
    const codec = codecOf(type);
    return parameter.list ? encodeList(value as readonly unknown[], codec) : codec.encode(value);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const shown = parameter.sensitive ? "A value does not fit." : error.message;
    throw new QueryError(`Wrong value for ${label(type)}: ${shown}`);
  }
}

/** An array literal. Mostly JSON prints all of it, which takes half the time. */
function encodeList(list: readonly unknown[], codec: Codec): string {
  const { printsAsJSON } = codec;
  const isJSON = printsAsJSON && list.every((item) => item === null || printsAsJSON(item));
  return (
    (isJSON ? jsonArrayLiteral(list) : undefined) ??
    arrayLiteral(list.map((item) => (item === null ? null : codec.encode(item))))
  );
}

function label(type: ColumnType | undefined): string {
  const name = (type as Partial<ColumnDefinition> | undefined)?.columnName;
  if (name !== undefined) return `column "${name}" (${type?.type})`;
  return type ? `a value of type ${type.type}` : "a bound value";
}

/** The values as the application gave them, those of sensitive columns masked. */
export function shownValues(parameters: readonly Parameter[]): unknown[] {
  return parameters.map((parameter) => (parameter.sensitive ? REDACTED : parameter.value));
}

/** The values of a bulk write row by row, from the one list per column that was sent. */
export function shownRows(parameters: readonly Parameter[]): unknown[] {
  const lists = parameters.filter((parameter) => parameter.list);
  const length = Math.max(0, ...lists.map((list) => (list.value as readonly unknown[]).length));
  const shown: unknown[] = [];
  for (let row = 0; row < length; row++) {
    for (const list of lists) {
      shown.push(list.sensitive ? REDACTED : (list.value as readonly unknown[])[row]);
    }
  }
  return shown.concat(shownValues(parameters.filter((parameter) => !parameter.list)));
}
