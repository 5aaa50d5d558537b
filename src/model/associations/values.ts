/** What an association holds for each of many records: one statement, and one for each class a polymorphic one names. */
import type { DriverRow } from "../../connection/driver";
import { AssociationError } from "../../errors";
import type { HydrateOptions, LoadPlan, LoadScope } from "../../query/source";
import type { AssociatedModel, Association, Route } from "./association";
import { DirectAssociation } from "./direct";
import { asResult, fetchRows, KeySet } from "./fetch";
import { linkBack, oneInverseOf } from "./inverse";
import { convertedKey } from "./key-types";
import { PolymorphicAssociation } from "./polymorphic";
import { type Key, keyOf } from "./record-keys";
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
  /** For each of the records, in their order; undefined for those whose type is unknown. */
  readonly values: readonly unknown[];
  /** Why a record has no value. */
  readonly errors: ReadonlyMap<object, Error>;
  readonly classes: readonly LoadedClass[];
}

const NO_ERRORS: ReadonlyMap<object, Error> = new Map();

export async function valuesOf(
  association: Association,
  records: readonly object[],
  request: ValuesRequest,
): Promise<Values> {
  if (association instanceof PolymorphicAssociation) {
    return await polymorphicValues(association, records, request);
  }
  if (association instanceof DirectAssociation || association instanceof ThroughAssociation) {
    const { ownerKey, place } = association;
    const isMany = association.cardinality === "many";
    const owners = new Owners(records);
    const values: unknown[] = new Array(records.length);
    for (let index = 0; index < records.length; index++) {
      values[index] = isMany ? [] : null;
      const key = keyOf(records[index] as object, ownerKey, place);
      if (key) owners.add(index, key);
    }
    // A model that nobody needs is not looked for.
    if (owners.keys.keys.length === 0) return { values, errors: NO_ERRORS, classes: [] };
    const loaded = await routeValues(association, association.loading(), owners, request, values);
    return { values, errors: NO_ERRORS, classes: [loaded] };
  }
  throw new AssociationError(`${association.place} cannot be loaded.`);
}

/** Those of some records that are loaded by one statement. */
class Owners {
  readonly records: readonly object[];
  readonly keys = new KeySet();
  /** Indexes of records, and the positions of their keys. */
  readonly indexes: number[] = [];
  readonly positions: number[] = [];

  constructor(records: readonly object[]) {
    this.records = records;
  }

  add(index: number, key: Key): void {
    this.indexes.push(index);
    this.positions.push(this.keys.add(key));
  }
}

/** Fills in the values of the owners. */
async function routeValues(
  association: Association,
  route: Route,
  owners: Owners,
  { scope, options, separate = false }: ValuesRequest,
  values: unknown[],
): Promise<LoadedClass> {
  const { keys, positions, indexes } = owners;
  const fetched = await fetchRows(route, keys, scope, options, separate);
  const count = keys.keys.length;
  const records = fetched.hydrate(fetched.rows);
  const all = separate ? [...records] : records;
  const lists = byPosition(records, fetched.positions, count);
  const isMany = association.cardinality === "many";
  const inverse = oneInverseOf(association);
  /** Whether the records of a position have an owner. */
  const taken: boolean[] = new Array(count).fill(false);
  let rows: (DriverRow[] | undefined)[] | undefined;
  for (let each = 0; each < indexes.length; each++) {
    const [index, position] = [indexes[each] as number, positions[each] as number];
    let own = lists[position];
    if (own === undefined) continue;
    if (taken[position] && separate) {
      rows ??= byPosition(fetched.rows, fetched.positions, count);
      own = fetched.hydrate(asResult(rows[position] ?? []));
      for (const record of own) all.push(record);
    } else if (taken[position] && isMany) own = [...own];
    taken[position] = true;
    values[index] = isMany ? own : (own[0] ?? null);
    if (inverse) linkBack(inverse, owners.records[index] as object, own);
  }
  const { state, isStale } = fetched;
  return { model: route.target, records: all, plan: state.plan, isStale };
}

/** The items of each position; undefined where there is none. */
function byPosition<Item>(
  items: readonly Item[],
  positions: readonly number[],
  count: number,
): (Item[] | undefined)[] {
  const lists: (Item[] | undefined)[] = new Array(count).fill(undefined);
  for (let index = 0; index < items.length; index++) {
    const position = positions[index] ?? -1;
    if (position < 0) continue;
    const list = lists[position];
    if (list) list.push(items[index] as Item);
    else lists[position] = [items[index] as Item];
  }
  return lists;
}

async function polymorphicValues(
  association: PolymorphicAssociation,
  records: readonly object[],
  request: ValuesRequest,
): Promise<Values> {
  const { typeAttribute, idAttribute, owner, place } = association;
  const values: unknown[] = new Array(records.length).fill(null);
  const errors = new Map<object, Error>();
  const groups = new Map<AssociatedModel, Owners>();
  const models = new Map<string, AssociatedModel | Error>();
  for (const [index, record] of records.entries()) {
    const key = keyOf(record, [typeAttribute, idAttribute], place);
    if (!key) continue;
    const type = String(key[0]);
    const model = models.get(type) ?? modelOrError(association, type);
    models.set(type, model);
    if (model instanceof Error) {
      errors.set(record, model);
      values[index] = undefined;
      continue;
    }
    const [from, to] = [
      owner.table.columns[idAttribute],
      model.table.columns[association.primaryKeyOf(model)],
    ];
    const id = from && to ? convertedKey(key[1], from, to) : undefined;
    if (id === undefined) continue;
    const group = groups.get(model) ?? new Owners(records);
    group.add(index, [id]);
    groups.set(model, group);
  }
  const classes = await Promise.all(
    [...groups].map(([model, owners]) =>
      routeValues(association, association.loadingOf(model), owners, request, values),
    ),
  );
  return { values, errors, classes };
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
