/** `post.author = user`, `user.posts = [...]`: what is assigned counts as loaded, and sets the foreign key. */
import { AssociationError, describe } from "../../errors";
import { fieldsOf } from "../../record/shape";
import { stateOf } from "../state";
import type { AssociatedModel, Association } from "./association";
import { hasEntry, rekey, setInverse, setLoaded } from "./cache";
import { DirectAssociation } from "./direct";
import { inverseOf } from "./inverse";
import { storedKey } from "./key-types";
import { PolymorphicAssociation } from "./polymorphic";
import { presentKey } from "./record-keys";
import { ThroughAssociation } from "./through";

/** Assigns in memory; save() writes new records and changed keys. Throws AssociationError for what does not belong there. */
export function assignAssociation(association: Association, record: object, value: unknown): void {
  const { name, place } = association;
  if (association.cardinality === "many") {
    if (!Array.isArray(value)) {
      throw new AssociationError(`${place} expects an array of records, got ${shown(value)}.`);
    }
    for (const item of value) checkTarget(association, item);
    const list: object[] = [...value];
    if (association instanceof DirectAssociation) {
      for (const child of list) adopt(association, record, child);
    }
    setLoaded(record, name, association.ownerKey, list);
    return;
  }
  if (value === undefined) {
    throw new AssociationError(`${place} expects a record or null, got undefined.`);
  }
  if (value !== null) checkTarget(association, value);
  const target = value as object | null;
  if (association instanceof PolymorphicAssociation) referTo(association, record, target);
  else if (association instanceof DirectAssociation) {
    if (association.isBelongsTo) referTo(association, record, target);
    else if (target) adopt(association, record, target);
  }
  setLoaded(record, name, association.ownerKey, target);
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null
    ? `a ${value.constructor?.name ?? "object"}`
    : describe(value);
}

/** The model whose records an association takes; of a polymorphic one the model of the value. */
export function checkTarget(association: Association, value: unknown): asserts value is object {
  const { place } = association;
  if (association instanceof PolymorphicAssociation) {
    modelFor(association, value);
    return;
  }
  if (!(association instanceof DirectAssociation || association instanceof ThroughAssociation)) {
    return;
  }
  const { model } = association;
  // A subclass of the same table will do as well as the class itself, and so will its parent.
  const isFit = isModelRecord(value) && stateOf(value).shape.table === model.table;
  if (!isFit) throw new AssociationError(`${place} expects ${model.name}, got ${shown(value)}.`);
}

function isModelRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && stateOf(value) !== undefined;
}

/** The model of a record that a polymorphic association may refer to. Throws AssociationError for others. */
function modelFor(association: PolymorphicAssociation, value: unknown): AssociatedModel {
  const model = isModelRecord(value) ? association.owner.modelOf(value) : undefined;
  if (model && association.accepts(model)) return model;
  const declared = association.declaredTargets;
  const expected = declared ? [...declared.keys()].join(" or ") : "a record";
  throw new AssociationError(`${association.place} expects ${expected}, got ${shown(value)}.`);
}

/** Sets the keys of a belongsTo; those of a new record are not known before it is saved. */
export function referTo(
  association: DirectAssociation | PolymorphicAssociation,
  record: object,
  target: object | null,
): void {
  const fields = fieldsOf(record);
  const from = target && fieldsOf(target);
  if (association instanceof PolymorphicAssociation) {
    const model = target && modelFor(association, target);
    fields[association.typeAttribute] = model ? model.typeName : null;
    const id = model && from ? from[association.primaryKeyOf(model)] : null;
    fields[association.idAttribute] = storedKey(
      id,
      association.owner.table.columns[association.idAttribute],
    );
    return;
  }
  const { owner, target: referred } = association.keys;
  owner.forEach((name, index) => {
    fields[name] = from?.[referred[index] ?? ""] ?? null;
  });
}

/** Sets the foreign key of a record that now belongs to `owner`, and tells it who its owner is. */
export function adopt(association: DirectAssociation, owner: object, child: object): void {
  const fields = fieldsOf(child);
  const from = fieldsOf(owner);
  const { keys, model } = association;
  keys.owner.forEach((name, index) => {
    const attribute = keys.target[index] ?? "";
    const value = from[name];
    if (value === undefined || value === null) return;
    fields[attribute] = storedKey(value, model.table.columns[attribute]);
  });
  Object.assign(fields, association.typeValues);
  const inverse = inverseOf(association);
  if (inverse?.cardinality !== "one") return;
  const { name, ownerKey } = inverse;
  if (hasEntry(child, name)) setLoaded(child, name, ownerKey, owner);
  else
    setInverse(child, { name, record: owner, names: ownerKey, key: presentKey(child, ownerKey) });
  rekey(child, name);
}
