/** Values that PostgreSQL keeps exactly as they are given, so that nobody has to read them back. Pure. */
import type { ColumnDefinition } from "./table";
import { shortTypeName } from "./types";

/** What the driver would read where the value was written; undefined when only the database can tell. */
export type Stored = (value: unknown) => unknown;

const integer: Stored = (value) =>
  Number.isInteger(value) && !Object.is(value, -0) ? value : undefined;

/**
 * A lone surrogate does not survive UTF-8. Beyond its length a column cuts spaces off; PostgreSQL counts characters,
 * of which a string never has more than units.
 */
const text =
  (most = Number.POSITIVE_INFINITY): Stored =>
  (value) =>
    typeof value === "string" && value.length <= most && value.isWellFormed() ? value : undefined;

const matching =
  (pattern: RegExp): Stored =>
  (value) =>
    typeof value === "string" && pattern.test(value) ? value : undefined;

/** As PostgreSQL prints it: no zeros in front, no "-0", and as many digits after the point as the column has. */
function numeric(places: number | undefined): Stored {
  const fraction =
    places === undefined ? "(\\.\\d{1,1000})?" : places > 0 ? `\\.\\d{${places}}` : "";
  return matching(new RegExp(`^(?!-[0.]*$)-?(0|[1-9]\\d{0,1000})${fraction}$`));
}

const day = 24 * 60 * 60 * 1000;
const firstMoment = Date.parse("0001-01-01T00:00:00Z");
const lastMoment = Date.parse("9999-12-31T23:59:59.999Z");

/** A Date without a part that the column does not keep. */
const moment =
  (unit: number): Stored =>
  (value) => {
    const time = value instanceof Date ? value.getTime() : Number.NaN;
    // Of an invalid Date neither is true.
    return time % unit === 0 && time >= firstMoment && time <= lastMoment ? time : undefined;
  };

/** A Temporal object of the class that the column has, in ISO's calendar, without nanoseconds. */
const temporal =
  (name: string, pattern: RegExp): Stored =>
  (value) => {
    if (Object.prototype.toString.call(value) !== `[object Temporal.${name}]`) return undefined;
    const printed = String(value);
    return pattern.test(printed) ? printed : undefined;
  };

const time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,6})?";

const temporals: Readonly<Record<string, Stored>> = {
  timestamptz: temporal("Instant", new RegExp(`^${time}Z$`)),
  timestamp: temporal("PlainDateTime", new RegExp(`^${time}$`)),
  date: temporal("PlainDate", /^\d{4}-\d\d-\d\d$/),
};

/** By short type name. What is not here may be another value once it is stored, or has several forms. */
const scalars: Readonly<Record<string, Stored>> = {
  int2: integer,
  int4: integer,
  int8: (value) => (typeof value === "bigint" ? String(value) : undefined),
  float8: (value) => (Number.isFinite(value) ? value : undefined),
  bool: (value) => (typeof value === "boolean" ? value : undefined),
  text: text(),
  uuid: matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  date: moment(day),
};

/** How to tell of a column's values; undefined when none can be told of but null. */
export function storedBy(column: ColumnDefinition): Stored | undefined {
  const { type, pgType, element, fields, enumValues } = column;
  if (element || fields) return undefined;
  if (enumValues) return (label) => (enumValues.includes(label as string) ? label : undefined);
  // Domains, and types that extensions made.
  if (pgType) return undefined;
  const name = shortTypeName(type);
  const [, size, places = "0"] = /\((\d+)(?:,(-?\d+))?\)/.exec(type) ?? [];
  if (column.temporal)
    return size === undefined || Number(size) === 6 ? temporals[name] : undefined;
  switch (name) {
    case "varchar":
      return text(size === undefined ? undefined : Number(size));
    case "numeric":
      return size === undefined
        ? numeric(undefined)
        : Number(places) >= 0
          ? numeric(Number(places))
          : undefined;
    case "timestamp":
    case "timestamptz":
      // A Date has milliseconds.
      return size === undefined || Number(size) >= 3 ? moment(1) : undefined;
    default:
      return scalars[name];
  }
}
