/** Arrays and composites on their way to PostgreSQL and back: text made of the texts of their parts. Pure. */
import {
  arrayElement,
  compositeLiteral,
  type NestedText,
  parseArrayLiteral,
  parseCompositeLiteral,
} from "./array-literal";
import type { ColumnType } from "./table";
import { isBoxType, isJsonType } from "./types";
import { reject, type Wire } from "./wire";

function mapNested(value: NestedText, decode: (text: string) => unknown): unknown {
  if (value === null) return null;
  return typeof value === "string" ? decode(value) : value.map((item) => mapNested(item, decode));
}

/** The wire of an array of elements, which have the wire `inner`. */
export function arrayWire(element: ColumnType, inner: Wire): Wire {
  // A nested array is another dimension, unless an element is an array itself: json, or a domain over an array.
  const isDimension = (item: unknown): item is readonly unknown[] =>
    (Array.isArray(item) || isNumberArray(item)) && !element.element && !isJsonType(element);
  const separator = isBoxType(element) ? ";" : ",";
  const literal = (items: Iterable<unknown>): string =>
    `{${Array.from(items, encodeItem).join(separator)}}`;
  const decodeItem = (item: unknown): unknown => {
    if (item === null || item === undefined) return null;
    return isDimension(item) ? Array.from(item, decodeItem) : inner.decode(item);
  };
  const encodeItem = (item: unknown): string => {
    if (item === null || item === undefined) return "NULL";
    return isDimension(item) ? literal(item) : arrayElement(inner.encode(item));
  };
  return {
    // json elements would be parsed by the driver; as text they are parsed by the element's own rule.
    asText: inner.asText ?? false,
    decode: (raw) =>
      typeof raw === "string"
        ? mapNested(parseArrayLiteral(raw, separator), inner.decode)
        : Array.from(raw as ArrayLike<unknown>, decodeItem),
    encode(value) {
      return Array.isArray(value) || isNumberArray(value)
        ? literal(value)
        : reject(value, "an array");
    },
  };
}

function isNumberArray(value: unknown): value is Int32Array | Float32Array {
  return value instanceof Int32Array || value instanceof Float32Array;
}

/** The wire of a composite, whose fields have the wires that `wireOf` gives. */
export function compositeWire(
  fields: NonNullable<ColumnType["fields"]>,
  wireOf: (field: ColumnType) => Wire,
): Wire {
  const parts = Object.entries(fields).map(([name, field]) => [name, wireOf(field)] as const);
  return {
    decode(raw) {
      const texts = parseCompositeLiteral(String(raw));
      return Object.fromEntries(
        parts.map(([name, wire], index) => {
          const field = texts[index];
          return [name, field === null || field === undefined ? null : wire.decode(field)];
        }),
      );
    },
    encode(value) {
      if (value === null || typeof value !== "object" || Array.isArray(value)) {
        return reject(value, `an object with ${parts.map(([name]) => name).join(", ")}`);
      }
      const record = value as Record<string, unknown>;
      return compositeLiteral(
        parts.map(([name, wire]) => {
          const field = record[name];
          return field === null || field === undefined ? null : wire.encode(field);
        }),
      );
    },
  };
}
