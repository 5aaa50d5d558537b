/** build() and create(): new records that belong to a record. */
import { currentDatabase } from "../../connection/database";
import { AssociationError } from "../../errors";
import { stateOf } from "../state";
import { adopt, assignAssociation } from "./assign";
import type { Association } from "./association";
import { addBuilt, appendLoaded, isLoaded, setLoaded } from "./cache";
import { detachOthers } from "./collection";
import { DirectAssociation } from "./direct";
import { joinRecords } from "./join-records";
import { rememberRecord, requireSaved, saveAssociate } from "./saving";
import { ThroughAssociation } from "./through";

/** A new record of the association's model. Throws AssociationError where no one model is meant. */
function newTarget(association: Association, attributes: object): object {
  if (association instanceof DirectAssociation || association instanceof ThroughAssociation) {
    return association.model.build(attributes);
  }
  throw new AssociationError(
    `${association.place} is polymorphic: build the record by its own class and assign it.`,
  );
}

/** In memory only; the owner's save() saves the record. */
export function buildAssociated(
  association: Association,
  owner: object,
  attributes: object,
): object {
  const target = newTarget(association, attributes);
  const { name, ownerKey } = association;
  if (association.cardinality === "one") {
    assignAssociation(association, owner, target);
    return target;
  }
  if (association instanceof DirectAssociation) adopt(association, owner, target);
  // A new record has nothing in the database: what is built is all there is.
  if (stateOf(owner).isNew && !isLoaded(owner, name)) setLoaded(owner, name, ownerKey, []);
  addBuilt(owner, name, ownerKey, target);
  return target;
}

export async function createAssociated(
  association: Association,
  owner: object,
  attributes: object,
): Promise<object> {
  const target = newTarget(association, attributes);
  if (association instanceof DirectAssociation && association.isBelongsTo) {
    await saveAssociate(target);
    assignAssociation(association, owner, target);
    return target;
  }
  requireSaved(association, owner, "create()");
  rememberRecord(owner);
  if (association instanceof DirectAssociation) {
    adopt(association, owner, target);
    if (association.cardinality === "one") {
      await currentDatabase().transaction({}, async () => {
        await detachOthers(association, owner, target);
        await saveAssociate(target);
      });
    } else await saveAssociate(target);
  } else if (association instanceof ThroughAssociation) {
    const join = joinRecords(association);
    await currentDatabase().transaction({}, async () => {
      await saveAssociate(target);
      await join.create(owner, target);
    });
  }
  appendLoaded(association, owner, [target]);
  return target;
}
