/** What plugins do to queries and records, without knowing how those are made. */
import type { DriverResult } from "../connection/driver";
import { QueryError } from "../errors";
import { QueryBuilder } from "../query/builder";
import { columnCondition, conditionList, requireColumn } from "../query/conditions";
import type { StatementContext } from "../query/hooks";
import { run } from "../query/pipeline";
import type { SourceColumn } from "../query/source";
import { pathOf, type QueryState } from "../query/state";
import { afterSteps } from "../query/text-path";
import { updateAll, writableColumn } from "../query/write";
import { parameter } from "../sql/build";
import type { Expression, SelectStatement, Statement } from "../sql/nodes";
import { fragmentNode, SqlFragment } from "../sql/raw";
import type { CallbackHook } from "./callbacks";
import type { ModelClass } from "./class";
import { writeColumns } from "./columns";
import { writeWithCallbacks } from "./lifecycle";
import { reloadRecord } from "./persistence";
import { infoOfRecord } from "./record";
import { stateOf } from "./state";

/** Any query, whatever its rows. */
export interface AnyQuery {
  readonly state: QueryState;
}

/**
 * The model class that a query, a record or a statement is about; undefined for a query on a bare table.
 * @example
 * modelOf(this)?.softDelete
 */
export function modelOf(subject: AnyQuery | StatementContext | object): ModelClass | undefined {
  if (subject instanceof QueryBuilder) return subject.state.source.modelClass as ModelClass;
  if ("source" in subject && "terminal" in subject) {
    return (subject as StatementContext).source.modelClass as ModelClass | undefined;
  }
  return subject.constructor as unknown as ModelClass;
}

/**
 * The column of an attribute, as queries name it. Throws QueryError with the near names when there is none.
 * @example
 * const { node } = columnOf(query, "lately()", "createdAt");
 */
export function columnOf(query: AnyQuery, verb: string, name: string): SourceColumn {
  return requireColumn(query.state.source, verb, name);
}

/**
 * What where() would add for these conditions, as a list of expressions.
 * @example
 * this.with((select) => ({ ...select, where: [...select.where, ...conditionsOf(this, { active: true })] }))
 */
export function conditionsOf(query: AnyQuery, conditions: unknown): Expression[] {
  return conditionList(query.state.source, conditions);
}

/**
 * A value of where() as a condition on any expression: a scalar, a list, an object of operators.
 * @param column tells the type of the values
 * @example
 * valueCondition(query, column, ast.call("lower", column.node), { starts_with: "a" })
 */
export function valueCondition(
  query: AnyQuery,
  column: SourceColumn,
  left: Expression,
  value: unknown,
): Expression {
  return columnCondition(column, left, value, query.state.source.name);
}

/**
 * Sends a statement of the plugin's own on the connection of the query, through all hooks and guards.
 * @param terminal the verb, for messages and guards
 * @param steps what the plugin did to the query's own statement, one after the other. With them the text is kept for
 *   the next time, so statements of the same steps must differ in nothing but the values of their conditions.
 * @example
 * const rows = await runStatement(this, { ...this.state.statement, columns }, "sample");
 */
export function runStatement(
  query: AnyQuery,
  statement: Statement,
  terminal: string,
  steps?: readonly unknown[],
): Promise<DriverResult> {
  const { source, signal, origin } = query.state;
  const template = steps && afterSteps(pathOf(query.state), steps);
  return run(source, statement, terminal, { signal, origin, template });
}

/**
 * Writes all rows of the query in one statement, as updateAll() does; gives their number.
 * @param terminal the verb, for messages and guards
 * @example
 * await updateRows(this, { archivedAt: sql`now()` }, "archiveAll")
 */
export async function updateRows(
  query: AnyQuery,
  values: Readonly<Record<string, unknown>>,
  terminal: string,
): Promise<number> {
  return Number(await updateAll(query.state, values, {}, terminal));
}

/**
 * Writes columns of one persisted record, without validations, and takes over what the database has now; values
 * may be sql fragments. Throws RecordNotFoundError when its row is gone.
 * @example
 * await updateColumns(record, { archivedAt: sql`now()` }, "archive")
 */
export async function updateColumns(
  record: object,
  values: Readonly<Record<string, unknown>>,
  verb: string,
): Promise<void> {
  const info = infoOfRecord(record);
  const columns = Object.keys(values).map((name) => writableColumn(info.source, `${verb}()`, name));
  const expression = ({ attribute, definition, sensitive }: SourceColumn) => {
    const value = values[attribute];
    return value instanceof SqlFragment
      ? fragmentNode(value, `${verb}()`, sensitive)
      : parameter(value, definition, sensitive);
  };
  await writeColumns(info, record, verb, columns, expression, true);
}

/**
 * Runs a write of one record between two callbacks; with callbacks, all of it in one transaction.
 * @example
 * await withCallbacks(record, ["beforeArchive", "afterArchive"], () => updateColumns(record, values, "archive"))
 */
export function withCallbacks(
  record: object,
  hooks: readonly [before: CallbackHook, after: CallbackHook],
  write: () => Promise<void>,
): Promise<void> {
  return writeWithCallbacks(infoOfRecord(record), record, hooks, write);
}

/**
 * Reads the row of a record again, as reload() does. Throws RecordNotFoundError when it is gone.
 * @param change adds to the SELECT
 * @example
 * await readAgain(record, (select) => ({ ...select, lock: { strength: "UPDATE" } }), "lock")
 */
export function readAgain(
  record: object,
  change: (select: SelectStatement) => SelectStatement,
  verb: string,
): Promise<void> {
  return reloadRecord(infoOfRecord(record), record, change, verb);
}

/**
 * Refuses a record that has no row, or that has changes a write or a reload would lose.
 * @throws QueryError naming the changes
 * @example
 * requireClean(this, "archive")
 */
export function requireClean(record: object, verb: string): void {
  const { name, table } = infoOfRecord(record);
  const state = stateOf(record);
  if (state.isNew) {
    throw new QueryError(
      state.isDestroyed
        ? `Cannot ${verb} a destroyed record (${name}).`
        : `Cannot ${verb} a new record. Save it first.`,
    );
  }
  const changed = Object.keys(table.columns).filter((attribute) =>
    state.differs(record, attribute),
  );
  if (changed.length > 0) {
    throw new QueryError(
      `Cannot ${verb} this ${name}: it has unsaved changes (${changed.join(", ")}), which would be lost.`,
      { hint: "Save or reload it first." },
    );
  }
}
