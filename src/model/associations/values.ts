/** What an association holds for each of many records: one statement, and one for each class a polymorphic one names. */
import type { DriverRow } from "../../connection/driver";
import { AssociationError } from "../../errors";
import type { HydrateOptions, LoadPlan, LoadScope } from "../../query/source";
import type { AssociatedModel, Association, Route } from "./association";
import { introduce } from "./cache";
import { DirectAssociation } from "./direct";
import { asResult, fetchRows, KeySet, OwnerLists } from "./fetch";
import type { GroupsBelow } from "./groups";
import { linkTo, oneInverseOf } from "./inverse";
import { convertedKey } from "./key-types";
import { PolymorphicAssociation } from "./polymorphic";
import { keyOf, keyPart } from "./record-keys";
import { ThroughAssociation } from "./through";

export interface ValuesRequest {
  readonly scope?: LoadScope | undefined;
  readonly options: HydrateOptions;
  /** Each record gets instances of its own, as if it had been loaded alone. */
  readonly separate?: boolean;
  /** The groups of what the records hold, when they are to be put into groups. */
  readonly groups?: GroupsBelow;
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
    const owners = new Owners(records, ownerKey.length);
    owners.addAll(ownerKey, place);
    const values: unknown[] = new Array(records.length).fill(null);
    // A model that nobody needs is not looked for.
    const classes =
      owners.keys.size === 0
        ? []
        : [await routeValues(association, association.loading(), owners, request, values)];
    if (isMany) for (let index = 0; index < values.length; index++) values[index] ??= [];
    return { values, errors: NO_ERRORS, classes };
  }
  throw new AssociationError(`${association.place} cannot be loaded.`);
}

/** Those of some records that are loaded by one statement. */
class Owners {
  readonly records: readonly object[];
  readonly keys: KeySet;
  /** For each of the records the position of its key; -1 for those that are not loaded by this statement. */
  readonly positions: number[];

  constructor(records: readonly object[], width: number) {
    this.records = records;
    this.keys = new KeySet(width);
    this.positions = new Array(records.length).fill(-1);
  }

  /** Adds those that have a key. */
  addAll(names: readonly string[], place: string): void {
    const { records, positions, keys } = this;
    const [name = "", ...others] = names;
    for (let index = 0; index < records.length; index++) {
      const record = records[index] as object;
      if (others.length === 0) {
        const value = keyPart(record, name, place);
        if (value != null) positions[index] = keys.addSingle(value);
      } else {
        const key = keyOf(record, names, place);
        if (key) positions[index] = keys.add(key);
      }
    }
  }

  addSingle(index: number, value: unknown): void {
    this.positions[index] = this.keys.addSingle(value);
  }
}

/** Fills in the values of the owners. */
async function routeValues(
  association: Association,
  route: Route,
  owners: Owners,
  { scope, options, separate = false, groups }: ValuesRequest,
  values: unknown[],
): Promise<LoadedClass> {
  const { keys, positions } = owners;
  const fetch = fetchRows(route, keys, scope, options, separate);
  const rows = await fetch.rows;
  const lists = new OwnerLists(fetch.owner, keys);
  const records = fetch.hydrate(rows, lists);
  const all = separate ? [...records] : records;
  const isMany = association.cardinality === "many";
  const inverse = oneInverseOf(association);
  // What has no associations itself never loads for others.
  const groupsHere = route.target.associations.size > 0 ? groups : undefined;
  /** Whether the records of a position have an owner. */
  const taken: boolean[] = new Array(keys.size).fill(false);
  let rowLists: OwnerLists<DriverRow> | undefined;
  for (let index = 0; index < positions.length; index++) {
    const position = positions[index] as number;
    if (position < 0) continue;
    const owner = owners.records[index] as object;
    const group = groupsHere?.(owner);
    let own = lists.byPosition[position];
    if (own === undefined) continue;
    if (taken[position] && separate) {
      rowLists ??= sorted(rows, new OwnerLists(fetch.owner, keys));
      own = fetch.hydrate(asResult(rowLists.byPosition[position] ?? []));
      for (const record of own) all.push(record);
    } else if (taken[position] && isMany) own = [...own];
    taken[position] = true;
    values[index] = isMany ? own : (own[0] ?? null);
    introduce(own, group, inverse && linkTo(inverse, owner, own));
  }
  const { state, isStale } = fetch;
  return { model: route.target, records: all, plan: state.plan, isStale };
}

function sorted(rows: readonly DriverRow[], lists: OwnerLists<DriverRow>): OwnerLists<DriverRow> {
  for (const row of rows) lists.listOf(row[lists.name])?.push(row);
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
    const group = groups.get(model) ?? new Owners(records, 1);
    group.addSingle(index, id);
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
