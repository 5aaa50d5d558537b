/** The conversions of PostgreSQL's scalar types, by name. Browser-safe. */
import { copy } from "./deep";
import { temporal } from "./temporal";

export type Convert = (value: unknown) => unknown;

/**
 * What a scalar type has of its own:
 * - the type's names, short and long, without modifiers
 * - the value out of JSON; undefined, or an exception, when the JSON cannot be one
 * - the value as JSON, when it is not the value itself
 * - a key: equal values have equal keys
 * - a copy for the baseline: values that can be altered in place need one
 */
export type Scalar = readonly [
  names: RegExp,
  fromJSON: Convert,
  toJSON?: Convert | undefined,
  key?: Convert | undefined,
  copy?: Convert | undefined,
];

/** Objects are no text, whatever their toString() says. */
const is = (pattern: RegExp, value: unknown): boolean =>
  typeof value !== "object" && pattern.test(String(value));

/** For what is in JSON as it is in memory. */
export const identity: Convert = (value) => value;

/** Out of JSON: what passes the check is converted, the rest is undefined. */
const when =
  (check: (json: unknown) => boolean, convert: Convert = identity): Convert =>
  (json) =>
    check(json) ? convert(json) : undefined;

const isText = (json: unknown) => typeof json === "string";

/** One spelling per number: "01.50" and 1.5 are both "1.5", and there is no "-0". */
const decimal: Convert = (value) =>
  String(value)
    .toLowerCase()
    .replace(/^(?:(-)(?=.*[1-9])|[+-])?0*(\d*)\.?(\d*?)0*$/, "$1$2.$3");

const toBase64: Convert = (value) =>
  value instanceof Uint8Array
    ? btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""))
    : value;

/** NaN and the infinities are null in JSON. */
const floatJSON: Convert = (value) => (Number.isFinite(value) ? value : String(value));

/** Used for every type that is not listed: enums, uuid, network addresses, ranges, ... */
export const text: Scalar = [/./, when(isText)];

export const jsonNames = /^(jsonb?|array|user-defined)$/;

/** The types that mean the same with and without Temporal. */
export const scalars: readonly Scalar[] = [
  [/^(int([24]|eger)?|small.*|serial|oid)$/, when(Number.isInteger)],
  [
    /^(int8|big.*)$/,
    when(
      (json) => (isText(json) ? is(/^-?\d+$/, json) : Number.isSafeInteger(json)),
      (json) => BigInt(json as string | number),
    ),
    String,
    String,
  ],
  [
    /^(float|real|double)/,
    when((json) => typeof json === "number" || is(/^(NaN|-?Infinity)$/, json), Number),
    floatJSON,
    floatJSON,
  ],
  [
    /^(numeric|decimal)$/,
    when((json) => is(/^(NaN|[+-]?(Infinity|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?))$/i, json), String),
    String,
    decimal,
  ],
  [/^bool/, when((json) => typeof json === "boolean")],
  [
    /^bytea$/,
    when(isText, (json) => Uint8Array.from(atob(String(json)), (letter) => letter.charCodeAt(0))),
    toBase64,
    toBase64,
    copy,
  ],
  // The last two were written by the published package, which says nothing of the type inside.
  [jsonNames, copy, undefined, undefined, copy],
];

/** PostgreSQL's infinite dates are the numbers Infinity and -Infinity, as Bun's driver gives them. */
const toISO = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : String(value).replace("I", "i");

/** Makes a value of a Temporal class out of ISO text. */
export type ReadMoment = (kind: "PlainDate" | "PlainDateTime" | "Instant", iso: string) => unknown;

/** `date`, `timestamp` and `timestamptz`; what the class does not take is cut off the text. */
export function dated(read: ReadMoment): Scalar[] {
  return (
    [
      [/^date$/, "PlainDate", /T.*/],
      [/^timestamp( without.*)?$/, "PlainDateTime", "Z"],
      [/^timestamp(tz| with )/, "Instant", ""],
    ] as const
  ).map(([names, kind, cut]) => [
    names,
    (json) =>
      is(/^-?infinity$/, json)
        ? Number(String(json).replace("i", "I"))
        : is(/^([+-]\d\d)?\d{4}-\d\d-\d\d(T|$)/, json)
          ? read(kind, String(json).replace(cut, ""))
          : undefined,
    kind === "PlainDate" ? (value) => toISO(value).replace(cut, "") : toISO,
    String,
  ]);
}

export const intervalNames = /^interval/;

/** What Temporal cannot hold stays text: infinity, and parts of different sign ("P1DT-2H"). */
export const toDuration: Convert = when(isText, (json) =>
  is(/^-?infinity$|^P.*-\d/, json) ? json : temporal().Duration.from(String(json)),
);

/** Dates, times and intervals as Temporal objects; what Temporal cannot hold stays text. */
export const temporalScalars: readonly Scalar[] = [
  ...dated((kind, iso) => temporal()[kind].from(iso)),
  [
    /^time( without.*)?$/,
    when(isText, (json) => (json === "24:00:00" ? json : temporal().PlainTime.from(String(json)))),
    String,
    String,
  ],
  [intervalNames, toDuration, String, String],
];
