/** What a row of an INSERT may collide on, and what happens then. */
import { describe, QueryError } from "../errors";
import type { TableDefinition } from "../schema/table";
import { and } from "../sql/build";
import type { Assignment, ConflictClause, Expression } from "../sql/nodes";
import { inlineParameters } from "../sql/transform";
import { conditionList, isPlainObject, requireColumn } from "./conditions";
import { checkOptions } from "./options";
import type { RecordSource } from "./source";

/** What a conflicting row collides on. */
export type ConflictTarget<
  Names extends string = string,
  Conditions = Readonly<Record<string, unknown>>,
> =
  | {
      columns: readonly Names[];
      /** Predicate of a partial unique index. */
      where?: Conditions;
      constraint?: never;
    }
  | { constraint: string; columns?: never; where?: never };

/** `"ignore"` skips conflicting rows whatever they collide on. */
export type ConflictOption<
  Names extends string = string,
  Conditions = Readonly<Record<string, unknown>>,
> = "ignore" | (ConflictTarget<Names, Conditions> & { action?: "ignore" | "update" });

/** The ON CONFLICT clause of the option. `inserted` are the attributes the rows give. */
export function conflictClause(
  source: RecordSource,
  verb: string,
  option: unknown,
  inserted: readonly string[],
  fallback: "ignore" | "update",
): ConflictClause | undefined {
  if (option === undefined) return undefined;
  if (option === "ignore") return { action: "nothing" };
  if (!isPlainObject(option)) {
    throw new QueryError(
      `${verb}: conflict must be "ignore", { columns } or { constraint }, got ${describe(option)}.`,
    );
  }
  const action = option.action ?? fallback;
  if (action !== "ignore" && action !== "update") {
    throw new QueryError(
      `${verb}: conflict action must be "ignore" or "update", got ${describe(action)}.`,
    );
  }
  const { target, attributes } = conflictTarget(source, verb, option);
  if (action === "ignore") return { target, action: "nothing" };
  return { target, action: updateSet(source, inserted, attributes) };
}

function conflictTarget(
  source: RecordSource,
  verb: string,
  option: Readonly<Record<string, unknown>>,
) {
  checkOptions(`${verb} conflict`, option, ["columns", "constraint", "where", "action"]);
  const { columns, constraint, where } = option;
  if (constraint !== undefined) {
    if (typeof constraint !== "string") {
      throw new QueryError(
        `${verb}: conflict.constraint must be a name, got ${describe(constraint)}.`,
      );
    }
    if (columns !== undefined) {
      throw new QueryError(`${verb}: conflict takes columns or a constraint, not both.`);
    }
    if (where !== undefined) throw new QueryError(`${verb}: a named constraint takes no "where".`);
    return namedTarget(source, constraint);
  }
  if (!Array.isArray(columns) || columns.length === 0) {
    throw new QueryError(`${verb}: conflict.columns needs at least one column.`);
  }
  const attributes = columns.map(String);
  const names = attributes.map(
    (name) => requireColumn(source, `${verb} conflict.columns`, name).node.name,
  );
  if (where === undefined) return { target: { columns: names }, attributes };
  // Printed as constants: an index predicate is not inferred from a bound value under a generic plan.
  const predicate = inlineParameters(and(conditionList(source, where)));
  return { target: { columns: names, where: predicate }, attributes };
}

function namedTarget(source: RecordSource, name: string) {
  const { indexes } = source.table;
  const index = Object.hasOwn(indexes, name) ? indexes[name] : undefined;
  const columns = index?.columns ?? [];
  const found = [...source.columns.values()].filter(({ definition }) =>
    columns.includes(definition.columnName),
  );
  const attributes = found.map(({ attribute }) => attribute);
  if (index?.where === undefined || found.length < columns.length) {
    return { target: { constraint: name }, attributes };
  }
  // A partial unique index is no constraint to PostgreSQL, which infers it from its columns and its predicate.
  const where: Expression = { kind: "raw", pieces: [index.where] };
  return { target: { columns, where }, attributes };
}

/** Everything that was inserted but the keys: neither the primary key nor what collided is rewritten. */
function updateSet(
  source: RecordSource,
  inserted: readonly string[],
  conflicting: readonly string[],
): Assignment[] {
  const kept = new Set([...source.table.primaryKey, ...conflicting]);
  const changed = inserted.filter((name) => !kept.has(name));
  // An empty update still returns the row, which DO NOTHING would not.
  const names = changed.length > 0 ? changed : [conflicting[0] ?? source.table.primaryKey[0] ?? ""];
  return names.map((name) => {
    const { node } = requireColumn(source, "upsert", name);
    return { column: node.name, value: { kind: "excluded", name: node.name } };
  });
}

/**
 * The columns of a conflict, where all indexes that may find it tell apart what is written differently. With names of
 * columns those are all unique indexes over them. Of the primary key nothing is told.
 */
export function exactColumns(
  { indexes, primaryKey, columns }: TableDefinition,
  target: ConflictClause["target"],
): readonly string[] {
  if (!target) return [];
  if ("constraint" in target) {
    const { constraint } = target;
    const index = Object.hasOwn(indexes, constraint) ? indexes[constraint] : undefined;
    return index && !index.inexact ? index.columns : [];
  }
  const isOver = (names: readonly (string | undefined)[]) =>
    new Set(names).symmetricDifference(new Set(target.columns)).size === 0;
  if (isOver(primaryKey.map((attribute) => columns[attribute]?.columnName))) return [];
  const found = Object.values(indexes).filter((index) => index.unique && isOver(index.columns));
  const isExact = found.length > 0 && found.every(({ inexact }) => !inexact);
  return isExact ? target.columns : [];
}
