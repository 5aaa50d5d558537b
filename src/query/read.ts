/** Terminals that read: rows, one row, counts, plucked values. */

import type { DriverRow } from "../connection/driver";
import { QueryError, RecordNotFoundError } from "../errors";
import { codecOf } from "../schema/codecs";
import { call, constant, exists, orderBy, select, selectItem } from "../sql/build";
import type { Expression, SelectItem, SelectStatement } from "../sql/nodes";
import { fragmentNode, SqlFragment } from "../sql/raw";
import { itemOf, orderNode, reversed } from "./clauses";
import { requireColumn } from "./conditions";
import { run } from "./pipeline";
import type { RecordSource } from "./source";
import { keyOf, type QueryState } from "./state";

/** The records of the query, with what includes() asked for. */
export async function fetchRecords<Row>(state: QueryState<Row>, terminal: string): Promise<Row[]> {
  if (state.isEmpty) return [];
  const { source, statement, shape, plan, signal } = state;
  if (statement.groupBy.length > 0) {
    throw new QueryError(
      `Cannot call ${terminal}() with group(): a group is no ${source.name}. Use count(), sum() or aggregate().`,
    );
  }
  const rows = await run(source, statement, terminal, { signal });
  const records = source.hydrate(rows, shape, state);
  for (const _association in plan) {
    await source.preload(records, plan, state);
    break;
  }
  return records;
}

/** Adds the primary key as order when there is none. */
export function ordered<Row>(state: QueryState<Row>): SelectStatement {
  const { source, statement } = state;
  if (statement.orderBy.length > 0 || source.table.primaryKey.length === 0) return statement;
  // DISTINCT and GROUP BY refuse to order by what is not selected.
  if (statement.distinct || statement.groupBy.length > 0) return statement;
  return { ...statement, orderBy: keyOrder(source, "first()") };
}

function keyOrder(source: RecordSource, verb: string) {
  return keyOf(source, verb).map((name) => orderBy(orderNode(requireColumn(source, verb, name))));
}

export async function first<Row>(state: QueryState<Row>): Promise<Row | null> {
  const statement = ordered(state);
  const limit = Math.min(1, statement.limit ?? 1);
  const [record] = await fetchRecords({ ...state, statement: { ...statement, limit } }, "first");
  return record ?? null;
}

/** From the other end of the given order, or of the primary key. */
export async function last<Row>(state: QueryState<Row>): Promise<Row | null> {
  const { source, statement } = state;
  if (statement.limit !== undefined) {
    // The last of a limited list is not the first of the reversed one.
    const records = await fetchRecords({ ...state, statement: ordered(state) }, "last");
    return records.at(-1) ?? null;
  }
  const order = statement.orderBy.length > 0 ? statement.orderBy : keyOrder(source, "last()");
  const { offset, ...rest } = statement;
  if (offset !== undefined) {
    const records = await fetchRecords(
      { ...state, statement: { ...statement, orderBy: order } },
      "last",
    );
    return records.at(-1) ?? null;
  }
  const turned = { ...rest, orderBy: reversed(order), limit: 1 };
  const [record] = await fetchRecords({ ...state, statement: turned }, "last");
  return record ?? null;
}

export async function take<Row>(state: QueryState<Row>): Promise<Row | null> {
  const limit = Math.min(1, state.statement.limit ?? 1);
  const statement = { ...state.statement, limit };
  const [record] = await fetchRecords({ ...state, statement }, "take");
  return record ?? null;
}

/** The only record. Throws RecordNotFoundError when there is none, QueryError when there are more. */
export async function sole<Row>(state: QueryState<Row>): Promise<Row> {
  const limit = Math.min(2, state.statement.limit ?? 2);
  const records = await fetchRecords(
    { ...state, statement: { ...state.statement, limit } },
    "sole",
  );
  const [record] = records;
  if (record === undefined) throw new RecordNotFoundError(state.source.name, "(sole)");
  if (records.length > 1) {
    throw new QueryError(`sole() found more than one ${state.source.name}.`);
  }
  return record;
}

/** Whether the rows of the statement must be counted after its clauses have done their work. */
function needsWrapping({ distinct, limit, offset, lock, groupBy, from }: SelectStatement): boolean {
  return (
    distinct !== undefined ||
    limit !== undefined ||
    offset !== undefined ||
    lock !== undefined ||
    groupBy.length > 0 ||
    from?.kind === "derived"
  );
}

export async function count<Row>(state: QueryState<Row>): Promise<number> {
  if (state.isEmpty) return 0;
  const { source, statement, signal } = state;
  const counted = [selectItem(call("count", { kind: "star" }), "count")];
  const rows = await run(
    source,
    needsWrapping(statement)
      ? select(counted, { kind: "derived", alias: "counted", query: countable(statement) })
      : { ...statement, columns: counted, orderBy: [] },
    "count",
    { signal },
  );
  return Number(rows[0]?.count ?? 0);
}

const ONE: readonly SelectItem[] = [selectItem(constant(1), "one")];

/** Inside count(*) the columns matter only to DISTINCT. */
function countable(statement: SelectStatement): SelectStatement {
  const keepsOrder = statement.limit !== undefined || statement.offset !== undefined;
  const orderItems = keepsOrder || Array.isArray(statement.distinct) ? statement.orderBy : [];
  return {
    ...statement,
    columns: statement.distinct ? statement.columns : ONE,
    orderBy: orderItems,
  };
}

export async function existsRow<Row>(state: QueryState<Row>): Promise<boolean> {
  if (state.isEmpty) return false;
  const { source, statement, signal } = state;
  const inner = { ...countable(statement), limit: Math.min(1, statement.limit ?? 1) };
  const query = select([selectItem(exists(inner), "exists")]);
  const rows = await run(source, query, "exists", { signal });
  return rows[0]?.exists === true;
}

interface PluckColumn {
  readonly item: SelectItem;
  readonly decode: (raw: unknown) => unknown;
}

function pluckColumn(source: RecordSource, column: unknown, index: number): PluckColumn {
  if (column instanceof SqlFragment) {
    const expression: Expression = fragmentNode(column, "pluck()");
    return { item: selectItem(expression, `value_${index}`), decode: (raw) => raw };
  }
  const found = requireColumn(source, "pluck()", String(column));
  const codec = codecOf(found.definition);
  return { item: itemOf(source, found), decode: (raw) => codec.decode(raw) };
}

/** One column gives bare values, more give tuples; values are those a record would have. */
export async function pluck<Row>(
  state: QueryState<Row>,
  columns: readonly unknown[],
  terminal = "pluck",
): Promise<unknown[]> {
  const { source, statement, signal } = state;
  if (columns.length === 0) throw new QueryError("pluck() requires at least one column.");
  const plucked = columns.map((column, index) => pluckColumn(source, column, index));
  if (state.isEmpty) return [];
  const rows = await run(
    source,
    { ...statement, columns: [...new Set(plucked.map(({ item }) => item))] },
    terminal,
    { signal },
  );
  const read = plucked.map(({ item, decode }) => {
    const key = item.alias ?? "";
    return (row: DriverRow) => {
      const raw = row[key];
      return raw === null ? null : decode(raw);
    };
  });
  const [only] = read;
  if (only && read.length === 1) return rows.map(only);
  return rows.map((row) => read.map((value) => value(row)));
}
