/** Between a record's attributes and the text of form fields, by column type. */
import { DEFINITION, isRecord } from "../record/definition";
import { fieldsOf } from "../record/shape";
import type { FrontendBaseModel } from "./types";

/** The text a form field shows for an attribute; nothing for null and undefined. */
export function inputText(record: FrontendBaseModel, name: string): string {
  const value = fieldsOf(record)[name];
  return value == null ? "" : typeof value === "object" ? plainText(value) : String(value);
}

function plainText(value: object): string {
  const text = String(value);
  return text === "[object Object]" || Array.isArray(value) ? JSON.stringify(value) : text;
}

/**
 * The value an attribute has when somebody typed this text. What its column cannot hold stays text, so that
 * nothing typed is lost and the validations can object to it.
 */
export function parseInput(record: FrontendBaseModel, name: string, text: string): unknown {
  const { shape } = record[DEFINITION];
  const type = shape.types[name];
  if (!type) return text;
  const isJSON = /^jsonb?$/.test(shape.columns[name]?.type ?? "");
  try {
    return isJSON ? JSON.parse(text) : type.fromJSON(text);
  } catch {
    // An empty number or date is no value; an empty text is one, which `presence` can refuse.
    if (!text.trim()) return null;
  }
  const number = Number(text);
  if (isJSON || Number.isNaN(number)) return text;
  try {
    return type.fromJSON(number);
  } catch {
    return text;
  }
}

/** Whether a form shows the attribute as a checkbox. */
export function isCheckbox(record: FrontendBaseModel, name: string): boolean {
  const { shape } = record[DEFINITION];
  return /^bool/.test(shape.columns[name]?.type ?? typeof fieldsOf(record)[name]);
}

/** Takes over the columns of a saved record; answers whether the value was one, of the same table. */
export function takeOver(record: FrontendBaseModel, saved: unknown): boolean {
  const { shape } = record[DEFINITION];
  if (!isRecord(saved) || saved[DEFINITION].shape.table !== shape.table) return false;
  const [mine, theirs] = [fieldsOf(record), fieldsOf(saved)];
  for (const name of shape.names) {
    if (theirs[name] !== undefined) mine[name] = theirs[name];
  }
  return true;
}
