/** The groups of a query: columns and periods of time to group by, and conditions on them. */
import {
  type AggregateName,
  aggregateCall,
  aggregateType,
  ast,
  checkOptions,
  columnOf,
  didYouMean,
  type Expression,
  type GroupItem,
  type PluginRecord,
  type QueryBuilder,
  QueryError,
  valueCondition,
} from "../plugin";
import type { PeriodOptions } from "./aggregate-types";

type Query = QueryBuilder<PluginRecord>;

export function isGrouped({ state }: Query): boolean {
  return state.statement.groupBy.length > 0;
}

/**
 * The query with these groups added to its own.
 * @param steps what their SQL depends on; their number must show in them, or a column called "limit" would read as limit()
 */
export function grouped(
  query: Query,
  items: readonly GroupItem[],
  steps: readonly unknown[],
): Query {
  const { groupBy } = query.state.statement;
  const all = groupBy.length === 0 ? items : [...groupBy, ...items];
  const names = new Set<string>();
  for (const { alias } of all) {
    if (names.has(alias)) throw new QueryError(`group() by "${alias}" twice.`);
    names.add(alias);
  }
  return query.with((select) => ({ ...select, groupBy: all }), steps);
}

export function groupItems(query: Query, columns: readonly string[]): GroupItem[] {
  if (columns.length === 0) throw new QueryError("group() requires at least one column");
  return columns.map((name) => {
    const { node, definition } = columnOf(query, "group()", name);
    return { expression: node, alias: name, type: definition };
  });
}

const periods = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];

/** `date_trunc(period, column)`; constants all of it, so that SELECT and GROUP BY hold the same expression. */
export function periodItem(
  query: Query,
  name: string,
  period: string,
  options: PeriodOptions,
): GroupItem {
  checkOptions("groupByPeriod()", options, ["timeZone", "as"]);
  const { timeZone, as = name } = options;
  const { node, definition } = columnOf(query, "groupByPeriod()", name);
  const { type } = definition;
  if (!periods.includes(period)) {
    throw new QueryError(
      `groupByPeriod() does not know the period "${period}".${didYouMean(period, periods)} Periods: ${periods.join(", ")}.`,
    );
  }
  const isZoned = /^timestamp(\(\d\))? with time zone$|^timestamptz/.test(type);
  if (!isZoned && !/^timestamp|^date$/.test(type)) {
    throw new QueryError(
      `groupByPeriod("${name}") requires a date or timestamp column, got type "${type}".`,
    );
  }
  if (timeZone !== undefined && !isZoned) {
    throw new QueryError(`groupByPeriod("${name}"): only a timestamptz column has a time zone.`);
  }
  const truncated = (value: Expression, ...zone: Expression[]) =>
    ast.call("date_trunc", ast.constant(period), value, ...zone);
  const plain = { type: "timestamp without time zone" };
  const expression = isZoned
    ? truncated(node, ast.constant(timeZone ?? "UTC"))
    : type === "date"
      ? ast.cast(truncated(ast.cast(node, plain)), { type })
      : truncated(node);
  return { expression, alias: as, type: definition };
}

export function havingConditions(
  query: Query,
  conditions: Readonly<Record<string, unknown>>,
): Expression[] {
  const { source } = query.state;
  const place = { sensitive: false, node: ast.column("", "") };
  const condition = (name: AggregateName, column: string | undefined, value: unknown) => {
    const definition = aggregateType(source, name, column);
    const attribute = column === undefined ? name : `${name} of ${column}`;
    const called = aggregateCall(source, name, column);
    const left = definition.type === "numeric" ? ast.cast(called, definition) : called;
    const sensitive = column !== undefined && columnOf(query, "having()", column).sensitive;
    return valueCondition(query, { ...place, attribute, definition, sensitive }, left, value);
  };
  const names = ["count", "sum", "avg", "min", "max"] as const;
  return Object.entries(conditions).flatMap(([key, value]) => {
    const name = names.find((each) => each === key);
    if (!name) {
      throw new QueryError(
        `having() does not know "${key}".${didYouMean(key, names)} Use ${names.join(", ")}.`,
      );
    }
    if (name === "count") return [condition(name, undefined, value)];
    if (typeof value !== "object" || value === null) {
      throw new QueryError(`having(): "${name}" expects { column: condition }.`);
    }
    return Object.entries(value).map(([column, each]) => condition(name, column, each));
  });
}

export function requireGroup(query: Query, message: string): void {
  if (!isGrouped(query)) throw new QueryError(message);
}
