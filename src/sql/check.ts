/** Rules that hold for every statement, said before the server says them less clearly. */
import { QueryError } from "../errors";
import type { SelectStatement, Statement } from "./nodes";

/** Throws QueryError when clauses of the statement exclude each other. */
export function checkStatement(statement: Statement): void {
  if (statement.kind === "select") checkSelect(statement);
}

function checkSelect(select: SelectStatement): void {
  const { lock, distinct, groupBy, having, from, limit, offset } = select;
  if (lock) {
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
  if (having.length > 0 && groupBy.length === 0) {
    throw new QueryError(
      "havingRaw() requires group() — HAVING without GROUP BY is invalid SQL here.",
    );
  }
  checkCount("limit", limit);
  checkCount("offset", offset);
}

function checkCount(verb: string, value: number | undefined): void {
  if (value !== undefined && (!Number.isSafeInteger(value) || value < 0)) {
    throw new QueryError(`${verb}() requires a non-negative integer, got ${String(value)}.`);
  }
}
