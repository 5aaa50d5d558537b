/** How the values of one PostgreSQL type are compared, kept as a baseline and written as JSON. Browser-safe. */
import { BakedError, describe, HydrationError } from "../errors";
import { isList, isObject, same } from "./deep";
import { type Convert, identity, type Scalar, scalars, temporalScalars, text } from "./scalars";
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

/** What the other conversions are made of: two values are equal when their keys are. */
interface Conversions {
  fromJSON: Convert;
  toJSON: Convert;
  key: Convert;
  copy: Convert;
}

type Convertible = ValueType & Conversions;

function valueType(conversions: Conversions): Convertible {
  const { key, copy } = conversions;
  return {
    ...conversions,
    equals: (a, b) => same(key(a), key(b)),
    snapshot: copy,
    restore: copy,
  };
}

function refuse(expected: string, got: unknown): never {
  throw new HydrationError(`expected ${expected}, got ${describe(got)}`);
}

function scalarOf(
  type: string,
  [, read, toJSON = identity, key = identity, copy = identity]: Scalar,
): Convertible {
  const fromJSON: Convert = (json) => {
    let result: unknown;
    try {
      result = read(json);
    } catch (error) {
      // Of ours only a missing Temporal can come here, and that is no fault of the payload.
      if (error instanceof BakedError) throw error;
    }
    return result === undefined ? refuse(type, json) : result;
  };
  return valueType({ fromJSON, toJSON, key, copy });
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
  // A nested array is a dimension, unless elements are arrays themselves: json, or a domain over an array.
  const isFlat = element?.element || /^json/i.test(element?.type ?? "");
  const inside = (how: keyof Conversions): Convert => {
    const convert = (of: Convertible, value: unknown) => (value == null ? null : of[how](value));
    return (value) =>
      item && isList(value)
        ? Array.from(value, (one) => convert(Array.isArray(one) && !isFlat ? container : item, one))
        : // Composite values are objects keyed by attribute name.
          fields && isObject(value)
          ? Object.fromEntries(
              parts.map(([name, field]) => [name, convert(field, Reflect.get(value, name))]),
            )
          : how === "fromJSON"
            ? refuse(item ? "an array" : "an object", value)
            : value;
  };
  const container = valueType({
    fromJSON: inside("fromJSON"),
    toJSON: inside("toJSON"),
    key: inside("key"),
    copy: inside("copy"),
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
  return typeAmong([...scalars, ...temporalScalars], column);
}
