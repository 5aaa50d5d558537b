/** Where the life of a record meets its associations; called by lifecycle.ts. */
import type { ValidationErrors } from "../../record/errors";
import { stateOf } from "../state";
import type { AssociatedModel } from "./association";
import { referring, saveReferred, savesOthers, validateOthers } from "./autosave";
import { hasDependents, settleDependents } from "./dependents";
import { changesOwners, ownerEffects } from "./owner-effects";

/** Whether saving the record writes other rows, too: then all of it is one transaction. */
export function saveConcernsOthers(model: AssociatedModel, record: object): boolean {
  if (model.associations.size === 0) return false;
  return changesOwners(model) || savesOthers(model, record);
}

/** Adds the messages of the records that are saved with this one. */
export async function validateWithOthers(
  model: AssociatedModel,
  record: object,
  errors: ValidationErrors,
): Promise<void> {
  if (model.associations.size > 0) await validateOthers(model, record, errors);
}

/** Before the statement; what is given back is called after it. */
export async function beforeSaveStatement(
  model: AssociatedModel,
  record: object,
): Promise<(wrote: boolean) => Promise<void>> {
  const { loaded, inverse } = stateOf(record);
  if (!loaded && !inverse && !changesOwners(model)) return nothing;
  await saveReferred(model, record);
  const effects = ownerEffects(model, record, false);
  const saveReferring = referring(model, record);
  return async (wrote) => {
    await saveReferring();
    await effects(wrote);
  };
}

/** Whether destroying a record of the model concerns other rows. */
export function destroyConcernsOthers(model: AssociatedModel): boolean {
  return hasDependents(model) || changesOwners(model);
}

/** Before the row is deleted; what is given back is called after it. */
export async function beforeDeleteStatement(
  model: AssociatedModel,
  record: object,
): Promise<() => Promise<void>> {
  if (!destroyConcernsOthers(model)) return nothing;
  await settleDependents(model, record);
  const effects = ownerEffects(model, record, true);
  return () => effects(true);
}

async function nothing(): Promise<void> {}
