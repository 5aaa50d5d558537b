/** The rows of a query page by page: each page begins after the last row of the one before, in a total order. */
import {
  type AnyQuery,
  afterPosition,
  ast,
  type DriverResult,
  type Expression,
  eachRowOnce,
  type KeysetColumn,
  keysCondition,
  keysetColumns,
  keysetItems,
  keysetOrder,
  type PluginRecord,
  type Position,
  partsAfter,
  positionOf,
  type QueryBuilder,
  QueryError,
  type QueryState,
  repeatsRows,
  runStatement,
  type SelectItem,
  type SelectStatement,
  upToPosition,
} from "../plugin";

type Query = QueryBuilder<PluginRecord>;

function withoutLimits({ limit: _limit, offset: _offset, ...rest }: SelectStatement) {
  return rest;
}

/** The query as one over its table alone, each row once; `limit` and `offset` are left to be applied. */
function pageable(query: AnyQuery, verb: string) {
  const { state } = query;
  const { statement } = state;
  if (!repeatsRows(state)) {
    const { limit = Number.POSITIVE_INFINITY, offset = 0 } = statement;
    return { base: withoutLimits(statement), limit, offset };
  }
  const base = eachRowOnce(state, verb);
  return { base, limit: Number.POSITIVE_INFINITY, offset: 0 };
}

const exactTypes = /^(smallint|integer|bigint|uuid|text|character varying|numeric)\b/;

/**
 * Reads the position of a row. Columns whose values on the row are exact need no second copy in it: the others
 * come as text too.
 */
function positions(
  columns: readonly KeysetColumn[],
  items: readonly SelectItem[],
  { source }: QueryState,
): { hidden: SelectItem[]; read: (row: Readonly<Record<string, unknown>>) => Position } {
  const shown = columns.map(({ node, definition }) => {
    const found = [...source.columns.values()].find((each) => each.node.name === node.name);
    const item = source.items.find(({ alias }) => alias === found?.attribute);
    const isExact = exactTypes.test(definition.type) && item && items.includes(item);
    return isExact ? found?.attribute : undefined;
  });
  const needed = columns.filter((_column, index) => shown[index] === undefined);
  return {
    hidden: keysetItems(needed),
    read: (row) =>
      columns.map((column, index) => {
        const attribute = shown[index];
        if (attribute === undefined) return positionOf([column], row)[0] ?? null;
        const value = row[attribute];
        return value === null || value === undefined ? null : String(value);
      }),
  };
}

/**
 * Pages of the query's rows as the driver gives them. It ends where the last row was when the second page was
 * asked for, so that rows which are inserted meanwhile, or moved to the end, cannot keep it going for ever.
 * @param what "records" selects what records are made of, "keys" the order's columns alone
 */
export async function* keyPages(
  query: AnyQuery,
  size: number,
  verb: string,
  what: "records" | "keys",
): AsyncGenerator<DriverResult, void, void> {
  const { state } = query;
  const { base, limit, offset } = pageable(query, verb);
  const columns = keysetColumns(state, verb);
  const items = what === "records" ? base.columns : keysetItems(columns);
  const { hidden, read } = positions(columns, items, state);
  const isLimited = limit !== Number.POSITIVE_INFINITY;
  if (state.isEmpty) return;
  const orderBy = keysetOrder(columns);
  const selected = what === "records" ? [...items, ...hidden] : items;
  let after: Position | undefined;
  let end: Expression | undefined;
  for (let remaining = limit; remaining > 0; ) {
    const count = Math.min(size, remaining);
    const page: SelectStatement = {
      ...base,
      columns: selected,
      where: end ? [...base.where, end] : base.where,
      orderBy,
      limit: count,
      ...(offset > 0 && !after ? { offset } : undefined),
    };
    // A row that somebody else has locked may be missing from a part that is not at its end.
    const parts =
      after && (base.lock ? [afterPosition(columns, after)] : partsAfter(columns, after));
    const steps = ["page of", what, end && kindOf(end)];
    const rows = await pageRows(query, page, parts ?? [ast.TRUE], verb, steps);
    const last = rows.at(-1);
    if (!last) return;
    after = what === "records" ? read(last) : positionOf(columns, last);
    // Rows that somebody else had locked may be missing from a page that is not the last.
    const isLast = rows.length < count && !base.lock;
    if (!isLast && !isLimited) end ??= await lastPosition(query, base, columns, verb);
    remaining -= rows.length;
    yield rows;
    if (isLast) return;
  }
}

/** Of conditions over the same columns, those of one kind are printed alike as far as their text is kept. */
function kindOf(condition: Expression): string {
  return condition.kind === "comparison" ? condition.operator : condition.kind;
}

/**
 * The first rows of the page that meet one of the conditions, which are asked one after the other.
 * @param steps what all pages have in common that are printed like this one
 */
async function pageRows(
  query: AnyQuery,
  page: SelectStatement,
  conditions: readonly Expression[],
  verb: string,
  steps: readonly unknown[],
): Promise<DriverResult> {
  const [condition, ...others] = conditions;
  const where = !condition || condition === ast.TRUE ? page.where : [...page.where, condition];
  const rows = await runStatement(query, { ...page, where }, verb.replace("()", ""), [
    ...steps,
    condition && kindOf(condition),
  ]);
  const missing = (page.limit ?? 0) - rows.length;
  if (others.length === 0 || missing === 0) return rows;
  const more = await pageRows(query, { ...page, limit: missing }, others, verb, steps);
  const { command } = rows;
  return Object.assign([...rows, ...more], { count: rows.length + more.length, command });
}

/** The condition that leaves out what comes after the row that is the last one now. */
async function lastPosition(
  query: AnyQuery,
  base: SelectStatement,
  columns: readonly KeysetColumn[],
  verb: string,
): Promise<Expression | undefined> {
  const { lock: _lock, ...unlocked } = base;
  const [row] = await runStatement(
    query,
    {
      ...unlocked,
      columns: keysetItems(columns),
      orderBy: keysetOrder(columns, true),
      limit: 1,
    },
    verb.replace("()", ""),
  );
  if (!row) return undefined;
  return upToPosition(columns, positionOf(columns, row));
}

/** The query narrowed to the rows of a page that was made of keys. */
export function narrowedTo(query: Query, rows: DriverResult, verb: string): Query {
  const { source, statement, shape } = query.state;
  const isOwn = !repeatsRows(query.state) && !statement.with;
  if (!isOwn && shape.extras.length > 0) {
    throw new QueryError(
      `${verb} on ${source.name} cannot keep the computed columns of the query.`,
    );
  }
  const keyset = keysetColumns(query.state, verb);
  const keyColumns = [...source.columns.values()].filter(({ attribute }) =>
    source.table.primaryKey.includes(attribute),
  );
  const aliases = keyColumns.map(
    ({ node }) => keyset.find((each) => each.node.name === node.name)?.alias ?? "",
  );
  const keys = rows.map((row) => aliases.map((alias) => row[alias]));
  const condition = keysCondition(keyColumns, keys);
  if (isOwn) {
    const where = [...statement.where, condition];
    return query.withState({ statement: { ...withoutLimits(statement), where } });
  }
  return query.withState({
    statement: {
      ...ast.select(statement.columns, source.from),
      where: [condition],
      orderBy: statement.orderBy,
      ...(statement.lock ? { lock: statement.lock } : undefined),
    },
  });
}
