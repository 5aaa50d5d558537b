/** The types of grouped queries and their results. Types only. */
import type {
  AggregateOptions,
  AnyQuery,
  ColumnName,
  OrderValue,
  SqlFragment,
  TableOf,
  Where,
  WhereValue,
} from "../plugin";

type NumericType =
  | "smallint"
  | "integer"
  | "bigint"
  | "real"
  | "double precision"
  | "money"
  | `numeric${string}`
  | `decimal${string}`;

type TypeOf<Row, Name> =
  TableOf<Row> extends { readonly columns: infer Columns }
    ? Name extends keyof Columns
      ? Columns[Name] extends { readonly type: infer Type }
        ? Type
        : string
      : string
    : string;

/** Columns that sum() and avg() take. */
export type NumericName<Row> = {
  [Name in ColumnName<Row>]: string extends TypeOf<Row, Name>
    ? Name
    : TypeOf<Row, Name> extends NumericType
      ? Name
      : never;
}[ColumnName<Row>];

/** Columns that groupByPeriod() takes. */
export type MomentName<Row> = {
  [Name in ColumnName<Row>]: string extends TypeOf<Row, Name>
    ? Name
    : TypeOf<Row, Name> extends `timestamp${string}` | "date"
      ? Name
      : never;
}[ColumnName<Row>];

export type Period = "second" | "minute" | "hour" | "day" | "week" | "month" | "quarter" | "year";

/** What sum() and avg() take besides the column. */
export type SumOptions<Row> = AggregateOptions<Where<Row>>;

/** What min() and max() take besides the column. */
export type ExtremeOptions<Row> = Pick<AggregateOptions<Where<Row>>, "filter">;

type IsInteger<Row, Name> =
  TypeOf<Row, Name> extends "smallint" | "integer" | "bigint" ? true : false;
type IsFloat<Row, Name> = TypeOf<Row, Name> extends "real" | "double precision" ? true : false;

/** A number, or what `exact: true` gives: a bigint for integers, a string for numeric. */
export type SumOf<Row, Name, Options> = Options extends { readonly exact: true }
  ? IsFloat<Row, Name> extends true
    ? number
    : IsInteger<Row, Name> extends true
      ? bigint
      : string
  : number;

export type AverageOf<Row, Name, Options> = Options extends { readonly exact: true }
  ? IsFloat<Row, Name> extends true
    ? number
    : string
  : number;

/** One result of aggregate() by name: SQL of your own, or a function with its column. */
export type AggregateEntry<Row> =
  | string
  | SqlFragment
  | ({ count: true | ColumnName<Row> } & Omit<SumOptions<Row>, "exact">)
  | ({ sum: NumericName<Row> } & SumOptions<Row>)
  | ({ avg: NumericName<Row> } & SumOptions<Row>)
  | ({ min: ColumnName<Row> } & ExtremeOptions<Row>)
  | ({ max: ColumnName<Row> } & ExtremeOptions<Row>);

export type AggregateValue<Row, Entry> = Entry extends string
  ? unknown
  : Entry extends SqlFragment<infer Value>
    ? Value
    : Entry extends { readonly count: unknown }
      ? number
      : Entry extends { readonly sum: infer Name }
        ? SumOf<Row, Name, Entry> | null
        : Entry extends { readonly avg: infer Name }
          ? AverageOf<Row, Name, Entry> | null
          : Entry extends { readonly min: infer Name extends keyof Row }
            ? Row[Name] | null
            : Entry extends { readonly max: infer Name extends keyof Row }
              ? Row[Name] | null
              : unknown;

/** Conditions on the groups: `{ count: { gt: 1 }, sum: { total: { gte: 100 } } }`. */
export interface Having<Row> {
  count?: WhereValue<number>;
  sum?: { readonly [Name in NumericName<Row>]?: WhereValue<number | bigint | string> };
  avg?: { readonly [Name in NumericName<Row>]?: WhereValue<number | string> };
  min?: { readonly [Name in ColumnName<Row>]?: WhereValue<Row[Name]> };
  max?: { readonly [Name in ColumnName<Row>]?: WhereValue<Row[Name]> };
}

type Flat<T> = { [Key in keyof T]: T[Key] };

/** A query after group(): its terminals give one object for each group, with the group's columns in it. */
export interface GroupedQueryBuilder<Row, Keys> extends AnyQuery {
  where(conditions: Where<Row> | SqlFragment): this;
  whereNot(conditions: Where<Row>): this;
  whereRaw(fragment: string | SqlFragment, values?: readonly unknown[]): this;
  joins(path: string | SqlFragment, values?: readonly unknown[]): this;
  leftJoins(path: string | SqlFragment): this;
  limit(count: number): this;
  offset(count: number): this;
  none(): this;
  abortable(signal: AbortSignal): this;
  kept(): this;
  discarded(): this;
  /** Whether there is a group. */
  exists(): Promise<boolean>;
  /** Groups by more columns. */
  group<const Names extends readonly ColumnName<Row>[]>(
    ...columns: Names
  ): GroupedQueryBuilder<Row, Flat<Keys & Pick<Row, Names[number] & keyof Row>>>;
  groupByPeriod<const Name extends MomentName<Row>, As extends string = Name>(
    column: Name,
    period: Period,
    options?: PeriodOptions<As>,
  ): GroupedQueryBuilder<Row, Flat<Keys & PeriodKey<Row, Name, As>>>;
  /** Keeps groups by conditions on their aggregates. */
  having(conditions: Having<Row>): this;
  /** Keeps groups by a condition in SQL, in parentheses. */
  havingRaw(fragment: string | SqlFragment, values?: readonly unknown[]): this;
  /** Sorts by group columns and by results: `{ count: "DESC" }`. */
  order(...orders: readonly (GroupOrder<Keys> | SqlFragment)[]): this;
  reorder(...orders: readonly (GroupOrder<Keys> | SqlFragment)[]): this;
  count(options?: Omit<SumOptions<Row>, "exact">): Promise<Flat<Keys & { count: number }>[]>;
  count(
    column: ColumnName<Row>,
    options?: Omit<SumOptions<Row>, "exact">,
  ): Promise<Flat<Keys & { count: number }>[]>;
  sum<Name extends NumericName<Row>>(
    column: Name,
    options: SumOptions<Row> & { exact: true },
  ): Promise<Flat<Keys & { sum: SumOf<Row, Name, { exact: true }> | null }>[]>;
  sum<Name extends NumericName<Row>>(
    column: Name,
    options?: SumOptions<Row>,
  ): Promise<Flat<Keys & { sum: number | null }>[]>;
  avg<Name extends NumericName<Row>>(
    column: Name,
    options: SumOptions<Row> & { exact: true },
  ): Promise<Flat<Keys & { avg: AverageOf<Row, Name, { exact: true }> | null }>[]>;
  avg<Name extends NumericName<Row>>(
    column: Name,
    options?: SumOptions<Row>,
  ): Promise<Flat<Keys & { avg: number | null }>[]>;
  min<Name extends ColumnName<Row>>(
    column: Name,
    options?: ExtremeOptions<Row>,
  ): Promise<Flat<Keys & { min: Row[Name] | null }>[]>;
  max<Name extends ColumnName<Row>>(
    column: Name,
    options?: ExtremeOptions<Row>,
  ): Promise<Flat<Keys & { max: Row[Name] | null }>[]>;
  /**
   * Several results at once: SQL as a string, whose values come as the driver gives them, or a function.
   * @example
   * Order.group("userId").aggregate({ orders: { count: true }, itemIds: "ARRAY_AGG(id)" })
   */
  aggregate<const Entries extends Readonly<Record<string, AggregateEntry<Row>>>>(
    entries: Entries,
  ): Promise<
    Flat<Keys & { -readonly [Alias in keyof Entries]: AggregateValue<Row, Entries[Alias]> }>[]
  >;
  /** Values of group columns. */
  pluck<const Names extends readonly (keyof Keys & string)[]>(
    ...columns: Names
  ): Promise<
    (Names extends readonly [infer Only extends keyof Keys]
      ? Keys[Only]
      : { -readonly [Index in keyof Names]: Keys[Names[Index] & keyof Keys] })[]
  >;
}

type GroupOrder<Keys> = { readonly [Name in keyof Keys]?: OrderValue } & {
  readonly [result: string]: OrderValue | undefined;
};

/** How groupByPeriod() cuts time. */
export interface PeriodOptions<As extends string = string> {
  /** Where days begin, for timestamptz columns: "Europe/Berlin". UTC by default. */
  timeZone?: string;
  /** The name of the value in the results; the column's by default. */
  as?: As;
}

/** The value of a period in the results: its first moment. */
export type PeriodKey<Row, Name, As extends string> = {
  readonly [Key in As]: Name extends keyof Row ? Row[Name] : never;
};
