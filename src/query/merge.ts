/** merge() and unscope(): clauses of another query added, and clauses taken away. */
import { didYouMean, QueryError } from "../errors";
import { recursiveError } from "../sql/check";
import type { SelectStatement } from "../sql/nodes";
import { mergedJoins } from "./joins";
import type { QueryState } from "./state";

/** Lists are added up; of what a query has but once, the other's wins. */
export function mergedStatement(
  statement: SelectStatement,
  added: SelectStatement,
): SelectStatement {
  if (added.from?.kind === "derived") {
    throw new QueryError("merge() cannot add a union(): its rows are not conditions.");
  }
  if (added.with?.recursive) throw recursiveError("merge()");
  const { columns: _columns, from: _from, ...clauses } = added;
  return {
    ...statement,
    ...clauses,
    where: [...statement.where, ...added.where],
    joins: mergedJoins(statement.joins, added.joins),
    groupBy: [...statement.groupBy, ...added.groupBy],
    having: [...statement.having, ...added.having],
    orderBy: [...statement.orderBy, ...added.orderBy],
  };
}

const parts = [
  "where",
  "order",
  "limit",
  "offset",
  "joins",
  "distinct",
  "lock",
  "includes",
] as const;

export type UnscopePart = (typeof parts)[number];

/** The query without the parts. Throws QueryError for a part that there is not. */
export function unscoped(
  { statement, plan }: QueryState,
  names: readonly UnscopePart[],
): Pick<QueryState, "statement" | "plan"> {
  for (const name of names) {
    if (parts.includes(name)) continue;
    throw new QueryError(
      `unscope() does not know "${String(name)}".${didYouMean(String(name), parts)} Parts: ${parts.join(", ")}.`,
    );
  }
  const has = (part: UnscopePart) => names.includes(part);
  const { limit, offset, distinct, lock, ...rest } = statement;
  if (rest.with?.recursive && (has("where") || has("joins"))) {
    // The walk hangs on a condition or a join.
    throw recursiveError('unscope("where", "joins")');
  }
  return {
    statement: {
      ...rest,
      where: has("where") ? [] : rest.where,
      orderBy: has("order") ? [] : rest.orderBy,
      joins: has("joins") ? [] : rest.joins,
      ...(limit === undefined || has("limit") ? undefined : { limit }),
      ...(offset === undefined || has("offset") ? undefined : { offset }),
      ...(distinct === undefined || has("distinct") ? undefined : { distinct }),
      ...(lock === undefined || has("lock") ? undefined : { lock }),
    },
    plan: has("includes") ? {} : plan,
  };
}
