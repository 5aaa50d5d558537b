/** How the values of one PostgreSQL type are compared, kept as a baseline and written as JSON. Browser-safe. */
import { BakedError, describe, HydrationError } from "../errors";
import { copy, isList, same } from "./deep";
import { type Scalar, scalars, text, withDates, withTemporal } from "./scalars";
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

function refuse(expected: string, got: unknown): never {
  throw new HydrationError(`expected ${expected}, got ${describe(got)}`);
}

function scalarOf(type: string, { convert, toJSON = asIs, key = asIs }: Scalar): ValueType {
  return {
    equals: (a, b) => same(key(a), key(b)),
    snapshot: copy,
    restore: copy,
    toJSON,
    fromJSON: (json) => {
      let value: unknown;
      try {
        value = convert(json);
      } catch (error) {
        // Of ours only a missing Temporal can come here, and that is no fault of the payload.
        if (error instanceof BakedError) throw error;
      }
      return value === undefined ? refuse(type, json) : value;
    },
  };
}

const asIs: Convert = (value) => value;

/** Nulls inside arrays and composites are compared and converted here. */
const alike = (a: unknown, b: unknown, equals: ValueType["equals"]) =>
  a == null || b == null ? a == b : equals(a, b);

/** A type made of others: one walk serves all four conversions. */
function container(
  walk: (pick: (type: ValueType) => Convert) => Convert,
  equals: ValueType["equals"],
): ValueType {
  return {
    equals,
    snapshot: walk((type) => type.snapshot),
    restore: walk((type) => type.restore),
    toJSON: walk((type) => type.toJSON),
    fromJSON: walk((type) => type.fromJSON),
  };
}

/** Arrays of any dimension: an element that is itself an array is a dimension, unless it is JSON. */
function arrayOf(element: ValueType, isJSON: boolean): ValueType {
  const isDimension = (item: unknown) => !isJSON && Array.isArray(item);
  const equals = (a: unknown, b: unknown): boolean =>
    isList(a) &&
    isList(b) &&
    a.length === b.length &&
    Array.from(a).every((item, index) =>
      alike(item, b[index], isDimension(item) ? equals : element.equals),
    );
  return container((pick) => {
    const one = pick(element);
    const list = (value: unknown): unknown =>
      isList(value)
        ? Array.from(value, (item) => (item == null ? null : (isDimension(item) ? list : one)(item)))
        : refuse("an array", value);
    return list;
  }, equals);
}

/** Composite values are objects keyed by attribute name. */
function compositeOf(fields: readonly (readonly [name: string, type: ValueType])[]): ValueType {
  const field = (value: unknown, name: string): unknown => Reflect.get(Object(value), name);
  return container(
    (pick) => (value) =>
      typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(
            fields.map(([name, type]) => {
              const item = field(value, name);
              return [name, item == null ? null : pick(type)(item)];
            }),
          )
        : refuse("an object", value),
    (a, b) => fields.every(([name, type]) => alike(field(a, name), field(b, name), type.equals)),
  );
}

function typeAmong(known: readonly Scalar[], column: ColumnType): ValueType {
  const { type, element, fields, enumValues } = column;
  if (element) return arrayOf(typeAmong(known, element), /^json/i.test(element.type));
  if (fields) {
    return compositeOf(
      Object.entries(fields).map(([name, inner]) => [name, typeAmong(known, inner)]),
    );
  }
  // "numeric(10,2)" and "timestamp(3) with time zone", without their modifiers.
  const bare = type.toLowerCase().replace(/ *\(.*?\)/, "");
  const found = enumValues ? undefined : known.find(({ names }) => names.test(bare));
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
    : typeAmong([...scalars, ...withDates], column);
}

/** `valueTypeOf` with Temporal only: all that a frontend needs to carry. */
export function temporalTypeOf(column: ColumnType): ValueType {
  return typeAmong([...scalars, ...withTemporal], column);
}
