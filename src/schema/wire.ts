/** The two directions of a value between the driver and us, as each type has them. Pure. */
import { describe, QueryError } from "../errors";

/** What `Codec` adds to the conversions of JSON; see there. */
export interface Wire {
  encode(value: unknown): string;
  decode(raw: unknown): unknown;
  printsAsJSON?(value: unknown): boolean;
  direct?: boolean;
  givesDate?: boolean;
  asText?: boolean;
}

export function reject(value: unknown, expected: string): never {
  throw new QueryError(`${describe(value)} is not ${expected}.`);
}

export function isTemporal(value: object): boolean {
  return Object.prototype.toString.call(value).startsWith("[object Temporal.");
}
