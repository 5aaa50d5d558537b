/** Lazy loading: one association of one record, or how many records it has. */
import { addOrigin, callerOf } from "../../connection/caller";
import { currentDatabase } from "../../connection/database";
import { StrictLoadingError } from "../../errors";
import { type RecordGroup, stateOf } from "../state";
import type { AssociatedModel, Association } from "./association";
import { type BatchLoad, loadBatched, type Outcome } from "./batch";
import { builtRecords, forget, introduce, isLoaded, loadedValue, setLoaded } from "./cache";
import { countsOf } from "./count";
import { groupsBelow, recordsIn } from "./groups";
import { preloadBelow, requireAssociation } from "./preload";
import { keyOf, presentKey } from "./record-keys";
import { valuesOf } from "./values";

/** What the association holds, from the cache or by one query. Throws AssociationError for an unknown name. */
export async function loadAssociation(
  owner: AssociatedModel,
  record: object,
  name: string,
): Promise<unknown> {
  const association = requireAssociation(owner, name);
  if (isLoaded(record, name)) return loadedValue(record, name);
  const state = stateOf(record);
  refuseStrict(association, record);
  const { group } = state;
  const names = association.ownerKey;
  const autoBatch = group?.autoBatch ?? true;
  const key = presentKey(record, names);
  const value = await served(group, record, {
    key: name,
    names,
    accepts: (member) => isCandidate(association, member) && !isLoaded(member, name),
    load: (records) => loadValues(association, records, autoBatch),
  });
  // Another call for the same record may have been served by the same statement.
  if (isLoaded(record, name)) return loadedValue(record, name);
  // The key was changed in the meantime: this is what belonged to the former one.
  if (presentKey(record, names) !== key) return await loadAssociation(owner, record, name);
  const built = builtRecords(record, name);
  const fate = currentDatabase().scope?.fate;
  setLoaded(record, name, names, Array.isArray(value) ? [...value, ...built] : value, { fate });
  introduce(recordsIn(value), groupsBelow(name, autoBatch)(record), undefined);
  return loadedValue(record, name);
}

/** Forgets what the association holds and loads it again, alone. */
export async function reloadAssociation(
  owner: AssociatedModel,
  record: object,
  name: string,
): Promise<void> {
  requireAssociation(owner, name);
  forget(record, name);
  await loadAssociation(owner, record, name);
}

async function loadValues(
  association: Association,
  records: readonly object[],
  autoBatch: boolean,
): Promise<Outcome> {
  const options = { strict: false, autoBatch };
  const separate = records.length > 1;
  const { values, errors, classes } = await valuesOf(association, records, { options, separate });
  await preloadBelow(association, classes, {}, options);
  return {
    values: byRecord(records, values),
    errors,
    isStale: () => classes.some(({ isStale }) => isStale()),
  };
}

/** Without those that have no value. */
function byRecord(records: readonly object[], values: readonly unknown[]): Map<object, unknown> {
  const found = new Map<object, unknown>();
  for (const [index, record] of records.entries()) {
    if (values[index] !== undefined) found.set(record, values[index]);
  }
  return found;
}

/** How many records the association has: of a loaded one its length, else by a statement that only counts. */
export async function countAssociation(
  owner: AssociatedModel,
  record: object,
  name: string,
): Promise<number> {
  const association = requireAssociation(owner, name);
  if (isLoaded(record, name)) {
    const value = loadedValue(record, name);
    return Array.isArray(value) ? value.length : Number(value !== null);
  }
  refuseStrict(association, record);
  const count = await served(stateOf(record).group, record, {
    key: `${name}.count`,
    names: association.ownerKey,
    accepts: (member) => isCandidate(association, member),
    load: (records) => countsOf(association, records),
  });
  return Number(count);
}

function refuseStrict(association: Association, record: object): void {
  if (!stateOf(record).strict) return;
  throw new StrictLoadingError(`${association.place} is not loaded, and strict loading is on.`, {
    hint: `Add .includes("${association.name}") to the query.`,
  });
}

/** Whether a member of the group may be loaded with others: of the same class, and with a key. */
function isCandidate(association: Association, member: object): boolean {
  const { modelClass } = association.owner;
  if (member.constructor !== modelClass || stateOf(member).strict) return false;
  try {
    return keyOf(member, association.ownerKey, association.place) !== undefined;
  } catch {
    return false;
  }
}

/** The value, alone or with the group. */
async function served(
  group: RecordGroup | undefined,
  record: object,
  load: BatchLoad,
): Promise<unknown> {
  const origin = new Error();
  try {
    if (group?.autoBatch) return await loadBatched(group, record, load);
    if (group) reportMany(group, record, load, origin);
    const { values, errors } = await load.load([record]);
    const error = errors.get(record);
    if (error) throw error;
    return values.get(record);
  } catch (error) {
    throw addOrigin(error, origin);
  }
}

const loaders = new WeakMap<RecordGroup, Map<string, WeakRef<object> | "reported">>();

/** connect({ nPlusOne }): batching is off, and a second record of the group loads the same thing. */
function reportMany(group: RecordGroup, record: object, { key }: BatchLoad, origin: Error): void {
  const { nPlusOne } = currentDatabase().options;
  if (!nPlusOne) return;
  const first = loaders.get(group) ?? new Map<string, WeakRef<object> | "reported">();
  loaders.set(group, first);
  const earlier = first.get(key);
  if (earlier === undefined) first.set(key, new WeakRef(record));
  if (earlier === undefined || earlier === "reported" || earlier.deref() === record) return;
  const name = key.replace(/\.count$/, "");
  const message = `N+1: "${name}" is loaded for one ${record.constructor.name} after another, at ${callerOf(origin)}.`;
  const hint = `Add .includes("${name}") to the query, or leave autoBatch on.`;
  if (nPlusOne === "raise") throw new StrictLoadingError(message, { hint });
  first.set(key, "reported");
  console.warn(`${message} ${hint}`);
}
