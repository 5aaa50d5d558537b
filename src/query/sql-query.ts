/** query(): rows of a statement of the application, as plain objects. */
import { currentDatabase } from "../connection/database";
import type { DriverResult, DriverRow } from "../connection/driver";
import { compile } from "../sql/compiler";
import { rawStatement, SqlFragment, type TypedSql } from "../sql/raw";
import { noteRaw } from "./writes";

export interface QueryOptions {
  /** Cancels the statement on the server when it aborts. */
  signal?: AbortSignal;
}

/**
 * Runs a statement and gives its rows as they come from the driver; inside transaction() on its connection.
 * @param text SQL with `$1` placeholders, an `sql` fragment, or `sql.typed("name")`, which knows its rows
 * @example
 * const [row] = await query<{ total: number }>("SELECT count(*)::int AS total FROM users WHERE active = $1", [true]);
 */
export async function query<Row = Record<string, unknown>>(
  text: string | SqlFragment | TypedSql<Row>,
  values?: readonly unknown[],
  options: QueryOptions = {},
): Promise<Row[]> {
  const raw = text instanceof SqlFragment ? text.node : rawStatement(text, values);
  const statement = compile({ kind: "raw-statement", raw });
  const rows = await currentDatabase().execute(statement, { signal: options.signal });
  noteRaw(statement.text);
  withPlainArrays(rows);
  return Array.from(rows) as Row[];
}

// int4[] and float4[]: only these come as typed arrays, and only when values are bound and no element is null.
const numberArrays: readonly number[] = [1007, 1021];

/** Makes them arrays like all others. */
function withPlainArrays(rows: DriverResult): void {
  const names = (rows.columns ?? [])
    .filter(({ type }) => numberArrays.includes(type))
    .map(({ name }) => name);
  if (names.length === 0) return;
  for (const row of rows as DriverRow[]) {
    for (const name of names) {
      const value = row[name];
      if (value instanceof Int32Array || value instanceof Float32Array)
        row[name] = Array.from(value);
    }
  }
}
