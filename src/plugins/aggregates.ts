/** group(), having(), sum(), avg(), min(), max() and aggregate(); count() is every query's own. */
import {
  type AggregateName,
  type AggregateOptions,
  type AggregateOutput,
  aggregateOutput,
  aggregateRows,
  type ClassOf,
  type ColumnName,
  definePlugin,
  type PluginRecord,
  type QueryBuilder,
  QueryError,
  rawNode,
  SqlFragment,
} from "../plugin";
import {
  grouped,
  groupItems,
  havingConditions,
  isGrouped,
  periodItem,
  requireGroup,
} from "./aggregate-groups";
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
    sum<Name extends NumericName<Row>>(
      column: Name,
      options: SumOptions<Row> & { exact: true },
    ): Promise<SumOf<Row, Name, { exact: true }> | null>;
    sum<Name extends NumericName<Row>>(
      column: Name,
      options?: SumOptions<Row>,
    ): Promise<number | null>;
    /** The average of a numeric column; see sum(). */
    avg<Name extends NumericName<Row>>(
      column: Name,
      options: SumOptions<Row> & { exact: true },
    ): Promise<AverageOf<Row, Name, { exact: true }> | null>;
    avg<Name extends NumericName<Row>>(
      column: Name,
      options?: SumOptions<Row>,
    ): Promise<number | null>;
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
    sum<Record, Name extends NumericName<Record>>(
      this: ClassOf<Record>,
      column: Name,
      options: SumOptions<Record> & { exact: true },
    ): Promise<SumOf<Record, Name, { exact: true }> | null>;
    sum<Record, Name extends NumericName<Record>>(
      this: ClassOf<Record>,
      column: Name,
      options?: SumOptions<Record>,
    ): Promise<number | null>;
    avg<Record, Name extends NumericName<Record>>(
      this: ClassOf<Record>,
      column: Name,
      options: SumOptions<Record> & { exact: true },
    ): Promise<AverageOf<Record, Name, { exact: true }> | null>;
    avg<Record, Name extends NumericName<Record>>(
      this: ClassOf<Record>,
      column: Name,
      options?: SumOptions<Record>,
    ): Promise<number | null>;
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
    const steps = typeof entry === "string" ? ["sql", entry] : undefined;
    return { alias, expression, steps };
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
      return grouped(this, groupItems(this, columns), ["group", columns.length, ...columns]);
    },
    groupByPeriod(column: string, period: string, options: PeriodOptions = {}) {
      const item = periodItem(this, column, period, options);
      return grouped(this, [item], ["period", column, period, options.timeZone, options.as]);
    },
    having(conditions: Having<PluginRecord>) {
      requireGroup(this, "having() requires group() — HAVING without GROUP BY is invalid SQL");
      const added = havingConditions(this, { ...conditions });
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
