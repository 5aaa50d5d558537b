/** How the values of one PostgreSQL type are compared, kept as a baseline and written as JSON. Browser-safe. */
import { BakedError, describe, HydrationError } from "../errors";
import { isList, same } from "./deep";
import { dateScalars, type Scalar, scalars, temporalScalars, text } from "./scalars";
import type { ColumnType } from "./table";

/** The conversions of one type. `null` and `undefined` never reach it: the caller handles them. */
export interface ValueType {
  equals(a: unknown, b: unknown): boolean;
  /** An immutable copy for the baseline; only `restore` reads it. */
  snapshot(value: unknown): unknown;
  /** A fresh value out of a snapshot. */
  restore(snapshot: unknown): unknown;
  /** What `JSON.stringify` writes without loss. */
  toJSON(value: unknown): unknown;
  /** The value out of parsed JSON; throws `HydrationError` when it cannot be one. */
  fromJSON(json: unknown): unknown;
}

type Convert = (value: unknown) => unknown;
type Conversion = "key" | "snapshot" | "restore" | "toJSON" | "fromJSON";

/** A value type is five conversions: two values are equal when their keys are. */
interface Keyed extends ValueType {
  key(value: unknown): unknown;
}

function valueType(convert: (how: Conversion) => Convert): Keyed {
  const key = convert("key");
  return {
    key,
    equals: (a, b) => same(key(a), key(b)),
    snapshot: convert("snapshot"),
    restore: convert("restore"),
    toJSON: convert("toJSON"),
    fromJSON: convert("fromJSON"),
  };
}

function refuse(expected: string, got: unknown): never {
  throw new HydrationError(`expected ${expected}, got ${describe(got)}`);
}

function scalarOf(type: string, [, convert, toJSON, key, copy]: Scalar): Keyed {
  const fromJSON = (json: unknown): unknown => {
    let value: unknown;
    try {
      value = convert(json);
    } catch (error) {
      // Of ours only a missing Temporal can come here, and that is no fault of the payload.
      if (error instanceof BakedError) throw error;
    }
    return value === undefined ? refuse(type, json) : value;
  };
  const own = { key, toJSON, fromJSON, snapshot: copy, restore: copy };
  return valueType((how) => own[how] ?? ((value) => value));
}

/** Values made of others; `parts` answers undefined when the value is not of that make. */
function containerOf(
  what: string,
  parts: (value: unknown, visit: (item: unknown, type: Keyed) => unknown) => unknown,
): Keyed {
  return valueType((how) => {
    const each: Convert = (value) =>
      parts(value, (item, type) => (item == null ? null : type[how](item))) ??
      (how === "fromJSON" ? refuse(what, value) : value);
    return each;
  });
}

/** Arrays of any dimension: an element that is itself an array is a dimension, unless it is JSON. */
function arrayOf(element: Keyed, isJSON: boolean): Keyed {
  const array: Keyed = containerOf("an array", (value, visit) =>
    isList(value)
      ? Array.from(value, (item) => visit(item, !isJSON && Array.isArray(item) ? array : element))
      : undefined,
  );
  return array;
}

/** Composite values are objects keyed by attribute name. */
function compositeOf(fields: readonly (readonly [name: string, type: Keyed])[]): Keyed {
  return containerOf("an object", (value, visit) =>
    typeof value === "object" && !isList(value)
      ? Object.fromEntries(
          fields.map(([name, type]) => [name, visit(Reflect.get(Object(value), name), type)]),
        )
      : undefined,
  );
}

function typeAmong(known: readonly Scalar[], column: ColumnType): Keyed {
  const { type, element, fields, enumValues } = column;
  if (element) return arrayOf(typeAmong(known, element), /^json/i.test(element.type));
  if (fields) {
    return compositeOf(
      Object.entries(fields).map(([name, inner]) => [name, typeAmong(known, inner)]),
    );
  }
  // "numeric(10,2)" and "timestamp(3) with time zone", without their modifiers.
  const bare = type.toLowerCase().replace(/ *\(.*?\)/, "");
  const found = enumValues ? undefined : known.find(([names]) => names.test(bare));
  return scalarOf(type, found ?? text);
}

/**
 * The conversions for a column, array element or composite field.
 *
 * @param column its type, by PostgreSQL's short or long name
 * @param options `temporal`: dates and times are Temporal objects instead of `Date` and text
 * @example
 * valueTypeOf({ type: "numeric" }).equals("1.50", "1.5"); // true
 */
export function valueTypeOf(column: ColumnType, options: { temporal?: boolean } = {}): ValueType {
  return options.temporal
    ? temporalTypeOf(column)
    : typeAmong([...scalars, ...dateScalars()], column);
}

/** `valueTypeOf` with Temporal only: all that a frontend needs to carry. */
export function temporalTypeOf(column: ColumnType): ValueType {
  return typeAmong([...scalars, ...temporalScalars()], column);
}
