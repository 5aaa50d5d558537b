/** Loads associations for many records at once, level by level: what includes() does. */
import { currentDatabase } from "../../connection/database";
import { AssociationError, didYouMean } from "../../errors";
import type { HydrateOptions, LoadPlan, LoadScope } from "../../query/source";
import type { AssociatedModel, Association } from "./association";
import { setLoaded } from "./cache";
import { groupsBelow } from "./groups";
import { PolymorphicAssociation } from "./polymorphic";
import { type LoadedClass, valuesOf } from "./values";

/**
 * Loads every association of the plan for the records. Siblings are sent side by side; inside a transaction
 * they are pipelined on its one connection.
 */
export async function preload(
  owner: AssociatedModel,
  records: readonly object[],
  plan: LoadPlan,
  options: HydrateOptions,
): Promise<void> {
  if (records.length === 0) return;
  const names = Object.keys(plan);
  const branch = (name: string) => {
    const { scope, children } = plan[name] as LoadPlan[string];
    return preloadOne(requireAssociation(owner, name), records, scope, children, options);
  };
  const [only = ""] = names;
  await (names.length === 1 ? branch(only) : Promise.all(names.map(branch)));
}

export function requireAssociation(owner: AssociatedModel, name: string): Association {
  const found = owner.associations.get(name);
  if (found) return found;
  throw new AssociationError(
    `Association "${name}" not found on ${owner.name}.${didYouMean(name, owner.associations.keys())}`,
  );
}

async function preloadOne(
  association: Association,
  records: readonly object[],
  scope: LoadScope | undefined,
  children: LoadPlan,
  options: HydrateOptions,
): Promise<void> {
  const { name } = association;
  const groups = groupsBelow(name, options.autoBatch);
  const { values, classes } = await valuesOf(association, records, { scope, options, groups });
  const names = association.ownerKey;
  const read = { fate: currentDatabase().scope?.fate };
  for (let index = 0; index < records.length; index++) {
    const value = values[index];
    if (value !== undefined) setLoaded(records[index] as object, name, names, value, read);
  }
  await preloadBelow(association, classes, children, options);
}

/** The next level: what the path asks for, and what the scope includes by itself. */
export async function preloadBelow(
  association: Association,
  classes: readonly LoadedClass[],
  children: LoadPlan,
  options: HydrateOptions,
): Promise<void> {
  const isPolymorphic = association instanceof PolymorphicAssociation;
  if (isPolymorphic) checkBelow(association, classes, children);
  const levels: Promise<void>[] = [];
  for (const { model, records, plan } of classes) {
    if (isEmpty(plan) && isEmpty(children)) continue;
    const merged = mergePlans(plan, children);
    levels.push(preload(model, records, isPolymorphic ? known(model, merged) : merged, options));
  }
  if (levels.length > 0) await Promise.all(levels);
}

function isEmpty(plan: LoadPlan): boolean {
  for (const _name in plan) return false;
  return true;
}

/** Below a polymorphic belongsTo a name may be known to some of the classes only, but not to none. */
function checkBelow(
  association: Association,
  classes: readonly LoadedClass[],
  children: LoadPlan,
): void {
  if (classes.length === 0) return;
  for (const name of Object.keys(children)) {
    if (classes.some(({ model }) => model.associations.has(name))) continue;
    const models = classes.map(({ model }) => model);
    throw new AssociationError(
      `Association "${name}" not found on ${models.map((model) => model.name).join(" or ")}, to which ${association.place} leads.${didYouMean(
        name,
        models.flatMap((model) => [...model.associations.keys()]),
      )}`,
    );
  }
}

function known(model: AssociatedModel, plan: LoadPlan): LoadPlan {
  return Object.fromEntries(Object.entries(plan).filter(([name]) => model.associations.has(name)));
}

function mergePlans(first: LoadPlan, second: LoadPlan): LoadPlan {
  const merged: Record<string, LoadPlan[string]> = { ...first };
  for (const [name, branch] of Object.entries(second)) {
    const there = merged[name];
    merged[name] = there
      ? { ...there, ...branch, children: mergePlans(there.children, branch.children) }
      : branch;
  }
  return merged;
}
