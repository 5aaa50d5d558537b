/** union() and unionAll(): the rows of several queries as a table of the query that goes on. */
import { QueryError } from "../errors";
import { hasEquality } from "../schema/types";
import { cast, column, select, selectItem } from "../sql/build";
import { recursiveError } from "../sql/check";
import type { CompoundStatement, DerivedSource, SelectStatement } from "../sql/nodes";
import type { RecordSource } from "./source";
import { aliasOf, type QueryState } from "./state";

const TEXT = { type: "text" } as const;

/** The result stands in for the table, so it has the table's name and columns. */
export function unionSource(
  source: RecordSource,
  operator: CompoundStatement["operator"],
  states: readonly QueryState[],
): DerivedSource {
  const alias = aliasOf(source);
  const columns = [...source.columns.values()];
  // Rows that cannot be compared are compared as PostgreSQL prints them.
  const isPrinted = columns.map(
    ({ definition }) => operator !== "UNION ALL" && !hasEquality(definition),
  );
  const items = columns.map(({ node }, index) =>
    isPrinted[index] ? selectItem(cast(node, TEXT), node.name) : selectItem(node),
  );
  const queries = states.map((state) => operand(source, state, items));
  const compound: DerivedSource = {
    kind: "derived",
    alias,
    query: { kind: "compound", operator, queries },
  };
  if (!isPrinted.includes(true)) return compound;
  const restored = columns.map(({ node, definition }, index) => {
    const printed = column(alias, node.name);
    return isPrinted[index]
      ? selectItem(cast(printed, definition), node.name)
      : selectItem(printed);
  });
  return { kind: "derived", alias, query: select(restored, compound) };
}

function operand(
  source: RecordSource,
  { source: own, statement, shape, isEmpty }: QueryState,
  columns: SelectStatement["columns"],
): SelectStatement {
  if (own.table !== source.table) throw new QueryError(`union() needs queries on ${source.name}.`);
  if (statement.lock) throw new QueryError("lock() cannot be combined with union().");
  if (statement.with && shape.extras.length > 0) throw recursiveError("union() with depth or path");
  return { ...statement, columns, ...(isEmpty ? { limit: 0 } : undefined) };
}
