/** Terminals that read: rows, one row, counts, plucked values. */

import type { DriverResult, DriverRow } from "../connection/driver";
import { QueryError, RecordNotFoundError } from "../errors";
import { codecOf } from "../schema/codecs";
import { call, constant, exists, orderBy, select, selectItem } from "../sql/build";
import { checkSelect } from "../sql/check";
import type { Expression, OrderItem, SelectItem, SelectStatement } from "../sql/nodes";
import { fragmentNode, SqlFragment } from "../sql/raw";
import { type AggregateOptions, aggregateOutput, aggregateRows, groupOrder } from "./aggregate";
import { itemOf, orderNode, reversed } from "./clauses";
import { requireColumn } from "./conditions";
import { run } from "./pipeline";
import type { RecordSource } from "./source";
import { keyOf, pathOf, type QueryState, withStatement } from "./state";
import type { Template } from "./templates";

/** The records of the query, with what includes() asked for. */
export async function fetchRecords<Row>(
  state: QueryState<Row>,
  terminal: string,
  template?: Template,
): Promise<Row[]> {
  const { source, statement, signal, origin } = state;
  checkUngrouped(state, terminal);
  if (state.isEmpty) return [];
  const rows = await run(source, statement, terminal, {
    signal,
    origin,
    template: template ?? pathOf(state),
    asArrays: source.takesArrays,
  });
  return recordsOf(state, rows);
}

/** The rows as records, with what includes() asked for; at once when that is nothing. */
export function recordsOf<Row>(state: QueryState<Row>, rows: DriverResult): Row[] | Promise<Row[]> {
  const { source, shape, plan } = state;
  const records = source.hydrate(rows, shape, state);
  for (const _association in plan) return source.preload(records, plan, state).then(() => records);
  return records;
}

/** Records come from rows of the table: throws QueryError when group() made something else of them. */
export function checkUngrouped({ source, statement }: QueryState, terminal: string): void {
  if (statement.groupBy.length > 0) {
    throw new QueryError(
      `Cannot call ${terminal}() with group(): a group is no ${source.name}. Use count(), sum() or aggregate().`,
    );
  }
}

/** The statement with an order: its own, else the primary key's. */
export function ordered(state: QueryState): SelectStatement {
  const { statement } = state;
  if (statement.orderBy.length > 0) return statement;
  const order = defaultOrder(state, "first()");
  return order.length === 0 ? statement : { ...statement, orderBy: order };
}

/** By primary key, as far as DISTINCT and GROUP BY allow: they refuse to sort by what is not selected. */
function defaultOrder({ source, statement, shape }: QueryState, verb: string): OrderItem[] {
  const { primaryKey } = source.table;
  const { distinct, groupBy } = statement;
  if (groupBy.length > 0) return [];
  const items = (names: readonly string[]) =>
    names.map((name) => orderBy(orderNode(requireColumn(source, verb, name))));
  if (distinct === true && shape.attributes !== "all") {
    const selected = shape.attributes.filter(
      (name) => !codecOf(requireColumn(source, verb, name).definition).asText,
    );
    const selectsKey = primaryKey.length > 0 && primaryKey.every((name) => selected.includes(name));
    return items(selectsKey ? primaryKey : selected);
  }
  const key = items(primaryKey);
  return Array.isArray(distinct) ? [...distinct.map((each) => orderBy(each)), ...key] : key;
}

/** The query as its terminal ends it, which is one step more on the way to its text. */
function ending<Row>(
  state: QueryState<Row>,
  statement: SelectStatement,
  terminal: string,
): QueryState<Row> {
  return withStatement(state, statement, pathOf(state)?.next(terminal));
}

export async function first<Row>(state: QueryState<Row>): Promise<Row | null> {
  const statement = ordered(state as QueryState);
  const limit = Math.min(1, statement.limit ?? 1);
  const [record] = await fetchRecords(ending(state, { ...statement, limit }, "first"), "first");
  return record ?? null;
}

/** From the other end of the given order, or of the primary key. */
export async function last<Row>(state: QueryState<Row>): Promise<Row | null> {
  const { source, statement } = state;
  const { limit, offset, distinct } = statement;
  const order =
    statement.orderBy.length > 0 ? statement.orderBy : defaultOrder(state as QueryState, "last()");
  if (order.length === 0 && !distinct) keyOf(source, "last()");
  // Reversed, a limited list ends at other rows, and DISTINCT ON keeps others.
  if (limit !== undefined || offset !== undefined || Array.isArray(distinct)) {
    const whole = { ...state, statement: { ...statement, orderBy: order } };
    return (await fetchRecords(whole, "last")).at(-1) ?? null;
  }
  const turned = { ...statement, orderBy: reversed(order), limit: 1 };
  const [record] = await fetchRecords(ending(state, turned, "last"), "last");
  return record ?? null;
}

export async function take<Row>(state: QueryState<Row>): Promise<Row | null> {
  const limit = Math.min(1, state.statement.limit ?? 1);
  const statement = { ...state.statement, limit };
  const [record] = await fetchRecords(ending(state, statement, "take"), "take");
  return record ?? null;
}

/** The only record. Throws RecordNotFoundError when there is none, QueryError when there are more. */
export async function sole<Row>(state: QueryState<Row>): Promise<Row> {
  const limit = Math.min(2, state.statement.limit ?? 2);
  const statement = { ...state.statement, limit };
  const records = await fetchRecords(ending(state, statement, "sole"), "sole");
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

/** A number, or the rows of the groups; of a column, how many values are not NULL. */
export async function count(
  state: QueryState,
  column: string | undefined,
  options: AggregateOptions,
): Promise<number | Record<string, unknown>[]> {
  const { source, statement } = state;
  const grouped = statement.groupBy.length > 0;
  if (!grouped && column === undefined && !options.filter && !options.distinct) {
    return countRows(state);
  }
  const output = aggregateOutput(source, "count", column, options);
  const rows = await aggregateRows(state, "count", [output]);
  return grouped ? rows : Number(rows[0]?.count ?? 0);
}

async function countRows(state: QueryState): Promise<number> {
  const { source, statement, signal, origin } = state;
  checkSelect(statement);
  if (state.isEmpty) return 0;
  const counted = [selectItem(call("count", { kind: "star" }), "count")];
  const isWrapped = needsWrapping(statement);
  const rows = await run(
    source,
    isWrapped
      ? select(counted, { kind: "derived", alias: "counted", query: countable(statement) })
      : { ...statement, columns: counted, orderBy: [] },
    "count",
    { signal, origin, template: isWrapped ? undefined : pathOf(state)?.next("count") },
  );
  return Number(rows[0]?.count ?? 0);
}

const ONE: readonly SelectItem[] = [selectItem(constant(1), "one")];

/** Inside count(*) the columns matter only to DISTINCT. */
function countable(statement: SelectStatement): SelectStatement {
  const keepsOrder = statement.limit !== undefined || statement.offset !== undefined;
  const orderItems = keepsOrder || Array.isArray(statement.distinct) ? statement.orderBy : [];
  // SQL may sort by the name of a computed column.
  const mayNameColumns = orderItems.some(({ expression }) => expression.kind === "raw");
  return {
    ...statement,
    columns: statement.distinct || mayNameColumns ? statement.columns : ONE,
    orderBy: orderItems,
  };
}

export async function existsRow<Row>(state: QueryState<Row>): Promise<boolean> {
  const { source, statement, signal, origin } = state;
  checkSelect(statement);
  if (statement.distinct && statement.groupBy.length > 0) {
    throw new QueryError("Cannot call exists() with distinct() and group(): groups are distinct.");
  }
  if (state.isEmpty) return false;
  const limit = Math.min(1, statement.limit ?? 1);
  const inner = { ...countable(statement), orderBy: [], limit };
  const query = select([selectItem(exists(inner), "exists")]);
  const rows = await run(source, query, "exists", { signal, origin });
  return rows[0]?.exists === true;
}

/** Of groups only their columns can be read. */
function checkGrouped(
  { source, statement }: QueryState,
  columns: readonly unknown[],
  terminal: string,
): void {
  const { groupBy } = statement;
  if (groupBy.length === 0) return;
  for (const column of columns) {
    const node = source.columns.get(String(column))?.node;
    const isGrouped = groupBy.some(
      ({ expression }) => expression.kind === "column" && expression.name === node?.name,
    );
    if (column instanceof SqlFragment || node === undefined || isGrouped) continue;
    throw new QueryError(
      `Cannot call ${terminal}() of "${String(column)}" with group(): it is no group column. Use aggregate().`,
    );
  }
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

/** The value, or tuple of values, of the first row; null when there is none. */
export async function pick(state: QueryState, columns: readonly unknown[]): Promise<unknown> {
  const attributes = columns.filter((column) => typeof column === "string");
  const named = { ...state, shape: { attributes, extras: [] } };
  // An unknown name is pluck()'s to refuse.
  const isKnown = attributes.every((name) => state.source.columns.has(name));
  const statement = isKnown ? ordered(named) : state.statement;
  const limit = Math.min(1, statement.limit ?? 1);
  const [value] = await pluck({ ...state, statement: { ...statement, limit } }, columns, "pick");
  return value ?? null;
}

/** One column gives bare values, more give tuples; values are those a record would have. */
export async function pluck<Row>(
  state: QueryState<Row>,
  columns: readonly unknown[],
  terminal = "pluck",
): Promise<unknown[]> {
  const { source, statement, signal, origin } = state;
  if (columns.length === 0) throw new QueryError("pluck() requires at least one column.");
  checkGrouped(state, columns, terminal);
  const plucked = columns.map((column, index) => pluckColumn(source, column, index));
  if (state.isEmpty) return [];
  const items = [...new Set(plucked.map(({ item }) => item))];
  const grouped = statement.groupBy.length > 0;
  const order = grouped ? groupOrder(source, statement, terminal, []) : statement.orderBy;
  const selected = { ...statement, columns: items, orderBy: order };
  const rows = await run(source, selected, terminal, { signal, origin });
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
