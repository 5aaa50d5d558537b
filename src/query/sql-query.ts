/** query(): rows of a statement of the application, as plain objects. */
import { currentDatabase } from "../connection/database";
import { compile } from "../sql/compiler";
import { rawStatement, SqlFragment } from "../sql/raw";
import { noteRaw } from "./writes";

export interface QueryOptions {
  /** Cancels the statement on the server when it aborts. */
  signal?: AbortSignal;
}

/**
 * Runs a statement and gives its rows as they come from the driver; inside transaction() on its connection.
 * @param text SQL with `$1` placeholders, or an `sql` fragment
 * @example
 * const [row] = await query<{ total: number }>("SELECT count(*)::int AS total FROM users WHERE active = $1", [true]);
 */
export async function query<Row = Record<string, unknown>>(
  text: string | SqlFragment,
  values?: readonly unknown[],
  options: QueryOptions = {},
): Promise<Row[]> {
  const raw = text instanceof SqlFragment ? text.node : rawStatement(text, values);
  const statement = compile({ kind: "raw-statement", raw });
  const rows = await currentDatabase().execute(statement, { signal: options.signal });
  noteRaw(statement.text);
  return Array.from(rows) as Row[];
}
