/** What ties the rows of a target to one owner, or to all owners at once. */
import { AssociationError } from "../../errors";
import { chain, columnsOf, hopConditions, hopJoins } from "../../query/association-conditions";
import type { Hop, Previous } from "../../query/source";
import { afterConditions, type TextPath } from "../../query/text-path";
import { and, anyOf, column, listParameter, select, selectItem } from "../../sql/build";
import type { Expression, JoinNode, SelectItem, SelectStatement } from "../../sql/nodes";
import type { Route } from "./association";
import { equalAsPrinted } from "./key-types";
import { NUMBER, numberItem, OWNERS, ownersColumns, ownersTable } from "./owners-table";
import type { Keys } from "./record-keys";
import type { Tie } from "./scope";

const TIES = "baked_ties";

/** How a row tells which key it belongs to. */
export type RowOwner =
  /** All rows belong to the one key. */
  | { readonly kind: "only" }
  /** The position of the key, from 1. */
  | { readonly kind: "number"; readonly name: string }
  /** The key itself, as it prints. */
  | { readonly kind: "key"; readonly name: string };

/** Where a key comes from: a bound value, or the row of the owners' table. */
export type KeyPlace = "one" | "each";

/**
 * Ties the target to one owner, wherever its key comes from: bound values, or columns of another table. Queries that
 * name the same `place` are tied by the same text.
 */
export function tieToOne(route: Route, key: Previous, place?: KeyPlace): Tie {
  const walk: Walk = (hops) => {
    const { from, joins, where, target } = chain(hops, key, new Set([OWNERS]));
    return { query: { ...select([], from), joins, where }, alias: target.alias };
  };
  const tie = tieTo(route, walk, key);
  return place ? { ...tie, place: placeOf(route, place) } : tie;
}

/** Keys of one column that meet one column: both say all there is to know of the text. */
function placeOf({ owner, hops }: Route, place: KeyPlace): Tie["place"] {
  const [hop, ...more] = hops;
  const [from, ...others] = owner;
  const [pair, ...pairs] = hop?.keys ?? [];
  if (!hop || !from || !pair || more.length + others.length + pairs.length > 0) return undefined;
  if (hop.rows || hop.conditions || pair.asText) return undefined;
  return (path) => path.next(place)?.next(pair.to)?.next(from.name)?.next(from.definition);
}

export interface FlatTie {
  readonly tie: Tie;
  /** What tells the owners of rows apart. */
  readonly ownerNode: Expression;
  readonly owner: RowOwner;
  /** The same as a column of the result. */
  readonly item: SelectItem;
}

/** Ties the target to all owners. */
export function tieToAll(route: Route, keys: Keys): FlatTie {
  const simple = simpleKey(route);
  const [hop] = route.hops;
  if (simple && hop) {
    const { node, attribute, definition } = simple;
    const [values = []] = keys.columns;
    const alias = hop.source.from.name;
    const conditions = hop.conditions?.(alias) ?? [];
    const any = anyOf(node, listParameter(values, definition));
    const condition = and([any, ...conditions]);
    // Only columns of the source are the same objects each time.
    const place = (path: TextPath) => afterConditions(path, [any]);
    return {
      tie: conditions.length === 0 ? { condition, place } : { condition },
      ownerNode: node,
      owner: { kind: "key", name: attribute },
      item: selectItem(node, NUMBER),
    };
  }
  const owners = ownersTable(route, keys, true);
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
export function simpleKey({ owner, hops, target }: Route) {
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
