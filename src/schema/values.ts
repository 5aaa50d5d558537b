/** How the values of one PostgreSQL type are compared, kept as a baseline and written as JSON. Browser-safe. */
import { BakedError, describe, HydrationError } from "../errors";
import { copy, isList, same } from "./deep";
import { moments } from "./moments";
import type { ColumnType } from "./table";
import { shortTypeName } from "./types";

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

/** A reader: `convert` answers undefined, or throws, when the JSON is not of the type. */
function reader(what: string, convert: Convert): Convert {
  return (json) => {
    let value: unknown;
    try {
      value = convert(json);
    } catch (error) {
      // Of ours only a missing Temporal can come here, and that is no fault of the payload.
      if (error instanceof BakedError) throw error;
    }
    if (value === undefined) {
      throw new HydrationError(`expected ${what}, got ${describe(json)}`);
    }
    return value;
  };
}

function scalar(what: string, toJSON: Convert, convert: Convert, equals = same): ValueType {
  return { equals, snapshot: copy, restore: copy, toJSON, fromJSON: reader(what, convert) };
}

const asIs: Convert = (value) => value;

/** Values that are equal when they are written the same: 5n and "5", two Temporal objects. */
const byText =
  (text: Convert) =>
  (a: unknown, b: unknown): boolean =>
    same(text(a), text(b));

/** One spelling per number: "01.50", 1.5 and "15e-1" are all "15e-1"; NaN and Infinity stay words. */
function decimal(value: unknown): string {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(String(value).trim());
  if (!match) return String(value).toLowerCase();
  const [, sign, whole = "", fraction = "", power = 0] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  const short = digits.replace(/0+$/, "");
  const exponent = Number(power) - fraction.length + digits.length - short.length;
  return short && `${sign === "-" ? sign : ""}${short}e${exponent}`;
}

/** Refuses what JSON would silently drop or change; Dates and other objects write themselves. */
function plain(value: unknown): unknown {
  if (typeof value === "object" && value) {
    if (Array.isArray(value)) return value.map(plain);
    if ("toJSON" in value && typeof value.toJSON === "function") return value.toJSON();
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) =>
        item === undefined ? [] : [[key, plain(item)]],
      ),
    );
  }
  const lost = ["bigint", "function", "symbol", "undefined"].includes(typeof value);
  if (lost || (typeof value === "number" && !Number.isFinite(value))) {
    throw new BakedError(`JSON cannot hold ${typeof value} ${describe(value)}.`, {
      hint: "Store it as a string.",
    });
  }
  return value;
}

const text = scalar("a string", asIs, (json) => (typeof json === "string" ? json : undefined));
const json = scalar("JSON", plain, asIs);
const integer = scalar("an integer", asIs, (value) => (Number.isInteger(value) ? value : undefined));
const float = scalar(
  "a number",
  (value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value),
  (value) =>
    typeof value === "number" || (typeof value === "string" && /^(NaN|-?Infinity)$/.test(value))
      ? Number(value)
      : undefined,
);
const bigint = scalar(
  "an integer as a string",
  String,
  (value) =>
    Number.isSafeInteger(value) || (typeof value === "string" && /^-?\d+$/.test(value))
      ? BigInt(String(value))
      : undefined,
  byText(String),
);
const numeric = scalar(
  "a decimal number as a string",
  String,
  (value) =>
    /^(NaN|[+-]?(Infinity|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?))$/i.test(
      typeof value === "number" ? `${value}` : typeof value === "string" ? value : "",
    )
      ? String(value)
      : undefined,
  byText(decimal),
);
const boolean = scalar("true or false", asIs, (value) =>
  typeof value === "boolean" ? value : undefined,
);
const bytes = scalar(
  "base64",
  (value) =>
    value instanceof Uint8Array
      ? btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""))
      : value,
  (value) =>
    typeof value === "string"
      ? Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0))
      : undefined,
);

const kinds: Readonly<Record<string, ValueType>> = {
  int2: integer,
  int4: integer,
  oid: integer,
  int8: bigint,
  float4: float,
  float8: float,
  numeric,
  bool: boolean,
  bytea: bytes,
  json,
  jsonb: json,
  // Written by the published package, which says nothing of the type inside.
  array: json,
  "user-defined": json,
};

/** Arrays of any dimension. An element that is itself an array is a dimension, unless it is JSON. */
function arrayOf(element: ValueType): ValueType {
  const nested = (item: unknown) => element !== json && Array.isArray(item);
  const each = (convert: Convert) => {
    const list: Convert = (value) => {
      if (!isList(value)) throw new HydrationError(`expected an array, got ${describe(value)}`);
      return Array.from(value, (item) =>
        item == null ? null : nested(item) ? list(item) : convert(item),
      );
    };
    return list;
  };
  const equals = (a: unknown, b: unknown): boolean =>
    isList(a) && isList(b)
      ? a.length === b.length &&
        Array.from(a).every((item, index) => {
          const other = b[index];
          if (item == null || other == null) return item == other;
          return nested(item) ? equals(item, other) : element.equals(item, other);
        })
      : a === b;
  return {
    equals,
    snapshot: each(element.snapshot),
    restore: each(element.restore),
    toJSON: each(element.toJSON),
    fromJSON: each(element.fromJSON),
  };
}

/** Composite values are objects keyed by attribute name. */
function compositeOf(types: [name: string, type: ValueType][]): ValueType {
  const field = (value: unknown, name: string): unknown =>
    typeof value === "object" && value && Object.hasOwn(value, name)
      ? Reflect.get(value, name)
      : null;
  const each =
    (pick: (type: ValueType) => Convert): Convert =>
    (value) => {
      if (typeof value !== "object" || Array.isArray(value)) {
        throw new HydrationError(`expected an object, got ${describe(value)}`);
      }
      return Object.fromEntries(
        types.map(([name, type]) => {
          const item = field(value, name);
          return [name, item == null ? null : pick(type)(item)];
        }),
      );
    };
  return {
    equals: (a, b) =>
      types.every(([name, type]) => {
        const [one, other] = [field(a, name), field(b, name)];
        return one == null || other == null ? one == other : type.equals(one, other);
      }),
    snapshot: each((type) => type.snapshot),
    restore: each((type) => type.restore),
    toJSON: each((type) => type.toJSON),
    fromJSON: each((type) => type.fromJSON),
  };
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
  if (column.element) return arrayOf(valueTypeOf(column.element, options));
  if (column.fields) {
    return compositeOf(
      Object.entries(column.fields).map(([name, type]) => [name, valueTypeOf(type, options)]),
    );
  }
  const name = shortTypeName(column.type);
  const moment = moments(name, options.temporal);
  if (moment) {
    const { what, key, toJSON, convert } = moment;
    return scalar(what, toJSON, convert, byText(key));
  }
  return (!column.enumValues && Object.hasOwn(kinds, name) && kinds[name]) || text;
}
