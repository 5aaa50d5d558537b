/** QueryBuilder: an immutable, thenable question about one table. Each method copies the state with one change. */
import { addOrigin } from "../connection/caller";
import { describe, didYouMean, QueryError } from "../errors";
import type { TableDefinition } from "../schema/table";
import { selectItem } from "../sql/build";
import type { CompoundStatement, NestedQuery, OrderItem, SelectStatement } from "../sql/nodes";
import { OPERAND, SUBQUERY, type SubqueryDescriptor } from "../sql/operand";
import { rawNode, type SqlFragment } from "../sql/raw";
import type { AggregateOptions } from "./aggregate";
import { related, relatedCount } from "./association-conditions";
import { checkedCount, orderItems, selection } from "./clauses";
import { conditionList, requireColumn } from "./conditions";
import { type ExplainOptions, explain } from "./explain";
import { find, findBy } from "./find";
import { plannedIncludes } from "./includes";
import { joined } from "./joins";
import { mergedStatement, type UnscopePart, unscoped } from "./merge";
import { encodeOperand } from "./operand";
import { type Page, type PaginateOptions, paginate } from "./paginate";
import { prepare } from "./pipeline";
import * as read from "./read";
import type { RecordSource } from "./source";
import {
  aliasOf,
  initialState,
  keyOf,
  pathOf,
  type QueryState,
  shownStatement,
  withStatement,
} from "./state";
import { tableRecordSource } from "./table-source";
import { afterConditions, afterOrder, afterSteps, type TextPath } from "./text-path";
import type {
  AnyScopeName,
  AssociationName,
  CheckedPath,
  ColumnName,
  KeyOf,
  Loaded,
  Order,
  PlainConditions,
  Plucked,
  PrimaryKey,
  ScopeArgumentsOf,
  Selected,
  SubqueryOperand,
  TargetByPath,
  Where,
  WritableName,
} from "./types";
import { unionSource } from "./union";
import { deleteAll, updateAll, type WriteOptions } from "./write";

/** The override of one association's default scope: none, or another one. */
export interface IncludeOptions<Target = unknown> {
  scope: false | ((query: QueryBuilder<Target>, target: ScopeTarget) => SubqueryOperand);
}

/** What a scope may ask of the class it is applied to: of a polymorphic one it is one of several. */
export interface ScopeTarget {
  readonly name: string;
  readonly softDelete?: boolean;
}

/** What count() takes: rows to count, or each different value once. */
export type CountOptions<Row> = Omit<AggregateOptions<Where<Row>>, "exact">;

/** Values for updateAll: attributes, or sql fragments of the database's own. */
export type UpdateValues<Row> = { [Name in WritableName<Row>]?: Row[Name] | SqlFragment };

/**
 * Verbs whose types depend on more than the row. Their signatures stand outside of the generic class: the compiler
 * makes a copy of every signature with type parameters for each row type, and these are dear to copy.
 */
abstract class Loading {
  /**
   * Loads associations with the records: one more statement for each.
   * Throws AssociationError for a path that does not exist.
   * @example
   * User.all().includes("posts.comments", "profile")
   */
  includes<Row, const Path extends string>(
    this: QueryBuilder<Row>,
    ...paths: readonly CheckedPath<Row, Path>[]
  ): QueryBuilder<Loaded<Row, Path>>;
  includes<Row, const Path extends string>(
    this: QueryBuilder<Row>,
    path: CheckedPath<Row, Path>,
    options: IncludeOptions<TargetByPath<Row, Path>>,
  ): QueryBuilder<Loaded<Row, Path>>;
  includes<Result>(this: QueryBuilder<unknown>, ...args: readonly unknown[]): QueryBuilder<Result> {
    const { source, plan } = this.state;
    const planned = this.withState({ plan: plannedIncludes(source, plan, args) });
    return planned as unknown as QueryBuilder<Result>;
  }
}

export class QueryBuilder<Row = unknown> extends Loading implements PromiseLike<Row[]> {
  readonly #state: QueryState<Row>;

  constructor(source: RecordSource<Row> | TableDefinition<Row> | QueryState<Row>) {
    super();
    this.#state =
      "statement" in source
        ? source
        : initialState("hydrate" in source ? source : tableRecordSource(source));
  }

  get [Symbol.toStringTag](): "QueryBuilder" {
    return "QueryBuilder";
  }

  /** The state, for plugins and loaders: read it, never change it. */
  get state(): QueryState<Row> {
    return this.#state;
  }

  /** The table the query is about. */
  get tableDefinition(): TableDefinition {
    return this.#state.source.table;
  }

  /** Names of the associations that includes() asked for, at the top level. */
  get includedAssociationNames(): readonly string[] {
    return Object.keys(this.#state.plan);
  }

  /**
   * A query with another statement: the way in for plugins' verbs.
   * @param steps the verb's name and all that its SQL depends on. With them the text is kept for the next time, so
   *   the same steps must change nothing but the values of conditions.
   */
  with(change: (statement: SelectStatement) => SelectStatement, steps?: readonly unknown[]): this {
    const state = this.#state;
    const path = steps && afterSteps(pathOf(state), steps);
    return this.#step(change(state.statement), path);
  }

  #step(statement: SelectStatement, path: TextPath | undefined): this {
    return new QueryBuilder<Row>(withStatement(this.#state, statement, path)) as this;
  }

  /** A query with parts of the state replaced. */
  withState(change: Partial<QueryState<Row>>): this {
    // The row type does not depend on what changes here.
    return new QueryBuilder<Row>({ ...this.#state, ...change }) as this;
  }

  // --- Conditions

  /**
   * Keeps rows that match: keys are AND-ed with each other and with what is there.
   * Throws QueryError for unknown names and for undefined.
   * @example
   * User.where({ active: true, age: { gte: 18 } }) // WHERE "active" = $1 AND "age" >= $2
   */
  where(conditions: Where<Row> | SqlFragment): this {
    const added = conditionList(this.#state.source, conditions);
    if (added.length === 0) return this;
    const { statement } = this.#state;
    const where = statement.where.length === 0 ? added : [...statement.where, ...added];
    return this.#step({ ...statement, where }, afterConditions(pathOf(this.#state), added));
  }

  /** Keeps rows that do not match all of the conditions; NULL counts as not matching. */
  whereNot(conditions: Where<Row>): this {
    const added = conditionList(this.#state.source, { not: conditions });
    return this.with((s) => ({ ...s, where: [...s.where, ...added] }));
  }

  /**
   * A condition in SQL, in parentheses; `$1` stands for the first value.
   * @example
   * User.whereRaw('"age" > $1', [18]) // WHERE ("age" > $1)
   */
  whereRaw(fragment: string | SqlFragment, values?: readonly unknown[]): this {
    const node = rawNode(fragment, values, "whereRaw()");
    return this.with((s) => ({ ...s, where: [...s.where, node] }));
  }

  /** Keeps records without any record of the association. */
  whereMissing(name: AssociationName<Row>): this {
    return this.#whereRelated(name, "whereMissing()", true);
  }

  /** Keeps records with at least one record of the association. */
  whereAssociated(name: AssociationName<Row>): this {
    return this.#whereRelated(name, "whereAssociated()", false);
  }

  #whereRelated(name: string, verb: string, negated: boolean): this {
    const { source } = this.#state;
    const condition = related(this.#association(name, verb), aliasOf(source), () => [], negated);
    return this.with((s) => ({ ...s, where: [...s.where, condition] }));
  }

  #association(name: string, verb: string) {
    const { source } = this.#state;
    const association = source.association(name);
    if (association) return association;
    throw new QueryError(
      `${verb}: association "${name}" not found on ${source.name}.${didYouMean(name, source.associationNames())}`,
    );
  }

  // --- Shape

  /**
   * Sorts; later calls add to earlier ones.
   * @example
   * User.order({ createdAt: "DESC NULLS LAST", id: "ASC" })
   */
  order(...orders: readonly (Order<Row> | SqlFragment)[]): this {
    const items = this.#orderItems(orders);
    const { statement } = this.#state;
    const orderBy = statement.orderBy.length === 0 ? items : [...statement.orderBy, ...items];
    return this.#step({ ...statement, orderBy }, afterOrder(pathOf(this.#state), items));
  }

  /** Sorts by these alone, whatever was there. */
  reorder(...orders: readonly (Order<Row> | SqlFragment)[]): this {
    const items = this.#orderItems(orders);
    return this.with((s) => ({ ...s, orderBy: items }));
  }

  #orderItems(orders: readonly unknown[]): OrderItem[] {
    const { source, shape } = this.#state;
    return orderItems(source, orders, this.#isGrouped, shape.extras);
  }

  get #isGrouped(): boolean {
    return this.#state.statement.groupBy.length > 0;
  }

  /** At most `count` rows; the last call wins. */
  limit(count: number): this {
    const limit = checkedCount("limit", count);
    return this.#step({ ...this.#state.statement, limit }, pathOf(this.#state)?.next("limit"));
  }

  /** Skips `count` rows; the last call wins. */
  offset(count: number): this {
    const offset = checkedCount("offset", count);
    return this.#step({ ...this.#state.statement, offset }, pathOf(this.#state)?.next("offset"));
  }

  /**
   * Only these columns, and SQL expressions under a name of yours; computed values that are there stay.
   * @example
   * User.select("id", "name")                           // SELECT "id", "name"
   * User.select("id", { letters: sql`length("name")` }) // SELECT "id", (length("name")) AS "letters"
   */
  select<const Names extends readonly SelectEntry<Row>[]>(
    ...columns: Names
  ): QueryBuilder<Projection<Row, Names[number]>> {
    const { items, shape } = selection(this.#state as QueryState, columns);
    const change = { statement: { ...this.#state.statement, columns: items }, shape };
    return this.withState(change) as unknown as QueryBuilder<Projection<Row, Names[number]>>;
  }

  /** Each different row once. */
  distinct(): this {
    return this.with((s) => ({ ...s, distinct: true }));
  }

  /** The first row, by the order, for each combination of these columns. */
  distinctOn(...columns: readonly ColumnName<Row>[]): this {
    if (columns.length === 0) throw new QueryError("distinctOn() requires at least one column.");
    const nodes = columns.map(
      (name) => requireColumn(this.#state.source, "distinctOn()", name).node,
    );
    return this.with((s) => ({ ...s, distinct: nodes }));
  }

  /**
   * Inner join by association, dotted to any depth, or in SQL. A string with a space in it is SQL: never pass
   * text of a user.
   * @example
   * Post.joins("author").where(sql`users.active`)
   * Post.joins(sql`JOIN users u ON u.id = posts.user_id AND u.age > ${18}`)
   */
  joins(
    path: AssociationName<Row> | (string & {}) | SqlFragment,
    values?: readonly unknown[],
  ): this {
    return this.with((s) => joined(this.#state.source, s, path, values, "INNER"));
  }

  /** Like joins(), but keeps rows without a match. */
  leftJoins(path: AssociationName<Row> | (string & {}) | SqlFragment): this {
    return this.with((s) => joined(this.#state.source, s, path, undefined, "LEFT"));
  }

  /**
   * Adds the number of associated records, as loading would find them, to each row as `postsCount`, or under a name
   * of yours.
   */
  withCount<Name extends AssociationName<Row>, As extends string = `${Name}Count`>(
    name: Name,
    as?: As,
  ): QueryBuilder<Row & { readonly [Key in As]: number }> {
    const { source, shape, statement } = this.#state;
    const alias = as ?? `${name}Count`;
    const query = relatedCount(this.#association(name, "withCount()"), aliasOf(source));
    const item = selectItem(
      { kind: "cast", operand: { kind: "subquery", query }, type: { type: "integer" } },
      alias,
    );
    return this.withState({
      statement: { ...statement, columns: [...statement.columns, item] },
      shape: { ...shape, extras: [...shape.extras, alias] },
    }) as unknown as QueryBuilder<Row & { readonly [Key in As]: number }>;
  }

  /** Takes parts away: `unscope("order", "limit")`. */
  unscope(...parts: readonly UnscopePart[]): this {
    const { statement, plan } = unscoped(this.#state as QueryState, parts);
    return this.withState({ statement, plan });
  }

  /** No rows, and no statement. */
  none(): this {
    return this.withState({ isEmpty: true });
  }

  /** Adds the conditions, joins and order of another query on the same table; its limit and lock win. */
  merge(other: QueryBuilder<Row>): this {
    const { source, statement, plan } = this.#state;
    if (!((other as unknown) instanceof QueryBuilder)) {
      throw new QueryError(`merge() on ${source.name} expects a query, got ${describe(other)}.`);
    }
    const added = other.state;
    if (added.source.table !== source.table) {
      throw new QueryError(
        `merge() needs a query on ${source.name}, got one on ${added.source.name}.`,
      );
    }
    return this.withState({
      statement: mergedStatement(statement, added.statement),
      plan: { ...plan, ...added.plan },
      isEmpty: this.#state.isEmpty || added.isEmpty,
    });
  }

  /** Rows of this or of the others, each once. */
  union(...others: readonly QueryBuilder<Row>[]): this {
    return this.#compound("UNION", others);
  }

  /** Rows of this and of the others, as often as they come. */
  unionAll(...others: readonly QueryBuilder<Row>[]): this {
    return this.#compound("UNION ALL", others);
  }

  #compound(operator: CompoundStatement["operator"], others: readonly QueryBuilder<Row>[]): this {
    const { source, statement } = this.#state;
    const states = [this, ...others].map((query) => {
      if (query.#isGrouped) throw new QueryError("group() cannot be combined with union().");
      return query.state as QueryState;
    });
    return this.withState({
      statement: {
        ...initialState(source).statement,
        columns: statement.columns,
        from: unionSource(source as RecordSource, operator, states),
      },
      isEmpty: false,
    });
  }

  /** Applies a scope declared in `static scopes` of the model. */
  scope<const Name extends AnyScopeName<Row>>(
    name: Name,
    ...args: ScopeArgumentsOf<Row, Name>
  ): this {
    const { source } = this.#state;
    const scope = source.scope(name);
    if (!scope) {
      throw new QueryError(
        `Scope "${name}" not found on ${source.name}.${didYouMean(name, source.scopeNames())}`,
      );
    }
    const narrowed = (scope as (query: this, ...rest: readonly unknown[]) => this)(this, ...args);
    if (!((narrowed as unknown) instanceof QueryBuilder)) {
      throw new QueryError(`Scope "${name}" on ${source.name} must return a query.`);
    }
    return narrowed;
  }

  // --- Loading

  /** Loading an association of these records lazily is an error. */
  strictLoading(strict = true): this {
    return this.withState({ strict });
  }

  /** `false`: records of this query load associations each for itself. */
  autoBatch(autoBatch: boolean): this {
    return this.withState({ autoBatch });
  }

  /** Cancels the statement on the server when the signal aborts. */
  abortable(signal: AbortSignal): this {
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new QueryError(`abortable() expects an AbortSignal, got ${describe(signal)}.`);
    }
    return this.withState({ signal });
  }

  // --- Terminals

  /** The records. Awaiting the query does the same; each await sends the statement again. */
  toArray(): Promise<Row[]> {
    return read.fetchRecords(this.#state, "toArray");
  }

  /** The first record by the given order, else by primary key; null when there is none. */
  first(): Promise<Row | null> {
    return read.first(this.#state);
  }

  /** The last record by the given order, else by primary key; null when there is none. */
  last(): Promise<Row | null> {
    return read.last(this.#state);
  }

  /** Any one record, without an order; null when there is none. */
  take(): Promise<Row | null> {
    return read.take(this.#state);
  }

  /** The only record. Throws when there is none, or more than one. */
  sole(): Promise<Row> {
    return read.sole(this.#state);
  }

  /** The record with this primary key among the rows of the query; a list of keys gives a list. Throws RecordNotFoundError. */
  find(key: PrimaryKey<Row>): Promise<Row>;
  find(keys: readonly PrimaryKey<Row>[]): Promise<Row[]>;
  find(key: unknown): Promise<Row | Row[]> {
    return find(this.#state, key);
  }

  /** The first record that matches; null when there is none. Values are scalars or lists, never operators. */
  findBy(conditions: PlainConditions<Row>): Promise<Row | null> {
    return findBy(this.#state, conditions);
  }

  /**
   * How many rows, or of a column how many values; honours limit, offset and distinct. With group(), per group.
   * @example
   * await Order.where({ status: "paid" }).count()        // SELECT count(*)
   * await Order.all().count("userId", { distinct: true }) // SELECT count(DISTINCT "user_id")
   */
  count(options?: CountOptions<Row>): Promise<number>;
  count(column: ColumnName<Row>, options?: CountOptions<Row>): Promise<number>;
  count(first?: string | CountOptions<Row>, second: CountOptions<Row> = {}): Promise<unknown> {
    return typeof first === "string"
      ? read.count(this.#state, first, second)
      : read.count(this.#state, undefined, first ?? second);
  }

  /** Whether there is a row. */
  exists(conditions?: Where<Row>): Promise<boolean> {
    return read.existsRow(conditions ? this.where(conditions).state : this.#state);
  }

  /**
   * Bare values of one column, or tuples of several.
   * @example
   * await User.where({ active: true }).pluck("email") // string[]
   */
  pluck<const Names extends readonly ColumnName<Row>[]>(
    ...columns: Names
  ): Promise<Plucked<Row, Names>[]>;
  pluck(...columns: readonly (ColumnName<Row> | SqlFragment)[]): Promise<unknown[]>;
  pluck(...columns: readonly unknown[]): Promise<unknown[]> {
    return read.pluck(this.#state, columns);
  }

  /** The value, or tuple of values, of the first row; null when there is none. */
  pick<const Names extends readonly ColumnName<Row>[]>(
    ...columns: Names
  ): Promise<Plucked<Row, Names> | null>;
  pick(...columns: readonly (ColumnName<Row> | SqlFragment)[]): Promise<unknown>;
  pick(...columns: readonly unknown[]): Promise<unknown> {
    return read.pick(this.#state as QueryState, columns);
  }

  /** The primary keys: values, or tuples where the key has several columns. */
  ids(): Promise<KeyOf<Row>[]> {
    const names = keyOf(this.#state.source, "ids()");
    return read.pluck(this.#state, names, "ids") as Promise<KeyOf<Row>[]>;
  }

  /**
   * Writes all rows of the query in one statement, without callbacks; gives their number, or the rows.
   * @example
   * User.where({ active: false }).updateAll({ visits: sql`visits + 1` })
   */
  updateAll(values: UpdateValues<Row>): Promise<number>;
  updateAll(values: UpdateValues<Row>, options: { returning: true }): Promise<Row[]>;
  updateAll<const Name extends ColumnName<Row>>(
    values: UpdateValues<Row>,
    options: { returning: readonly Name[] },
  ): Promise<Pick<Row, Name>[]>;
  updateAll(values: UpdateValues<Row>, options: WriteOptions = {}): Promise<unknown> {
    return updateAll(this.#state, values, options);
  }

  /** Deletes all rows of the query in one statement, without callbacks; gives their number, or the rows. */
  deleteAll(): Promise<number>;
  deleteAll(options: { returning: true }): Promise<Row[]>;
  deleteAll<const Name extends ColumnName<Row>>(options: {
    returning: readonly Name[];
  }): Promise<Pick<Row, Name>[]>;
  deleteAll(options: WriteOptions = {}): Promise<unknown> {
    return deleteAll(this.#state, options);
  }

  /**
   * One page by keyset: rows after the cursor, in any order.
   * @example
   * const { records, next } = await Post.order({ createdAt: "DESC" }).paginate({ first: 20, after })
   */
  paginate(options: PaginateOptions): Promise<Page<Row>> {
    return paginate(this.#state, options);
  }

  /** PostgreSQL's plan, as text. `analyze` runs the statement. */
  explain(options: ExplainOptions = {}): Promise<string> {
    return explain(this.#state as QueryState, options);
  }

  /** The statement that toArray() would send; after none(), which sends nothing, with WHERE FALSE. */
  toSQL(): { text: string; values: unknown[] } {
    read.checkUngrouped(this.#state, "toSQL");
    const { source, statement } = this.#state;
    const shown = shownStatement(this.#state as QueryState);
    const path = shown === statement ? pathOf(this.#state) : undefined;
    const { text, parameters } = prepare(source, shown, "toSQL", { template: path });
    return { text, values: parameters.map(({ value }) => value) };
  }

  // --- As a promise, an iterable and a subquery

  async #settled(): Promise<Row[]> {
    try {
      return await this.toArray();
    } catch (error) {
      throw addOrigin(error, this.#state.origin);
    }
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting a query runs it, as the README promises
  then<Result = Row[], Failure = never>(
    onFulfilled?: ((rows: Row[]) => Result | PromiseLike<Result>) | null,
    onRejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    return this.#settled().then(onFulfilled, onRejected);
  }

  catch<Failure>(
    onRejected: (reason: unknown) => Failure | PromiseLike<Failure>,
  ): Promise<Row[] | Failure> {
    return this.#settled().catch(onRejected);
  }

  finally(onFinally: () => void): Promise<Row[]> {
    return this.#settled().finally(onFinally);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void> {
    yield* await this.toArray();
  }

  /** The statement as an operand of where(): one column, the primary key when select() chose none. */
  [OPERAND](withoutNulls = false): NestedQuery {
    return encodeOperand(this.#state as QueryState, withoutNulls);
  }

  [SUBQUERY](): SubqueryDescriptor {
    const { text, parameters } = prepare(
      this.#state.source,
      encodeOperand(this.#state),
      "subquery",
    );
    return { sql: text, values: parameters.map(({ value }) => value) };
  }
}

/** What select() takes: a column, or SQL expressions under names of yours. */
export type SelectEntry<Row> = ColumnName<Row> | Readonly<Record<string, SqlFragment>>;

/** A record of what select() chose. */
export type Projection<Row, Entry> = [Entry] extends [string]
  ? Selected<Row, Entry>
  : Selected<Row, Extract<Entry, string>> & ExtraValues<Entry>;

/** The values that `{ alias: sql<Type>`...` }` entries of select() add. */
type ExtraValues<Entry> = {
  readonly [Alias in ExtraAlias<Entry>]: ExtraValue<Entry, Alias>;
};
type ExtraAlias<Entry> = Entry extends string ? never : keyof Entry & string;
type ExtraValue<Entry, Alias extends string> =
  Entry extends Readonly<Record<Alias, SqlFragment<infer Value>>> ? Value : never;
