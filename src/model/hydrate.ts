/** Rows become records: one straight-line function per model and column list, made once. */

import type { DriverRow } from "../connection/driver";
import { codecOf } from "../schema/codecs";
import type { ColumnDefinition } from "../schema/table";

/** Sets the columns of a row on a record. The row stays untouched and serves as the baseline. */
export type AssignRow = (record: object, row: DriverRow) => void;

/**
 * Makes the assigner for these attributes. Values that the driver gives as we want them are copied, the
 * others go through their codec; a loop over the columns would cost several times as much for each row.
 */
export function compileAssignRow(
  columns: Readonly<Record<string, ColumnDefinition>>,
  attributes: readonly string[],
): AssignRow {
  const decoders: unknown[] = [];
  const lines = attributes.map((name) => {
    const definition = columns[name];
    const key = JSON.stringify(name);
    if (!definition || codecOf(definition).direct) return `record[${key}] = row[${key}];`;
    const index = decoders.push(codecOf(definition).decode) - 1;
    return `value = row[${key}]; record[${key}] = value === null ? null : decode${index}(value);`;
  });
  const names = decoders.map((_decoder, index) => `decode${index}`);
  // Only attribute names of the schema reach the source text, as JSON strings.
  const make = new Function(
    ...names,
    `return function assignRow(record, row) { let value; ${lines.join("\n")} };`,
  );
  return make(...decoders) as AssignRow;
}
