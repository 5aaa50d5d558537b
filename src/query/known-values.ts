/** What an INSERT need not return: values that PostgreSQL stores as they are given. */
import type { DriverResult, DriverRow } from "../connection/driver";
import { QueryError } from "../errors";
import { type Stored, storedBy } from "../schema/stored";
import type { ConflictClause, SelectItem } from "../sql/nodes";
import { exactColumns } from "./conflict";
import type { RecordSource, SourceColumn } from "./source";
import type { Template } from "./templates";

/** What a statement returns, and the text that it has then. */
export interface Returned {
  readonly items: readonly SelectItem[];
  readonly template: Template;
}

/** Columns that a statement writes, and how much of the row it returns. */
export interface WriteShape {
  readonly columns: readonly SourceColumn[];
  /** By column: what will be stored of a value, where that can be told. */
  readonly stored: readonly (Stored | undefined)[];
  /** When each value is stored as it is: what the database alone knows. */
  readonly rest: Returned;
  /** When a value may be another once it is stored. */
  readonly unsure: Returned;
}

/** Whether nothing changes a row on its way to the table, as far as `db/schema.ts` says. */
export function isStoredAsSent({ table }: RecordSource): boolean {
  return table.rowTriggers?.length === 0;
}

/** What will be stored of a column's values, where that can be told. */
export function storedIn(source: RecordSource, { definition }: SourceColumn): Stored | undefined {
  return isStoredAsSent(source) ? storedBy(definition) : undefined;
}

/** The value to send: a Date may be changed in place before that, and then another would be stored. */
export function held(value: unknown): unknown {
  return value instanceof Date ? new Date(value) : value;
}

/** What the row of a record will hold, as far as that can be told. */
export interface KnownRow {
  readonly row: Record<string, unknown>;
  /** Whether each value is stored as it is. */
  readonly isCertain: boolean;
}

/** Passes on each value, as it is to be sent; gives what will be stored. */
export function knownRow(
  { columns, stored }: WriteShape,
  given: (attribute: string) => unknown,
  send: (column: SourceColumn, value: unknown) => void,
): KnownRow {
  const row: Record<string, unknown> = {};
  let isCertain = true;
  for (let index = 0; index < columns.length; index++) {
    const found = columns[index] as SourceColumn;
    const value = given(found.attribute);
    const kept = value === null ? null : stored[index]?.(value);
    if (kept !== undefined) row[found.attribute] = kept;
    else if (stored[index]) isCertain = false;
    send(found, held(value));
  }
  return { row, isCertain };
}

export interface KnownValues {
  /** All that the database alone knows. */
  readonly returning: readonly SelectItem[];
  /** Adds what is known to the rows that came back. */
  complete(rows: DriverResult): void;
}

/**
 * Undefined when everything has to be returned: for tables of which `db/schema.ts` does not say that nothing changes
 * a row on its way, when rows may be left out, and when one of the values may be another once it is stored.
 * @param values for each column, those of all rows
 */
export function knownValues(
  source: RecordSource,
  columns: readonly SourceColumn[],
  values: readonly (readonly unknown[])[],
  conflict: ConflictClause | undefined,
): KnownValues | undefined {
  if (conflict?.action === "nothing") return undefined;
  // Of a row that was there already: what is updated, and what it collided on, if equal means the same there.
  const sure = conflict && [
    ...conflict.action.map(({ column }) => column),
    ...exactColumns(source.table, conflict.target),
  ];
  const known: Record<string, readonly unknown[]> = {};
  for (const [index, found] of columns.entries()) {
    const { attribute, definition } = found;
    if (sure && !sure.includes(definition.columnName)) continue;
    const stored = storedIn(source, found);
    if (!stored) continue;
    const list = storedList(values[index] ?? [], stored);
    if (!list) return undefined;
    known[attribute] = list;
  }
  const returning = itemsBeside(source, Object.keys(known));
  if (returning === source.items) return undefined;
  const rest = Object.entries(known).filter(
    ([attribute]) => attribute !== source.table.primaryKey[0],
  );
  return { returning, complete: (rows) => complete(source, rows, rest) };
}

/** What an INSERT has to return when these attributes are known; the first of the key is, for each row there is. */
export function itemsBeside(
  { items, table }: RecordSource,
  known: readonly string[],
): readonly SelectItem[] {
  const [first = ""] = table.primaryKey;
  const rest = items.filter(({ alias = "" }) => alias === first || !known.includes(alias));
  return rest.length === 0 || rest.length === items.length ? items : rest;
}

/** Adds what is known to a row that came back. */
export function addKnown(row: DriverRow, known: Readonly<Record<string, unknown>>): void {
  for (const attribute in known) if (!(attribute in row)) row[attribute] = known[attribute];
}

/** The list itself, as far as its values are stored as they are; undefined when one is not certain. */
function storedList(values: readonly unknown[], stored: Stored): readonly unknown[] | undefined {
  let other: unknown[] | undefined;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (value === null) continue;
    const kept = stored(value);
    if (kept === undefined) return undefined;
    if (kept === value) continue;
    other ??= [...values];
    other[index] = kept;
  }
  return other ?? values;
}

function complete(
  { name, items }: RecordSource,
  rows: DriverResult,
  known: readonly (readonly [attribute: string, values: readonly unknown[]])[],
): void {
  const [first] = rows;
  // A hook had the statement write something else, and everything came back.
  if (first && items.every(({ alias = "" }) => alias in first)) return;
  const count = known[0]?.[1].length;
  if (rows.length !== count) {
    throw new QueryError(
      `${rows.length} of ${count} rows of ${name} were stored, and there is no telling which.`,
      { hint: "A trigger that db/schema.ts does not know? `bake db schema` reads it anew." },
    );
  }
  for (const [attribute, values] of known) {
    let index = 0;
    for (const row of rows) row[attribute] = values[index++];
  }
}
