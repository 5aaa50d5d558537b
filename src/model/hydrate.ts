/** Rows become records: one straight-line function per model and column list, made once. */

import type { DriverRow } from "../connection/driver";
import { codecOf } from "../schema/codecs";
import type { ColumnDefinition, TableDefinition } from "../schema/table";

/**
 * Sets the columns of a row on a record; the row serves as the baseline from then on. Nothing in it may be
 * shared that can be altered, so a Date goes to the record, and its number stays behind: a copy costs ten times that.
 */
export type AssignRow = (record: object, row: DriverRow) => void;

/**
 * An object of more names than this is a dictionary to the engine: one that the driver makes, and one that is read, costs
 * ten times what an array does. The rows of such tables come as arrays.
 */
const MOST_NAMES = 64;

/** Whether the table has so many columns that its rows had better be arrays. */
export function isWide({ columns }: TableDefinition): boolean {
  return Object.keys(columns).length > MOST_NAMES;
}

/** A row that may be an array, by its names. */
export function namedRow(row: DriverRow | readonly unknown[], names: readonly string[]): DriverRow {
  if (!Array.isArray(row)) return row as DriverRow;
  return Object.fromEntries(names.map((name, index) => [name, row[index]]));
}

/** Whether the driver's values of the column are ours as they are. */
export function isDirect(column: ColumnDefinition): boolean {
  return codecOf(column).direct;
}

/** Whether a record's value is the driver's, seen at a glance; if not, the column's type has to compare them. */
export function isAsGiven(column: ColumnDefinition, raw: unknown, value: unknown): boolean {
  const { direct, givesDate } = codecOf(column);
  if (direct) return raw === value;
  if (!givesDate || !(value instanceof Date)) return false;
  return (raw instanceof Date ? raw.getTime() : raw) === value.getTime();
}

/**
 * The statements that set these attributes on `target` from `row`, with `value` as a variable of theirs, and the
 * functions that they call decode0, decode1 ... Values that the driver gives as we want them are copied, the others go
 * through their codec; a loop over the columns would cost several times as much for each row.
 * @param isArray the row has the values in this order, without their names
 */
export function assignment(
  columns: Readonly<Record<string, ColumnDefinition>>,
  attributes: readonly string[],
  target: string,
  isArray = false,
): { readonly lines: string; readonly decoders: readonly unknown[] } {
  const decoders: unknown[] = [];
  const lines = attributes.map((name, position) => {
    const definition = columns[name];
    const key = JSON.stringify(name);
    const given = isArray ? `row[${position}]` : `row[${key}]`;
    if (!definition || codecOf(definition).direct) return `${target}[${key}] = ${given};`;
    const codec = codecOf(definition);
    const index = decoders.push(codec.decode) - 1;
    if (codec.givesDate) {
      return `value = ${given};
        if (value instanceof Date) ${given} = value.getTime();
        else if (value !== null) value = decode${index}(value);
        ${target}[${key}] = value;`;
    }
    return `value = ${given}; ${target}[${key}] = value === null ? null : decode${index}(value);`;
  });
  return { lines: lines.join("\n"), decoders };
}

/** The assigner for rows that have only these attributes. */
export function compileAssignRow(
  columns: Readonly<Record<string, ColumnDefinition>>,
  attributes: readonly string[],
): AssignRow {
  const { lines, decoders } = assignment(columns, attributes, "record");
  const names = decoders.map((_decoder, index) => `decode${index}`);
  const source = `return function assignRow(record, row) { let value; ${lines} };`;
  return new Function(...names, source)(...decoders) as AssignRow;
}
