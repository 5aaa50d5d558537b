/** Which cells of the composition table are refused, and with which words. */
import type { Clauses } from "./composition-verbs";

export type TerminalKind =
  | "records"
  | "values"
  | "aggregate"
  | "write"
  | "batch"
  | "page"
  | "operand";

const walks = ["descendants", "ancestors", "recursiveOn with depth"];
const groups = ["group", "groupByPeriod"];

const noStart: Readonly<Record<string, string>> = {
  order: "order()",
  "order and limit": "order()",
  "order and offset": "order()",
  "joins that multiply": "joins()",
  "left joins": "joins()",
  lock: "lock()",
  unionAll: "union()",
  group: "group()",
  groupByPeriod: "group()",
};

/** Why the second verb cannot follow the first. */
export function refusedPair(first: string, second: string): string | undefined {
  if (walks.includes(second)) {
    if (walks.includes(first)) return "on a recursive query";
    return noStart[first] && `on a query with ${noStart[first]}`;
  }
  if (second === "lock" && walks.includes(first)) return "Cannot call lock() on a recursive query";
  if (second !== "unionAll") return undefined;
  if (first === "lock") return "lock() cannot be combined with union()";
  if (groups.includes(first)) return "group() cannot be combined with union()";
  return first === "recursiveOn with depth" ? "recursive query" : undefined;
}

/** Why the terminal refuses the query; undefined when it gives a result. */
export function refusedTerminal(
  clauses: Clauses,
  name: string,
  kind: TerminalKind,
): string | undefined {
  const { lock, distinct, includes, select, depth, union, order } = clauses;
  const isGrouped = clauses.groups.length > 0;
  const isWalk = clauses.with !== "";
  if (kind === "aggregate" && (isGrouped || name !== "count")) {
    if (lock) return `Cannot call ${name}() with lock()`;
    if (distinct) return `Cannot call ${name}() with distinct()`;
    if (includes) return `Cannot call ${name}() with includes()`;
    if (!isGrouped) return undefined;
    if (select || depth) return "with select() and group()";
    return order.length > 0 ? "it is neither a group column nor a result of" : undefined;
  }
  if (isGrouped) return refusedGroup(clauses, name, kind);
  if (isWalk && kind === "write") {
    return "on a recursive query. Run the recursive scope to a result set first.";
  }
  if (isWalk && kind === "operand") return "A recursive query cannot be used as a subquery";
  if (kind === "page" && (clauses.limit !== undefined || clauses.offset !== undefined)) {
    return "paginate() ";
  }
  // Batches and pages lock rows that they find by key.
  const isByKey = kind === "batch" || kind === "page";
  if (isByKey && depth && (name === "inBatches" || multiplies(clauses))) return "computed columns";
  if (lock && union && !isByKey) return "lock() cannot be combined with union()";
  if (lock && distinct && !isByKey) return "lock() cannot be combined with distinct()";
  if (distinct && select && (kind === "write" || isByKey)) return "with select() and distinct()";
  if (kind === "operand" && (select || depth)) return "A subquery must project exactly one column";
  if (distinct && clauses.sortsByWeight && (kind === "operand" || name === "pluck")) {
    return "for SELECT DISTINCT, ORDER BY expressions must appear in select list";
  }
  return undefined;
}

function multiplies({ joins, union, distinct }: Clauses): boolean {
  // The left joins of the table lead to one parent.
  return / JOIN nodes c /.test(joins) || union === true || distinct === true;
}

function refusedGroup(
  { lock, distinct }: Clauses,
  name: string,
  kind: TerminalKind,
): string | undefined {
  if (kind === "write") return "with group(): groups are not rows";
  if (kind === "operand") return "An aggregate-active query cannot be used as a subquery";
  if (kind === "page") return "paginate() ";
  if (name === "pluck") return 'Cannot call pluck() of "id" with group()';
  if (name !== "exists") return "with group()";
  if (lock) return "lock() cannot be combined with group()";
  return distinct ? "Cannot call exists() with distinct() and group()" : undefined;
}
