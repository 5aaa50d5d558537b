/** What makes a query, of ours or of others, stand where an expression does. */
import type { NestedQuery } from "./nodes";

/** Builders answer this with their statement, projected to one column, so that they can stand as operands. */
export const OPERAND = Symbol("baked-orm.operand");

export interface Operand {
  /** @param withoutNulls leaves out rows whose value is NULL, for NOT IN */
  [OPERAND](withoutNulls?: boolean): NestedQuery;
}

/** Anything with this method can stand as a subquery: `{ sql, values }`, placeholders from `$1`. */
export const SUBQUERY = Symbol.for("baked-orm.subquery");

export interface SubqueryDescriptor {
  readonly sql: string;
  readonly values: readonly unknown[];
}
