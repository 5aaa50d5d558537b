/** The columns of a table as queries see them. */
import { codecOf } from "../schema/codecs";
import type { TableDefinition } from "../schema/table";
import { cast, column, selectItem, tableSource } from "../sql/build";
import { keepHead } from "../sql/compiler";
import type { SelectItem, TableSource } from "../sql/nodes";
import type { SourceColumn } from "./source";

const TEXT = { type: "text" } as const;

export interface SourceColumns {
  readonly columns: ReadonlyMap<string, SourceColumn>;
  readonly items: readonly SelectItem[];
  readonly from: TableSource;
}

/** Describes the columns of `table`; `sensitive` are attribute names, and so are the keys of `normalizers`. */
export function sourceColumns(
  table: TableDefinition,
  sensitive: ReadonlySet<string>,
  normalizers: Readonly<Record<string, SourceColumn["normalize"]>> = {},
): SourceColumns {
  const columns = new Map<string, SourceColumn>();
  const items: SelectItem[] = [];
  for (const [attribute, definition] of Object.entries(table.columns)) {
    const node = column(table.tableName, definition.columnName);
    columns.set(attribute, {
      attribute,
      definition,
      node,
      sensitive: sensitive.has(attribute),
      normalize: Object.hasOwn(normalizers, attribute) ? normalizers[attribute] : undefined,
    });
    items.push(selectItem(codecOf(definition).asText ? cast(node, TEXT) : node, attribute));
  }
  keepHead(items);
  return { columns, items, from: tableSource(table) };
}
