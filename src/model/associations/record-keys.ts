/** The values by which a record is tied to others. */
import { AssociationError } from "../../errors";
import { fieldsOf } from "../../record/shape";
import { stateOf } from "../state";

export type Key = readonly unknown[];

/** Keys that differ from each other, column by column. */
export interface Keys {
  readonly size: number;
  readonly columns: readonly (readonly unknown[])[];
}

/**
 * The values of these attributes, or undefined when one is missing: such a record is tied to nothing.
 * Throws AssociationError when the record was loaded without one of the columns.
 */
export function keyOf(record: object, names: readonly string[], place: string): Key | undefined {
  const values: unknown[] = new Array(names.length);
  let isComplete = true;
  for (let index = 0; index < names.length; index++) {
    const value = keyPart(record, names[index] ?? "", place);
    if (value === undefined || value === null) isComplete = false;
    values[index] = value;
  }
  return isComplete ? values : undefined;
}

/** One of them. */
export function keyPart(record: object, name: string, place: string): unknown {
  const value = fieldsOf(record)[name];
  if (value === undefined && !stateOf(record).isNew) throw notSelected(name, place);
  return value;
}

function notSelected(name: string, place: string): AssociationError {
  return new AssociationError(
    `${place} cannot be loaded: the record was read without "${name}", which says what belongs to it.`,
    { hint: `Add "${name}" to select().` },
  );
}

/** One key as text: 1, 1n and "1" are the same, as both sides of a foreign key need not have the same type. */
export function keyText(values: Key): string {
  return values.length === 1 ? valueText(values[0]) : JSON.stringify(values.map(valueText));
}

function valueText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Date) return `@${value.getTime()}`;
  if (value instanceof Uint8Array) return value.toHex();
  return Array.isArray(value) ? JSON.stringify(value.map(valueText)) : String(value);
}

/** As keyText, for what a record holds now, whole or not: to see later whether it is still the same. */
export function presentKey(record: object, names: readonly string[]): string {
  const fields = fieldsOf(record);
  return names.length === 1
    ? valueText(fields[names[0] as string])
    : keyText(names.map((name) => fields[name]));
}

/** Whether the record, or another one of the same row, is among these records of the same table. */
export function hasSame(records: readonly object[], record: object): boolean {
  const key = keyOfRow(record);
  return records.some(
    (other) => other === record || (key !== undefined && keyOfRow(other) === key),
  );
}

function keyOfRow(record: object): string | undefined {
  const state = stateOf(record);
  return state.isNew ? undefined : keyText(state.key(record));
}
