/**
 * The one statement that loads an association. For one owner its key is bound. For many there are two forms:
 * flat, one condition or join over all keys at once; or, when a scope counts rows (limit, DISTINCT ON, a
 * union...), one run of the scope's query for each key by a lateral join. All forms give the same rows.
 */
import { QueryBuilder } from "../../query/builder";
import type { Hop, Previous } from "../../query/source";
import type { QueryState } from "../../query/state";
import { column, orderBy, parameter, select, selectItem } from "../../sql/build";
import type { JoinNode, SelectStatement } from "../../sql/nodes";
import { occurrences } from "../../sql/walk";
import type { AnyScope, Route } from "./association";
import { NUMBER, numberItem, ownersColumns, ownersTable } from "./owners-table";
import type { Key } from "./record-keys";
import {
  firstOnly,
  isPlain,
  keyOrder,
  scoped,
  settledOrder,
  type Tie,
  tied,
  withTie,
} from "./scope";
import { type RowOwner, simpleKey, tieToAll, tieToOne } from "./tie";

const ROW = "baked_row";

export interface LoadStatement {
  readonly state: QueryState<object>;
  readonly statement: SelectStatement;
  readonly owner: RowOwner;
}

/** The statement for these keys, which must differ from each other. */
export function loadStatement(
  route: Route,
  keys: readonly Key[],
  scopes: readonly AnyScope[],
): LoadStatement {
  const [only] = keys;
  if (only && keys.length === 1) return forOne(route, only, scopes);
  return flat(route, keys, scopes) ?? lateral(route, keys, scopes);
}

/** One step from the owner's table to the very rows that loading gives: limits hold for each owner, each row comes once. */
export function wholeHop(route: Route): Hop {
  return {
    source: route.target.source,
    keys: route.owner.map(({ name }) => ({ from: name, to: name })),
    step: "baked_owner",
    rows: (previous) => rowsOf(route, previous, route.scope ? [route.scope] : []).statement,
  };
}

/** The rows of one key, wherever it comes from: bound values, or columns of the lateral join's other side. */
function rowsOf(route: Route, key: Previous, scopes: readonly AnyScope[]): QueryState<object> {
  const tie = tieToOne(route, key);
  const { source } = route.target;
  const state = scopedState(route, tie, scopes);
  let statement = withTie(state.statement, tie);
  const { limit, offset } = statement;
  if (route.takesFirst) statement = firstOnly(statement, source);
  else if ((limit !== undefined || offset !== undefined) && !isOrderedByIndex(statement, route)) {
    statement = settledOrder(statement, source);
  }
  return { ...state, statement };
}

function scopedState(route: Route, tie: Tie, scopes: readonly AnyScope[]): QueryState<object> {
  const query = tied(new QueryBuilder<object>(route.target.source), tie);
  return scoped(query, scopes, route.target, route.place);
}

function forOne(route: Route, key: Key, scopes: readonly AnyScope[]): LoadStatement {
  const bound = new Map(
    route.owner.map(({ name, definition }, index) => [name, parameter(key[index], definition)]),
  );
  const state = rowsOf(route, (name) => bound.get(name) ?? ownersColumns(name), scopes);
  return { state, statement: state.statement, owner: { kind: "only" } };
}

function lateral(route: Route, keys: readonly Key[], scopes: readonly AnyScope[]): LoadStatement {
  const state = rowsOf(route, ownersColumns, scopes);
  const columns = state.statement.columns.map(({ alias = "" }) =>
    selectItem(column(ROW, alias), alias),
  );
  // Where the rows hold the key themselves, the keys need not be numbered.
  const held = state.shape.attributes === "all" ? simpleKey(route)?.attribute : undefined;
  const owner: RowOwner = held ? { kind: "key", name: held } : { kind: "number", name: NUMBER };
  const rows: JoinNode = {
    kind: "join",
    type: "CROSS",
    source: { kind: "derived", lateral: true, query: state.statement, alias: ROW },
  };
  const statement = {
    ...select(held ? columns : [...columns, numberItem], ownersTable(route, keys, !held)),
    joins: [rows],
  };
  return { state, statement, owner };
}

/**
 * Whether an index holds the rows of one owner in the order that the scope asks for: it then settles what the order
 * leaves open. The primary key in the order, too, would cost a sort for each owner, half as much again as the rest.
 */
function isOrderedByIndex(statement: SelectStatement, { hops, target }: Route): boolean {
  const [order, ...moreOrders] = statement.orderBy;
  const [hop, ...moreHops] = hops;
  if (!order || order.nulls || moreOrders.length > 0 || !hop || moreHops.length > 0) return false;
  const { expression } = order;
  if (expression.kind !== "column" || expression.table !== target.source.from.name) return false;
  if (hop.keys.some(({ asText }) => asText)) return false;
  const keys = hop.keys.map(({ to }) => to);
  return Object.values(target.table.indexes).some(({ columns, where }) => {
    const first = columns.slice(0, keys.length);
    const isTied = keys.every((name) => first.includes(name));
    return isTied && where === undefined && columns[keys.length] === expression.name;
  });
}

/** All keys at once; undefined when the scope does more than filter and sort. */
function flat(
  route: Route,
  keys: readonly Key[],
  scopes: readonly AnyScope[],
): LoadStatement | undefined {
  const { source } = route.target;
  const { tie, ownerNode, owner, item } = tieToAll(route, keys);
  const state = scopedState(route, tie, scopes);
  const { statement } = state;
  const isWhole =
    isPlain(statement, source) &&
    statement.where.includes(tie.condition) &&
    (tie.join === undefined || statement.joins.includes(tie.join)) &&
    // Once more, in a subquery of the scope's, it would mean all owners' rows.
    occurrences(statement, tie.condition) === 1;
  if (!isWhole || (route.takesFirst && statement.distinct)) return undefined;
  const needsItem = owner.kind === "number" || state.shape.attributes !== "all";
  const columns = needsItem ? [...statement.columns, item] : statement.columns;
  const named: RowOwner =
    owner.kind === "key" && needsItem ? { kind: "key", name: item.alias ?? "" } : owner;
  if (!route.takesFirst) return { state, statement: { ...statement, columns }, owner: named };
  return {
    state,
    owner: named,
    statement: {
      ...statement,
      columns,
      distinct: [ownerNode],
      orderBy: [orderBy(ownerNode), ...statement.orderBy, ...keyOrder(source)],
    },
  };
}
