/** What a record remembers of its associations. */
import type { Fate } from "../../connection/scope";
import {
  firstLoaded,
  type HydratedResult,
  type Inverse,
  type LoadedAssociation,
  type RecordGroup,
  setFirstLoaded,
  share,
  sharedOf,
  stateOf,
} from "../state";
import type { Association } from "./association";
import { hasSame, presentKey } from "./record-keys";

type Names = readonly string[];

/** All entries of a record. */
function entriesOf(record: object): LoadedAssociation[] {
  const entries: LoadedAssociation[] = [];
  for (let entry = firstLoaded(record); entry; entry = entry.next) entries.push(entry);
  return entries;
}

/** Names of the associations that something was loaded or built for. */
export function entryNames(record: object): string[] {
  return entriesOf(record).map(({ name }) => name);
}

/** The entry of an association, whatever key it was loaded for. */
function findEntry(record: object, name: string): LoadedAssociation | undefined {
  let entry = firstLoaded(record);
  while (entry && entry.name !== name) entry = entry.next;
  return entry;
}

/** Whether anything was ever loaded or built under this name. */
export function hasEntry(record: object, name: string): boolean {
  return findEntry(record, name) !== undefined;
}

/**
 * Puts an entry in the place of the one of its name, else behind the others; without one, takes that away. Gives the
 * one that was there.
 */
function replaceEntry(
  record: object,
  name: string,
  entry?: LoadedAssociation,
): LoadedAssociation | undefined {
  let before: LoadedAssociation | undefined;
  let former = firstLoaded(record);
  while (former && former.name !== name) {
    before = former;
    former = former.next;
  }
  const after = former?.next;
  if (entry) entry.next = after;
  const following = entry ?? after;
  if (before) before.next = following;
  else setFirstLoaded(record, following);
  return former;
}

function putEntry(record: object, entry: LoadedAssociation): void {
  replaceEntry(record, entry.name, entry);
}

/**
 * The entry of an association, unless it was loaded for another key: then the foreign key was changed since; or in
 * a transaction that was rolled back.
 */
function entryOf(record: object, name: string): LoadedAssociation | undefined {
  const entry = findEntry(record, name);
  if (!entry?.isLoaded) return entry;
  if (presentKey(record, entry.names) === entry.key && !entry.fate?.isUndone) return entry;
  if (entry.built) {
    entry.isLoaded = false;
    entry.value = undefined;
    return entry;
  }
  replaceEntry(record, name);
  return undefined;
}

/** The record that loaded this one, if it still is what the association leads to. */
function inverseOf(record: object, name: string): Inverse | undefined {
  const { inverse } = stateOf(record);
  if (inverse?.name !== name) return undefined;
  return presentKey(record, inverse.names) === inverse.key ? inverse : undefined;
}

/** Whether the association holds what belongs to the record's key of now. */
export function isLoaded(record: object, name: string): boolean {
  return entryOf(record, name)?.isLoaded === true || inverseOf(record, name) !== undefined;
}

/** What the association holds; undefined when it is not loaded. */
export function loadedValue(record: object, name: string): unknown {
  const entry = entryOf(record, name);
  return entry?.isLoaded ? entry.value : inverseOf(record, name)?.record;
}

/** What the association will hold when it is asked for: loaded, or loaded ahead. */
export function expectedValue(record: object, name: string): unknown {
  const value = loadedValue(record, name);
  if (value !== undefined) return value;
  const ahead = stateOf(record).prefetched?.get(name);
  return ahead?.isValid() ? ahead.value : undefined;
}

/**
 * Remembers what the association holds. `names` are the attributes of the key, `key` what they hold now; `fate` is
 * that of the transaction it was read in.
 */
export function setLoaded(
  record: object,
  name: string,
  names: Names,
  value: unknown,
  { key = presentKey(record, names), fate }: { key?: string; fate?: Fate | undefined } = {},
): void {
  const entry: LoadedAssociation = {
    name,
    value,
    names,
    key,
    isLoaded: true,
    built: undefined,
    fate,
    next: undefined,
  };
  entry.built = replaceEntry(record, name, entry)?.built;
}

/**
 * Tells records that were loaded for one owner of their group, and of who loaded them. Most have no state yet: they
 * share one note of it.
 */
export function introduce(
  records: readonly object[],
  group: RecordGroup | undefined,
  inverse: Inverse | undefined,
): void {
  if (!group && !inverse) return;
  let before: HydratedResult | undefined;
  let after: HydratedResult | undefined;
  for (const record of records) {
    const shared = sharedOf(record);
    if (shared === undefined || (inverse && shared.inverse)) {
      if (group) stateOf(record).group = group;
      if (inverse) setInverse(record, inverse);
    } else if (inverse || shared.group !== group) {
      if (!after || shared !== before) {
        before = shared;
        const { strict } = shared;
        after = {
          group: group ?? shared.group,
          strict,
          inverse: inverse ?? shared.inverse,
          assign: undefined,
        };
      }
      share(record, after);
    }
  }
}

/** Remembers who loaded the record. */
export function setInverse(record: object, inverse: Inverse): void {
  const state = stateOf(record);
  if (state.inverse === undefined || state.inverse.name === inverse.name) state.inverse = inverse;
  else setLoaded(record, inverse.name, inverse.names, inverse.record, { key: inverse.key });
}

/** The key was given by a save: what is there belongs to the new key. */
export function rekey(record: object, name: string): void {
  const entry = findEntry(record, name);
  if (entry) entry.key = presentKey(record, entry.names);
}

/** New records made by build() that are not saved yet, whether or not the association is loaded. */
export function builtRecords(record: object, name: string): readonly object[] {
  return findEntry(record, name)?.built ?? [];
}

/** Remembers a new record, to be saved with its owner; a loaded list gets it, too. */
export function addBuilt(record: object, name: string, names: Names, child: object): void {
  const entry = entryOf(record, name);
  if (entry) {
    entry.built = [...(entry.built ?? []), child];
    if (Array.isArray(entry.value)) entry.value.push(child);
    return;
  }
  const key = presentKey(record, names);
  putEntry(record, {
    name,
    value: undefined,
    names,
    key,
    isLoaded: false,
    built: [child],
    fate: undefined,
    next: undefined,
  });
}

/** Those that are saved are built no longer. */
export function settleBuilt(record: object, name: string): void {
  const entry = findEntry(record, name);
  if (!entry?.built) return;
  const left = entry.built.filter((child) => stateOf(child).isNew);
  entry.built = left.length > 0 ? left : undefined;
}

/**
 * What a rollback does to the associations: what was loaded is forgotten, as it may be of rows that are gone;
 * new records that were to be saved with this one still are.
 */
export function rememberNewRecords(record: object): () => void {
  const state = stateOf(record);
  const kept: (() => LoadedAssociation)[] = [];
  for (const entry of entriesOf(record)) {
    const { value, built } = entry;
    const list = Array.isArray(value) ? [...value] : undefined;
    const held: readonly object[] = [...(built ?? []), ...(list ?? (value ? [value] : []))];
    if (!held.some((other) => stateOf(other).isNew)) continue;
    kept.push(() => {
      if (list && Array.isArray(entry.value)) entry.value.splice(0, entry.value.length, ...list);
      const key = presentKey(record, entry.names);
      return { ...entry, built, key };
    });
  }
  return () => {
    state.prefetched = undefined;
    state.loaded = undefined;
    for (const restore of kept) putEntry(record, restore());
  };
}

/** Forgets the value, what was built, and what was loaded ahead. */
export function forget(record: object, name: string): void {
  const state = stateOf(record);
  replaceEntry(record, name);
  state.prefetched?.delete(name);
  if (state.inverse?.name === name) state.inverse = undefined;
}

/** Records that were written belong to a loaded association, too. */
export function appendLoaded(
  { name, ownerKey, cardinality }: Association,
  owner: object,
  records: readonly object[],
): void {
  if (cardinality === "one") {
    const [only] = records;
    if (only) setLoaded(owner, name, ownerKey, only);
    return;
  }
  const list = loadedValue(owner, name);
  if (!Array.isArray(list)) return;
  for (const record of records) if (!hasSame(list, record)) list.push(record);
}
