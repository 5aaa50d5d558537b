/** The clauses of a query: each function gives the statement with one clause more. */
import { didYouMean, QueryError } from "../errors";
import { codecOf } from "../schema/codecs";
import { orderBy, selectItem } from "../sql/build";
import type {
  ColumnNode,
  Expression,
  JoinNode,
  OrderItem,
  RawNode,
  SelectItem,
  SelectStatement,
} from "../sql/nodes";
import { fragmentNode, rawFragment, SqlFragment } from "../sql/raw";
import { columnsOf, hopJoins } from "./association-conditions";
import { isPlainObject, requireColumn } from "./conditions";
import type { RecordSource, RowShape, SourceColumn } from "./source";
import { aliasOf } from "./state";

const directions: ReadonlyMap<string, Pick<OrderItem, "direction" | "nulls">> = new Map([
  ["ASC", { direction: "ASC" }],
  ["DESC", { direction: "DESC" }],
  ["ASC NULLS FIRST", { direction: "ASC", nulls: "FIRST" }],
  ["ASC NULLS LAST", { direction: "ASC", nulls: "LAST" }],
  ["DESC NULLS FIRST", { direction: "DESC", nulls: "FIRST" }],
  ["DESC NULLS LAST", { direction: "DESC", nulls: "LAST" }],
]);

/** The column as ORDER BY names it: a column selected as text must not be sorted as text. */
export function orderNode(found: SourceColumn): ColumnNode {
  return codecOf(found.definition).asText ? { ...found.node, qualified: true } : found.node;
}

/** order() arguments as items. Throws QueryError for unknown columns and directions. */
export function orderItems(
  source: RecordSource,
  orders: readonly unknown[],
  /** With group(), other names are the results of aggregates; which there are, the terminal knows. */
  grouped = false,
): OrderItem[] {
  const items: OrderItem[] = [];
  for (const order of orders) {
    if (order instanceof SqlFragment) {
      items.push(rawOrder(order));
      continue;
    }
    if (!isPlainObject(order)) {
      throw new QueryError(
        `order() on ${source.name} expects { column: "ASC" | "DESC" } or an sql fragment.`,
      );
    }
    for (const name of Object.keys(order)) {
      const isOutput = grouped && !source.columns.has(name);
      const expression: Expression = isOutput
        ? { kind: "output", name }
        : orderNode(requireColumn(source, "order()", name));
      const direction = directions.get(order[name] as string);
      if (!direction) {
        throw new QueryError(
          `order() direction must be "ASC" or "DESC", got ${JSON.stringify(order[name])} for "${name}" on ${source.name}.`,
          { hint: 'NULLS FIRST and NULLS LAST may follow: "DESC NULLS LAST".' },
        );
      }
      items.push(orderBy(expression, direction.direction, direction.nulls));
    }
  }
  return items;
}

/** `sql\`lower(name) DESC\``: the direction is split off, so that last() can turn it round. */
function rawOrder(fragment: SqlFragment): OrderItem {
  const { pieces } = fragment.node;
  const last = pieces.at(-1);
  if (typeof last === "string") {
    const match = /^(.*?)\s+(asc|desc)?(?:\s*nulls\s+(first|last))?\s*$/is.exec(last);
    const [, text = "", direction, nulls] = match ?? [];
    if (match && (direction || nulls)) {
      const node: RawNode = { kind: "raw", pieces: [...pieces.slice(0, -1), text] };
      return orderBy(
        fragmentNode(new SqlFragment(node), "order()"),
        direction?.toUpperCase() === "DESC" ? "DESC" : "ASC",
        nulls ? (nulls.toUpperCase() as "FIRST" | "LAST") : undefined,
      );
    }
  }
  return orderBy(fragmentNode(fragment, "order()"));
}

/** The same rows from the other end. */
export function reversed(items: readonly OrderItem[]): OrderItem[] {
  return items.map(({ expression, direction, nulls }) => {
    const other = nulls === "FIRST" ? "LAST" : nulls === "LAST" ? "FIRST" : undefined;
    return orderBy(expression, direction === "ASC" ? "DESC" : "ASC", other);
  });
}

/** limit() and offset() values. */
export function checkedCount(verb: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new QueryError(`${verb}() requires a non-negative integer, got ${String(value)}.`);
  }
  return value;
}

/** select() arguments as items and the shape of the rows. */
export function selection(
  source: RecordSource,
  columns: readonly unknown[],
): { items: SelectItem[]; shape: RowShape } {
  if (columns.length === 0) throw new QueryError("select() requires at least one column.");
  const items: SelectItem[] = [];
  const attributes: string[] = [];
  const extras: string[] = [];
  for (const entry of columns) {
    if (typeof entry === "string") {
      items.push(itemOf(source, requireColumn(source, "select()", entry)));
      attributes.push(entry);
    } else if (isPlainObject(entry)) {
      for (const [alias, fragment] of Object.entries(entry)) {
        if (!(fragment instanceof SqlFragment)) {
          throw new QueryError(`select(): "${alias}" must be an sql fragment.`);
        }
        if (source.columns.has(alias)) attributes.push(alias);
        else extras.push(alias);
        items.push(selectItem(fragmentNode(fragment, "select()"), alias));
      }
    } else {
      throw new QueryError("select() expects column names or { alias: sql`...` }.");
    }
  }
  return { items, shape: { attributes, extras } };
}

/** A column under its attribute name, as text where its codec reads text. */
export function itemOf(source: RecordSource, found: SourceColumn): SelectItem {
  const known = source.items.find((item) => item.alias === found.attribute);
  return known ?? selectItem(found.node, found.attribute);
}

/** joins(): a path of associations, or raw SQL. */
export function joined(
  source: RecordSource,
  statement: SelectStatement,
  path: string,
  values: readonly unknown[] | undefined,
  type: "INNER" | "LEFT",
): SelectStatement {
  const names = path.split(".");
  if (/[\s()]/.test(path) || values !== undefined) {
    return { ...statement, joins: [...statement.joins, rawFragment(path, values, "joins()")] };
  }
  const used = new Set([aliasOf(source)]);
  const present = new Map<string, string>();
  for (const join of statement.joins) {
    if (join.kind !== "join") continue;
    const { source: joinedTable } = join;
    const alias =
      joinedTable.kind === "table" ? (joinedTable.alias ?? joinedTable.name) : joinedTable.alias;
    used.add(alias);
    if (join.path !== undefined) present.set(join.path, alias);
  }
  const joins: (JoinNode | RawNode)[] = [...statement.joins];
  let current = source;
  let previous = aliasOf(source);
  let walked = "";
  for (const name of names) {
    const association = current.association(name);
    if (!association) {
      throw new QueryError(
        `joins(): association "${name}" not found on ${current.name}.${didYouMean(name, current.associationNames())}`,
      );
    }
    walked = walked === "" ? name : `${walked}.${name}`;
    for (const [index, hop] of association.hops().entries()) {
      const step = `${walked}#${index}`;
      const existing = present.get(step);
      if (existing !== undefined) {
        previous = existing;
        current = hop.source;
        continue;
      }
      const next = hopJoins(hop, columnsOf(previous), used, type);
      const last = next.joins.length - 1;
      joins.push(...next.joins.map((join, at) => (at === last ? { ...join, path: step } : join)));
      const { alias } = next;
      previous = alias;
      current = hop.source;
    }
  }
  return { ...statement, joins };
}
