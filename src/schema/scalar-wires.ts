/** Scalars on their way to PostgreSQL and back, with dates and times as `Date` and text. Pure. */
import { QueryError } from "../errors";
import { toPostgresInterval, toPostgresMoment } from "./iso";
import { isTemporal, reject, type Wire } from "./wire";

export const text: Wire = {
  direct: true,
  decode: (raw) => (typeof raw === "string" ? raw : String(raw)),
  // NUL, which is refused, is one of the characters that JSON escapes.
  printsAsJSON: (value) => typeof value === "string",
  encode(value) {
    if (typeof value === "string") {
      if (value.includes("\0")) throw new QueryError("Text must not contain a NUL character.");
      return value;
    }
    if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
      return String(value);
    }
    // Temporal and similar values print as PostgreSQL reads them.
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      const printed = String(value);
      if (!printed.startsWith("[object ")) return printed;
    }
    return reject(value, "text");
  },
};

function integer(minimum: number, maximum: number, name: string): Wire {
  return {
    direct: true,
    decode: (raw) => (typeof raw === "number" ? raw : Number(raw)),
    printsAsJSON: (value) =>
      Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum,
    encode(value) {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof number === "bigint") return String(number);
      if (typeof number !== "number" || !Number.isInteger(number)) return reject(value, name);
      if (number < minimum || number > maximum) return reject(value, `in the range of ${name}`);
      return String(number);
    },
  };
}

function toBigint(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  // BigInt() does not take a plus sign.
  return typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value)
    ? BigInt(value.replace("+", ""))
    : undefined;
}

const bigint: Wire = {
  decode: (raw) => (typeof raw === "bigint" ? raw : BigInt(raw as string | number)),
  encode(value) {
    const integer = toBigint(value);
    if (integer === undefined) return reject(value, "a bigint");
    if (BigInt.asIntN(64, integer) !== integer) return reject(value, "in the range of a bigint");
    return String(integer);
  },
};

const decimal: Wire = {
  direct: true,
  decode: (raw) => (typeof raw === "string" ? raw : String(raw)),
  encode(value) {
    if (typeof value === "number" || typeof value === "bigint") return String(value);
    if (
      typeof value === "string" &&
      /^\s*([+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|[+-]?infinity)\s*$/i.test(value)
    ) {
      return value.trim();
    }
    return reject(value, "a numeric");
  },
};

/** The shortest decimal that is the same float4; the binary protocol gives 0.10000000149011612 for 0.1. */
function shortestFloat4(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9));
}

function float(single: boolean): Wire {
  return {
    direct: !single,
    decode(raw) {
      const number = typeof raw === "number" ? raw : Number(raw);
      return single && Number.isFinite(number) ? shortestFloat4(Math.fround(number)) : number;
    },
    encode(value) {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (
        typeof number === "number" &&
        (!Number.isNaN(number) || value === "NaN" || Number.isNaN(value))
      ) {
        return Object.is(number, -0) ? "-0" : String(number);
      }
      return typeof number === "bigint" ? String(number) : reject(value, "a number");
    },
  };
}

const boolean: Wire = {
  direct: true,
  decode: (raw) => raw === true || raw === "t" || raw === "true",
  printsAsJSON: (value) => typeof value === "boolean",
  encode(value) {
    if (typeof value === "boolean") return value ? "true" : "false";
    if (value === "true" || value === "t") return "true";
    if (value === "false" || value === "f") return "false";
    return reject(value, "a boolean");
  },
};

/** Reads "2024-01-31 10:00:00.123456+00", "0044-03-15 BC", "infinity" and their ISO spellings. */
function parseDate(raw: string): Date | number {
  if (raw === "infinity") return Number.POSITIVE_INFINITY;
  if (raw === "-infinity") return Number.NEGATIVE_INFINITY;
  const match =
    /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?( BC)?$/.exec(
      raw,
    );
  if (!match) return new Date(raw);
  const [, year, month, day, hours = "0", minutes = "0", seconds = "0", fraction = "", zone, bc] =
    match;
  const date = new Date(0);
  date.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(
    Number(hours),
    Number(minutes),
    Number(seconds),
    Number(fraction.padEnd(3, "0").slice(0, 3)),
  );
  if (!zone || zone === "Z") return date;
  const [zoneHours = 0, zoneMinutes = 0, zoneSeconds = 0] = (
    zone.slice(1).match(/\d\d/g) ?? []
  ).map(Number);
  const offset = (zoneHours * 3600 + zoneMinutes * 60 + zoneSeconds) * 1000;
  return new Date(date.getTime() + (zone.startsWith("-") ? offset : -offset));
}

function printDate(date: Date): string {
  const year = date.getUTCFullYear();
  const rest = date.toISOString().slice(-20);
  if (year > 0) return `${String(year).padStart(4, "0")}${rest}`;
  return `${String(1 - year).padStart(4, "0")}${rest} BC`;
}

function moment(onlyDate: boolean): Wire {
  const cut = (printed: string) => (onlyDate ? printed.replace(/T[^ ]*/, "") : printed);
  return {
    givesDate: true,
    decode(raw) {
      if (typeof raw === "string") return parseDate(raw);
      // A copy: the driver's own object stays as the baseline, whatever is done to this one.
      if (raw instanceof Date) return new Date(raw.getTime());
      // The number of a Date; infinity is given as the number that it is.
      return typeof raw === "number" && Number.isFinite(raw) ? new Date(raw) : raw;
    },
    encode(value) {
      if (value instanceof Date) {
        return Number.isNaN(value.getTime())
          ? reject(value, "a valid Date")
          : cut(printDate(value));
      }
      if (value === Number.POSITIVE_INFINITY) return "infinity";
      if (value === Number.NEGATIVE_INFINITY) return "-infinity";
      if (typeof value === "string" && value.trim() !== "") return value;
      if (typeof value === "object" && value !== null && isTemporal(value)) {
        return toPostgresMoment(value);
      }
      return reject(value, onlyDate ? "a date" : "a timestamp");
    },
  };
}

const json: Wire = {
  asText: true,
  decode: (raw) => JSON.parse(raw as string),
  encode(value) {
    const printed = JSON.stringify(value, (key, item) => {
      if (typeof item === "bigint") reject(`${item}n at "${key}"`, "JSON (convert it to a string)");
      if (typeof item === "number" && !Number.isFinite(item)) {
        reject(`${item} at "${key}"`, "JSON (there is no such number)");
      }
      return item;
    });
    if (printed === undefined) return reject(value, "JSON");
    if (printed.includes("\\u0000")) throw new QueryError("JSON must not contain a NUL character.");
    return printed;
  },
};

const bytes: Wire = {
  decode(raw) {
    if (typeof raw === "string") return Uint8Array.from(Buffer.from(raw.slice(2), "hex"));
    return Uint8Array.from(raw as Uint8Array);
  },
  encode(value) {
    if (value instanceof ArrayBuffer) return `\\x${hex(new Uint8Array(value))}`;
    if (value instanceof Uint8Array) return `\\x${hex(value)}`;
    return reject(value, "a Uint8Array");
  },
};

function hex(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
}

/** PostgreSQL does not read a negative duration as Temporal and frontends write it. */
export const interval: Wire = {
  ...text,
  encode: (value) => toPostgresInterval(text.encode(value)),
};

/** By short type name; a type that is not listed is text. */
export const scalarWires: Readonly<Record<string, Wire>> = {
  int2: integer(-32768, 32767, "a smallint"),
  int4: integer(-2147483648, 2147483647, "an integer"),
  oid: integer(0, 4294967295, "an oid"),
  int8: bigint,
  numeric: decimal,
  float4: float(true),
  float8: float(false),
  bool: boolean,
  timestamptz: moment(false),
  timestamp: moment(false),
  date: moment(true),
  json,
  jsonb: json,
  bytea: bytes,
  // The driver makes numbers of them, and a negative one of the greatest.
  xid: { ...text, asText: true },
  cid: { ...text, asText: true },
  interval,
};
