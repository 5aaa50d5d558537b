/** Positions in an order: "the rows after this one", over any columns, NULLs and directions included. */
import { QueryError } from "../errors";
import type { ColumnDefinition } from "../schema/table";
import {
  and,
  cast,
  compare,
  equals,
  FALSE,
  isNull,
  or,
  orderBy,
  parameter,
  selectItem,
  TRUE,
  tuple,
} from "../sql/build";
import type { ColumnNode, Expression, OrderItem, SelectItem } from "../sql/nodes";
import { orderNode } from "./clauses";
import { requireColumn } from "./conditions";
import { keyOf, type QueryState } from "./state";

/** One column of the order, with everything that defaults settled. */
export interface KeysetColumn {
  readonly node: ColumnNode;
  readonly definition: ColumnDefinition;
  readonly sensitive: boolean;
  readonly direction: "ASC" | "DESC";
  readonly nulls: "FIRST" | "LAST";
  /** Under which name the row carries the column's exact text. */
  readonly alias: string;
}

/** Values of the order's columns in one row, as PostgreSQL's text. */
export type Position = readonly (string | null)[];

const TEXT = { type: "text" } as const;

/** The columns of the query's order, with the primary key added so that no two rows are equal. */
export function keysetColumns(state: QueryState, verb: string): KeysetColumn[] {
  const { source, statement } = state;
  const byName = new Map([...source.columns.values()].map((found) => [found.node.name, found]));
  const columns: KeysetColumn[] = [];
  const add = (item: OrderItem) => {
    const { expression, direction, nulls } = item;
    const found = expression.kind === "column" ? byName.get(expression.name) : undefined;
    if (!found || expression.kind !== "column" || expression.table !== found.node.table) {
      throw new QueryError(`${verb} can only follow an order by columns of ${source.name}.`);
    }
    if (columns.some(({ node }) => node.name === found.node.name)) return;
    columns.push({
      node: orderNode(found),
      definition: found.definition,
      sensitive: found.sensitive,
      direction,
      nulls: nulls ?? (direction === "ASC" ? "LAST" : "FIRST"),
      alias: `keyset_${columns.length}`,
    });
  };
  statement.orderBy.forEach(add);
  for (const name of keyOf(source, verb)) {
    add(orderBy(requireColumn(source, verb, name).node, columns[0]?.direction ?? "ASC"));
  }
  return columns;
}

export function keysetOrder(columns: readonly KeysetColumn[], backwards = false): OrderItem[] {
  return columns.map(({ node, direction, nulls }) =>
    backwards
      ? orderBy(node, direction === "ASC" ? "DESC" : "ASC", nulls === "FIRST" ? "LAST" : "FIRST")
      : orderBy(
          node,
          direction,
          nulls === (direction === "ASC" ? "LAST" : "FIRST") ? undefined : nulls,
        ),
  );
}

/** The order's columns as text: a Date has milliseconds, the column microseconds. */
export function keysetItems(columns: readonly KeysetColumn[]): SelectItem[] {
  return columns.map(({ node, alias }) => selectItem(cast(node, TEXT), alias));
}

export function positionOf(
  columns: readonly KeysetColumn[],
  row: Readonly<Record<string, unknown>>,
): Position {
  return columns.map(({ alias }) => (row[alias] ?? null) as string | null);
}

/** True for rows that come after the position (before it, when `backwards`). */
export function afterPosition(
  columns: readonly KeysetColumn[],
  position: Position,
  backwards = false,
): Expression {
  const exact = columns.map(({ definition, sensitive }, index) =>
    exactParameter(definition, position[index] ?? null, sensitive),
  );
  const [first] = columns;
  // One comparison of rows is what an index serves best.
  if (
    first &&
    exact.every((value) => value !== null) &&
    columns.every(
      ({ direction, definition }) => direction === first.direction && !definition.nullable,
    )
  ) {
    const operator = (first.direction === "ASC") === backwards ? "<" : ">";
    const values = exact as Expression[];
    return columns.length === 1
      ? compare(first.node, operator, values[0] as Expression)
      : compare(tuple(columns.map(({ node }) => node)), operator, tuple(values));
  }
  const branches = columns.map((each, index) =>
    and([
      ...columns.slice(0, index).map((before, position) => same(before, exact[position] ?? null)),
      beyond(each, exact[index] ?? null, backwards),
    ]),
  );
  const start = startOf(columns, exact, backwards);
  return start ? and([start, or(branches)]) : or(branches);
}

/**
 * The same as several conditions, to be asked one after the other: where rows with NULL in the first column come
 * last, no index finds "after this value, or NULL" at once, but each of the two.
 */
export function partsAfter(columns: readonly KeysetColumn[], position: Position): Expression[] {
  const [first, ...rest] = columns;
  if (first?.definition.nullable && position[0] !== null && nullsAreBeyond(first, false)) {
    const valued = { ...first, definition: { ...first.definition, nullable: false } };
    return [afterPosition([valued, ...rest], position), isNull(first.node)];
  }
  return [afterPosition(columns, position)];
}

/** What all branches have in common, as a condition that an index on the first column can begin at. */
function startOf(
  [first, ...rest]: readonly KeysetColumn[],
  [value]: readonly (Expression | null)[],
  backwards: boolean,
): Expression | undefined {
  if (!first || !value || rest.length === 0) return undefined;
  if (first.definition.nullable && nullsAreBeyond(first, backwards)) return undefined;
  return compare(first.node, (first.direction === "ASC") === backwards ? "<=" : ">=", value);
}

function nullsAreBeyond({ nulls }: KeysetColumn, backwards: boolean): boolean {
  return (nulls === "LAST") !== backwards;
}

/** True for all other rows. */
export function upToPosition(columns: readonly KeysetColumn[], position: Position): Expression {
  const after = afterPosition(columns, position);
  // Of columns that are never NULL: the other comparison, which an index serves too.
  if (after.kind === "comparison" && after.operator === ">") return { ...after, operator: "<=" };
  if (after.kind === "comparison" && after.operator === "<") return { ...after, operator: ">=" };
  return compare(after, "IS DISTINCT FROM", TRUE);
}

/** The text itself is bound, so that nothing is lost on the way through a JavaScript value. */
function exactParameter(
  definition: ColumnDefinition,
  text: string | null,
  sensitive: boolean,
): Expression | null {
  return text === null ? null : cast(parameter(text, TEXT, sensitive), definition);
}

function same({ node }: KeysetColumn, value: Expression | null): Expression {
  return value === null ? isNull(node) : equals(node, value);
}

function beyond(column: KeysetColumn, value: Expression | null, backwards: boolean): Expression {
  const { node, direction, definition } = column;
  const isBeyond = nullsAreBeyond(column, backwards);
  if (value === null) return isBeyond ? FALSE : isNull(node, true);
  const past = compare(node, (direction === "ASC") === backwards ? "<" : ">", value);
  return isBeyond && definition.nullable ? or([past, isNull(node)]) : past;
}
