/** A query as the right side of a condition: it must give one column. */
import { QueryError } from "../errors";
import { column, isNull, select, selectItem } from "../sql/build";
import { checkSelect } from "../sql/check";
import type { NestedQuery, SelectItem, SelectStatement } from "../sql/nodes";
import { requireColumn } from "./conditions";
import { type QueryState, shownStatement } from "./state";

/**
 * The statement with one column: the one of select(), else the primary key. Throws QueryError when it is not one.
 * @param withoutNulls for NOT IN, which holds for no row at all once there is a NULL among the values
 */
export function encodeOperand(state: QueryState, withoutNulls = false): NestedQuery {
  const { source, statement, shape } = state;
  if (statement.groupBy.length > 0) {
    throw new QueryError(
      "An aggregate-active query cannot be used as a subquery — await it first and pass its values.",
    );
  }
  if (statement.with?.recursive) {
    throw new QueryError(
      "A recursive query cannot be used as a subquery — use pluck() to materialize its keys first, and pass those.",
    );
  }
  checkSelect(statement);
  const item = operandItem(state);
  const query = { ...shownStatement(state), columns: [item] };
  return withoutNulls && mayBeNull(state, item) ? nonNull(query, item) : query;

  function operandItem({ statement: { columns } }: QueryState): SelectItem {
    if (shape.attributes === "all" && shape.extras.length === 0) {
      const [key, ...rest] = source.table.primaryKey;
      if (rest.length > 0) {
        throw new QueryError(
          "Cannot use a query as a subquery without select() on a table with a composite primary key — call .select(column) first",
        );
      }
      if (key === undefined) {
        throw new QueryError(
          `${source.name} has no primary key: call .select(column) before using the query as a subquery.`,
        );
      }
      return selectItem(requireColumn(source, "subquery", key).node);
    }
    // What withCount() and the like add is not what was chosen.
    const { attributes } = shape;
    const chosen = columns.filter(({ alias = "" }) => attributes.includes(alias));
    const [only, ...more] = chosen.length > 0 ? chosen : columns;
    if (!only || more.length > 0) {
      throw new QueryError(
        "A subquery must project exactly one column — call .select() with a single column",
      );
    }
    // The column itself, not the text that a record is built from.
    const found = only.alias === undefined ? undefined : source.columns.get(only.alias);
    const isColumn = only.expression.kind === "column" || only.expression.kind === "cast";
    return found && isColumn ? selectItem(found.node) : only;
  }
}

function mayBeNull({ source, statement }: QueryState, { expression }: SelectItem): boolean {
  // A join in SQL may be a RIGHT one.
  const isOdd = statement.joins.some(({ kind }) => kind === "raw");
  if (expression.kind !== "column" || isOdd) return true;
  const found = [...source.columns.values()].find(({ node }) => node === expression);
  return found === undefined || found.definition.nullable;
}

/** The query without the rows whose value is NULL. */
function nonNull(query: SelectStatement, { expression }: SelectItem): SelectStatement {
  const { limit, offset, distinct } = query;
  const isPlain = limit === undefined && offset === undefined && !Array.isArray(distinct);
  if (isPlain && expression.kind === "column") {
    return { ...query, where: [...query.where, isNull(expression, true)] };
  }
  const alias = "listed";
  const value = column(alias, "value");
  const inner = { ...query, columns: [selectItem(expression, "value")] };
  return {
    ...select([selectItem(value)], { kind: "derived", alias, query: inner }),
    where: [isNull(value, true)],
  };
}
