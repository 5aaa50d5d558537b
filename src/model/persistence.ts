/** INSERT, UPDATE, DELETE and SELECT of one record, and what the record knows afterwards. */
import { currentDatabase } from "../connection/database";
import type { DriverRow } from "../connection/driver";
import { ReadOnlyRecordError, RecordNotFoundError, StaleRecordError } from "../errors";
import { requireColumn } from "../query/conditions";
import { equality } from "../query/equality";
import { insertRows, mergeResults } from "../query/insert";
import { run } from "../query/pipeline";
import { assignments } from "../query/write";
import { fieldsOf } from "../record/shape";
import { parameter } from "../sql/build";
import type { Assignment, Expression, SelectStatement } from "../sql/nodes";
import type { ModelInfo } from "./info";
import { stateOf } from "./state";

/** The attribute that counts saves, when the table has one: optimistic locking. */
export function lockColumn(info: ModelInfo): string | undefined {
  return Object.hasOwn(info.table.columns, "lockVersion") ? "lockVersion" : undefined;
}

/** Refuses tables that cannot be written, or whose rows cannot be told apart. */
export function checkRecordWritable(info: ModelInfo, verb: string): void {
  const { table, name } = info;
  if (table.readOnly) {
    throw new ReadOnlyRecordError(
      `${verb} cannot write ${name}: "${table.tableName}" is read-only.`,
    );
  }
  if (table.primaryKey.length === 0) {
    throw new ReadOnlyRecordError(
      `${verb} cannot write ${name}: "${table.tableName}" has no primary key, so its rows cannot be told apart.`,
    );
  }
}

/** The condition that finds the record's row: its key as it was loaded, whatever was assigned since. */
export function rowCondition(info: ModelInfo, record: object, verb: string): Expression[] {
  const { primaryKey } = info.table;
  const key = stateOf(record).key(record);
  return primaryKey.map((name, index) => {
    const value = key[index];
    if (value === undefined || value === null) {
      throw new ReadOnlyRecordError(
        `${verb}: this ${info.name} was loaded without its primary key ("${name}"), so its row cannot be found.`,
        { hint: "Select the key too." },
      );
    }
    const found = requireColumn(info.source, verb, name);
    return equality(found, found.node, value);
  });
}

/** For messages: the key, as a value or a list. */
export function shownKey(record: object): unknown {
  const key = stateOf(record).key(record);
  return key.length === 1 ? key[0] : key;
}

/** Attributes of the record that may be written, as a row for INSERT. */
function insertable(info: ModelInfo, record: object): Record<string, unknown> {
  const fields = fieldsOf(record);
  const row: Record<string, unknown> = {};
  for (const name of info.definition.shape.names) {
    const value = fields[name];
    const { generated, identity } = info.table.columns[name] ?? {};
    if (value === undefined || generated || identity === "always") continue;
    row[name] = value;
  }
  return row;
}

/** The values a record holds now: what a write that fails later restores, and what it compares answers with. */
function copyFields(info: ModelInfo, record: object): Record<string, unknown> {
  const fields = fieldsOf(record);
  const copy: Record<string, unknown> = {};
  for (const name of info.definition.shape.names) {
    if (Object.hasOwn(record, name)) copy[name] = fields[name];
  }
  return copy;
}

/**
 * Takes over what the server answered. An attribute that the application changed while the statement was
 * under way keeps that change; one whose value is the same keeps its identity.
 */
function acceptRow(
  info: ModelInfo,
  record: object,
  row: DriverRow,
  sent: Readonly<Record<string, unknown>>,
): void {
  const fields = fieldsOf(record);
  const { types } = info.definition.shape;
  for (const name of Object.keys(row)) {
    const type = types[name];
    if (!type || fields[name] !== sent[name]) continue;
    const raw = row[name];
    const value = raw === null ? null : type.restore(raw);
    const current = fields[name];
    const isSame =
      current === value ||
      (current !== null && current !== undefined && value !== null && type.equals(current, value));
    if (!isSame) fields[name] = value;
  }
}

/** If a transaction around the call is rolled back, the record becomes again what it is now. */
export function rememberForRollback(info: ModelInfo, record: object): void {
  const scope = currentDatabase().scope;
  if (!scope?.isOpen || scope.remembers(record)) return;
  const state = stateOf(record);
  const { baseline, previousChanges, isDestroyed } = state;
  const before = copyFields(info, record);
  scope.remember(record, () => {
    const written = state.baseline;
    state.baseline = baseline;
    state.previousChanges = previousChanges;
    state.isDestroyed = isDestroyed;
    state.loaded = undefined;
    const fields = fieldsOf(record);
    for (const name of info.definition.shape.names) {
      const type = info.definition.shape.types[name];
      // Values that the database gave go; what the application assigned stays, to be saved again.
      const given = written?.[name];
      const isGiven =
        given !== undefined &&
        type !== undefined &&
        fields[name] !== null &&
        fields[name] !== undefined
          ? given !== null && type.equals(type.restore(given), fields[name])
          : given === fields[name];
      const wasAssigned = name in before && sameValue(type, before[name], fields[name]);
      if (!isGiven || wasAssigned) continue;
      if (name in before) fields[name] = before[name];
      else delete fields[name];
    }
  });
}

function sameValue(
  type: { equals(a: unknown, b: unknown): boolean } | undefined,
  a: unknown,
  b: unknown,
): boolean {
  if (a === b) return true;
  return a != null && b != null && type?.equals(a, b) === true;
}

/** Inserts the record. Gives false when a conflict was ignored and no row came back. */
export async function insertRecord(
  info: ModelInfo,
  record: object,
  conflict?: unknown,
  verb = "save",
): Promise<boolean> {
  const { source, table } = info;
  if (table.readOnly) checkRecordWritable(info, verb);
  rememberForRollback(info, record);
  const lock = lockColumn(info);
  if (lock && fieldsOf(record)[lock] === undefined && table.columns[lock]?.default === undefined) {
    fieldsOf(record)[lock] = 0;
  }
  const sent = copyFields(info, record);
  const results = await insertRows(source, {
    verb,
    rows: [insertable(info, record)],
    conflict,
    fallback: "ignore",
    returning: source.items,
  });
  const [row] = mergeResults(results);
  if (!row) return false;
  acceptRow(info, record, row, sent);
  stateOf(record).saved(record, row);
  stateOf(record).isDestroyed = false;
  return true;
}

/** Writes the changed columns. Throws when the row is gone, or was changed by somebody else. */
export async function updateRecord(info: ModelInfo, record: object): Promise<void> {
  const { source, table } = info;
  const state = stateOf(record);
  const changed = [
    ...table.primaryKey.filter((name) => state.differs(record, name)),
    ...state.changedNames(record),
  ].filter((name) => {
    const { generated, identity } = table.columns[name] ?? {};
    return !generated && identity !== "always";
  });
  if (changed.length === 0) {
    state.saved(record, state.baseline ?? {});
    return;
  }
  checkRecordWritable(info, "save()");
  rememberForRollback(info, record);
  const fields = fieldsOf(record);
  const set: Assignment[] = changed.map((name) => {
    const { definition, sensitive } = requireColumn(source, "save()", name);
    return { column: definition.columnName, value: parameter(fields[name], definition, sensitive) };
  });
  const { row, sent } = await writeRow(info, record, set, changed, "save");
  const changes = state.changedAttributes(record);
  acceptRow(info, record, row, sent);
  state.baseline = { ...row };
  state.previousChanges = changes;
}

/**
 * Writes columns of a record to expressions or values, whatever else of it has changed: other unsaved changes
 * stay unsaved. Throws like save() when the row is gone or was changed by somebody else.
 */
export async function writeColumns(
  info: ModelInfo,
  record: object,
  values: Readonly<Record<string, unknown>>,
  verb: string,
): Promise<void> {
  checkRecordWritable(info, `${verb}()`);
  rememberForRollback(info, record);
  const set = assignments(info.source, `${verb}()`, values);
  const written = Object.keys(values);
  const { row, sent } = await writeRow(info, record, set, written, verb);
  const state = stateOf(record);
  const unsaved = state.changedNames(record).filter((name) => !written.includes(name));
  const kept = Object.fromEntries(unsaved.map((name) => [name, state.baseline?.[name]]));
  const was = Object.fromEntries(written.map((name) => [name, state.was(name)]));
  const accepted = { ...row };
  for (const name of unsaved) delete accepted[name];
  acceptRow(info, record, accepted, sent);
  state.baseline = { ...accepted, ...kept };
  state.previousChanges = Object.fromEntries(
    written.map((name) => [name, { was: was[name], now: fieldsOf(record)[name] }]),
  );
}

/** UPDATE of a record's row, which counts its version; gives what the server answered. */
async function writeRow(
  info: ModelInfo,
  record: object,
  set: Assignment[],
  changed: readonly string[],
  verb: string,
): Promise<{ row: DriverRow; sent: Readonly<Record<string, unknown>> }> {
  const { source } = info;
  const state = stateOf(record);
  const where = rowCondition(info, record, `${verb}()`);
  const lock = lockColumn(info);
  const version = lock === undefined ? undefined : state.was(lock);
  if (lock !== undefined && version !== undefined && version !== null && !changed.includes(lock)) {
    const found = requireColumn(source, verb, lock);
    set.push({
      column: found.definition.columnName,
      value: parameter(
        typeof version === "bigint" ? version + 1n : Number(version) + 1,
        found.definition,
      ),
    });
    where.push(equality(found, found.node, version));
  }
  const sent = copyFields(info, record);
  // A record that was loaded in part stays one.
  const loaded = Object.keys({
    ...state.baseline,
    ...Object.fromEntries(changed.map((name) => [name, 1])),
  });
  const returning = source.items.filter(
    ({ alias }) => alias !== undefined && loaded.includes(alias),
  );
  const result = await run(
    source,
    { kind: "update", table: source.from, set, where, returning },
    verb,
  );
  const [row] = result;
  if (!row) throw staleError(info, record, lock !== undefined);
  return { row, sent };
}

function staleError(info: ModelInfo, record: object, isLocked: boolean): Error {
  const key = shownKey(record);
  return isLocked
    ? new StaleRecordError(
        info.name,
        key,
        "was changed or deleted by somebody else; nothing was saved.",
        {
          hint: "Reload the record and apply the change again.",
        },
      )
    : new RecordNotFoundError(info.name, key);
}

/** Deletes the row; a row that is gone already counts as deleted. */
export async function deleteRecord(info: ModelInfo, record: object): Promise<void> {
  const { source } = info;
  checkRecordWritable(info, "destroy()");
  rememberForRollback(info, record);
  const where = rowCondition(info, record, "destroy()");
  const lock = lockColumn(info);
  const version = lock === undefined ? undefined : stateOf(record).was(lock);
  if (lock !== undefined && version != null) {
    const found = requireColumn(source, "destroy()", lock);
    where.push(equality(found, found.node, version));
  }
  const result = await run(
    source,
    { kind: "delete", table: source.from, where, returning: [] },
    "destroy",
  );
  if (result.count === 0 && lock !== undefined) throw staleError(info, record, true);
  const state = stateOf(record);
  state.baseline = undefined;
  state.isDestroyed = true;
}

/** Reads the row again. Throws RecordNotFoundError when it is gone. */
export async function reloadRecord(
  info: ModelInfo,
  record: object,
  /** Adds to the SELECT, a row lock for instance. */
  change: (select: SelectStatement) => SelectStatement = (select) => select,
  verb = "reload",
): Promise<void> {
  const { source } = info;
  const state = stateOf(record);
  const where = rowCondition(info, record, `${verb}()`);
  const { statement } = info.query().state;
  const rows = await run(source, change({ ...statement, where }), verb);
  const [row] = rows;
  if (!row) throw new RecordNotFoundError(info.name, shownKey(record));
  const fields = fieldsOf(record);
  for (const name of info.definition.shape.names) {
    const raw = row[name];
    fields[name] = raw === null ? null : info.definition.shape.types[name]?.restore(raw);
  }
  state.baseline = row;
  state.loaded = undefined;
  state.errors = undefined;
}
