/** Lazy loading: one association of one record. */
import { AssociationError, didYouMean, StrictLoadingError } from "../../errors";
import { stateOf } from "../state";
import type { AssociatedModel } from "./association";
import { preload } from "./preload";

/** What the association holds, from the cache or by one query. Throws AssociationError for an unknown name. */
export async function loadAssociation(
  owner: AssociatedModel,
  record: object,
  name: string,
): Promise<unknown> {
  requireAssociation(owner, name);
  const state = stateOf(record);
  if (state.loaded?.has(name)) return state.loaded.get(name);
  if (state.strict) {
    throw new StrictLoadingError(`${owner.name}.${name} is not loaded, and strict loading is on.`, {
      hint: `Add .includes("${name}") to the query.`,
    });
  }
  await preload(owner, [record], { [name]: { children: {} } });
  return state.loaded?.get(name);
}

export function requireAssociation(owner: AssociatedModel, name: string) {
  const found = owner.associations.get(name);
  if (found) return found;
  throw new AssociationError(
    `Association "${name}" not found on ${owner.name}.${didYouMean(name, owner.associations.keys())}`,
  );
}
