/** Values of raw fragments, whose type only the server knows: what Bun binds well stays, the rest becomes text. */
import { describe, QueryError } from "../errors";
import { arrayElement } from "../schema/array-literal";
import type { DriverValue } from "./driver";

function elementText(value: unknown): string {
  if (Array.isArray(value)) return arrayLiteral(value);
  const bound = encodeUntyped(value);
  if (bound === null) return "NULL";
  if (bound instanceof Uint8Array) return `"\\\\x${Buffer.from(bound).toString("hex")}"`;
  return arrayElement(String(bound));
}

function arrayLiteral(values: readonly unknown[]): string {
  return `{${values.map(elementText).join(",")}}`;
}

/** What is sent for a value of unknown type. Throws QueryError for undefined, functions and symbols. */
export function encodeUntyped(value: unknown): DriverValue {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
    case "bigint":
      return value;
    case "object":
      if (value === null || value instanceof Uint8Array) return value;
      if (value instanceof Date) {
        if (Number.isNaN(value.getTime())) throw new QueryError("An invalid Date cannot be bound.");
        return value.toISOString();
      }
      if (Array.isArray(value)) return arrayLiteral(value);
      if (Object.prototype.toString.call(value).startsWith("[object Temporal.")) {
        return String(value).replace(/\[.*\]$/, "");
      }
      return JSON.stringify(value, (_key, item) =>
        typeof item === "bigint" ? item.toString() : item,
      );
    case "undefined":
      throw new QueryError("undefined cannot be bound.", {
        hint: "Pass null for SQL NULL, or leave the value out.",
      });
    default:
      throw new QueryError(`A ${typeof value} cannot be bound: ${describe(String(value))}.`);
  }
}
