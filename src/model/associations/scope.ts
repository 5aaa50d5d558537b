/** Scopes of associations: applied to a query, or turned into conditions of a join. */
import { QueryError } from "../../errors";
import { hopConditions } from "../../query/association-conditions";
import { QueryBuilder } from "../../query/builder";
import type { Hop, Previous, RecordSource } from "../../query/source";
import { pathOf, type QueryState, withStatement } from "../../query/state";
import type { TextPath } from "../../query/text-path";
import { and, FALSE, orderBy, selectItem } from "../../sql/build";
import type { Expression, JoinNode, OrderItem, SelectStatement } from "../../sql/nodes";
import { relabel } from "../../sql/transform";
import { hasKind } from "../../sql/walk";
import type { AnyScope, AssociatedModel } from "./association";

/** The query with the scopes applied one after another. Throws QueryError when one returns no query on the target. */
export function scoped(
  query: QueryBuilder<object>,
  scopes: readonly AnyScope[],
  target: AssociatedModel,
  place: string,
): QueryState<object> {
  let current = query;
  for (const scope of scopes) {
    const result: unknown = scope(current as unknown as QueryBuilder<never>, target.modelClass);
    if (!(result instanceof QueryBuilder) || result.state.source.table !== target.table) {
      throw new QueryError(`The scope of ${place} must return the query it was given, narrowed.`);
    }
    current = result as QueryBuilder<never> as unknown as QueryBuilder<object>;
  }
  return current.state;
}

/** Whether the statement reads the whole table, with conditions and an order only. */
export function isPlain(statement: SelectStatement, source: RecordSource): boolean {
  const { from, limit, offset, distinct, groupBy, having } = statement;
  return (
    from?.kind === "table" &&
    from.name === source.from.name &&
    from.schema === source.from.schema &&
    statement.with === undefined &&
    limit === undefined &&
    offset === undefined &&
    !Array.isArray(distinct) &&
    groupBy.length === 0 &&
    having.length === 0
  );
}

/** The primary key as an order; empty for a table without one. */
export function keyOrder(source: RecordSource): OrderItem[] {
  return source.table.primaryKey.flatMap((name) => {
    const found = source.columns.get(name);
    return found ? [orderBy({ ...found.node, qualified: true })] : [];
  });
}

/** Which rows a limit takes must not be left to chance: the primary key settles what the order leaves open. */
export function settledOrder(statement: SelectStatement, source: RecordSource): SelectStatement {
  // DISTINCT and GROUP BY refuse to order by what is not selected.
  if (statement.distinct || statement.groupBy.length > 0) return statement;
  return { ...statement, orderBy: [...statement.orderBy, ...keyOrder(source)] };
}

/** The first row only, whatever limit the scope has. */
export function firstOnly(statement: SelectStatement, source: RecordSource): SelectStatement {
  return { ...settledOrder(statement, source), limit: Math.min(1, statement.limit ?? 1) };
}

export interface ScopedHop {
  /** The step without any scope: keys, and conditions that are part of the association itself. */
  readonly hop: Hop;
  readonly target: AssociatedModel;
  readonly scopes: readonly AnyScope[];
  readonly takesFirst: boolean;
  readonly place: string;
}

/** The step with its scopes: as conditions where they are only that, else as a query of its own for each row before. */
export function scopedHop({ hop, target, scopes, takesFirst, place }: ScopedHop): Hop {
  if (scopes.length === 0 && !takesFirst) return hop;
  const { source } = target;
  const all = new QueryBuilder<object>(source);
  const { statement, isEmpty } = scoped(all, scopes, target, place);
  if (isEmpty) return { ...hop, conditions: () => [FALSE] };
  if (!takesFirst && isConditionsOnly(statement, source)) {
    return {
      ...hop,
      conditions: (alias) => [
        ...(hop.conditions?.(alias) ?? []),
        ...statement.where.map((condition) => relabel(condition, source.from.name, alias)),
      ],
    };
  }
  const rows = (previous: Previous) => {
    const tie = { condition: and(hopConditions(hop, previous, source.from.name)) };
    const state = scoped(tied(all, tie), scopes, target, place);
    return wholeRows(withTie(state.statement, tie), state.isEmpty, source, takesFirst);
  };
  return { source, keys: hop.keys, rows };
}

/** Conditions of a table that may stand under another name: a name inside raw SQL or a subquery cannot be changed. */
function isConditionsOnly(statement: SelectStatement, source: RecordSource): boolean {
  return (
    isPlain(statement, source) &&
    statement.joins.length === 0 &&
    !hasKind(statement.where, "raw", "in", "exists", "subquery")
  );
}

/** What ties the rows of a target to one owner: a condition, and the table it needs to be joined to. */
export interface Tie {
  readonly condition: Expression;
  readonly join?: JoinNode;
  /** Leads from the place of a query to that of the query tied, where texts are kept. */
  readonly place?: ((path: TextPath) => TextPath | undefined) | undefined;
}

/** The query tied to the owner, before any scope. */
export function tied(query: QueryBuilder<object>, tie: Tie): QueryBuilder<object> {
  const { state } = query;
  const path = pathOf(state);
  const statement = withTie(state.statement, tie);
  return new QueryBuilder<object>(withStatement(state, statement, path && tie.place?.(path)));
}

/** Tied even when the scope began a query of its own, took conditions away, or made a union. */
export function withTie(statement: SelectStatement, { condition, join }: Tie): SelectStatement {
  const isTied = statement.where.includes(condition);
  const isJoined = join === undefined || statement.joins.includes(join);
  if (isTied && isJoined) return statement;
  return {
    ...statement,
    joins: isJoined ? statement.joins : [join, ...statement.joins],
    where: isTied ? statement.where : [condition, ...statement.where],
  };
}

/** The rows with all columns under their names in the database, to stand in for the table. */
function wholeRows(
  statement: SelectStatement,
  isEmpty: boolean,
  source: RecordSource,
  takesFirst: boolean,
): SelectStatement {
  const { lock: _lock, ...rest } = statement;
  const columns = [...source.columns.values()].map(({ node }) => selectItem(node));
  const isLimited = rest.limit !== undefined || rest.offset !== undefined;
  const limited = takesFirst
    ? firstOnly(rest, source)
    : isLimited
      ? settledOrder(rest, source)
      : rest;
  return { ...limited, columns, ...(isEmpty ? { limit: 0 } : undefined) };
}
