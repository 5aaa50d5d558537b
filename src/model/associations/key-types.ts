/** Which types of keys can be compared, by PostgreSQL and by us. Pure. */
import type { HopKey } from "../../query/source";
import { codecOf } from "../../schema/codecs";
import type { ColumnDefinition, ColumnType } from "../../schema/table";
import { isTextType, shortTypeName } from "../../schema/types";

const integers = new Set(["int2", "int4", "int8"]);
const numbers = new Set([...integers, "numeric", "float4", "float8"]);
const plainTexts = new Set(["text", "varchar"]);
const moments = new Set(["timestamptz", "timestamp", "date"]);

function nameOf(type: ColumnType): string {
  return type.pgType ? type.pgType.join(".") : shortTypeName(type.type);
}

/** Whether `a = b` is an expression of PostgreSQL. */
function comparable(a: ColumnType, b: ColumnType): boolean {
  const [left, right] = [nameOf(a), nameOf(b)];
  if (left === right) return true;
  return (
    (numbers.has(left) && numbers.has(right)) ||
    (moments.has(left) && moments.has(right)) ||
    (isTextType(a) && isTextType(b))
  );
}

/** The sides that must become text before they can be compared; text columns stay, so that their index serves. */
export function asTextSides(from: ColumnType, to: ColumnType): HopKey["asText"] {
  if (comparable(from, to)) return undefined;
  if (isTextType(from)) return "to";
  return isTextType(to) ? "from" : "both";
}

/** Whether two values are equal in PostgreSQL exactly when they print the same: true of integers, uuid and text. */
export function equalAsPrinted(a: ColumnType, b: ColumnType): boolean {
  const [left, right] = [nameOf(a), nameOf(b)];
  return (
    (integers.has(left) && integers.has(right)) ||
    (plainTexts.has(left) && plainTexts.has(right)) ||
    (left === "uuid" && right === "uuid")
  );
}

const ranges: Readonly<Record<string, bigint>> = {
  int2: 2n ** 15n,
  int4: 2n ** 31n,
  int8: 2n ** 63n,
};
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A key kept in a column of another type, as a value of the key it refers to; undefined when it cannot be one.
 * Text refers to a number or uuid only in the spelling PostgreSQL prints, so that both directions agree.
 */
export function convertedKey(
  value: unknown,
  from: ColumnDefinition,
  to: ColumnDefinition,
): unknown {
  if (comparable(from, to)) return value;
  const text = typeof value === "string" ? value : codecOf(from).encode(value);
  const name = nameOf(to);
  const limit = ranges[name];
  if (limit !== undefined) {
    if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
    const number = BigInt(text);
    if (number < -limit || number >= limit) return undefined;
    return name === "int8" ? number : Number(number);
  }
  if (name === "uuid") return uuid.test(text) ? text : undefined;
  return isTextType(to) ? text : undefined;
}

/** A key as a value of the column that is to hold it: numbers become text where the column is text. */
export function storedKey(value: unknown, column: ColumnDefinition | undefined): unknown {
  const isNumber = typeof value === "number" || typeof value === "bigint";
  return isNumber && column && isTextType(column) ? String(value) : (value ?? null);
}
