/** What an association holds for each of many records: one statement, and one for each class a polymorphic one names. */
import type { DriverRow } from "../../connection/driver";
import { AssociationError } from "../../errors";
import type { HydrateOptions, LoadPlan, LoadScope } from "../../query/source";
import type { AssociatedModel, Association, Route } from "./association";
import { DirectAssociation } from "./direct";
import { asResult, fetchRows, KeySet } from "./fetch";
import { linkBack } from "./inverse";
import { convertedKey } from "./key-types";
import { PolymorphicAssociation } from "./polymorphic";
import { keyOf } from "./record-keys";
import { ThroughAssociation } from "./through";

export interface ValuesRequest {
  readonly scope?: LoadScope | undefined;
  readonly options: HydrateOptions;
  /** Each record gets instances of its own, as if it had been loaded alone. */
  readonly separate?: boolean;
}

/** The records of one class that were loaded, for the level below. */
export interface LoadedClass {
  readonly model: AssociatedModel;
  readonly records: readonly object[];
  /** What the scope itself includes. */
  readonly plan: LoadPlan;
  /** Whether a table that was read has been written since. */
  readonly isStale: () => boolean;
}

export interface Values {
  /** Absent for records whose type is unknown. */
  readonly byRecord: ReadonlyMap<object, unknown>;
  /** Why a record has no value. */
  readonly errors: ReadonlyMap<object, Error>;
  readonly classes: readonly LoadedClass[];
}

export async function valuesOf(
  association: Association,
  records: readonly object[],
  request: ValuesRequest,
): Promise<Values> {
  if (association instanceof PolymorphicAssociation) {
    return await polymorphicValues(association, records, request);
  }
  if (association instanceof DirectAssociation || association instanceof ThroughAssociation) {
    const keyed = new Map<object, readonly unknown[]>();
    for (const record of records) {
      const key = keyOf(record, association.ownerKey, association.place);
      if (key) keyed.set(record, key);
    }
    const byRecord = new Map<object, unknown>(
      records.map((record) => [record, association.cardinality === "many" ? [] : null]),
    );
    // A model that nobody needs is not looked for.
    if (keyed.size === 0) return { byRecord, errors: new Map(), classes: [] };
    const loaded = await routeValues(association, association.loading(), keyed, request, byRecord);
    return { byRecord, errors: new Map(), classes: [loaded] };
  }
  throw new AssociationError(`${association.place} cannot be loaded.`);
}

/** Fills in the values of the records that have a key. */
async function routeValues(
  association: Association,
  route: Route,
  keyed: ReadonlyMap<object, readonly unknown[]>,
  request: ValuesRequest,
  byRecord: Map<object, unknown>,
): Promise<LoadedClass> {
  const keys = new KeySet();
  const owners = new Map<number, object[]>();
  for (const [record, key] of keyed) {
    const position = keys.add(key);
    const list = owners.get(position);
    if (list) list.push(record);
    else owners.set(position, [record]);
  }
  const fetched = await fetchRows(
    route,
    keys,
    request.scope,
    request.options,
    request.separate === true,
  );
  const records = fetched.hydrate(fetched.rows);
  const all = request.separate ? [...records] : records;
  let rows: ReadonlyMap<number, DriverRow[]> | undefined;
  for (const [position, list] of byPosition(records, fetched.positions)) {
    for (const [index, owner] of (owners.get(position) ?? []).entries()) {
      const isCopy = index > 0 && request.separate === true;
      if (isCopy) rows ??= byPosition(fetched.rows, fetched.positions);
      const own = isCopy ? fetched.hydrate(asResult(rows?.get(position) ?? [])) : list;
      if (isCopy) for (const record of own) all.push(record);
      if (association.cardinality === "many") byRecord.set(owner, index > 0 ? [...own] : own);
      else byRecord.set(owner, own[0] ?? null);
      linkBack(association, owner, own);
    }
  }
  const { state, isStale } = fetched;
  return { model: route.target, records: all, plan: state.plan, isStale };
}

function byPosition<Item>(
  items: readonly Item[],
  positions: readonly number[],
): Map<number, Item[]> {
  const found = new Map<number, Item[]>();
  for (const [index, item] of items.entries()) {
    const position = positions[index] ?? -1;
    const list = found.get(position);
    if (list) list.push(item);
    else found.set(position, [item]);
  }
  return found;
}

async function polymorphicValues(
  association: PolymorphicAssociation,
  records: readonly object[],
  request: ValuesRequest,
): Promise<Values> {
  const { typeAttribute, idAttribute, owner, place } = association;
  const byRecord = new Map<object, unknown>();
  const errors = new Map<object, Error>();
  const groups = new Map<AssociatedModel, Map<object, readonly unknown[]>>();
  const models = new Map<string, AssociatedModel | Error>();
  for (const record of records) {
    const key = keyOf(record, [typeAttribute, idAttribute], place);
    if (!key) {
      byRecord.set(record, null);
      continue;
    }
    const type = String(key[0]);
    const model = models.get(type) ?? modelOrError(association, type);
    models.set(type, model);
    if (model instanceof Error) {
      errors.set(record, model);
      continue;
    }
    byRecord.set(record, null);
    const [from, to] = [
      owner.table.columns[idAttribute],
      model.table.columns[association.primaryKeyOf(model)],
    ];
    const id = from && to ? convertedKey(key[1], from, to) : undefined;
    if (id === undefined) continue;
    const group = groups.get(model) ?? new Map<object, readonly unknown[]>();
    group.set(record, [id]);
    groups.set(model, group);
  }
  const classes = await Promise.all(
    [...groups].map(([model, keyed]) =>
      routeValues(association, association.loadingOf(model), keyed, request, byRecord),
    ),
  );
  return { byRecord, errors, classes };
}

/** A type that cannot be resolved concerns only the records that have it. */
function modelOrError(association: PolymorphicAssociation, type: string): AssociatedModel | Error {
  try {
    return association.modelOf(type);
  } catch (error) {
    if (error instanceof AssociationError) return error;
    throw error;
  }
}
