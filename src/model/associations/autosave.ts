/** A record's associations are saved with it: what it belongs to before, what belongs to it after. */
import { mergeErrors, ValidationError, ValidationErrors } from "../../record/errors";
import { stateOf } from "../state";
import { isBeingWritten } from "../writing";
import { adopt, referTo } from "./assign";
import type { AssociatedModel, Association } from "./association";
import {
  builtRecords,
  entryNames,
  isLoaded,
  loadedValue,
  rekey,
  setInverse,
  settleBuilt,
} from "./cache";
import { detachOthers } from "./collection";
import { DirectAssociation } from "./direct";
import { recordsIn } from "./groups";
import { joinRecords } from "./join-records";
import { PolymorphicAssociation } from "./polymorphic";
import { presentKey } from "./record-keys";
import { isValidAssociate, rememberRecord, saveAssociate } from "./saving";
import { ThroughAssociation } from "./through";

function autosaveOf({ definition: { options } }: Association): boolean | undefined {
  return "autosave" in options ? options.autosave : undefined;
}

/** Whether the record refers to the other, which has to be saved first. */
function isReference(
  association: Association,
): association is DirectAssociation | PolymorphicAssociation {
  if (association instanceof PolymorphicAssociation) return true;
  return association instanceof DirectAssociation && association.isBelongsTo;
}

/** One association with the records that a save of the owner saves, too. */
interface Pending {
  readonly association: Association;
  readonly records: readonly object[];
}

/** Everything that is to be saved with the record; empty for most. */
function pendingOf(model: AssociatedModel, record: object): Pending[] {
  const { loaded, inverse } = stateOf(record);
  if (!loaded && !inverse) return [];
  const found: Pending[] = [];
  const names = entryNames(record);
  if (inverse && !names.includes(inverse.name)) names.push(inverse.name);
  for (const name of names) {
    const association = model.associations.get(name);
    if (!association || autosaveOf(association) === false) continue;
    const held = [...recordsIn(loadedValue(record, name)), ...builtRecords(record, name)];
    const records = [...new Set(held)].filter((other) => isPending(association, record, other));
    if (records.length > 0) found.push({ association, records });
  }
  return found;
}

function isPending(association: Association, owner: object, other: object): boolean {
  if (isBeingWritten(other)) return false;
  const state = stateOf(other);
  if (state.isNew) return !state.isDestroyed;
  if (autosaveOf(association) === true) return state.changed(other) || hasLoaded(other);
  // A record that was moved here, or whose owner is new and has its key only now.
  return (
    association instanceof DirectAssociation &&
    !association.isBelongsTo &&
    (stateOf(owner).isNew || isMoved(association, other))
  );
}

/** Whether the record belonged to another owner, or to none. */
function isMoved({ keys }: DirectAssociation, other: object): boolean {
  return keys.target.some((name) => stateOf(other).differs(other, name));
}

/** It may hold changed records itself. */
function hasLoaded(record: object): boolean {
  return stateOf(record).loaded !== undefined;
}

/** Whether saving the record saves others, too. */
export function savesOthers(model: AssociatedModel, record: object): boolean {
  return pendingOf(model, record).length > 0;
}

const validating = new WeakSet<object>();

/** Where the messages of a record stand: `posts[0]`, or `author`. */
function pathOf({ name, cardinality }: Association, owner: object, other: object): string {
  if (cardinality === "one") return name;
  const loaded = recordsIn(loadedValue(owner, name));
  const list = loaded.includes(other) ? loaded : builtRecords(owner, name);
  return `${name}[${list.indexOf(other)}]`;
}

/** Validates what is to be saved with the record; messages stand under `posts[0].title`. */
export async function validateOthers(
  model: AssociatedModel,
  record: object,
  errors: ValidationErrors,
): Promise<void> {
  const pending = pendingOf(model, record);
  if (pending.length === 0 || validating.has(record)) return;
  validating.add(record);
  try {
    for (const { association, records } of pending) {
      for (const other of records) {
        if (validating.has(other) || (await isValidAssociate(other))) continue;
        const path = pathOf(association, record, other);
        const found = stateOf(other).errors;
        // validates("associated") may have said it already.
        const isSaid = [...errors].some(
          ([field]) => field === path || field.startsWith(`${path}.`),
        );
        if (found && !isSaid) mergeErrors(errors, path, found);
      }
    }
  } finally {
    validating.delete(record);
  }
}

/** Saves another record; what the database refuses there is reported as the owner's, under its path. */
async function saveOther(association: Association, owner: object, other: object): Promise<void> {
  try {
    await saveAssociate(other);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const errors = new ValidationErrors();
    mergeErrors(errors, pathOf(association, owner, other), error.errors);
    stateOf(owner).errors = errors;
    throw new ValidationError(association.owner.name, errors, { cause: error });
  }
}

/** Saves what the record refers to, and takes over its key. */
export async function saveReferred(model: AssociatedModel, record: object): Promise<void> {
  for (const { association, records } of pendingOf(model, record)) {
    if (!isReference(association)) continue;
    for (const other of records) {
      await saveOther(association, record, other);
      rememberRecord(record, association.ownerKey);
      referTo(association, record, other);
      const { name, ownerKey } = association;
      rekey(record, name);
      const { inverse } = stateOf(record);
      if (inverse?.name === name) {
        setInverse(record, { ...inverse, key: presentKey(record, ownerKey) });
      }
    }
  }
}

/** What has to be saved after the record, found before it has a key: afterwards nothing would fit any more. */
export function referring(model: AssociatedModel, record: object): () => Promise<void> {
  const wasNew = stateOf(record).isNew;
  const loaded = entryNames(record).filter((name) => isLoaded(record, name));
  const pending = pendingOf(model, record).filter(({ association }) => !isReference(association));
  // New records of a through association that exist already need only the record in between.
  const linked = wasNew ? linksOf(model, record) : [];
  return async () => {
    for (const name of loaded) {
      const association = model.associations.get(name);
      if (association && !isReference(association)) rekey(record, name);
    }
    for (const { association, records } of pending) {
      await saveReferring(association, record, records, wasNew);
    }
    for (const { association, records } of linked) {
      const join = joinRecords(association);
      for (const other of records) await join.create(record, other);
    }
  };
}

interface Link {
  readonly association: ThroughAssociation;
  readonly records: readonly object[];
}

function linksOf(model: AssociatedModel, record: object): Link[] {
  const found: Link[] = [];
  for (const association of model.associations.values()) {
    if (!(association instanceof ThroughAssociation)) continue;
    const { name } = association;
    const held = [...recordsIn(loadedValue(record, name)), ...builtRecords(record, name)];
    const records = [...new Set(held)].filter((other) => !stateOf(other).isNew);
    if (records.length > 0) found.push({ association, records });
  }
  return found;
}

async function saveReferring(
  association: Association,
  owner: object,
  records: readonly object[],
  wasNew: boolean,
): Promise<void> {
  if (association instanceof ThroughAssociation) {
    const join = joinRecords(association);
    for (const other of records) {
      await saveOther(association, owner, other);
      await join.create(owner, other);
    }
  } else if (association instanceof DirectAssociation) {
    for (const other of records) {
      // The one that was there makes room.
      const isOther = stateOf(other).isNew || isMoved(association, other);
      if (association.cardinality === "one" && !wasNew && isOther) {
        await detachOthers(association, owner, other);
      }
      rememberRecord(other, association.setAttributes);
      adopt(association, owner, other);
      await saveOther(association, owner, other);
    }
  }
  settleBuilt(owner, association.name);
}
