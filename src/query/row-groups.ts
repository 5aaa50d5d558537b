/** Rows of an INSERT by the keys they give: one statement can write those that give the same. */
import { describe, didYouMean, QueryError } from "../errors";
import { typeName } from "../sql/type-name";
import { isPlainObject } from "./conditions";
import type { RecordSource, SourceColumn } from "./source";
import { writableColumn } from "./write";

type Attributes = Readonly<Record<string, unknown>>;

export interface RowGroup {
  readonly columns: readonly SourceColumn[];
  readonly rows: Attributes[];
  /** Where the rows stand among those that were given. */
  readonly places: number[];
}

/** Rows with the same keys share a statement: a missing key means the column's default, not NULL. */
export function groupRows(
  source: RecordSource,
  verb: string,
  rows: readonly unknown[],
): RowGroup[] {
  const only = uniformGroup(source, verb, rows);
  if (only) return [only];
  const groups = new Map<string, RowGroup>();
  let last: RowGroup | undefined;
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place];
    if (!isPlainObject(row)) {
      throw new QueryError(
        `${verb} on ${source.name} expects objects of attributes, got ${describe(row)}.`,
      );
    }
    if (last && hasKeys(row, last.columns)) {
      last.rows.push(row);
      last.places.push(place);
      continue;
    }
    const names = definedKeys(row);
    // Sorted, so that the same set of keys is one group however it was written.
    const key = names.length === 0 ? "" : [...names].sort().join("\0");
    let group = groups.get(key);
    if (!group) {
      group = { columns: insertedColumns(source, verb, names), rows: [], places: [] };
      groups.set(key, group);
    }
    group.rows.push(row);
    group.places.push(place);
    last = group;
  }
  return [...groups.values()];
}

/** The group of rows that all have the keys of the first, as rows made by one piece of code do: most have. */
function uniformGroup(
  source: RecordSource,
  verb: string,
  rows: readonly unknown[],
): RowGroup | undefined {
  const [first] = rows;
  if (!isPlainObject(first)) return undefined;
  const columns = insertedColumns(source, verb, definedKeys(first));
  const places: number[] = new Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place];
    if (!isPlainObject(row) || !hasKeys(row, columns)) return undefined;
    places[place] = place;
  }
  return { columns, rows: rows as Attributes[], places };
}

function definedKeys(row: Attributes): string[] {
  return Object.keys(row).filter((name) => row[name] !== undefined);
}

/** The columns of the attributes that rows give. */
function insertedColumns(
  source: RecordSource,
  verb: string,
  names: readonly string[],
): SourceColumn[] {
  return names.map((name) => {
    if (source.columns.has(name)) return writableColumn(source, verb, name);
    throw new QueryError(
      `${verb} received unknown column "${name}" on ${source.name}.${didYouMean(name, source.columns.keys())}`,
    );
  });
}

/** Whether the row gives these columns and no others, in this order: as rows made by one piece of code do. */
function hasKeys(row: Attributes, columns: readonly SourceColumn[]): boolean {
  let index = 0;
  for (const name in row) {
    if (columns[index]?.attribute !== name || row[name] === undefined) return false;
    index++;
  }
  return index === columns.length;
}

/** Whether one array parameter can carry the column: its type must have a name to cast to. */
export function isListable({ definition }: SourceColumn): boolean {
  return typeName(definition) !== undefined;
}

// The protocol counts parameters in 16 bits.
const MAX_PARAMETERS = 65_535;

/** Groups that must stay VALUES lists are cut to what one statement can bind. */
export function chunks(group: RowGroup): RowGroup[] {
  const { columns, rows, places } = group;
  if (rows.length === 1) return [group];
  const size =
    columns.length === 0
      ? 1
      : columns.every(isListable)
        ? rows.length
        : Math.floor(MAX_PARAMETERS / columns.length);
  const parts: RowGroup[] = [];
  if (size >= rows.length) return [group];
  for (let start = 0; start < rows.length; start += size) {
    const end = start + size;
    parts.push({ columns, rows: rows.slice(start, end), places: places.slice(start, end) });
  }
  return parts;
}
