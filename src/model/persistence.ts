/** INSERT, UPDATE, DELETE and SELECT of one record, and what the record knows afterwards. */
import type { DriverResult, DriverRow } from "../connection/driver";
import { ReadOnlyRecordError, RecordNotFoundError, StaleRecordError } from "../errors";
import { requireColumn } from "../query/conditions";
import { equality } from "../query/equality";
import { insertRow, insertRows } from "../query/insert";
import { run } from "../query/pipeline";
import type { RecordSource, SourceColumn } from "../query/source";
import type { Changes } from "../record/changes";
import { fieldsOf } from "../record/shape";
import { parameter } from "../sql/build";
import type { Assignment, Expression, SelectItem, SelectStatement } from "../sql/nodes";
import { acceptRow, isWritable, Sent } from "./accept";
import type { ModelInfo } from "./info";
import { insertShape } from "./insert-shape";
import { rememberForRollback } from "./rollback";
import { stateOf } from "./state";
import { type Returned, type UpdatePlan, type UpdateShape, updatePlan } from "./update-plan";

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
  const sent = new Sent(info, record, shape.attributes);
  const [row] = await (conflict === undefined
    ? insertRow(source, "save()", shape, fields)
    : insertOrConflict(source, shape.attributes, fields, conflict));
  if (!row) return false;
  acceptRow(info, record, row, sent, undoable);
  stateOf(record).inserted(row);
  return true;
}

/** What an UPDATE has to write; attributes that are the database's own go back to what they were. */
function writableChanges(info: ModelInfo, record: object, plan: UpdatePlan): string[] {
  const state = stateOf(record);
  const { columns } = info.table;
  const changed = plan.changedNames(record, state.baseline ?? {}, state);
  for (const name of changed) {
    if (!isWritable(columns[name])) return takeBack(info, record, changed);
  }
  return changed;
}

function takeBack(info: ModelInfo, record: object, changed: readonly string[]): string[] {
  const state = stateOf(record);
  return changed.filter((name) => {
    if (isWritable(info.table.columns[name])) return true;
    fieldsOf(record)[name] = state.was(name);
    return false;
  });
}

/** An UPDATE before it is sent. */
interface Writing {
  readonly set: readonly Assignment[];
  /** What the row will hold, as far as that is certain. */
  readonly row: Readonly<Record<string, unknown>>;
  readonly returned: Returned;
}

/** What the UPDATE sets the attributes to, and what it has to return. */
function writing(shape: UpdateShape, valueFor: (name: string) => unknown): Writing {
  const { columns, stored, rest, unsure } = shape;
  const set: Assignment[] = [];
  const row: Record<string, unknown> = {};
  let isCertain = true;
  for (let index = 0; index < columns.length; index++) {
    const { attribute, definition, sensitive } = columns[index] as SourceColumn;
    const value = valueFor(attribute);
    const kept = value === null ? null : stored[index]?.(value);
    if (kept !== undefined) row[attribute] = kept;
    else if (stored[index]) isCertain = false;
    // A Date may be changed in place before it is sent, and then another would be stored.
    const sent = value instanceof Date ? new Date(value) : value;
    set.push({ column: definition.columnName, value: parameter(sent, definition, sensitive) });
  }
  return { set, row, returned: isCertain ? rest : unsure };
}

/** Writes the changed columns; gives false when there are none. Throws when the row is gone or was changed. */
export async function updateRecord(info: ModelInfo, record: object): Promise<boolean> {
  const { source } = info;
  const state = stateOf(record);
  const fields = fieldsOf(record);
  const plan = updatePlan(info);
  const changed = writableChanges(info, record, plan);
  if (changed.length === 0) {
    state.previousChanges = {};
    return false;
  }
  const undoable = rememberForRollback(info, record);
  const where = rowCondition(info, record, "save()");
  const lock = lockColumn(info);
  // A version that was assigned, by a form for example, is the one the change was made against.
  const version = lock === undefined ? undefined : (fields[lock] ?? state.was(lock));
  const written = lock === undefined ? changed : changed.filter((name) => name !== lock);
  if (written.length === 0) return false;
  let next: unknown;
  if (lock !== undefined && version != null) {
    const found = requireColumn(source, "save()", lock);
    next = typeof version === "bigint" ? version + 1n : Number(version) + 1;
    written.push(lock);
    where.push(equality(found, found.node, version));
  }
  const { set, row, returned } = writing(plan.shape(written), (name) =>
    name === lock ? next : fields[name],
  );
  const changes: Changes = {};
  for (const name of changed) changes[name] = { was: state.was(name), now: fields[name] };
  const loaded = state.baseline ?? {};
  const returning = loadedItems(returned.items, loaded, written);
  const isTold = returning.length > 0;
  const statement = { kind: "update", table: source.from, set, where, returning } as const;
  let sent = isTold || next !== undefined ? new Sent(info, record, changed) : undefined;
  const result = await run(source, statement, "save", {
    template: returning === returned.items ? returned.template : undefined,
    whole() {
      sent ??= new Sent(info, record, changed);
      return loadedItems(source.items, loaded, written);
    },
  });
  const [answer] = result;
  if (!answer && (isTold || result.count === 0)) {
    throw lock === undefined ? notFound(info, record) : stale(info, record);
  }
  // Attributes that were stored as they are have nothing to take over; the version was not theirs.
  const told = lock !== undefined && next !== undefined ? { [lock]: row[lock], ...answer } : answer;
  if (told && sent) acceptRow(info, record, told, sent, undoable);
  const isWhole = answer && returning === source.items;
  state.saved(changes, isWhole ? answer : withNews(state.baseline, row, answer));
  return true;
}

/** The row after the UPDATE. A spread of one object is a clone of its shape; each further one costs ten times that. */
function withNews(
  baseline: DriverRow | undefined,
  ...news: readonly (DriverRow | undefined)[]
): DriverRow {
  const row = { ...baseline };
  for (const each of news) for (const name in each) row[name] = each[name];
  return row;
}

/** What the record has of its row, and what is written: a record that was loaded in part stays one. */
function loadedItems(
  items: readonly SelectItem[],
  baseline: object,
  written: readonly string[],
): readonly SelectItem[] {
  for (const { alias = "" } of items) {
    if (alias in baseline || written.includes(alias)) continue;
    return items.filter(({ alias: name = "" }) => name in baseline || written.includes(name));
  }
  return items;
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
