/** What printing has in common; the only place that quotes an identifier or numbers a placeholder. */
import { QueryError } from "../errors";
import type { Parameter, Statement } from "./nodes";

/**
 * A string that is to be kept, in one piece. One that was put together stays a tree of its parts until somebody
 * reads it, and every text it becomes a part of walks that tree again. Reading one character of it does not put it
 * together, so its characters are: this runs once for each name and statement that is kept.
 */
export function flat(text: string): string {
  return [...text].join("");
}

const quoted = new Map<string, string>();

/** Quotes one identifier: `user"s` -> `"user""s"`. Throws QueryError on an empty name or a NUL character. */
export function quoteIdentifier(name: string): string {
  const known = quoted.get(name);
  if (known !== undefined) return known;
  if (typeof name !== "string" || name.length === 0) {
    throw new QueryError("An SQL identifier must be a non-empty string.");
  }
  if (name.includes("\0")) {
    throw new QueryError("An SQL identifier must not contain a NUL character.");
  }
  const text = flat(`"${name.replaceAll('"', '""')}"`);
  // Names come from schemas and aliases, so there are few; the bound is for programs that invent them.
  if (quoted.size < 20_000) quoted.set(name, text);
  return text;
}

/** Prints a string constant: `it's` -> `'it''s'`, with E'' when it holds a backslash. */
export function quoteLiteral(text: string): string {
  if (text.includes("\0")) {
    throw new QueryError("A text constant must not contain a NUL character.");
  }
  const doubled = text.replaceAll("'", "''");
  return text.includes("\\") ? `E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}

const placeholders = Array.from({ length: 100 }, (_, index) => flat(`$${index + 1}`));

/** What is known while a statement is printed: the values to send, and which table needs no qualifier. */
export class Writer {
  readonly parameters: Parameter[] = [];
  /** The one table whose columns may stand without a qualifier; undefined when several are in scope. */
  scope: string | undefined;
  /** Whether a row lock was printed. */
  locks = false;
  /** Prints a statement inside another; it has a scope of its own. */
  readonly nested: (writer: Writer, statement: Statement) => string;

  constructor(nested: (writer: Writer, statement: Statement) => string) {
    this.nested = nested;
  }

  /** Takes a value and gives its placeholder. */
  bind(parameter: Parameter): string {
    const index = this.parameters.push(parameter);
    // Kept strings: making one costs more than finding it.
    return placeholders[index - 1] ?? `$${index}`;
  }
}

/** Prints items one after another. Strings are put together from the leaves up: flat ropes are cheap to read. */
export function printList<T>(
  writer: Writer,
  items: readonly T[],
  separator: string,
  each: (writer: Writer, item: T) => string,
): string {
  if (items.length === 0) return "";
  let text = each(writer, items[0] as T);
  for (let index = 1; index < items.length; index++) {
    text += separator + each(writer, items[index] as T);
  }
  return text;
}

export function printNames(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(", ");
}
