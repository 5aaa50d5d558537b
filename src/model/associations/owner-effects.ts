/** counterCache and touch: what a save or destroy changes in the row that the record belongs to. */
import type { DriverRow } from "../../connection/driver";
import { AssociationError, didYouMean } from "../../errors";
import { equality } from "../../query/equality";
import { run } from "../../query/pipeline";
import { fieldsOf } from "../../record/shape";
import { codecOf } from "../../schema/codecs";
import { plural } from "../../schema/naming";
import { call, constant } from "../../sql/build";
import type { Assignment, Expression } from "../../sql/nodes";
import type { ModelClass } from "../class";
import { infoOf } from "../info";
import { rememberForRollback } from "../rollback";
import { stateOf } from "../state";
import { type AssociatedModel, columnName } from "./association";
import { loadedValue } from "./cache";
import { DirectAssociation } from "./direct";
import { convertedKey } from "./key-types";
import { PolymorphicAssociation } from "./polymorphic";
import { type Key, keyText } from "./record-keys";

type Reference = DirectAssociation | PolymorphicAssociation;

/** The row that a record refers to. */
interface OwnerRow {
  readonly model: AssociatedModel;
  /** Attributes that find it, and their values. */
  readonly names: readonly string[];
  readonly key: Key;
}

function touchOf({ definition: { options } }: Reference): boolean | string | undefined {
  return "touch" in options ? options.touch : undefined;
}

/** The attribute of the owner that counts, when there is one. */
function counterOf(association: Reference): string | undefined {
  if (!(association instanceof DirectAssociation)) return undefined;
  const { options } = association.definition;
  const counter = "counterCache" in options ? options.counterCache : undefined;
  if (counter !== true) return counter || undefined;
  const { typeName } = association.owner;
  return `${plural(typeName.charAt(0).toLowerCase() + typeName.slice(1))}Count`;
}

const known = new WeakMap<AssociatedModel, readonly Reference[]>();

/** The associations of a model by which its records change others. */
function referencesOf(model: AssociatedModel): readonly Reference[] {
  let found = known.get(model);
  if (!found) {
    found = [...model.associations.values()].filter(
      (association): association is Reference =>
        (association instanceof PolymorphicAssociation ||
          (association instanceof DirectAssociation && association.isBelongsTo)) &&
        (Boolean(touchOf(association)) || counterOf(association) !== undefined),
    );
    known.set(model, found);
  }
  return found;
}

/** Whether writing a record of the model changes what it belongs to. */
export function changesOwners(model: AssociatedModel): boolean {
  return referencesOf(model).length > 0;
}

/** Which row the values refer to; a type that is unknown refers to none. */
function ownerRow(
  association: Reference,
  read: (attribute: string) => unknown,
): OwnerRow | undefined {
  const values = association.ownerKey.map(read);
  if (values.some((value) => value === undefined || value === null)) return undefined;
  if (association instanceof DirectAssociation) {
    return { model: association.model, names: association.keys.target, key: values };
  }
  const [type, id] = values;
  const model = association.modelOf(String(type));
  const name = association.primaryKeyOf(model);
  const [from, to] = [
    association.owner.table.columns[association.idAttribute],
    model.table.columns[name],
  ];
  const key = from && to ? convertedKey(id, from, to) : undefined;
  return key === undefined ? undefined : { model, names: [name], key: [key] };
}

/** Whether touching a record of the model touches what it belongs to. */
export function touchesOwners(model: AssociatedModel): boolean {
  return referencesOf(model).some(touchOf);
}

/** Touches what the record belongs to, as touch() of the record itself goes on to its owners. */
export async function touchOwners(model: AssociatedModel, record: object): Promise<void> {
  const seen = new Set<string>();
  for (const association of referencesOf(model).filter(touchOf)) {
    const row = ownerRow(association, (name) => stateOf(record).was(name));
    const held = loadedValue(record, association.name);
    if (row) await affect(row, effectsOf(association, row, 0), seen, held);
  }
}

function placeOf({ model: { table }, key }: OwnerRow): string {
  return `${table.schema ?? ""}.${table.tableName}:${keyText(key)}`;
}

function sameRow(a: OwnerRow | undefined, b: OwnerRow | undefined): boolean {
  return a?.model === b?.model && keyText(a?.key ?? []) === keyText(b?.key ?? []);
}

/** Looks at the record before it is written or deleted; what is given back is to be called afterwards. */
export function ownerEffects(
  model: AssociatedModel,
  record: object,
  isDestroyed: boolean,
): (wrote: boolean) => Promise<void> {
  const references = referencesOf(model);
  const state = stateOf(record);
  const before = references.map((association) =>
    state.isNew ? undefined : ownerRow(association, (name) => state.was(name)),
  );
  return async (wrote) => {
    if (!wrote) return;
    const fields = fieldsOf(record);
    for (const [index, association] of references.entries()) {
      const was = before[index];
      const now = isDestroyed ? undefined : ownerRow(association, (name) => fields[name]);
      const isMoved = !sameRow(was, now);
      const held = loadedValue(record, association.name);
      const seen = new Set<string>();
      const affected: [row: OwnerRow, by: number][] = [];
      if (was && isMoved) affected.push([was, -1]);
      if (now) affected.push([now, isMoved ? 1 : 0]);
      // Always in the same order: two records that change places would wait for each other.
      affected.sort(([a], [b]) => (placeOf(a) < placeOf(b) ? -1 : 1));
      for (const [row, by] of affected) {
        await affect(row, effectsOf(association, row, by), seen, held);
      }
    }
  };
}

/** Attributes of the owner's row, and what becomes of them. */
interface Effects {
  readonly counter: string | undefined;
  readonly by: number;
  readonly touched: readonly string[];
}

function effectsOf(association: Reference, { model }: OwnerRow, by: number): Effects {
  const counter = by === 0 ? undefined : counterOf(association);
  const touch = touchOf(association);
  const touched = touch ? touchedBy(association, model, touch) : [];
  for (const name of [...(counter === undefined ? [] : [counter]), ...touched]) {
    requireAttribute(association, model, name);
  }
  return { counter, by, touched };
}

function touchedBy(
  association: Reference,
  { table, name }: AssociatedModel,
  touch: string | true,
): readonly string[] {
  const names = Object.hasOwn(table.columns, "updatedAt") ? ["updatedAt"] : [];
  if (typeof touch === "string") return [...new Set([...names, touch])];
  if (names.length > 0) return names;
  throw new AssociationError(
    `${association.place}: { touch: true } needs "updatedAt", which ${name} does not have.`,
    { hint: "Name the attribute: { touch: ... }." },
  );
}

function requireAttribute(
  association: Reference,
  { table, name }: AssociatedModel,
  wanted: string,
) {
  if (Object.hasOwn(table.columns, wanted)) return;
  throw new AssociationError(
    `${association.place}: ${name} has no column "${wanted}" for its counterCache or touch.${didYouMean(wanted, Object.keys(table.columns))}`,
  );
}

/** Writes the owner's row in one statement, then touches what it belongs to in turn. */
async function affect(
  { model, names, key }: OwnerRow,
  { counter, by, touched }: Effects,
  seen: Set<string>,
  held: unknown,
): Promise<void> {
  const place = placeOf({ model, names, key });
  if (seen.has(place) || (counter === undefined && touched.length === 0)) return;
  seen.add(place);
  const { source } = model;
  const set: Assignment[] = touched.map((name) => assignment(model, name, NOW));
  if (counter !== undefined) set.push(assignment(model, counter, plus(model, counter, by)));
  const above = touched.length > 0 ? referencesOf(model).filter(touchOf) : [];
  const attributes = [...touched, ...(counter === undefined ? [] : [counter])];
  const needed = new Set([...attributes, ...above.flatMap(({ ownerKey }) => ownerKey)]);
  const where = names.flatMap((name, index) => {
    const found = source.columns.get(name);
    return found ? [equality(found, found.node, key[index])] : [];
  });
  const returning = source.items.filter(({ alias = "" }) => needed.has(alias));
  const statement = { kind: "update", table: source.from, set, where, returning } as const;
  const [row] = await run(source, statement, "touch");
  if (!row) return;
  takeOver(model, held, names, key, attributes, row);
  const read = (name: string) => {
    const raw = row[name];
    const definition = model.table.columns[name];
    return raw === null || !definition ? raw : codecOf(definition).decode(raw);
  };
  for (const association of above) {
    const next = ownerRow(association, read);
    if (next) await affect(next, effectsOf(association, next, 0), seen, undefined);
  }
}

const NOW = call("statement_timestamp");

function assignment({ table }: AssociatedModel, name: string, value: Expression): Assignment {
  return { column: columnName(table, name), value };
}

function plus({ source }: AssociatedModel, name: string, by: number): Expression {
  const node = source.columns.get(name)?.node ?? constant(0);
  const left = call("coalesce", node, constant(0));
  return { kind: "arithmetic", operator: by < 0 ? "-" : "+", left, right: constant(Math.abs(by)) };
}

/** The owner in memory knows what was written to its row; its own unsaved changes stay. */
function takeOver(
  model: AssociatedModel,
  held: unknown,
  names: readonly string[],
  key: Key,
  attributes: readonly string[],
  row: DriverRow,
): void {
  if (typeof held !== "object" || held === null || held.constructor !== model.modelClass) return;
  const fields = fieldsOf(held);
  const state = stateOf(held);
  if (state.isNew || keyText(names.map((name) => fields[name])) !== keyText(key)) return;
  const info = infoOf(held.constructor as ModelClass);
  rememberForRollback(info, held);
  const taken: DriverRow = {};
  for (const name of attributes) {
    const raw = row[name];
    if (!state.differs(held, name)) {
      fields[name] = raw === null ? null : info.definition.shape.types[name]?.restore(raw);
    }
    taken[name] = raw;
    state.noteFilled(name);
  }
  state.baseline = { ...state.baseline, ...taken };
}
