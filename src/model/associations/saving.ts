/** Saving and deleting other records from within a record's own save: by their methods, which a class may override. */
import { AssociationError } from "../../errors";
import type { ModelClass } from "../class";
import { infoOf } from "../info";
import { rememberAttributes } from "../rollback";
import { stateOf } from "../state";
import type { Association } from "./association";

interface Savable {
  save(): Promise<void>;
  destroy(): Promise<void>;
  isValid(): Promise<boolean>;
}

function savable(record: object): Savable {
  return record as Savable;
}

export function saveAssociate(record: object): Promise<void> {
  return savable(record).save();
}

export function destroyAssociate(record: object): Promise<void> {
  return savable(record).destroy();
}

export function isValidAssociate(record: object): Promise<boolean> {
  return savable(record).isValid();
}

/** Throws AssociationError when the owner has no row yet, so that nothing can refer to it. */
export function requireSaved(association: Association, owner: object, verb: string): void {
  if (!stateOf(owner).isNew) return;
  throw new AssociationError(
    `${association.place}: ${verb} needs a saved ${association.owner.name}.`,
    { hint: "Save it first, or use build(), which is saved with it." },
  );
}

/** A rollback of the transaction around the call takes back what is loaded, and these attributes, on the record. */
export function rememberRecord(record: object, names: readonly string[] = []): void {
  rememberAttributes(infoOf(record.constructor as ModelClass), record, names);
}
