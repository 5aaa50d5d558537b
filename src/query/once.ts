/** A query as one over its table alone, in which each row stands once: what walking by position needs. */
import { QueryError } from "../errors";
import { select } from "../sql/build";
import type { SelectStatement } from "../sql/nodes";
import type { QueryState } from "./state";
import { keysAmong } from "./write";

/** Whether the query may give a row of its table more than once, or rows that are not its table's. */
export function repeatsRows({ statement }: QueryState): boolean {
  const { joins, distinct, from } = statement;
  return (
    distinct !== undefined ||
    from?.kind !== "table" ||
    joins.some((join) => join.kind === "raw" || !join.single)
  );
}

/** The rows whose keys the query selects, without its order: that is for the caller to settle. */
export function eachRowOnce(state: QueryState, verb: string): SelectStatement {
  const { source, statement, shape } = state;
  if (shape.extras.length > 0) {
    throw new QueryError(
      `${verb} on ${source.name}: computed columns cannot be combined with joins(), distinct() or union() here.`,
      { hint: "Compute them in a subquery, or join associations that lead to one record." },
    );
  }
  const { lock, ...unlocked } = statement;
  return {
    ...select(statement.columns, source.from),
    where: [keysAmong({ ...state, statement: unlocked }, verb.replace("()", ""))],
    ...(lock ? { lock } : undefined),
  };
}
