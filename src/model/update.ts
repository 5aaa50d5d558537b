/** The UPDATE of one record: what it writes, what it asks back, and what the record knows afterwards. */
import type { DriverResult, DriverRow } from "../connection/driver";
import { requireColumn } from "../query/conditions";
import { equality } from "../query/equality";
import { knownRow } from "../query/known-values";
import { run } from "../query/pipeline";
import type { Changes } from "../record/changes";
import { fieldsOf } from "../record/shape";
import { parameter } from "../sql/build";
import type { Assignment, SelectItem } from "../sql/nodes";
import { acceptRow, isWritable, Sent } from "./accept";
import type { ModelInfo } from "./info";
import { lockColumn, notFound, rowCondition, stale } from "./persistence";
import { rememberForRollback } from "./rollback";
import { stateOf } from "./state";
import { type UpdatePlan, updatePlan } from "./update-plan";

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

/** An UPDATE that was sent; whoever awaits the answer gives it to accept(), which throws when the row is gone. */
export interface SentUpdate {
  readonly answer: Promise<DriverResult>;
  accept(answer: DriverResult): void;
}

/** Sends what changed; undefined when nothing did. Not async: the save that awaits it is. */
export function sendUpdate(info: ModelInfo, record: object): SentUpdate | undefined {
  const { source } = info;
  const state = stateOf(record);
  const fields = fieldsOf(record);
  const plan = updatePlan(info);
  const changed = writableChanges(info, record, plan);
  if (changed.length === 0) {
    state.previousChanges = {};
    return undefined;
  }
  const undoable = rememberForRollback(info, record);
  const where = rowCondition(info, record, "save()");
  const lock = lockColumn(info);
  // A version that was assigned, by a form for example, is the one the change was made against.
  const version = lock === undefined ? undefined : (fields[lock] ?? state.was(lock));
  const written = lock === undefined ? changed : changed.filter((name) => name !== lock);
  if (written.length === 0) return undefined;
  let next: unknown;
  if (lock !== undefined && version != null) {
    const found = requireColumn(source, "save()", lock);
    next = typeof version === "bigint" ? version + 1n : Number(version) + 1;
    written.push(lock);
    where.push(equality(found, found.node, version));
  }
  const shape = plan.shape(written);
  const set: Assignment[] = [];
  const { row, isCertain } = knownRow(
    shape,
    (name) => (name === lock ? next : fields[name]),
    ({ definition, sensitive }, value) =>
      set.push({ column: definition.columnName, value: parameter(value, definition, sensitive) }),
  );
  const returned = isCertain ? shape.rest : shape.unsure;
  const changes: Changes = {};
  for (const name of changed) changes[name] = { was: state.was(name), now: fields[name] };
  const loaded = state.baseline ?? {};
  const returning = loadedItems(returned.items, loaded, written);
  const isTold = returning.length > 0;
  const statement = { kind: "update", table: source.from, set, where, returning } as const;
  let sent = isTold || next !== undefined ? new Sent(info, record, changed) : undefined;
  const answer = run(source, statement, "save", {
    template: returning === returned.items ? returned.template : undefined,
    whole() {
      sent ??= new Sent(info, record, changed);
      return loadedItems(source.items, loaded, written);
    },
  });
  const accept = (result: DriverResult) => {
    const [found] = result;
    if (!found && (isTold || result.count === 0)) {
      throw lock === undefined ? notFound(info, record) : stale(info, record);
    }
    // Attributes that were stored as they are have nothing to take over; the version was not theirs.
    const told = lock !== undefined && next !== undefined ? { [lock]: row[lock], ...found } : found;
    if (told && sent) acceptRow(info, record, told, sent, undoable);
    const isWhole = found && returning === source.items;
    state.saved(changes, isWhole ? found : withNews(state.baseline, row, found));
  };
  return { answer, accept };
}

/** Writes the changed columns; gives false when there are none. Throws when the row is gone or was changed. */
export async function updateRecord(info: ModelInfo, record: object): Promise<boolean> {
  const update = sendUpdate(info, record);
  update?.accept(await update.answer);
  return update !== undefined;
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
