/** Writes of single columns computed by the database itself: increment, toggle, touch. */
import { currentDatabase } from "../connection/database";
import { didYouMean, QueryError, ReadOnlyRecordError } from "../errors";
import { requireColumn } from "../query/conditions";
import { run } from "../query/pipeline";
import type { SourceColumn } from "../query/source";
import { writableColumn } from "../query/write";
import { fieldsOf } from "../record/shape";
import { isNumericType, shortTypeName } from "../schema/types";
import { call, constant, not, parameter } from "../sql/build";
import type { Assignment, Expression } from "../sql/nodes";
import { touchesOwners, touchOwners } from "./associations/owner-effects";
import type { ModelInfo } from "./info";
import { checkPersisted, checkRecordWritable, notFound, rowCondition } from "./persistence";
import { rememberForRollback } from "./rollback";
import { stateOf } from "./state";
import { exclusively } from "./writing";

/**
 * Sets columns to expressions and takes the new values over, with `whole` those of all other columns too; what has
 * unsaved changes stays as it is.
 */
export async function writeColumns(
  info: ModelInfo,
  record: object,
  verb: string,
  columns: readonly SourceColumn[],
  expression: (column: SourceColumn) => Expression,
  whole = false,
): Promise<void> {
  const { source, definition } = info;
  checkRecordWritable(info, `${verb}()`);
  const write = async () => {
    checkPersisted(info, record, verb);
    const state = stateOf(record);
    for (const { attribute } of columns) {
      if (!state.differs(record, attribute)) continue;
      throw new ReadOnlyRecordError(
        `Cannot ${verb} "${attribute}" of ${info.name}: it has changes that are not saved.`,
        { hint: "Save or reload the record first." },
      );
    }
    rememberForRollback(info, record);
    const where = rowCondition(info, record, `${verb}()`);
    const set: Assignment[] = columns.map((column) => ({
      column: column.definition.columnName,
      value: expression(column),
    }));
    const written = columns.map(({ attribute }) => attribute);
    // A record that was loaded in part stays one.
    const names = whole
      ? [...new Set([...Object.keys(state.baseline ?? {}), ...written])]
      : written;
    const returning = source.items.filter(({ alias = "" }) => names.includes(alias));
    const statement = { kind: "update", table: source.from, set, where, returning } as const;
    const [row] = await run(source, statement, verb);
    if (!row) throw notFound(info, record);
    for (const name of Object.keys(row)) {
      const raw = row[name];
      // Assigned while the statement was under way: kept, and dirty against the new value.
      const isUntouched = !state.differs(record, name);
      if (isUntouched) {
        fieldsOf(record)[name] = raw === null ? null : definition.shape.types[name]?.restore(raw);
      }
      state.noteFilled(name);
    }
    state.baseline = { ...state.baseline, ...row };
  };
  await currentDatabase().turn(() => exclusively(record, write));
}

/** `x = x + by` in one statement; NULL counts as 0. */
export async function incrementColumn(
  info: ModelInfo,
  record: object,
  verb: "increment" | "decrement",
  name: string,
  by: number | bigint | string,
): Promise<void> {
  const found = writableColumn(info.source, `${verb}()`, name);
  if (!isNumericType(found.definition)) {
    throw new QueryError(
      `${verb}("${name}") requires a numeric column, got type "${found.definition.type}" (${info.name}).`,
    );
  }
  const sign = verb === "increment" ? " + " : " - ";
  await writeColumns(info, record, verb, [found], ({ node, definition, sensitive }) => ({
    kind: "raw",
    pieces: [call("coalesce", node, constant(0)), sign, parameter(by, definition, sensitive)],
  }));
}

/** `x = NOT x` in one statement; NULL counts as false. */
export async function toggleColumn(info: ModelInfo, record: object, name: string): Promise<void> {
  const found = writableColumn(info.source, "toggle()", name);
  if (shortTypeName(found.definition.type) !== "bool") {
    throw new QueryError(
      `toggle("${name}") requires a boolean column, got type "${found.definition.type}" (${info.name}).`,
    );
  }
  await writeColumns(info, record, "toggle", [found], ({ node }) =>
    not(call("coalesce", node, constant(false))),
  );
}

/** The server's time into `updatedAt`, when there is one, and into the named columns; owners with `touch` follow. */
export async function touchColumns(
  info: ModelInfo,
  record: object,
  names: readonly string[],
): Promise<void> {
  const { source, table } = info;
  const touched = new Set([
    ...(Object.hasOwn(table.columns, "updatedAt") ? ["updatedAt"] : []),
    ...names,
  ]);
  if (touched.size === 0) {
    throw new QueryError(`touch() on ${info.name} needs a column: it has no "updatedAt".`);
  }
  const columns = [...touched].map((name) => {
    const found = writableColumn(source, "touch()", name);
    if (/^(timestamp|timestamptz|date)$/.test(shortTypeName(found.definition.type))) return found;
    const times = Object.keys(table.columns).filter((each) =>
      /^timestamp/.test(table.columns[each]?.type ?? ""),
    );
    throw new QueryError(
      `touch("${name}") requires a column of a time, got type "${requireColumn(source, "touch()", name).definition.type}" (${info.name}).${didYouMean(name, times)}`,
    );
  });
  const write = () =>
    writeColumns(info, record, "touch", columns, () => call("statement_timestamp"));
  if (!touchesOwners(info)) return await write();
  await currentDatabase().transaction({}, async () => {
    await write();
    await touchOwners(info, record);
  });
}
