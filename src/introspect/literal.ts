/** Prints values as TypeScript, in the form that Prettier and Biome leave alone. Pure. */
import { isIdentifier } from "./names";

/** Code as it is, a list, or a record in the given order; `open` is printed over several lines. */
export type Code =
  | { readonly raw: string }
  | { readonly list: readonly Code[] }
  | { readonly record: readonly (readonly [key: string, value: Code])[]; readonly open?: boolean };

/** The default width of both formatters. */
export const lineWidth = 80;

/** Characters that would be invisible, or reorder the line for a reader. */
const unprintable = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\u200b-\u200f\ufeff]/gu;

const escapeUnit = (text: string) =>
  text
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");

/** A string literal: double quotes, unless that takes more escapes than single ones. */
export function stringLiteral(text: string): string {
  const json = JSON.stringify(text).replace(unprintable, escapeUnit);
  const doubles = text.split('"').length;
  const singles = text.split("'").length;
  if (doubles <= singles) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

export const raw = (text: string): Code => ({ raw: text });
export const text = (value: string): Code => ({ raw: stringLiteral(value) });
export const list = (values: readonly Code[]): Code => ({ list: values });
export const texts = (values: readonly string[]): Code => list(values.map(text));

/** A record without the entries that are undefined. */
export function record(
  entries: readonly (readonly [key: string, value: Code | undefined])[],
  open = false,
): Code {
  return {
    record: entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
    open,
  };
}

/** `__proto__: x` in a literal sets the prototype; only the computed form makes a property. */
export function keyLiteral(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return isIdentifier(key) ? key : stringLiteral(key);
}

function inline(code: Code): string | undefined {
  if ("raw" in code) return code.raw;
  if ("list" in code) {
    const items = code.list.map(inline);
    return items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
  }
  if (code.record.length === 0) return "{}";
  if (code.open) return undefined;
  const items = code.record.map(([key, value]) => {
    const printed = inline(value);
    return printed === undefined ? undefined : `${keyLiteral(key)}: ${printed}`;
  });
  return items.includes(undefined) ? undefined : `{ ${items.join(", ")} }`;
}

/** `before` and `after` count what else stands on the line. */
export function print(code: Code, indent = "", before = 0, after = 1): string {
  const short = inline(code);
  if (short !== undefined && (before + short.length + after <= lineWidth || "raw" in code))
    return short;
  if ("raw" in code) return code.raw;
  const inner = `${indent}  `;
  if ("list" in code) {
    const lines = code.list.map((item) => `${inner}${print(item, inner, inner.length)},\n`);
    return `[\n${lines.join("")}${indent}]`;
  }
  const lines = code.record.map(([key, value]) => {
    const start = `${inner}${keyLiteral(key)}:`;
    const printed = print(value, inner, start.length + 1);
    const isTooLong = "raw" in value && start.length + printed.length + 2 > lineWidth;
    return `${start}${isTooLong ? `\n${inner}  ` : " "}${printed},\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}
