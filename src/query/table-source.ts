/** A bare table as a source: its rows become plain objects with decoded values. */
import type { DriverResult } from "../connection/driver";
import { codecOf } from "../schema/codecs";
import type { TableDefinition } from "../schema/table";
import { sourceColumns } from "./columns";
import type { RecordSource, RowShape } from "./source";

const sources = new WeakMap<TableDefinition, RecordSource>();

/** The source of a table that no model wraps. */
export function tableRecordSource<Row>(table: TableDefinition<Row>): RecordSource<Row> {
  const known = sources.get(table);
  if (known) return known as RecordSource<Row>;
  const { columns, items, from } = sourceColumns(table, new Set());
  const source: RecordSource<Row> = {
    name: table.tableName,
    table,
    columns,
    items,
    from,
    hasSensitive: false,
    association: () => undefined,
    associationNames: () => [],
    scope: () => undefined,
    scopeNames: () => [],
    hydrate(rows: DriverResult, shape: RowShape) {
      const attributes = shape.attributes === "all" ? [...columns.keys()] : shape.attributes;
      return rows.map((row) => {
        const record: Record<string, unknown> = {};
        for (const name of attributes) {
          const raw = row[name];
          const definition = columns.get(name)?.definition;
          record[name] = raw === null || !definition ? raw : codecOf(definition).decode(raw);
        }
        for (const name of shape.extras) {
          const type = shape.types?.[name];
          const raw = row[name];
          record[name] = type && raw !== null ? codecOf(type).decode(raw) : raw;
        }
        return record as Row;
      });
    },
    preload: async () => {},
  };
  sources.set(table, source as RecordSource);
  return source;
}
