/** Dates, times and intervals: `Date` and text, or Temporal objects. Browser-safe. */
import { temporal } from "./temporal";

/** What the value types of this file have of their own. */
export interface Moment {
  /** For the message when JSON is not of the type. */
  what: string;
  /** Equal values have equal keys. */
  key(value: unknown): unknown;
  toJSON(value: unknown): unknown;
  /** Answers undefined, or throws, when the JSON is not of the type. */
  convert(json: unknown): unknown;
}

/** PostgreSQL's infinite dates are the numbers Infinity and -Infinity, as Bun's driver gives them. */
function infinite(json: string): number | undefined {
  return json === "infinity" ? Infinity : json === "-infinity" ? -Infinity : undefined;
}

function toISO(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value).replace("I", "i");
}

const dayOf = (iso: string) => iso.replace(/T.*/, "");
const isoDate = /^([+-]\d\d)?\d{4}-\d\d-\d\d(T|$)/;

/** Text without an offset is UTC: that is how `timestamp` is read everywhere in this library. */
function toDate(json: string): Date | undefined {
  const date = new Date(/T[\d:.]+$/.test(json) ? `${json}Z` : json);
  return Number.isNaN(+date) ? undefined : date;
}

/** PostgreSQL signs each part ("P-1DT-2H"), Temporal the whole ("-P1DT2H"). */
const parts = /(\d[\d.]*)(?=[A-Z])/g;
function toDuration(json: string): unknown {
  const allNegative = json.includes("-", 1) && !/[A-Z]\d/.test(json);
  return temporal().Duration.from(allNegative ? `-${json.replaceAll("-", "")}` : json);
}

/** PostgreSQL keeps months, days and microseconds apart: 60 minutes are an hour, 24 hours are no day. */
function durationKey(value: unknown): unknown {
  if (typeof value !== "object" || !value) return value;
  const d = temporal().Duration.from(value);
  const time = temporal().Duration.from({
    hours: d.hours,
    minutes: d.minutes,
    seconds: d.seconds,
    milliseconds: d.milliseconds,
    microseconds: d.microseconds,
    nanoseconds: d.nanoseconds,
  });
  return `${d.years * 12 + d.months} ${d.weeks * 7 + d.days} ${time.round({ largestUnit: "hour" })}`;
}

/** A reader that keeps, as text, what PostgreSQL can hold and Temporal cannot. */
const orText = (from: (json: string) => unknown, exceptions: RegExp) => (json: unknown) => {
  if (typeof json !== "string") return undefined;
  return exceptions.test(json) ? json : from(json);
};

/** The conversions of a date or time type by its short name; undefined for all other types. */
export function moments(name: string, withTemporal = false): Moment | undefined {
  const dated = (what: string, from: (iso: string) => unknown, toJSON = toISO): Moment => ({
    what,
    toJSON,
    key: (value) => (value instanceof Date ? +value : String(value)),
    convert: (json) => {
      if (typeof json !== "string") return undefined;
      return infinite(json) ?? (isoDate.test(json) ? from(json) : undefined);
    },
  });
  if (name === "date") {
    return dated(
      "a date (YYYY-MM-DD)",
      (json) => (withTemporal ? temporal().PlainDate.from(dayOf(json)) : toDate(json)),
      (value) => dayOf(toISO(value)),
    );
  }
  if (name === "timestamptz") {
    return dated("an ISO timestamp", (json) =>
      withTemporal ? temporal().Instant.from(json) : toDate(json),
    );
  }
  if (name === "timestamp") {
    return dated("an ISO timestamp", (json) =>
      withTemporal ? temporal().PlainDateTime.from(json.replace("Z", "")) : toDate(json),
    );
  }
  if (!withTemporal) return undefined;
  if (name === "time") {
    return {
      what: "a time (HH:MM:SS)",
      key: String,
      toJSON: String,
      convert: orText((json) => temporal().PlainTime.from(json), /^24:00:00$/),
    };
  }
  if (name === "interval") {
    return {
      what: "an ISO duration",
      key: durationKey,
      toJSON: (value) =>
        String(value).replace(/^-(P.*)/, (_all, rest: string) => rest.replace(parts, "-$1")),
      convert: orText(
        toDuration,
        /^(-?infinity|P(?=.*-\d)(?=.*[A-Z]\d)(-?\d[\d.]*[YMWDHS]|T)+)$/,
      ),
    };
  }
  return undefined;
}
