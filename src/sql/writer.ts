/** Collects text and parameters; the only place that quotes an identifier or numbers a placeholder. */
import { QueryError } from "../errors";
import type { Parameter } from "./nodes";

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
  const text = `"${name.replaceAll('"', '""')}"`;
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

/** Text under construction, with what to send for its placeholders. */
export class Writer {
  text = "";
  readonly parameters: Parameter[] = [];
  /** The one table whose columns may stand without a qualifier; undefined when several are in scope. */
  scope: string | undefined;
  /** Whether a row lock was written. */
  locks = false;

  write(text: string): void {
    this.text += text;
  }

  identifier(name: string): void {
    this.text += quoteIdentifier(name);
  }

  bind(parameter: Parameter): void {
    this.text += `$${this.parameters.push(parameter)}`;
  }
}
