/**
 * The one statement that loads an association. For one owner its key is bound. For many there are two forms:
 * flat, one condition or join over all keys at once; or, when a scope counts rows (limit, DISTINCT ON, a
 * union...), one run of the scope's query for each key by a lateral join. All forms give the same rows.
 */
import { AssociationError } from "../../errors";
import { chain, columnsOf, hopConditions, hopJoins } from "../../query/association-conditions";
import { QueryBuilder } from "../../query/builder";
import type { Hop, Previous } from "../../query/source";
import type { QueryState } from "../../query/state";
import {
  and,
  anyOf,
  cast,
  column,
  listParameter,
  orderBy,
  parameter,
  select,
  selectItem,
} from "../../sql/build";
import type {
  Expression,
  JoinNode,
  SelectItem,
  SelectStatement,
  UnnestSource,
} from "../../sql/nodes";
import { occurrences } from "../../sql/walk";
import type { AnyScope, Route } from "./association";
import { equalAsPrinted } from "./key-types";
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

/** Names of ours inside the statements; attributes are camelCase, so none can be like them. */
const OWNERS = "baked_owners";
const NUMBER = "baked_number";
const TIES = "baked_ties";
const ROW = "baked_row";

/** How a row tells which key it belongs to. */
export type RowOwner =
  /** All rows belong to the one key. */
  | { readonly kind: "only" }
  /** The position of the key, from 1. */
  | { readonly kind: "number"; readonly name: string }
  /** The key itself, as it prints. */
  | { readonly kind: "key"; readonly name: string };

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

/** The rows of one key, wherever it comes from: bound values, or columns of the lateral join's other side. */
function rowsOf(route: Route, key: Previous, scopes: readonly AnyScope[]): QueryState<object> {
  const tie = tieTo(
    route,
    (hops) => {
      const { from, joins, where, target } = chain(hops, key, new Set([OWNERS]));
      return { query: { ...select([], from), joins, where }, alias: target.alias };
    },
    key,
  );
  const { source } = route.target;
  const state = scopedState(route, tie, scopes);
  let statement = withTie(state.statement, tie);
  const { limit, offset } = statement;
  if (route.takesFirst) statement = firstOnly(statement, source);
  else if (limit !== undefined || offset !== undefined) statement = settledOrder(statement, source);
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

/** `unnest(keys) WITH ORDINALITY`: the keys as a table, numbered. */
function ownersTable(route: Route, keys: readonly Key[]): UnnestSource {
  return {
    kind: "unnest",
    alias: OWNERS,
    columns: route.owner.map(({ name }) => keyName(name)),
    ordinality: NUMBER,
    lists: route.owner.map(({ definition }, index) =>
      cast(
        listParameter(
          keys.map((key) => key[index]),
          definition,
        ),
        definition,
        true,
      ),
    ),
  };
}

/** The keys' table has names of its own: raw SQL of a scope must not find its columns there. */
function keyName(column: string): string {
  return `baked_key_${column}`;
}

const ownersColumns: Previous = (name) => column(OWNERS, keyName(name));

const numberItem: SelectItem = selectItem(column(OWNERS, NUMBER), NUMBER);

function lateral(route: Route, keys: readonly Key[], scopes: readonly AnyScope[]): LoadStatement {
  const state = rowsOf(route, ownersColumns, scopes);
  const columns = state.statement.columns.map(({ alias = "" }) =>
    selectItem(column(ROW, alias), alias),
  );
  const rows: JoinNode = {
    kind: "join",
    type: "CROSS",
    source: { kind: "derived", lateral: true, query: state.statement, alias: ROW },
  };
  const statement = {
    ...select([...columns, numberItem], ownersTable(route, keys)),
    joins: [rows],
  };
  return { state, statement, owner: { kind: "number", name: NUMBER } };
}

/** All keys at once; undefined when the scope does more than filter and sort. */
function flat(
  route: Route,
  keys: readonly Key[],
  scopes: readonly AnyScope[],
): LoadStatement | undefined {
  const { source } = route.target;
  const { tie, ownerNode, owner, item } = flatTie(route, keys);
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

interface FlatTie {
  readonly tie: Tie;
  /** What tells the owners of rows apart. */
  readonly ownerNode: Expression;
  readonly owner: RowOwner;
  /** The same as a column of the result. */
  readonly item: SelectItem;
}

function flatTie(route: Route, keys: readonly Key[]): FlatTie {
  const simple = simpleKey(route);
  const [hop] = route.hops;
  if (simple && hop) {
    const { node, attribute, definition } = simple;
    const values = keys.map(([value]) => value);
    const alias = hop.source.from.name;
    const conditions = hop.conditions?.(alias) ?? [];
    const any = anyOf(node, listParameter(values, definition));
    return {
      tie: { condition: and([any, ...conditions]) },
      ownerNode: node,
      owner: { kind: "key", name: attribute },
      item: selectItem(node, NUMBER),
    };
  }
  const owners = ownersTable(route, keys);
  const number = { kind: "number", name: NUMBER } as const;
  if (route.hops.length === 1 && hop && !hop.rows) {
    const alias = hop.source.from.name;
    return {
      tie: {
        condition: and(hopConditions(hop, ownersColumns, alias)),
        join: { kind: "join", type: "INNER", source: owners },
      },
      ownerNode: column(OWNERS, NUMBER),
      owner: number,
      item: numberItem,
    };
  }
  const tie = tieTo(route, (hops) => {
    const used = new Set([OWNERS]);
    const joins: JoinNode[] = [];
    let previous = ownersColumns;
    let alias = OWNERS;
    for (const each of hops) {
      const next = hopJoins(each, previous, used, "INNER");
      joins.push(...next.joins);
      alias = next.alias;
      previous = columnsOf(alias);
    }
    return { query: { ...select([numberItem], owners), joins }, alias };
  });
  const node = column(TIES, NUMBER);
  return { tie, ownerNode: node, owner: number, item: selectItem(node, NUMBER) };
}

/** The column that holds the owner's only key, where equal values print the same. */
function simpleKey({ owner, hops, target }: Route) {
  const [hop, ...more] = hops;
  const [from, ...others] = owner;
  const [pair] = hop?.keys ?? [];
  if (!hop || !from || !pair || more.length > 0 || others.length > 0 || hop.rows) return undefined;
  for (const { attribute, definition, node } of target.source.columns.values()) {
    if (definition.columnName !== pair.to) continue;
    const isSimple = !pair.asText && equalAsPrinted(from.definition, definition);
    return isSimple ? { attribute, definition, node } : undefined;
  }
  return undefined;
}

type Walk = (hops: readonly Hop[]) => { readonly query: SelectStatement; readonly alias: string };

/**
 * Ties the target to its owners. One step is a condition. More are a derived table of pairs, each only once, so
 * that a target is found once however many ways lead to it: what `walk` selects over all steps but the last.
 */
function tieTo(route: Route, walk: Walk, key?: Previous): Tie {
  const { hops, target, distinct } = route;
  const last = hops[hops.length - 1];
  const { name } = target.source.from;
  if (last && hops.length === 1 && !last.rows && key) {
    return { condition: and(hopConditions(last, key, name)) };
  }
  const isLimited = last?.rows !== undefined;
  const { query, alias } = walk(isLimited ? hops : hops.slice(0, -1));
  const conditions: Expression[] = [];
  const items: SelectItem[] = [];
  const pairs = columnsOf(TIES);
  if (isLimited) {
    for (const [index, found] of primaryKeyOf(route).entries()) {
      const item = `key_${index}`;
      items.push(selectItem(column(alias, found), item));
      conditions.push(
        ...hopConditions({ source: target.source, keys: [{ from: item, to: found }] }, pairs, name),
      );
    }
  } else if (last) {
    const keys = last.keys.map((each, index) => ({ ...each, from: `key_${index}` }));
    for (const [index, { from }] of last.keys.entries()) {
      items.push(selectItem(column(alias, from), `key_${index}`));
    }
    conditions.push(...hopConditions({ ...last, keys }, pairs, name));
  }
  const derived = {
    ...query,
    columns: [...query.columns, ...items],
    ...(distinct ? { distinct: true as const } : undefined),
  };
  return {
    condition: and(conditions),
    join: {
      kind: "join",
      type: "INNER",
      source: { kind: "derived", query: derived, alias: TIES },
    },
  };
}

/** Database names of the target's primary key. */
function primaryKeyOf({ target, place }: Route): string[] {
  const { table, name } = target;
  const names = table.primaryKey.map((attribute) => table.columns[attribute]?.columnName ?? "");
  if (names.length > 0) return names;
  throw new AssociationError(
    `${place}: ${name} has no primary key, so a limit on the way to it cannot be kept.`,
  );
}
