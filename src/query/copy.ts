/** copyFrom(): very large loads by COPY, faster than any INSERT; nothing comes back. */
import { currentDatabase } from "../connection/database";
import { describe, didYouMean, QueryError } from "../errors";
import { codecOf } from "../schema/codecs";
import { isPlainObject, normalized } from "./conditions";
import { checkOptions } from "./options";
import { prepare } from "./pipeline";
import type { RecordSource, SourceColumn } from "./source";
import { checkWritable, writableColumn } from "./write";
import { noteStatement } from "./writes";

export interface CopyOptions<Names extends string = string> {
  /** The attributes every row gives; those of the first row by default. */
  columns?: readonly Names[];
}

// Large enough to keep the server busy, small enough to keep memory flat.
const CHUNK = 64 * 1024;

/** Streams rows into the table; all or nothing. Gives their number. Throws QueryError for rows with other keys. */
export async function copyRows(
  source: RecordSource,
  rows: AsyncIterable<unknown> | Iterable<unknown>,
  options: CopyOptions,
): Promise<number> {
  checkWritable(source, "copyFrom()");
  checkOptions("copyFrom()", options, ["columns"]);
  if (typeof rows !== "object" || rows === null || !isIterable(rows)) {
    throw new QueryError(
      `copyFrom() on ${source.name} expects an iterable of rows, got ${describe(rows)}.`,
    );
  }
  const iterator =
    Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  const first = await iterator.next();
  if (first.done) return 0;
  const names = options.columns ?? Object.keys(checkedRow(source, first.value, 1));
  if (names.length === 0) throw new QueryError("copyFrom() needs at least one column.");
  const columns = names.map((name) => writableColumn(source, "copyFrom()", name));
  let count = 0;

  async function* lines(): AsyncGenerator<string> {
    let chunk = "";
    let finished = false;
    try {
      for (let item = first; !item.done; item = await iterator.next()) {
        chunk += line(source, columns, item.value, ++count);
        if (chunk.length >= CHUNK) {
          yield chunk;
          chunk = "";
        }
      }
      finished = true;
      if (chunk !== "") yield chunk;
    } finally {
      // Whoever made the rows may hold files or cursors.
      if (!finished) await iterator.return?.();
    }
  }

  const table = source.from;
  const statement = {
    kind: "copy" as const,
    table,
    columns: columns.map(({ node }) => node.name),
  };
  const query = prepare(source, statement, "copyFrom");
  const info = { model: source.name, hasSensitive: source.hasSensitive };
  await currentDatabase().copy(query, lines(), info);
  noteStatement(statement);
  return count;
}

function isIterable(rows: object): boolean {
  return Symbol.asyncIterator in rows || Symbol.iterator in rows;
}

function checkedRow(source: RecordSource, row: unknown, number: number) {
  if (isPlainObject(row)) return row;
  throw new QueryError(
    `copyFrom() on ${source.name}: row ${number} is no object: ${describe(row)}.`,
  );
}

/** One row in COPY's text format: tabs between the values, `\\N` for NULL. */
function line(
  source: RecordSource,
  columns: readonly SourceColumn[],
  value: unknown,
  number: number,
): string {
  const row = checkedRow(source, value, number);
  const names = columns.map(({ attribute }) => attribute);
  const other = Object.keys(row).find((name) => row[name] !== undefined && !names.includes(name));
  if (other !== undefined) {
    throw new QueryError(
      `copyFrom() on ${source.name}: row ${number} also gives "${other}".${didYouMean(other, names)} Columns: ${names.join(", ")}.`,
      { hint: "COPY takes the same columns from every row; name all of them in { columns }." },
    );
  }
  const cells = columns.map((found) => {
    const { attribute, definition } = found;
    const cell = normalized(found, row[attribute]);
    if (cell === null) return "\\N";
    if (cell === undefined) {
      throw new QueryError(
        `copyFrom() on ${source.name}: row ${number} does not give "${attribute}".`,
      );
    }
    try {
      return escapeCell(codecOf(definition).encode(cell));
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      throw new QueryError(
        `copyFrom() on ${source.name}: row ${number}, "${attribute}": ${error.message}`,
      );
    }
  });
  return `${cells.join("\t")}\n`;
}

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
};

function escapeCell(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? character);
}
