/** What a rollback does to the records it concerns. */
import { currentScope } from "../connection/database";
import type { TransactionScope } from "../connection/scope";
import { fieldsOf } from "../record/shape";
import { rememberNewRecords } from "./associations/cache";
import type { ModelInfo } from "./info";
import { stateOf } from "./state";

/** Equal by the column's type; null and undefined only to themselves. */
export function isSame(info: ModelInfo, name: string, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return a != null && b != null && info.definition.shape.types[name]?.equals(a, b) === true;
}

/** Takes an attribute off the record, as if it had never been given. */
export function forget(record: object, name: string): void {
  if (!Reflect.deleteProperty(record, name) || fieldsOf(record)[name] !== undefined) {
    fieldsOf(record)[name] = undefined;
  }
}

/** As rememberForRollback(), for attributes that the library itself is about to set: a rollback takes them back. */
export function rememberAttributes(
  info: ModelInfo,
  record: object,
  names: readonly string[],
): void {
  rememberForRollback(info, record);
  for (const name of names) stateOf(record).noteFilled(name);
}

/**
 * If the transaction around the call is rolled back, the record knows again what it knows now: whether it has a
 * row, what the row holds, and the values that the database gave it since are gone. What the application assigned
 * stays, so that the save can be tried again. Gives whether there is such a transaction.
 */
export function rememberForRollback(info: ModelInfo, record: object): boolean {
  const scope = currentScope();
  if (!scope?.isOpen) return false;
  if (!scope.remembers(record)) remember(info, record, scope);
  return true;
}

function remember(info: ModelInfo, record: object, scope: TransactionScope): void {
  const state = stateOf(record);
  const { baseline, previousChanges, isDestroyed } = state;
  const fields = fieldsOf(record);
  const { names } = info.definition.shape;
  const before = names.map((name) => fields[name]);
  const restoreAssociations = rememberNewRecords(record);
  scope.remember(record, () => {
    const filled = (state.filled ?? []).filter(
      (name) => state.isNew || isSame(info, name, fields[name], state.was(name)),
    );
    state.baseline = baseline;
    state.previousChanges = previousChanges;
    state.isDestroyed = isDestroyed;
    for (const name of filled) {
      const value = before[names.indexOf(name)];
      if (value === undefined) forget(record, name);
      else if (!isSame(info, name, value, fields[name])) fields[name] = value;
    }
    restoreAssociations();
  });
}
