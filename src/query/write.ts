/** Terminals that write many rows at once: updateAll, deleteAll. Callbacks and validations do not run. */

import type { DriverResult } from "../connection/driver";
import { describe, QueryError } from "../errors";
import { codecOf } from "../schema/codecs";
import { column, inQuery, parameter, selectItem, tuple } from "../sql/build";
import { checkSelect, recursiveError } from "../sql/check";
import type {
  Assignment,
  Expression,
  SelectItem,
  SelectStatement,
  UpdateStatement,
} from "../sql/nodes";
import { fragmentNode, SqlFragment } from "../sql/raw";
import { itemOf } from "./clauses";
import { isPlainObject, normalized, requireColumn } from "./conditions";
import { checkOptions } from "./options";
import { run } from "./pipeline";
import type { RecordSource, SourceColumn } from "./source";
import { aliasOf, type QueryState } from "./state";

export interface WriteOptions {
  /** `true` gives the records, a list of columns gives plain objects; without it the number of rows. */
  readonly returning?: true | readonly string[] | undefined;
}

/** The column, when it may be written. Throws QueryError for generated columns and read-only tables. */
export function writableColumn(source: RecordSource, verb: string, name: string): SourceColumn {
  const found = requireColumn(source, verb, name);
  const { generated, identity } = found.definition;
  if (generated || identity === "always") {
    throw new QueryError(
      `${verb} cannot write "${name}" of ${source.name}: the database ${generated ? "computes" : "numbers"} it.`,
    );
  }
  return found;
}

export function checkWritable(source: RecordSource, verb: string): void {
  if (source.table.readOnly) {
    throw new QueryError(
      `${verb} cannot write ${source.name}: "${source.table.tableName}" is read-only.`,
    );
  }
}

/** `{ name: "x", visits: sql\`visits + 1\` }` as assignments; keys given as undefined are left out. */
export function assignments(source: RecordSource, verb: string, values: unknown): Assignment[] {
  if (!isPlainObject(values)) throw new QueryError(`${verb} on ${source.name} expects an object.`);
  const list: Assignment[] = [];
  for (const name of Object.keys(values)) {
    const value = values[name];
    const found = writableColumn(source, verb, name);
    const { definition, sensitive } = found;
    if (value === undefined) continue;
    list.push({
      column: definition.columnName,
      value:
        value instanceof SqlFragment
          ? fragmentNode(value, verb, sensitive)
          : parameter(normalized(found, value), definition, sensitive),
    });
  }
  if (list.length === 0) {
    throw new QueryError(`${verb} on ${source.name} needs at least one column to set.`);
  }
  return list;
}

/** The rows of the query as a condition on its table: WHERE itself, or the keys that a subquery selects. */
export function targetCondition(state: QueryState, verb: string): readonly Expression[] {
  const { statement } = state;
  if (statement.groupBy.length > 0 || statement.having.length > 0) {
    throw new QueryError(`Cannot call ${verb}() with group(): groups are not rows.`);
  }
  if (statement.with?.recursive) throw recursiveError(`${verb}()`);
  checkSelect(statement);
  const simple =
    statement.joins.length === 0 &&
    statement.limit === undefined &&
    statement.offset === undefined &&
    !statement.distinct &&
    !statement.lock &&
    !statement.with &&
    statement.from?.kind === "table";
  return simple ? statement.where : [keysAmong(state, verb)];
}

/** Rows whose keys the query selects, each once: whatever joins, limits and the like did to it. */
export function keysAmong({ source, statement, shape }: QueryState, verb: string): Expression {
  if (statement.distinct === true && shape.attributes !== "all") {
    throw new QueryError(
      `Cannot call ${verb}() with select() and distinct(): a different combination of values is not one row.`,
    );
  }
  const names = source.table.primaryKey.map((name) => requireColumn(source, verb, name).node.name);
  // Without a key the row's place identifies it for the length of the statement.
  const [first, ...rest] = names.length > 0 ? names : ["ctid"];
  const keys = [first as string, ...rest].map((name) => column(aliasOf(source), name));
  const items = keys.map((key): SelectItem => selectItem(key));
  const { distinct, ...all } = statement;
  const ordered = statement.limit !== undefined || statement.offset !== undefined;
  const query: SelectStatement = {
    ...all,
    // Whole rows differ when their keys do; grouped by them, the order may still name other columns.
    ...(Array.isArray(distinct) ? { distinct } : undefined),
    ...(distinct === true && ordered
      ? { groupBy: keys.map((expression) => ({ expression, alias: expression.name })) }
      : undefined),
    columns: items,
    orderBy: ordered || distinct || statement.lock ? statement.orderBy : [],
  };
  return inQuery(keys.length === 1 ? (keys[0] as Expression) : tuple(keys), query);
}

function returningItems(source: RecordSource, options: WriteOptions): readonly SelectItem[] {
  const { returning } = options;
  if (returning === undefined) return [];
  if (returning === true) return source.items;
  if (!Array.isArray(returning)) {
    throw new QueryError(
      `returning expects true or a list of columns, got ${describe(returning)}.`,
    );
  }
  if (returning.length === 0) throw new QueryError("returning needs at least one column.");
  return returning.map((name) => itemOf(source, requireColumn(source, "returning", name)));
}

/** The number of rows, the records, or plain objects, as the options ask. */
function writeResult<Row>(
  source: RecordSource<Row>,
  result: DriverResult,
  options: WriteOptions,
): number | Row[] | Record<string, unknown>[] {
  const { returning } = options;
  if (returning === undefined) return result.count;
  if (returning === true) return source.hydrate(result, { attributes: "all", extras: [] });
  return result.map((row) =>
    Object.fromEntries(
      returning.map((name) => {
        const codec = codecOf(requireColumn(source, "returning", name).definition);
        return [name, row[name] === null ? null : codec.decode(row[name])];
      }),
    ),
  );
}

function nothing(options: WriteOptions): number | never[] {
  return options.returning === undefined ? 0 : [];
}

export async function updateAll<Row>(
  state: QueryState<Row>,
  values: unknown,
  options: WriteOptions,
  terminal = "updateAll",
): Promise<number | Row[] | Record<string, unknown>[]> {
  const { source, signal } = state;
  checkWritable(source, `${terminal}()`);
  checkOptions(`${terminal}()`, options, ["returning"]);
  const set = assignments(source, `${terminal}()`, values);
  const returning = returningItems(source, options);
  if (state.isEmpty) return nothing(options);
  const where = targetCondition(state, terminal);
  const statement: UpdateStatement = {
    kind: "update",
    table: source.from,
    set,
    where,
    returning,
  };
  try {
    return writeResult(source, await run(source, statement, terminal, { signal }), options);
  } catch (error) {
    throw isUnknownTable(error) && state.statement.joins.length > 0
      ? new QueryError(
          `${terminal}() on ${source.name}: the values cannot name joined tables, the joins only choose the rows.`,
          {
            cause: error,
            hint: "Write a value as a subquery: sql`(SELECT users.name FROM users WHERE users.id = posts.user_id)`.",
          },
        )
      : error;
  }
}

function isUnknownTable(error: unknown): boolean {
  return error instanceof QueryError && error.sqlState === "42P01";
}

export async function deleteAll<Row>(
  state: QueryState<Row>,
  options: WriteOptions,
): Promise<number | Row[] | Record<string, unknown>[]> {
  const { source, signal } = state;
  checkWritable(source, "deleteAll()");
  checkOptions("deleteAll()", options, ["returning"]);
  const returning = returningItems(source, options);
  if (state.isEmpty) return nothing(options);
  const where = targetCondition(state, "deleteAll");
  const result = await run(
    source,
    { kind: "delete", table: source.from, where, returning },
    "deleteAll",
    { signal },
  );
  return writeResult(source, result, options);
}
