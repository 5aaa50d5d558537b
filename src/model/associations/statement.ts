/**
 * The one statement that loads an association. For one owner its key is bound. For many there are two forms:
 * flat, one condition or join over all keys at once; or, when a scope counts rows (limit, DISTINCT ON, a
 * union...), one run of the scope's query for each key by a lateral join. All forms give the same rows.
 */
import { QueryBuilder } from "../../query/builder";
import type { Hop, Previous } from "../../query/source";
import { pathOf, type QueryState, withStatement } from "../../query/state";
import type { Template } from "../../query/templates";
import { column, orderBy, parameter, select, selectItem } from "../../sql/build";
import type { AnyNode, JoinNode, Parameter, SelectStatement } from "../../sql/nodes";
import { occurrences } from "../../sql/walk";
import type { AnyScope, Route } from "./association";
import { NUMBER, numberItem, ownersColumns, ownersTable } from "./owners-table";
import type { Key, Keys } from "./record-keys";
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
import { type KeyPlace, type RowOwner, simpleKey, tieToAll, tieToOne } from "./tie";

const ROW = "baked_row";

export interface LoadStatement {
  readonly state: QueryState<object>;
  readonly statement: SelectStatement;
  readonly owner: RowOwner;
  /** Where its text is kept. */
  readonly template: Template | undefined;
}

/** Routes whose scope counted rows when it was last asked: it will again, and need not be asked twice. */
const counting = new WeakSet<Route>();

/** The statement for these keys, which must differ from each other. */
export function loadStatement(
  route: Route,
  keys: Keys,
  scopes: readonly AnyScope[],
): LoadStatement {
  if (keys.size === 1) {
    const only = keys.columns.map(([value]) => value);
    return forOne(route, only, scopes);
  }
  const kept = scopes.length === 0 ? keptLoad(route) : null;
  if (kept) return withKeys(kept, keys);
  if (counting.has(route) && !route.takesFirst) {
    const load = lateral(route, keys, scopes);
    if (!isPlain(load.state.statement, route.target.source)) return load;
    counting.delete(route);
  }
  const load = flat(route, keys, scopes);
  if (load) return load;
  counting.add(route);
  return lateral(route, keys, scopes);
}

interface KeptLoad {
  readonly load: LoadStatement;
  readonly any: AnyNode;
  readonly list: Parameter;
}

const NO_KEYS: Keys = { size: 0, columns: [] };
const keptLoads = new WeakMap<Route, KeptLoad | null>();

/** Without a scope nothing but the keys is ever another; null where they stand in more than one place. */
function keptLoad(route: Route): KeptLoad | null {
  let kept = keptLoads.get(route);
  if (kept !== undefined) return kept;
  const load = flat(route, NO_KEYS, []);
  const [any, ...more] = load?.statement.where ?? [];
  const isKept = load && any?.kind === "any" && any.list.kind === "parameter" && more.length === 0;
  kept = isKept ? { load, any, list: any.list } : null;
  keptLoads.set(route, kept);
  return kept;
}

function withKeys({ load, any, list }: KeptLoad, { columns: [value] }: Keys): LoadStatement {
  const where = [{ ...any, list: { ...list, value } }];
  return { ...load, statement: { ...load.statement, where } };
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
function rowsOf(
  route: Route,
  key: Previous,
  scopes: readonly AnyScope[],
  place?: KeyPlace,
): QueryState<object> {
  const tie = tieToOne(route, key, place);
  const { source } = route.target;
  const state = scopedState(route, tie, scopes);
  const statement = withTie(state.statement, tie);
  const path = statement === state.statement ? pathOf(state) : undefined;
  if (route.takesFirst) {
    return withStatement(state, firstOnly(statement, source), path?.next("first only"));
  }
  const { limit, offset } = statement;
  if ((limit !== undefined || offset !== undefined) && !isOrderedByIndex(statement, route)) {
    return withStatement(state, settledOrder(statement, source), path?.next("settled"));
  }
  return withStatement(state, statement, path);
}

function scopedState(route: Route, tie: Tie, scopes: readonly AnyScope[]): QueryState<object> {
  const query = tied(new QueryBuilder<object>(route.target.source), tie);
  return scoped(query, scopes, route.target, route.place);
}

function forOne(route: Route, key: Key, scopes: readonly AnyScope[]): LoadStatement {
  const bound = new Map(
    route.owner.map(({ name, definition }, index) => [name, parameter(key[index], definition)]),
  );
  const state = rowsOf(route, (name) => bound.get(name) ?? ownersColumns(name), scopes, "one");
  const { statement } = state;
  return { state, statement, owner: { kind: "only" }, template: pathOf(state) };
}

function lateral(route: Route, keys: Keys, scopes: readonly AnyScope[]): LoadStatement {
  const state = rowsOf(route, ownersColumns, scopes, "each");
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
  return { state, statement, owner, template: pathOf(state)?.next("lateral") };
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
function flat(route: Route, keys: Keys, scopes: readonly AnyScope[]): LoadStatement | undefined {
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
  const path = needsItem ? undefined : pathOf(state);
  if (!route.takesFirst) {
    return { state, statement: { ...statement, columns }, owner: named, template: path };
  }
  return {
    state,
    owner: named,
    template: path?.next("first of each"),
    statement: {
      ...statement,
      columns,
      distinct: [ownerNode],
      orderBy: [orderBy(ownerNode), ...statement.orderBy, ...keyOrder(source)],
    },
  };
}
