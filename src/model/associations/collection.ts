/** add(), remove() and set(): what an association has, written at once and in one transaction. */
import { currentDatabase } from "../../connection/database";
import { AssociationError } from "../../errors";
import { fieldsOf } from "../../record/shape";
import { stateOf } from "../state";
import { adopt, assignAssociation, checkTarget } from "./assign";
import type { Association } from "./association";
import { addBuilt, appendLoaded, forget, isLoaded, loadedValue, setLoaded } from "./cache";
import { DirectAssociation, hasOptions } from "./direct";
import { joinRecords } from "./join-records";
import { hasSame, keyText } from "./record-keys";
import { destroyAssociate, rememberRecord, requireSaved, saveAssociate } from "./saving";
import { ThroughAssociation } from "./through";
import { valuesOf } from "./values";

type ManyAssociation = DirectAssociation | ThroughAssociation;

function toMany(association: Association, verb: string): ManyAssociation {
  const isKind =
    association instanceof DirectAssociation || association instanceof ThroughAssociation;
  if (isKind && association.cardinality === "many") return association;
  throw new AssociationError(`${verb} needs a to-many association; ${association.place} is not.`, {
    hint: "Use set(), or assign the record.",
  });
}

export async function addRecords(
  association: Association,
  owner: object,
  records: readonly object[],
): Promise<void> {
  const many = toMany(association, "add()");
  for (const record of records) checkTarget(many, record);
  if (stateOf(owner).isNew) {
    if (!isLoaded(owner, many.name)) setLoaded(owner, many.name, many.ownerKey, []);
    for (const record of records) {
      if (many instanceof DirectAssociation) adopt(many, owner, record);
      addBuilt(owner, many.name, many.ownerKey, record);
    }
    return;
  }
  rememberRecord(owner);
  await currentDatabase().transaction({}, () => attach(many, owner, records));
  appendLoaded(many, owner, records);
}

async function attach(
  association: ManyAssociation,
  owner: object,
  records: readonly object[],
): Promise<void> {
  if (association instanceof ThroughAssociation) {
    const join = joinRecords(association);
    for (const record of records) {
      if (stateOf(record).isNew) await saveAssociate(record);
      await join.create(owner, record);
    }
    return;
  }
  for (const record of records) {
    rememberRecord(record, association.setAttributes);
    adopt(association, owner, record);
    await saveAssociate(record);
  }
}

export async function removeRecords(
  association: Association,
  owner: object,
  records: readonly object[],
): Promise<void> {
  const many = toMany(association, "remove()");
  for (const record of records) checkTarget(many, record);
  requireSaved(many, owner, "remove()");
  rememberRecord(owner);
  await currentDatabase().transaction({}, () => detach(many, owner, records));
  const list = loadedValue(owner, many.name);
  if (!Array.isArray(list)) return;
  const kept = list.filter((record) => !hasSame(records, record));
  list.splice(0, list.length, ...kept);
}

async function detach(
  association: ManyAssociation,
  owner: object,
  records: readonly object[],
): Promise<void> {
  if (association instanceof ThroughAssociation) {
    const join = joinRecords(association);
    for (const record of records) await join.destroy(owner, record);
    return;
  }
  for (const record of records) {
    if (belongsToOwner(association, owner, record)) await letGo(association, record);
  }
}

function belongsToOwner(association: DirectAssociation, owner: object, record: object): boolean {
  const [from, to] = [fieldsOf(owner), fieldsOf(record)];
  const { keys, typeValues } = association;
  return (
    keys.owner.every((name, index) => {
      const value = to[keys.target[index] ?? ""];
      return value != null && keyText([from[name]]) === keyText([value]);
    }) && Object.entries(typeValues).every(([name, value]) => to[name] === value)
  );
}

/** What `dependent` says of a record that is taken out. */
async function letGo(association: DirectAssociation, record: object): Promise<void> {
  const dependent = hasOptions(association)?.dependent;
  if (dependent === "destroy" || dependent === "delete") return await destroyAssociate(record);
  const { keys, model, place, typeAttribute } = association;
  const nullable = keys.target.filter((name) => model.table.columns[name]?.nullable);
  if (nullable.length === 0) {
    throw new AssociationError(
      `${place}: a ${model.name} cannot be without its ${keys.target.join(", ")}, which may not be NULL.`,
      { hint: 'Declare the association { dependent: "destroy" }, or destroy the record.' },
    );
  }
  rememberRecord(record, association.setAttributes);
  const fields = fieldsOf(record);
  for (const name of nullable) fields[name] = null;
  if (typeAttribute && model.table.columns[typeAttribute]?.nullable) fields[typeAttribute] = null;
  await saveAssociate(record);
}

/** Lets go of all that a hasOne has but one record. */
export async function detachOthers(
  association: DirectAssociation,
  owner: object,
  kept: object | null,
): Promise<void> {
  const current = await currentRecords(association, owner);
  const others = current.filter((record) => !kept || !hasSame([kept], record));
  for (const record of others) await letGo(association, record);
}

/** What the association has in the database, whatever is loaded. */
async function currentRecords(association: ManyAssociation, owner: object): Promise<object[]> {
  const options = { strict: false, autoBatch: false };
  const {
    values: [value],
  } = await valuesOf(association, [owner], { options });
  return Array.isArray(value) ? value : value ? [value as object] : [];
}

/** Makes a value all that the association has. */
export async function replaceRecords(
  association: Association,
  owner: object,
  value: unknown,
): Promise<void> {
  if (association.cardinality === "many") {
    await replaceMany(toMany(association, "set()"), owner, value);
    return;
  }
  const isHasOne = association instanceof DirectAssociation && !association.isBelongsTo;
  if (association instanceof ThroughAssociation) {
    throw new AssociationError(`${association.place} can only be read.`, {
      hint: `Set ${association.through.place} instead.`,
    });
  }
  if (!isHasOne) {
    assignAssociation(association, owner, value);
    await saveAssociate(owner);
    return;
  }
  requireSaved(association, owner, "set()");
  if (value !== null) checkTarget(association, value);
  const target = value as object | null;
  rememberRecord(owner);
  await currentDatabase().transaction({}, async () => {
    await detachOthers(association, owner, target);
    if (!target) return;
    rememberRecord(target, association.setAttributes);
    adopt(association, owner, target);
    await saveAssociate(target);
  });
  setLoaded(owner, association.name, association.ownerKey, target);
}

async function replaceMany(
  association: ManyAssociation,
  owner: object,
  value: unknown,
): Promise<void> {
  if (!Array.isArray(value)) {
    throw new AssociationError(`${association.place} expects an array of records.`);
  }
  const wanted: object[] = [];
  for (const record of value) {
    checkTarget(association, record);
    if (!hasSame(wanted, record)) wanted.push(record);
  }
  requireSaved(association, owner, "set()");
  rememberRecord(owner);
  await currentDatabase().transaction({}, async () => {
    const current = await currentRecords(association, owner);
    await detach(
      association,
      owner,
      current.filter((record) => !hasSame(wanted, record)),
    );
    await attach(
      association,
      owner,
      wanted.filter((record) => !hasSame(current, record)),
    );
  });
  forget(owner, association.name);
  setLoaded(owner, association.name, association.ownerKey, wanted);
}
