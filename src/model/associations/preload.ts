/** Loads associations for many records at once: one statement each, level by level. */
import { isInTransaction } from "../../connection/database";
import { AssociationError, QueryError } from "../../errors";
import { QueryBuilder } from "../../query/builder";
import { keysCondition } from "../../query/find";
import type { LoadPlan, LoadScope } from "../../query/source";
import { fieldsOf } from "../../record/shape";
import { stateOf } from "../state";
import { type AssociatedModel, type Association, DirectAssociation } from "./association";

/** Loads every association of the plan for the records, siblings side by side outside a transaction. */
export async function preload(
  owner: AssociatedModel,
  records: readonly object[],
  plan: LoadPlan,
): Promise<void> {
  if (records.length === 0) return;
  const branches = Object.entries(plan).map(([name, { scope, children }]) => async () => {
    const association = owner.associations.get(name);
    if (!association)
      throw new AssociationError(`Association "${name}" not found on ${owner.name}`);
    await preloadOne(association, records, scope, children);
  });
  // A transaction has one connection: its statements go one after another.
  if (isInTransaction()) for (const branch of branches) await branch();
  else await Promise.all(branches.map((branch) => branch()));
}

async function preloadOne(
  association: Association,
  records: readonly object[],
  scope: LoadScope | undefined,
  children: LoadPlan,
): Promise<void> {
  if (!(association instanceof DirectAssociation)) return;
  const loaded = await loadDirect(association, records, scope, children);
  for (const [record, value] of loaded) setLoaded(record, association.name, value);
}

/** Remembers what an association holds for a record. */
export function setLoaded(record: object, name: string, value: unknown): void {
  const state = stateOf(record);
  state.loaded ??= new Map();
  state.loaded.set(name, value);
}

/** The values of one key, or undefined when one of them is missing: such a record refers to nothing. */
function keyOf(record: object, names: readonly string[]): readonly unknown[] | undefined {
  const fields = fieldsOf(record);
  const values = names.map((name) => fields[name]);
  return values.every((value) => value !== undefined && value !== null) ? values : undefined;
}

// 1, 1n and "1" are the same key: both sides of a foreign key need not have the same type.
function keyText(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : JSON.stringify(values.map(String));
}

async function loadDirect(
  association: DirectAssociation,
  records: readonly object[],
  override: LoadScope | undefined,
  children: LoadPlan,
): Promise<Map<object, unknown>> {
  const { model, keys, cardinality } = association;
  const wanted = new Map<string, readonly unknown[]>();
  const byRecord = new Map<object, string>();
  for (const record of records) {
    const key = keyOf(record, keys.owner);
    if (!key) continue;
    const text = keyText(key);
    wanted.set(text, key);
    byRecord.set(record, text);
  }
  const found = new Map<string, object[]>();
  if (wanted.size > 0) {
    for (const target of await fetchTargets(association, [...wanted.values()], override)) {
      const key = keyOf(target, keys.target);
      if (!key) continue;
      const text = keyText(key);
      const list = found.get(text);
      if (list) list.push(target);
      else found.set(text, [target]);
    }
  }
  const targets = [...found.values()].flat();
  if (Object.keys(children).length > 0) await preload(model, targets, children);
  return new Map(
    records.map((record) => {
      const list = found.get(byRecord.get(record) ?? "") ?? [];
      return [record, cardinality === "many" ? [...list] : (list[0] ?? null)];
    }),
  );
}

async function fetchTargets(
  association: DirectAssociation,
  keys: readonly (readonly unknown[])[],
  override: LoadScope | undefined,
): Promise<object[]> {
  const { model, definition } = association;
  const columns = association.keys.target.map((name) => {
    const found = model.source.columns.get(name);
    if (!found) throw new AssociationError(`${association.place}: no column "${name}".`);
    return found;
  });
  const condition = keysCondition(columns, keys);
  const query = new QueryBuilder(model.source).with((s) => ({
    ...s,
    where: [...s.where, condition],
  }));
  const scope = override === undefined ? definition.options.defaultScope : override;
  if (!scope) return await query;
  const scoped = (scope as (query: unknown, target: unknown) => unknown)(query, model.modelClass);
  if (!(scoped instanceof QueryBuilder)) {
    throw new QueryError(`The scope of ${association.place} must return a query.`);
  }
  return (await scoped) as object[];
}
