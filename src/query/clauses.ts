/** The clauses of a query: each function gives the statement with one clause more. */
import { QueryError } from "../errors";
import { codecOf } from "../schema/codecs";
import { orderBy, selectItem } from "../sql/build";
import type { ColumnNode, Expression, OrderItem, RawNode, SelectItem } from "../sql/nodes";
import { fragmentNode, SqlFragment } from "../sql/raw";
import { isPlainObject, requireColumn } from "./conditions";
import type { RecordSource, RowShape, SourceColumn } from "./source";
import type { QueryState } from "./state";

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
  /** Names of values that are no columns, though the rows have them. */
  computed: readonly string[] = [],
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
      if (computed.includes(name)) throw computedOrder(name);
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

function computedOrder(name: string): QueryError {
  return new QueryError(`order() takes columns, and "${name}" is a computed value.`, {
    hint: `Sort by it in SQL: order(sql\`"${name}" DESC\`).`,
  });
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

/** select() arguments as items and the shape of the rows; values that other verbs have added stay. */
export function selection(
  { source, statement, shape }: QueryState,
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
  const stays = (name: string) => !extras.includes(name) && !attributes.includes(name);
  const kept = shape.extras.filter(stays);
  const added = statement.columns.filter(
    ({ alias }) => alias !== undefined && kept.includes(alias),
  );
  return {
    items: [...items, ...added],
    shape: { ...shape, attributes, extras: [...extras, ...kept] },
  };
}

/** A column under its attribute name, as text where its codec reads text. */
export function itemOf(source: RecordSource, found: SourceColumn): SelectItem {
  const known = source.items.find((item) => item.alias === found.attribute);
  return known ?? selectItem(found.node, found.attribute);
}
