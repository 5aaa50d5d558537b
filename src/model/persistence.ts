/** INSERT, UPDATE, DELETE and SELECT of one record, and what the record knows afterwards. */
import type { DriverResult, DriverRow } from "../connection/driver";
import { ReadOnlyRecordError, RecordNotFoundError, StaleRecordError } from "../errors";
import { requireColumn } from "../query/conditions";
import { equality } from "../query/equality";
import { insertRow, insertRows } from "../query/insert";
import { addKnown } from "../query/known-values";
import { run } from "../query/pipeline";
import type { RecordSource } from "../query/source";
import { fieldsOf } from "../record/shape";
import type { Expression, SelectStatement } from "../sql/nodes";
import { acceptRow, Sent } from "./accept";
import type { ModelInfo } from "./info";
import { insertShape } from "./insert-shape";
import { rememberForRollback } from "./rollback";
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
      { hint: "Add a primary key, or write rows in bulk: createMany(), updateAll(), deleteAll()." },
    );
  }
}

/** Refuses a record that has no row. */
export function checkPersisted(info: ModelInfo, record: object, verb: string): void {
  if (!stateOf(record).isNew) return;
  throw new ReadOnlyRecordError(
    stateOf(record).isDestroyed
      ? `Cannot ${verb} this ${info.name}: it was destroyed.`
      : `Cannot ${verb} a new ${info.name}. Save it first.`,
  );
}

/** The condition that finds the record's row: its key as it was loaded, whatever was assigned since. */
export function rowCondition(info: ModelInfo, record: object, verb: string): Expression[] {
  const state = stateOf(record);
  const conditions: Expression[] = [];
  for (const name of info.table.primaryKey) {
    const value = state.keyPart(record, name);
    if (value === undefined || value === null) {
      throw new ReadOnlyRecordError(
        `${verb}: this ${info.name} was loaded without its primary key ("${name}"), so its row cannot be found.`,
        { hint: "Select the key too." },
      );
    }
    const found = requireColumn(info.source, verb, name);
    conditions.push(equality(found, found.node, value));
  }
  return conditions;
}

/** For messages: the key, as a value or a list. */
function shownKey(info: ModelInfo, record: object): unknown {
  const key = stateOf(record)
    .key(record)
    .map((value, index) => {
      const name = info.table.primaryKey[index] ?? "";
      return info.definition.sensitive.has(name) ? "[REDACTED]" : value;
    });
  return key.length === 1 ? key[0] : key;
}

/** The error for a record whose row is gone. */
export function notFound(info: ModelInfo, record: object): RecordNotFoundError {
  return new RecordNotFoundError(info.name, shownKey(info, record));
}

/** The error for a record that is not any more what the database has. */
export function stale(info: ModelInfo, record: object): StaleRecordError {
  return new StaleRecordError(
    info.name,
    shownKey(info, record),
    "was changed or deleted by somebody else; nothing was written.",
    { hint: "Reload the record and apply the change again." },
  );
}

/** The row that was inserted, or that was there; none when it was skipped. */
async function insertOrConflict(
  source: RecordSource,
  names: readonly string[],
  fields: Readonly<Record<string, unknown>>,
  conflict: unknown,
): Promise<DriverResult> {
  return await insertRows(source, {
    verb: "save()",
    rows: [Object.fromEntries(names.map((name) => [name, fields[name]]))],
    conflict,
    fallback: "ignore",
    returning: source.items,
  });
}

/** Inserts the record. Gives false when a conflict was ignored and no row came back. */
export async function insertRecord(
  info: ModelInfo,
  record: object,
  conflict?: unknown,
): Promise<boolean> {
  const { source, table } = info;
  const fields = fieldsOf(record);
  const undoable = rememberForRollback(info, record);
  const lock = lockColumn(info);
  if (lock && fields[lock] === undefined && table.columns[lock]?.default === undefined) {
    fields[lock] = 0;
  }
  const shape = insertShape(info, fields);
  let sent: Sent;
  let row: DriverRow | undefined;
  let known: Readonly<Record<string, unknown>> | undefined;
  if (conflict === undefined) {
    const insert = insertRow(source, "save()", shape, fields);
    known = insert.known;
    sent = new Sent(info, record, known ? shape.uncertain : shape.attributes);
    [row] = await insert.answer;
  } else {
    sent = new Sent(info, record, shape.attributes);
    [row] = await insertOrConflict(source, shape.attributes, fields, conflict);
  }
  if (!row) return false;
  // Of what is known there is nothing to take over.
  acceptRow(info, record, row, sent, undoable);
  if (known) addKnown(row, known);
  stateOf(record).inserted(row);
  return true;
}

/** Deletes the row; a row that is gone already counts as deleted. */
export async function deleteRecord(info: ModelInfo, record: object): Promise<void> {
  const { source } = info;
  rememberForRollback(info, record);
  const where = rowCondition(info, record, "destroy()");
  const lock = lockColumn(info);
  const version = lock === undefined ? undefined : stateOf(record).was(lock);
  if (lock !== undefined && version != null) {
    const found = requireColumn(source, "destroy()", lock);
    where.push(equality(found, found.node, version));
  }
  const statement = { kind: "delete", table: source.from, where, returning: [] } as const;
  const result = await run(source, statement, "destroy");
  if (result.count === 0 && lock !== undefined) throw stale(info, record);
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
  checkPersisted(info, record, verb);
  const where = rowCondition(info, record, `${verb}()`);
  // What is read inside a transaction may be rolled back.
  rememberForRollback(info, record);
  const { statement } = info.query().state;
  const [row] = await run(source, change({ ...statement, where }), verb);
  if (!row) throw notFound(info, record);
  const state = stateOf(record);
  const fields = fieldsOf(record);
  for (const name of info.definition.shape.names) {
    const raw = row[name];
    fields[name] = raw === null ? null : info.definition.shape.types[name]?.restore(raw);
    state.noteFilled(name);
  }
  state.baseline = row;
  state.forgetAssociations();
  state.errors = undefined;
}
