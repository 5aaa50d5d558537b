/** Between a record's attributes and the text of form fields, by column type. */
import { DEFINITION, isRecord } from "../record/definition";
import { fieldsOf } from "../record/shape";
import { isObject } from "../schema/deep";
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

/** Whether an answer, or an exception, has the errors of a record in it. A record has errors, too: its own. */
export function carriesErrors(value: unknown): boolean {
  return !isRecord(value) && isObject(Object(value).errors);
}

/**
 * Takes over the columns of the saved record, when the answer to a request is one. What was changed while the
 * request was under way stays, and still is a change.
 *
 * @param sent the record as it was sent
 * @returns the names that were changed meanwhile
 */
export function accept(
  record: FrontendBaseModel,
  sent: FrontendBaseModel,
  answer: unknown,
): string[] {
  const { shape } = record[DEFINITION];
  const isSaved = isRecord(answer) && answer[DEFINITION].shape.table === shape.table;
  const mine = fieldsOf(record);
  sent.markPersisted();
  const now = sent.clone(Object.fromEntries(shape.names.map((name) => [name, mine[name]])));
  const meanwhile = Object.entries(now.changedAttributes());
  for (const name of shape.names) {
    // A field that the answer leaves out was saved as it was sent; one that nobody sent stays absent.
    const saved = isSaved ? fieldsOf(answer)[name] : undefined;
    const value = saved === undefined ? sent[name] : saved;
    if (value !== undefined) mine[name] = value;
  }
  record.markPersisted();
  for (const [name, change] of meanwhile) mine[name] = change.now;
  return meanwhile.map(([name]) => name);
}
