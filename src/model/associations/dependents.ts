/** `dependent`: what happens to the records that refer to one that is destroyed. Default scopes do not hide any. */
import { AsyncLocal } from "../../connection/async-local";
import { ForeignKeyViolationError } from "../../errors";
import { QueryBuilder } from "../../query/builder";
import { existsRow } from "../../query/read";
import { deleteAll, updateAll } from "../../query/write";
import { stateOf } from "../state";
import type { AssociatedModel } from "./association";
import { forget } from "./cache";
import { DirectAssociation, hasOptions } from "./direct";
import { type Key, keyOf, keyText } from "./record-keys";
import { destroyAssociate } from "./saving";
import { loadStatement } from "./statement";

function dependentsOf(model: AssociatedModel): DirectAssociation[] {
  const found: DirectAssociation[] = [];
  for (const association of model.associations.values()) {
    if (!(association instanceof DirectAssociation)) continue;
    if (hasOptions(association)?.dependent) found.push(association);
  }
  return found;
}

/** Whether destroying a record concerns others. */
export function hasDependents(model: AssociatedModel): boolean {
  return dependentsOf(model).length > 0;
}

/** Rows whose destruction led here: in a circle of dependents each is destroyed once. */
const destroying = new AsyncLocal<ReadonlySet<string>>();

function placeOf(record: object): string {
  const { shape } = stateOf(record);
  return `${shape.table.schema ?? ""}.${shape.table.tableName}:${keyText(stateOf(record).key(record))}`;
}

/** Before the row is deleted. Throws ForeignKeyViolationError when a restricted association has records. */
export async function settleDependents(model: AssociatedModel, record: object): Promise<void> {
  const places = new Set(destroying.current).add(placeOf(record));
  await destroying.run(places, () => settleAll(model, record));
}

async function settleAll(model: AssociatedModel, record: object): Promise<void> {
  const dependents = dependentsOf(model);
  const isRestricting = (association: DirectAssociation) =>
    hasOptions(association)?.dependent === "restrict";
  // All that could forbid it first: nothing is destroyed in vain.
  for (const association of dependents.filter(isRestricting)) await settle(association, record);
  for (const association of dependents) {
    if (isRestricting(association)) continue;
    await settle(association, record);
    forget(record, association.name);
  }
}

async function settle(association: DirectAssociation, record: object): Promise<void> {
  const key = keyOf(record, association.ownerKey, association.place);
  if (!key) return;
  const query = referringTo(association, key);
  switch (hasOptions(association)?.dependent) {
    case "destroy":
      for (const other of await query) {
        if (!destroying.current?.has(placeOf(other))) await destroyAssociate(other);
      }
      return;
    case "delete":
      await deleteAll(query.state, {});
      return;
    case "nullify": {
      const { keys, typeAttribute } = association;
      const names = typeAttribute ? [...keys.target, typeAttribute] : keys.target;
      const { columns } = association.model.table;
      const nulls = names.filter((name) => columns[name]?.nullable).map((name) => [name, null]);
      await updateAll(query.state, Object.fromEntries(nulls), {});
      return;
    }
    default:
      if (await existsRow(query.state)) throw restricted(association, record);
  }
}

/** All rows that refer to the record, without scopes. */
function referringTo(association: DirectAssociation, key: Key): QueryBuilder<object> {
  const route = { ...association.loading(), takesFirst: false };
  const keys = { size: 1, columns: key.map((value) => [value]) };
  const { state, statement } = loadStatement(route, keys, []);
  return new QueryBuilder<object>({ ...state, statement, autoBatch: false });
}

function restricted(association: DirectAssociation, record: object): ForeignKeyViolationError {
  const key = stateOf(record).key(record).join(", ");
  return new ForeignKeyViolationError(
    `Cannot destroy ${association.owner.name} ${key}: its ${association.name} still refer to it.`,
    { table: association.model.table.tableName },
  );
}
