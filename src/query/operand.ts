/** A query as the right side of a condition: it must give one column. */
import { QueryError } from "../errors";
import { FALSE, selectItem } from "../sql/build";
import { checkSelect } from "../sql/check";
import type { NestedQuery, SelectItem } from "../sql/nodes";
import { requireColumn } from "./conditions";
import type { QueryState } from "./state";

/** The statement with one column: the one of select(), else the primary key. Throws QueryError when it is not one. */
export function encodeOperand(state: QueryState): NestedQuery {
  const { source, statement, shape, isEmpty } = state;
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
  return {
    ...statement,
    columns: [item],
    ...(isEmpty ? { where: [FALSE] } : undefined),
  };

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
    const [only, ...more] = columns;
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
