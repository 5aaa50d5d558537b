/** What a record takes over of the row that a write gave back. */
import type { DriverRow } from "../connection/driver";
import { fieldsOf } from "../record/shape";
import type { ColumnDefinition } from "../schema/table";
import { isAsGiven } from "./hydrate";
import type { ModelInfo } from "./info";
import { isSame } from "./rollback";
import { stateOf } from "./state";

/** Whether the column takes values at all: not those the database computes or numbers itself. */
export function isWritable(column: ColumnDefinition | undefined): boolean {
  return !column?.generated && column?.identity !== "always" && !column?.readOnly;
}

interface SentValue {
  readonly value: unknown;
  /** What a mutable value was; it may be changed in place while the statement is under way. */
  readonly copy: unknown;
}

/** A copy of what may be changed in place; undefined for all else, and for what the column cannot hold. */
function copyOf(info: ModelInfo, name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return info.definition.shape.types[name]?.snapshot(value);
  } catch {
    // The rules, or the database, will say so.
    return undefined;
  }
}

/** The values a write sends, or a validation saw, to tell afterwards which attributes were changed in the meantime. */
export class Sent {
  readonly #info: ModelInfo;
  readonly #values = new Map<string, SentValue>();

  constructor(info: ModelInfo, record: object, names: readonly string[]) {
    this.#info = info;
    for (const name of names) {
      const value = fieldsOf(record)[name];
      this.#values.set(name, { value, copy: copyOf(info, name, value) });
    }
  }

  #isOrderly(name: string, value: unknown): boolean {
    return this.#info.definition.shape.types[name]?.equals(value, value) === true;
  }

  /** Whether all of the attributes are still what they were. */
  isCurrent(record: object): boolean {
    return [...this.#values.keys()].every((name) => this.isUntouched(record, name));
  }

  /** Whether the attribute is still what it was when the write was sent. */
  isUntouched(record: object, name: string): boolean {
    const now = fieldsOf(record)[name];
    const sent = this.#values.get(name);
    if (!sent) return now === undefined || !stateOf(record).differs(record, name);
    if (!Object.is(now, sent.value)) return false;
    if (sent.copy === undefined) return true;
    const then = this.#info.definition.shape.types[name]?.restore(sent.copy);
    // An invalid Date equals nothing, not even itself.
    return isSame(this.#info, name, now, then) || !this.#isOrderly(name, then);
  }
}

/**
 * Takes over what the server answered. An attribute that the application changed while the statement was under
 * way keeps that change, and is dirty; one whose value is the same keeps its identity.
 */
export function acceptRow(info: ModelInfo, record: object, row: DriverRow, sent: Sent): void {
  const fields = fieldsOf(record);
  const { types, columns } = info.definition.shape;
  const state = stateOf(record);
  for (const name of Object.keys(row)) {
    const type = types[name];
    if (!type) continue;
    if (isWritable(columns[name]) && !sent.isUntouched(record, name)) continue;
    const raw = row[name];
    const column = columns[name];
    if (column && isAsGiven(column, raw, fields[name])) continue;
    const value = raw === null ? null : type.restore(raw);
    if (isSame(info, name, fields[name], value)) continue;
    fields[name] = value;
    state.filled ??= new Set();
    state.filled.add(name);
  }
}
