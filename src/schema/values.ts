/** How the values of one PostgreSQL type are compared, kept as a baseline and written as JSON. Browser-safe. */
import { BakedError, describe, HydrationError } from "../errors";
import { isList, same } from "./deep";
import { type Scalar, scalars, temporalScalars, text } from "./scalars";
import { serverScalars } from "./server-scalars";
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

/** Which conversion: its place in a `Scalar`. */
const FROM_JSON = 1;
const TO_JSON = 2;
const KEY = 3;
const COPY = 4;
type Conversion = typeof FROM_JSON | typeof TO_JSON | typeof KEY | typeof COPY;

type Convert = (how: Conversion, value: unknown) => unknown;

interface Convertible extends ValueType {
  convert: Convert;
}

/** All conversions are one function; two values are equal when their keys are. */
function valueType(convert: Convert): Convertible {
  const copy = (value: unknown) => convert(COPY, value);
  return {
    convert,
    equals: (a, b) => same(convert(KEY, a), convert(KEY, b)),
    snapshot: copy,
    restore: copy,
    toJSON: (value) => convert(TO_JSON, value),
    fromJSON: (json) => convert(FROM_JSON, json),
  };
}

function refuse(expected: string, got: unknown): never {
  throw new HydrationError(`expected ${expected}, got ${describe(got)}`);
}

function scalarOf(type: string, scalar: Scalar): Convertible {
  return valueType((how, value) => {
    if (how !== FROM_JSON) return (scalar[how] ?? ((same) => same))(value);
    let result: unknown;
    try {
      // Of all scalars only json, which is copied, is made of objects.
      if (scalar[COPY] === scalar[FROM_JSON] || typeof value !== "object") {
        result = scalar[FROM_JSON](value);
      }
    } catch (error) {
      // Of ours only a missing Temporal can come here, and that is no fault of the payload.
      if (error instanceof BakedError) throw error;
    }
    return result === undefined ? refuse(type, value) : result;
  });
}

function typeAmong(
  known: readonly Scalar[],
  { type, element, fields, enumValues }: ColumnType,
): Convertible {
  // "numeric(10,2)" and "timestamp(3) with time zone", without their modifiers.
  const bare = type.toLowerCase().replace(/ *\(.*?\)/, "");
  if (!element && !fields) {
    const scalar = enumValues ? undefined : known.find(([names]) => names.test(bare));
    return scalarOf(type, scalar ?? text);
  }
  const item = element && typeAmong(known, element);
  const parts = Object.entries(fields ?? {}).map(
    ([name, field]) => [name, typeAmong(known, field)] as const,
  );
  const inside = (how: Conversion, { convert }: Convertible, value: unknown) =>
    value == null ? null : convert(how, value);
  const container: Convertible = valueType((how, value) => {
    if (item && isList(value)) {
      // A nested array is a dimension, unless elements are arrays themselves: json, or a domain over an array.
      return Array.from(value, (one) =>
        inside(
          how,
          Array.isArray(one) && !element.element && !/^json/i.test(element.type) ? container : item,
          one,
        ),
      );
    }
    // Composite values are objects keyed by attribute name.
    if (fields && typeof value === "object" && value && !isList(value)) {
      return Object.fromEntries(
        parts.map(([name, field]) => [name, inside(how, field, Reflect.get(value, name))]),
      );
    }
    return how === FROM_JSON ? refuse(item ? "an array" : "an object", value) : value;
  });
  return container;
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
  return typeAmong([...serverScalars(options.temporal ?? false), ...scalars], column);
}

/** `valueTypeOf` with Temporal, and without what only a server needs. */
export function temporalTypeOf(column: ColumnType): ValueType {
  return typeAmong([...scalars, ...temporalScalars()], column);
}
