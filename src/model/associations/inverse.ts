/** The other side of an association: loaded records know who loaded them, without a query. */
import { AssociationError, didYouMean } from "../../errors";
import type { Inverse } from "../state";
import type { AssociatedModel, Association } from "./association";
import type { ModelReference } from "./define";
import { DirectAssociation } from "./direct";
import { PolymorphicAssociation } from "./polymorphic";
import { presentKey } from "./record-keys";

const known = new WeakMap<Association, Association | null>();

/** The association of the target that leads back to the owner; found by itself only where there is no doubt. */
export function inverseOf(association: Association): Association | undefined {
  let found = known.get(association);
  if (found === undefined) {
    found = find(association) ?? null;
    known.set(association, found);
  }
  return found ?? undefined;
}

function find(association: Association): Association | undefined {
  if (!(association instanceof DirectAssociation)) return undefined;
  const { inverseOf: named } = association.definition.options;
  if (named === false) return undefined;
  const { model, place } = association;
  if (typeof named === "string") {
    const found = model.associations.get(named);
    if (found) return found;
    throw new AssociationError(
      `${place}: { inverseOf: "${named}" } is no association of ${model.name}.${didYouMean(named, model.associations.keys())}`,
    );
  }
  const candidates = [...model.associations.values()].filter((each) => {
    try {
      return fits(association, each);
    } catch (error) {
      // An association that is declared wrongly says so when it is used itself.
      if (error instanceof AssociationError) return false;
      throw error;
    }
  });
  return candidates.length === 1 ? candidates[0] : undefined;
}

function fits(association: DirectAssociation, candidate: Association): boolean {
  const { options } = candidate.definition;
  // A scope may leave the owner out; only the author of the models knows.
  if (options.defaultScope) return false;
  if ("inverseOf" in options && options.inverseOf === false) return false;
  const { as, owner } = association;
  if (candidate instanceof PolymorphicAssociation) return candidate.name === as;
  if (as !== undefined || !(candidate instanceof DirectAssociation)) return false;
  if (!leadsTo(candidate.definition.model, owner)) return false;
  if (association.isBelongsTo) {
    // What belongs to one owner knows its owner's one record, if no other can be meant.
    return (
      candidate.definition.kind === "hasOne" &&
      candidate.as === undefined &&
      sameKeys(association, candidate) &&
      candidate.isUnique
    );
  }
  return candidate.isBelongsTo && sameKeys(association, candidate);
}

/** Compared by name or class: a class that is not needed is not imported. */
function leadsTo(reference: ModelReference | undefined, owner: AssociatedModel): boolean {
  if (typeof reference === "string") {
    return reference === owner.typeName || reference === owner.name;
  }
  const target: unknown = reference?.();
  const { modelClass } = owner;
  return (
    typeof target === "function" &&
    (target === modelClass || Object.prototype.isPrototypeOf.call(target, modelClass))
  );
}

function sameKeys(a: DirectAssociation, b: DirectAssociation): boolean {
  return (
    a.keys.owner.join() === b.keys.target.join() && a.keys.target.join() === b.keys.owner.join()
  );
}

/** The association by which loaded records know the one that loaded them. */
export function oneInverseOf(association: Association): Association | undefined {
  const inverse = inverseOf(association);
  return inverse?.cardinality === "one" ? inverse : undefined;
}

/** What the records that an owner loaded know of it. */
export function linkTo(inverse: Association, owner: object, records: readonly object[]): Inverse {
  const names = inverse.ownerKey;
  return { name: inverse.name, record: owner, names, key: presentKey(records[0] ?? owner, names) };
}
