/** The conversions of PostgreSQL's scalar types, by name. Browser-safe. */
import { BakedError, describe } from "../errors";
import { temporal } from "./temporal";

type Convert = (value: unknown) => unknown;

/** What a scalar type has of its own. */
export interface Scalar {
  /** The type's names, short and long. */
  readonly names: RegExp;
  /** The value out of JSON; undefined, or an exception, when the JSON cannot be one. */
  readonly convert: Convert;
  readonly toJSON?: Convert;
  /** Equal values have equal keys. */
  readonly key?: Convert;
}

const matches = (pattern: RegExp, value: unknown) =>
  (typeof value === "string" || typeof value === "number") && pattern.test(String(value));

/** Accepts what is of one JavaScript type. */
const typed = (type: string): Convert => (json) => (typeof json === type ? json : undefined);

/** One spelling per number: "01.50", 1.5 and "15e-1" are all "15e-1"; NaN and Infinity stay words. */
function decimal(value: unknown): string {
  const match = /^([+-]?)0*(\d*)\.?(\d*?)0*(?:e([+-]?\d+))?$/i.exec(String(value).trim());
  if (!match) return String(value).toLowerCase();
  const [, sign, whole = "", fraction = "", power] = match;
  const digits = whole + fraction;
  const short = digits.replace(/^0+|0+$/g, "");
  const zeros = digits.length - digits.replace(/0+$/, "").length;
  return short && `${sign === "-" ? sign : ""}${short}e${Number(power ?? 0) - fraction.length + zeros}`;
}

/** Refuses what JSON would silently drop or change; Dates and other objects write themselves. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value) {
    if ("toJSON" in value && typeof value.toJSON === "function") return value.toJSON();
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, plain(item)]),
    );
  }
  const kept = typeof value === "number" ? Number.isFinite(value) : typeof value !== "bigint";
  if (!kept || JSON.stringify(value) === undefined) {
    throw new BakedError(`JSON cannot hold ${describe(value)}; store it as a string.`);
  }
  return value;
}

/** Used for every type that is not listed: enums, uuid, network addresses, ranges, ... */
export const text: Scalar = { names: /./, convert: typed("string") };

/** The types that mean the same with and without Temporal. */
export const scalars: readonly Scalar[] = [
  {
    names: /^(int[24]?|integer|smallint|(small)?serial|oid)$/,
    convert: (json) => (Number.isInteger(json) ? json : undefined),
  },
  {
    names: /^(int8|big(int|serial))$/,
    convert: (json) =>
      matches(/^-?\d+$/, json) && !(Number(json) === json && !Number.isSafeInteger(json))
        ? BigInt(String(json))
        : undefined,
    toJSON: String,
    key: String,
  },
  {
    names: /^(float[48]|real|double precision)$/,
    convert: (json) =>
      typeof json === "number" || matches(/^(NaN|-?Infinity)$/, json) ? Number(json) : undefined,
    // NaN and the infinities are null in JSON.
    toJSON: (value) => (Number.isFinite(value) ? value : String(value)),
  },
  {
    names: /^(numeric|decimal)$/,
    convert: (json) =>
      matches(/^(NaN|[+-]?(Infinity|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?))$/i, json)
        ? String(json)
        : undefined,
    toJSON: String,
    key: decimal,
  },
  { names: /^bool/, convert: typed("boolean") },
  {
    names: /^bytea$/,
    convert: (json) =>
      typeof json === "string"
        ? Uint8Array.from(atob(json), (letter) => letter.charCodeAt(0))
        : undefined,
    toJSON: (value) =>
      value instanceof Uint8Array
        ? btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""))
        : value,
  },
  // The last two were written by the published package, which says nothing of the type inside.
  { names: /^(jsonb?|array|user-defined)$/, convert: (json) => json, toJSON: plain },
];

/** PostgreSQL's infinite dates are the numbers Infinity and -Infinity, as Bun's driver gives them. */
const toISO: Convert = (value) =>
  value instanceof Date ? value.toISOString() : String(value).replace("I", "i");
const dayOf = (iso: string) => iso.replace(/T.*/, "");

/** Text without an offset is UTC: that is how `timestamp` is read everywhere in this library. */
function toDate(json: string): Date | undefined {
  const date = new Date(/T[\d:.]+$/.test(json) ? `${json}Z` : json);
  return Number.isNaN(+date) ? undefined : date;
}

function dated(names: RegExp, from: (iso: string) => unknown, toJSON = toISO): Scalar {
  return {
    names,
    toJSON,
    key: (value) => (value instanceof Date ? +value : String(value)),
    convert: (json) =>
      matches(/^-?infinity$/, json)
        ? Number(String(json).replace("i", "I"))
        : matches(/^([+-]\d\d)?\d{4}-\d\d-\d\d(T|$)/, json)
          ? from(String(json))
          : undefined,
  };
}

const dateNames = /^date$/;
const timestamp = /^timestamp( without.*)?$/;
const timestamptz = /^timestamp(tz| with )/;
const dayJSON: Convert = (value) => dayOf(String(toISO(value)));

/** Dates as `Date`; times and intervals stay text. */
export const withDates: readonly Scalar[] = [
  dated(dateNames, toDate, dayJSON),
  dated(timestamp, toDate),
  dated(timestamptz, toDate),
];

/** PostgreSQL keeps months, days and time apart: 60 minutes are an hour, 24 hours are no day. */
function durationKey(value: unknown): unknown {
  if (typeof value !== "object" || !value) return value;
  const all = temporal().Duration.from(value);
  const time = all.with({ years: 0, months: 0, weeks: 0, days: 0 });
  return [
    all.years * 12 + all.months,
    all.weeks * 7 + all.days,
    time.total("microseconds"),
  ].join();
}

/** Dates, times and intervals as Temporal objects; what Temporal cannot hold stays text. */
export const withTemporal: readonly Scalar[] = [
  dated(dateNames, (iso) => temporal().PlainDate.from(dayOf(iso)), dayJSON),
  dated(timestamp, (iso) => temporal().PlainDateTime.from(iso.replace("Z", ""))),
  dated(timestamptz, (iso) => temporal().Instant.from(iso)),
  {
    names: /^time( without.*)?$/,
    key: String,
    toJSON: String,
    convert: (json) => (json === "24:00:00" ? json : temporal().PlainTime.from(String(json))),
  },
  {
    names: /^interval/,
    key: durationKey,
    // PostgreSQL signs each part ("P-1DT-2H"), Temporal the whole ("-P1DT2H").
    toJSON: (value) =>
      String(value).replace(/^-(P.*)/, (_all, rest: string) => rest.replace(/\d[\d.]*/g, "-$&")),
    convert: (json) => {
      const iso = String(json);
      const negative = /^P.*-\d/.test(iso);
      if (/^-?infinity$/.test(iso) || (negative && /[A-Z]\d/.test(iso) && /^P[-\d.A-Z]+$/.test(iso)))
        return iso;
      return temporal().Duration.from(negative ? `-${iso.replaceAll("-", "")}` : iso);
    },
  },
];
