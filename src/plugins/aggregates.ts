/** group(), having(), sum(), avg(), min(), max() and aggregate(); count() is every query's own. */
import {
  type AggregateName,
  type AggregateOptions,
  type AggregateOutput,
  aggregateCall,
  aggregateOutput,
  aggregateRows,
  aggregateType,
  ast,
  type ClassOf,
  type ColumnName,
  columnOf,
  definePlugin,
  didYouMean,
  type Expression,
  type GroupItem,
  type PluginRecord,
  type QueryBuilder,
  QueryError,
  rawNode,
  SqlFragment,
  valueCondition,
} from "../plugin";
import type {
  AverageOf,
  ExtremeOptions,
  GroupedQueryBuilder,
  Having,
  MomentName,
  NumericName,
  Period,
  PeriodKey,
  PeriodOptions,
  SumOf,
  SumOptions,
} from "./aggregate-types";

export type { GroupedQueryBuilder, Having, Period } from "./aggregate-types";

declare module "../plugin" {
  interface QueryBuilder<Row> {
    /**
     * One result for each combination of the columns: count(), sum() and the others then give arrays of objects.
     * @example
     * await Order.group("status").count() // [{ status: "active", count: 4 }, ...]
     */
    group<const Names extends readonly ColumnName<Row>[]>(
      ...columns: Names
    ): GroupedQueryBuilder<Row, Pick<Row, Names[number] & keyof Row>>;
    /**
     * One result for each period of time.
     * @example
     * await Order.all().groupByPeriod("createdAt", "month").sum("total")
     */
    groupByPeriod<const Name extends MomentName<Row>, As extends string = Name>(
      column: Name,
      period: Period,
      options?: PeriodOptions<As>,
    ): GroupedQueryBuilder<Row, PeriodKey<Row, Name, As>>;
    /**
     * The sum of a numeric column as a number, null for no rows; `exact: true` rounds nothing.
     * Throws QueryError for a column that is not numeric, and after lock(), distinct() or includes().
     */
    sum<Name extends NumericName<Row>, const Options extends SumOptions<Row> = object>(
      column: Name,
      options?: Options,
    ): Promise<SumOf<Row, Name, Options> | null>;
    /** The average of a numeric column; see sum(). */
    avg<Name extends NumericName<Row>, const Options extends SumOptions<Row> = object>(
      column: Name,
      options?: Options,
    ): Promise<AverageOf<Row, Name, Options> | null>;
    /** The smallest value of a column, as a record would have it; null for no rows. */
    min<Name extends ColumnName<Row>>(
      column: Name,
      options?: ExtremeOptions<Row>,
    ): Promise<Row[Name] | null>;
    /** The largest value of a column, as a record would have it; null for no rows. */
    max<Name extends ColumnName<Row>>(
      column: Name,
      options?: ExtremeOptions<Row>,
    ): Promise<Row[Name] | null>;
  }
  interface ModelStatic<Row> {
    group<Record, const Names extends readonly ColumnName<Record>[]>(
      this: ClassOf<Record>,
      ...columns: Names
    ): GroupedQueryBuilder<Record, Pick<Record, Names[number] & keyof Record>>;
    groupByPeriod<Record, const Name extends MomentName<Record>, As extends string = Name>(
      this: ClassOf<Record>,
      column: Name,
      period: Period,
      options?: PeriodOptions<As>,
    ): GroupedQueryBuilder<Record, PeriodKey<Record, Name, As>>;
    sum<
      Record,
      Name extends NumericName<Record>,
      const Options extends SumOptions<Record> = object,
    >(
      this: ClassOf<Record>,
      column: Name,
      options?: Options,
    ): Promise<SumOf<Record, Name, Options> | null>;
    avg<
      Record,
      Name extends NumericName<Record>,
      const Options extends SumOptions<Record> = object,
    >(
      this: ClassOf<Record>,
      column: Name,
      options?: Options,
    ): Promise<AverageOf<Record, Name, Options> | null>;
    min<Record, Name extends ColumnName<Record>>(
      this: ClassOf<Record>,
      column: Name,
      options?: ExtremeOptions<Record>,
    ): Promise<Record[Name] | null>;
    max<Record, Name extends ColumnName<Record>>(
      this: ClassOf<Record>,
      column: Name,
      options?: ExtremeOptions<Record>,
    ): Promise<Record[Name] | null>;
  }
}

type Query = QueryBuilder<PluginRecord>;

function isGrouped({ state }: Query): boolean {
  return state.statement.groupBy.length > 0;
}

function grouped(query: Query, items: readonly GroupItem[]): Query {
  const taken = query.state.statement.groupBy.map(({ alias }) => alias);
  for (const { alias } of items) {
    if (taken.includes(alias)) throw new QueryError(`group() by "${alias}" twice.`);
    taken.push(alias);
  }
  return query.with((select) => ({ ...select, groupBy: [...select.groupBy, ...items] }));
}

function groupItems(query: Query, columns: readonly string[]): GroupItem[] {
  if (columns.length === 0) throw new QueryError("group() requires at least one column");
  return columns.map((name) => {
    const { node, definition } = columnOf(query, "group()", name);
    return { expression: node, alias: name, type: definition };
  });
}

const periods = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];

/** `date_trunc(period, column)`; constants all of it, so that SELECT and GROUP BY hold the same expression. */
function periodItem(
  query: Query,
  name: string,
  period: string,
  { timeZone, as = name }: PeriodOptions,
): GroupItem {
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

function having(query: Query, conditions: Readonly<Record<string, unknown>>): Expression[] {
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

function requireGroup(query: Query, message: string): void {
  if (!isGrouped(query)) throw new QueryError(message);
}

/** A value, or with group() the rows of the groups. */
async function calculated(
  query: Query,
  name: AggregateName,
  column: string,
  options: AggregateOptions | undefined,
): Promise<unknown> {
  const output = aggregateOutput(query.state.source, name, column, options);
  const rows = await aggregateRows(query.state, name, [output]);
  return isGrouped(query) ? rows : (rows[0]?.[name] ?? null);
}

function entryOutput(query: Query, alias: string, entry: unknown): AggregateOutput {
  if (typeof entry === "string" || entry instanceof SqlFragment) {
    const expression = rawNode(entry, undefined, "aggregate()");
    return { alias, expression, read: (raw) => raw };
  }
  const { count, sum, avg, min, max, ...options } = Object(entry) as Record<string, unknown>;
  const chosen = Object.entries({ count, sum, avg, min, max }).filter(
    ([, column]) => column !== undefined,
  );
  const [only] = chosen;
  const known = ["filter", "distinct", "exact"];
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (!only || chosen.length > 1 || unknown !== undefined) {
    throw new QueryError(
      `aggregate(): "${alias}" expects SQL, or one of count, sum, avg, min and max with a column.${unknown === undefined ? "" : ` It has "${unknown}".`}`,
    );
  }
  const [name, column] = only;
  return aggregateOutput(
    query.state.source,
    name as AggregateName,
    column === true ? undefined : String(column),
    options,
    alias,
  );
}

definePlugin({
  name: "aggregates",
  queryBuilder: {
    group(...columns: readonly string[]) {
      return grouped(this, groupItems(this, columns));
    },
    groupByPeriod(column: string, period: string, options: PeriodOptions = {}) {
      return grouped(this, [periodItem(this, column, period, options)]);
    },
    having(conditions: Having<PluginRecord>) {
      requireGroup(this, "having() requires group() — HAVING without GROUP BY is invalid SQL");
      const added = having(this, { ...conditions });
      return this.with((select) => ({ ...select, having: [...select.having, ...added] }));
    },
    havingRaw(fragment: string | SqlFragment, values?: readonly unknown[]) {
      requireGroup(this, "havingRaw() requires group() — HAVING without GROUP BY is invalid SQL");
      const node = rawNode(fragment, values, "havingRaw()");
      return this.with((select) => ({ ...select, having: [...select.having, node] }));
    },
    sum(column: string, options?: AggregateOptions) {
      return calculated(this, "sum", column, options);
    },
    avg(column: string, options?: AggregateOptions) {
      return calculated(this, "avg", column, options);
    },
    min(column: string, options?: AggregateOptions) {
      return calculated(this, "min", column, options);
    },
    max(column: string, options?: AggregateOptions) {
      return calculated(this, "max", column, options);
    },
    async aggregate(entries: Readonly<Record<string, unknown>>) {
      requireGroup(
        this,
        "aggregate({ ... }) requires group() — only the grouped form is supported; use count(), sum() and the others for one value",
      );
      const outputs = Object.entries(entries).map(([alias, entry]) =>
        entryOutput(this, alias, entry),
      );
      if (outputs.length === 0) throw new QueryError("aggregate() requires at least one result.");
      return await aggregateRows(this.state, "aggregate", outputs);
    },
  },
  static: {
    group(...columns: readonly never[]) {
      return this.all().group(...columns);
    },
    groupByPeriod(column: string, period: Period, options?: PeriodOptions) {
      return this.all().groupByPeriod(column, period, options);
    },
    sum(column: never, options?: SumOptions<PluginRecord>) {
      return this.all().sum(column, options);
    },
    avg(column: never, options?: SumOptions<PluginRecord>) {
      return this.all().avg(column, options);
    },
    min(column: never, options?: ExtremeOptions<PluginRecord>) {
      return this.all().min(column, options);
    },
    max(column: never, options?: ExtremeOptions<PluginRecord>) {
      return this.all().max(column, options);
    },
  },
});
