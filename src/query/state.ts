/** What a query is: immutable data that the builder's methods copy with one change. */
import { QueryError } from "../errors";
import { FALSE, select } from "../sql/build";
import type { SelectStatement } from "../sql/nodes";
import type { LoadPlan, RecordSource, RowShape } from "./source";
import { type Placed, TextPath } from "./text-path";

export interface QueryState<Row = unknown> {
  readonly source: RecordSource<Row>;
  readonly statement: SelectStatement;
  /** Where the text of `placed.statement` is kept; of use while that is the state's statement. */
  readonly placed: Placed | undefined;
  readonly shape: RowShape;
  readonly plan: LoadPlan;
  /** From none(): no statement is sent. */
  readonly isEmpty: boolean;
  /** Lazy loading from the records of this query is an error. */
  readonly strict: boolean;
  /** Records of this query load associations for each other. */
  readonly autoBatch: boolean;
  readonly signal: AbortSignal | undefined;
  /** Where the query was begun, for the stack of its errors. */
  readonly origin: Error | undefined;
}

const ALL: RowShape = { attributes: "all", extras: [] };
const NOTHING: LoadPlan = Object.freeze({});

const firstStates = new WeakMap<RecordSource, QueryState>();

/** Every row of the source; the same object each time, as it is never changed. */
export function initialState<Row>(source: RecordSource<Row>): QueryState<Row> {
  const known = firstStates.get(source as RecordSource);
  if (known) return known as QueryState<Row>;
  const statement = select(source.items, source.from);
  const state: QueryState<Row> = {
    source,
    statement,
    placed: { statement, path: new TextPath() },
    shape: ALL,
    plan: NOTHING,
    isEmpty: false,
    strict: false,
    autoBatch: true,
    signal: undefined,
    origin: undefined,
  };
  firstStates.set(source as RecordSource, state as QueryState);
  return state;
}

/** The state as asked for where `origin` was made. */
export function begunAt<Row>(state: QueryState<Row>, origin: Error): QueryState<Row> {
  const { source, statement, placed, shape, plan, isEmpty, strict, autoBatch, signal } = state;
  return { source, statement, placed, shape, plan, isEmpty, strict, autoBatch, signal, origin };
}

/** The state with another statement. Field by field: this is the step that every verb takes, and spreading costs four times as much. */
export function withStatement<Row>(
  state: QueryState<Row>,
  statement: SelectStatement,
  path?: TextPath,
): QueryState<Row> {
  return {
    source: state.source,
    statement,
    placed: path && { statement, path },
    shape: state.shape,
    plan: state.plan,
    isEmpty: state.isEmpty,
    strict: state.strict,
    autoBatch: state.autoBatch,
    signal: state.signal,
    origin: state.origin,
  };
}

/** The place of the state's statement; undefined where verbs have changed it that know of none. */
export function pathOf({
  statement,
  placed,
}: Pick<QueryState, "statement" | "placed">): TextPath | undefined {
  return placed?.statement === statement ? placed.path : undefined;
}

/** The primary key's attribute names. Throws QueryError naming the verb when the table has none. */
export function keyOf(source: RecordSource, verb: string): readonly [string, ...string[]] {
  const [first, ...rest] = source.table.primaryKey;
  if (first === undefined) {
    throw new QueryError(`Cannot call ${verb} on a table without a primary key (${source.name}).`);
  }
  return [first, ...rest];
}

/** The name columns of the source have in the query. */
export function aliasOf(source: RecordSource): string {
  return source.from.alias ?? source.from.name;
}

/** The statement for reading; after none() one that says so. */
export function shownStatement({ statement, isEmpty }: QueryState): SelectStatement {
  return isEmpty ? { ...statement, where: [FALSE] } : statement;
}
