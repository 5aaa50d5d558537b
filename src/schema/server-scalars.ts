/** The conversions that only a server needs: dates as `Date`, intervals by their meaning, json that is checked. Pure. */
import { BakedError, describe } from "../errors";
import { copy } from "./deep";
import { toPostgresInterval, toTemporalInterval } from "./iso";
import {
  type Convert,
  dated,
  intervalNames,
  jsonNames,
  type ReadMoment,
  type Scalar,
  temporalScalars,
  toDuration,
} from "./scalars";
import type { TemporalDuration } from "./temporal";

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

function isDuration(value: unknown): value is TemporalDuration {
  return typeof value === "object" && /^-?P/.test(String(value));
}

/** PostgreSQL keeps months, days and time apart: 60 minutes are an hour, 24 hours are no day. */
function durationKey(value: unknown): unknown {
  // What stayed text has no key but itself.
  if (!isDuration(value)) return value;
  const time = value.with({ years: 0, months: 0, weeks: 0, days: 0 });
  return [
    value.years * 12 + value.months,
    value.weeks * 7 + value.days,
    time.total("microseconds"),
  ].join();
}

/** Dates as `Date`, and PostgreSQL's infinite ones as numbers. */
function dateScalars(): Scalar[] {
  // Text without an offset is UTC: that is how `timestamp` is read everywhere in this library.
  const toDate: ReadMoment = (_kind, iso) => {
    const [day = ""] = iso.split("T");
    // JavaScript takes February 30 for March 1.
    if (new Date(day).getUTCDate() !== Number(day.slice(-2))) return undefined;
    const date = new Date(/T[\d:.]+$/.test(iso) ? `${iso}Z` : iso);
    return Number.isNaN(+date) ? undefined : date;
  };
  const key: Convert = (value) => (value instanceof Date ? +value : String(value));
  const copied: Convert = (value) => (value instanceof Date ? new Date(value) : value);
  return dated(toDate).map(([names, fromJSON, toJSON]) => [names, fromJSON, toJSON, key, copied]);
}

const toPostgres: Convert = (json) =>
  typeof json === "string" ? toPostgresInterval(json) : undefined;

/** What the server reads and writes in its own way; the other types are as in the frontend. */
export function serverScalars(isTemporal: boolean): Scalar[] {
  const json: Scalar = [jsonNames, copy, checkedJSON, undefined, copy];
  return isTemporal
    ? [json, [intervalNames, toDuration, String, durationKey], ...temporalScalars]
    : [json, [intervalNames, toPostgres, toTemporalInterval, toTemporalInterval], ...dateScalars()];
}
