/** The conversions of PostgreSQL's scalar types, by name. Browser-safe. */
import { BakedError, describe } from "../errors";
import { copy } from "./deep";
import { temporal } from "./temporal";

type Convert = (value: unknown) => unknown;

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

const matches = (pattern: RegExp, value: unknown) =>
  (typeof value === "string" || typeof value === "number") && pattern.test(String(value));

/** Accepts what is of one JavaScript type. */
const typed =
  (type: string): Convert =>
  (json) =>
    typeof json === type ? json : undefined;

/** One spelling per number: "01.50", 1.5 and "15e-1" are all "15e-1"; NaN and Infinity stay words. */
function decimal(value: unknown): string {
  const match = /^(-?)\+?0*(\d*)\.?(\d*)(?:e(.+))?$/i.exec(String(value));
  if (!match) return String(value).toLowerCase();
  const [, sign, whole = "", fraction = "", power = 0] = match;
  const digits = whole + fraction;
  const short = digits.replace(/0+$/, "");
  const exponent = Number(power) - fraction.length + digits.length - short.length;
  return short && `${sign}${short.replace(/^0+/, "")}e${exponent}`;
}

/** Refuses what JSON would silently drop or change; Dates and the like write themselves. */
const checkedJSON: Convert = (value) => {
  JSON.stringify(value, (_key, item: unknown) => {
    if (/big|fun|sym/.test(typeof item) || (typeof item === "number" && !Number.isFinite(item))) {
      throw new BakedError(`JSON cannot hold ${describe(item)}; store it as a string.`);
    }
    return item;
  });
  return value;
};

const toBase64: Convert = (value) =>
  value instanceof Uint8Array
    ? btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""))
    : value;

const asIs: Convert = (value) => value;

/** Used for every type that is not listed: enums, uuid, network addresses, ranges, ... */
export const text: Scalar = [/./, typed("string")];

/** The types that mean the same with and without Temporal. */
export const scalars: readonly Scalar[] = [
  [
    /^(int[24]?|integer|smallint|(small)?serial|oid)$/,
    (json) => (Number.isInteger(json) ? json : undefined),
  ],
  [
    /^(int8|big(int|serial))$/,
    (json) =>
      Number.isSafeInteger(json) || (typeof json === "string" && matches(/^-?\d+$/, json))
        ? BigInt(String(json))
        : undefined,
    String,
    String,
  ],
  [
    /^(float[48]|real|double precision)$/,
    (json) =>
      typeof json === "number" || matches(/^(NaN|-?Infinity)$/, json) ? Number(json) : undefined,
    // NaN and the infinities are null in JSON.
    (value) => (Number.isFinite(value) ? value : String(value)),
  ],
  [
    /^(numeric|decimal)$/,
    (json) =>
      matches(/^(NaN|[+-]?(Infinity|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?))$/i, json)
        ? String(json)
        : undefined,
    String,
    decimal,
  ],
  [/^bool/, typed("boolean")],
  [
    /^bytea$/,
    (json) =>
      typeof json === "string"
        ? Uint8Array.from(atob(json), (letter) => letter.charCodeAt(0))
        : undefined,
    toBase64,
    toBase64,
    copy,
  ],
  // The last two were written by the published package, which says nothing of the type inside.
  [/^(jsonb?|array|user-defined)$/, copy, checkedJSON, asIs, copy],
];

/** PostgreSQL's infinite dates are the numbers Infinity and -Infinity, as Bun's driver gives them. */
const toISO = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : String(value).replace("I", "i");
const dayOf = (iso: string): string => iso.replace(/T.*/, "");
const toDay: Convert = (value) => dayOf(toISO(value));

const dateNames = /^date$/;
const timestamp = /^timestamp( without.*)?$/;
const timestamptz = /^timestamp(tz| with )/;

function dated(names: RegExp, from: (iso: string) => unknown, toJSON: Convert = toISO): Scalar {
  return [
    names,
    (json) =>
      matches(/^-?infinity$/, json)
        ? Number(String(json).replace("i", "I"))
        : matches(/^([+-]\d\d)?\d{4}-\d\d-\d\d(T|$)/, json)
          ? from(String(json))
          : undefined,
    toJSON,
    (value) => (value instanceof Date ? +value : String(value)),
    (value) => (value instanceof Date ? new Date(value) : value),
  ];
}

/** Dates as `Date`; times and intervals stay text. */
export function dateScalars(): Scalar[] {
  // Text without an offset is UTC: that is how `timestamp` is read everywhere in this library.
  const toDate = (iso: string) => {
    const date = new Date(/T[\d:.]+$/.test(iso) ? `${iso}Z` : iso);
    return Number.isNaN(+date) ? undefined : date;
  };
  return [dated(dateNames, toDate, toDay), dated(timestamp, toDate), dated(timestamptz, toDate)];
}

/** PostgreSQL keeps months, days and time apart: 60 minutes are an hour, 24 hours are no day. */
function durationKey(value: unknown): unknown {
  const iso = String(value);
  // What stayed text has no key but itself.
  if (typeof value !== "object" || !/^-?P/.test(iso)) return value;
  const all = temporal().Duration.from(iso);
  const time = all.with({ years: 0, months: 0, weeks: 0, days: 0 });
  return [all.years * 12 + all.months, all.weeks * 7 + all.days, time.total("microseconds")].join();
}

/** PostgreSQL signs each part ("P-1DT-2H"), Temporal the whole ("-P1DT2H"); mixed signs stay text. */
function toDuration(json: unknown): unknown {
  const iso = String(json);
  const negative = /^P.*-\d/.test(iso);
  const mixed = negative && /[A-Z]\d/.test(iso);
  if ((mixed ? /^P(-?\d[\d.]*[A-Z]|T)+$/ : /^-?infinity$/).test(iso)) return iso;
  return temporal().Duration.from(negative && !mixed ? `-${iso.replace(/([A-Z])-/g, "$1")}` : iso);
}

function fromDuration(value: unknown): string {
  return String(value).replace(/^-(P.*)/, (_all, rest: string) => rest.replace(/\d[\d.]*/g, "-$&"));
}

/** Dates, times and intervals as Temporal objects; what Temporal cannot hold stays text. */
export function temporalScalars(): Scalar[] {
  return [
    dated(dateNames, (iso) => temporal().PlainDate.from(dayOf(iso)), toDay),
    dated(timestamp, (iso) => temporal().PlainDateTime.from(iso.replace("Z", ""))),
    dated(timestamptz, (iso) => temporal().Instant.from(iso)),
    [
      /^time( without.*)?$/,
      (json) => (json === "24:00:00" ? json : temporal().PlainTime.from(String(json))),
      String,
      String,
    ],
    [/^interval/, toDuration, fromDuration, durationKey],
  ];
}
