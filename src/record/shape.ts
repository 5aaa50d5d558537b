/** The columns of a table as the functions of this room want them; made once per class. Browser-safe. */
import type { ColumnDefinition, TableDefinition } from "../schema/table";
import type { ValueType } from "../schema/values";

/** A table together with the value type of each attribute. */
export interface RecordShape {
  readonly table: TableDefinition;
  /** Attribute names in the order of the table. */
  readonly names: readonly string[];
  readonly columns: Readonly<Record<string, ColumnDefinition>>;
  /** Has no prototype, so that only attributes are found in it. */
  readonly types: Readonly<Record<string, ValueType>>;
  readonly primaryKey: readonly string[];
}

/**
 * Describes the records of a table.
 *
 * @param table as `db/schema.ts` has it
 * @param typeOf chooses the conversions of a column: `valueTypeOf`, or the server's codecs
 * @example
 * recordShape(users, (column) => valueTypeOf(column, { temporal: true }));
 */
export function recordShape(
  table: TableDefinition,
  typeOf: (column: ColumnDefinition) => ValueType,
): RecordShape {
  const types: Record<string, ValueType> = Object.create(null);
  for (const [name, column] of Object.entries(table.columns)) types[name] = typeOf(column);
  return { ...table, table, types, names: Object.keys(types) };
}

/** The value of an attribute, converted by its type; null, and what is not there, stay what they are. */
export function convert(
  { types }: RecordShape,
  how: "snapshot" | "restore" | "toJSON" | "fromJSON",
  name: string,
  value: unknown,
): unknown {
  return value == null ? value : types[name]?.[how](value);
}

/** An object read by name. The one place where a record gives up its class. */
export function fieldsOf(record: object): Record<string, unknown> {
  return record as Record<string, unknown>;
}
