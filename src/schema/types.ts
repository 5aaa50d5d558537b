/** PostgreSQL type names: the canonical short name of a column's type, and what kind of value it holds. */
import type { ColumnType } from "./table";

const short: Readonly<Record<string, string>> = {
  smallint: "int2",
  integer: "int4",
  int: "int4",
  bigint: "int8",
  smallserial: "int2",
  serial: "int4",
  bigserial: "int8",
  real: "float4",
  "double precision": "float8",
  decimal: "numeric",
  boolean: "bool",
  "character varying": "varchar",
  character: "bpchar",
  char: "bpchar",
  '"char"': "char",
  "timestamp with time zone": "timestamptz",
  "timestamp without time zone": "timestamp",
  "time with time zone": "timetz",
  "time without time zone": "time",
  "bit varying": "varbit",
};

// Asked for every condition and every value of a query; there are as many as types in the schema.
const known = new Map<string, string>();

/** "character varying(20)" -> "varchar", "timestamp(3) with time zone" -> "timestamptz". */
export function shortTypeName(type: string): string {
  let name = known.get(type);
  if (name === undefined) {
    const bare = type.replace(/\s*\([^)]*\)/, "").toLowerCase();
    name = short[bare] ?? bare;
    known.set(type, name);
  }
  return name;
}

const numeric = new Set(["int2", "int4", "int8", "float4", "float8", "numeric", "money"]);
const textual = new Set(["text", "varchar", "bpchar", "char", "name", "citext"]);

/** Whether sum() and avg() accept the type. */
export function isNumericType(column: ColumnType): boolean {
  return numeric.has(shortTypeName(column.type));
}

/** Whether LIKE and its sugar accept the type. */
export function isTextType(column: ColumnType): boolean {
  return textual.has(shortTypeName(column.type)) || column.pgType?.[1] === "citext";
}

export function isJsonType(column: ColumnType): boolean {
  const name = shortTypeName(column.type);
  return name === "json" || name === "jsonb";
}

export function isArrayType(column: ColumnType): boolean {
  return column.element !== undefined || column.type === "ARRAY";
}

/**
 * Whether unnest() cannot carry the type: it flattens arrays of arrays, spreads composites over columns, and
 * arrays of boxes are written like no others. A list of such values travels as text and is cast one by one.
 */
export function isNestedType(column: ColumnType): boolean {
  return isArrayType(column) || column.fields !== undefined || isBoxType(column);
}

/** The one type whose arrays have semicolons between their elements. */
export function isBoxType(column: ColumnType): boolean {
  return shortTypeName(column.type) === "box";
}

export function isTimestampType(column: ColumnType): boolean {
  const name = shortTypeName(column.type);
  return name === "timestamptz" || name === "timestamp";
}

const incomparable = new Set([
  "json",
  "xml",
  "point",
  "line",
  "lseg",
  "box",
  "path",
  "polygon",
  "circle",
]);

/** Whether UNION and DISTINCT can compare values of the type. */
export function hasEquality(column: ColumnType): boolean {
  const { element, fields } = column;
  if (element) return hasEquality(element);
  if (fields) return Object.values(fields).every(hasEquality);
  return !incomparable.has(shortTypeName(column.type));
}
