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

/** A copy of what may be changed in place; undefined for what the column cannot hold. */
function copyOf(info: ModelInfo, name: string, value: unknown): unknown {
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
  readonly #names: readonly string[];
  readonly #values: unknown[] = [];
  /** What mutable values were, by name; they may be changed in place while the statement is under way. */
  #copies: Map<string, unknown> | undefined;

  constructor(info: ModelInfo, record: object, names: readonly string[]) {
    this.#info = info;
    this.#names = names;
    const fields = fieldsOf(record);
    for (const name of names) {
      const value = fields[name];
      this.#values.push(value);
      if (typeof value !== "object" || value === null) continue;
      this.#copies ??= new Map();
      this.#copies.set(name, copyOf(info, name, value));
    }
  }

  #isSame(name: string, now: unknown, sent: unknown): boolean {
    if (!Object.is(now, sent)) return false;
    const copy = this.#copies?.get(name);
    if (copy === undefined) return true;
    const type = this.#info.definition.shape.types[name];
    // Copied as well: a column need not hold all of a value, the time of a date for instance.
    const [then, copied] = [type?.restore(copy), type?.restore(copyOf(this.#info, name, now))];
    // An invalid Date equals nothing, not even itself.
    return isSame(this.#info, name, copied, then) || type?.equals(then, then) !== true;
  }

  /** Whether all of the attributes are still what they were. */
  isCurrent(record: object): boolean {
    const fields = fieldsOf(record);
    return this.#names.every((name, index) =>
      this.#isSame(name, fields[name], this.#values[index]),
    );
  }

  /** Whether the attribute is still what it was when the write was sent. */
  isUntouched(record: object, name: string): boolean {
    const now = fieldsOf(record)[name];
    const index = this.#names.indexOf(name);
    if (index < 0) return now === undefined || !stateOf(record).differs(record, name);
    return this.#isSame(name, now, this.#values[index]);
  }
}

/**
 * Takes over what the server answered. An attribute that the application changed while the statement was under
 * way keeps that change, and is dirty; one whose value is the same keeps its identity.
 * @param undoable a rollback may follow, and has to know what came from the server
 */
export function acceptRow(
  info: ModelInfo,
  record: object,
  row: DriverRow,
  sent: Sent,
  undoable: boolean,
): void {
  const fields = fieldsOf(record);
  const { types, columns } = info.definition.shape;
  for (const name in row) {
    const raw = row[name];
    const column = columns[name];
    // What was sent has mostly come back as it was.
    if (raw === undefined || !column || isAsGiven(column, raw, fields[name])) continue;
    if (isWritable(column) && !sent.isUntouched(record, name)) continue;
    const value = raw === null ? null : types[name]?.restore(raw);
    if (isSame(info, name, fields[name], value)) continue;
    fields[name] = value;
    if (undoable) stateOf(record).noteFilled(name);
  }
}
