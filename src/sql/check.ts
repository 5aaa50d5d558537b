/** Rules that hold for every statement, said before the server says them less clearly. */
import { QueryError } from "../errors";
import type { SelectStatement, Statement } from "./nodes";

/** Throws QueryError when clauses of the statement exclude each other. */
export function checkStatement(statement: Statement): void {
  if (statement.kind === "select") checkSelect(statement);
}

/** The rules of a SELECT, also of one that a terminal is about to put inside another. */
export function checkSelect(select: SelectStatement): void {
  const { lock, groupBy, having, limit, offset } = select;
  if (lock) checkLock(select);
  if (having.length > 0 && groupBy.length === 0) {
    throw new QueryError(
      "havingRaw() requires group() — HAVING without GROUP BY is invalid SQL here.",
    );
  }
  checkCount("limit", limit);
  checkCount("offset", offset);
}

function checkLock({ distinct, groupBy, having, from, with: tables }: SelectStatement): void {
  if (tables?.recursive) throw recursiveError("lock()");
  const other =
    groupBy.length > 0
      ? "group()"
      : distinct
        ? "distinct()"
        : having.length > 0
          ? "having()"
          : from?.kind === "derived" && from.query.kind === "compound"
            ? "union()"
            : undefined;
  if (other) {
    throw new QueryError(
      `lock() cannot be combined with ${other}: PostgreSQL locks rows of a table, not of a computed result.`,
    );
  }
}

/** What a WITH RECURSIVE query cannot do: its rows are computed, and the walk belongs to the whole statement. */
export function recursiveError(verb: string): QueryError {
  return new QueryError(
    `Cannot call ${verb} on a recursive query. Run the recursive scope to a result set first.`,
  );
}

function checkCount(verb: string, value: number | undefined): void {
  if (value !== undefined && (!Number.isSafeInteger(value) || value < 0)) {
    throw new QueryError(`${verb}() requires a non-negative integer, got ${String(value)}.`);
  }
}
