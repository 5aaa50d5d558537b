/** Collects text and parameters; the only place that quotes an identifier or numbers a placeholder. */
import { QueryError } from "../errors";

/** Quotes one identifier: `user"s` -> `"user""s"`. Throws QueryError on an empty name or a NUL character. */
export function quoteIdentifier(name: string): string {
  if (typeof name !== "string" || name.length === 0) {
    throw new QueryError("An SQL identifier must be a non-empty string.");
  }
  if (name.includes("\0")) {
    throw new QueryError("An SQL identifier must not contain a NUL character.");
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** Prints a string constant: `it's` -> `'it''s'`, with E'' when it holds a backslash. */
export function quoteLiteral(text: string): string {
  if (text.includes("\0"))
    throw new QueryError("A text constant must not contain a NUL character.");
  const doubled = text.replaceAll("'", "''");
  return text.includes("\\") ? `E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}
