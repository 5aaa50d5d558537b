/** Dirty tracking: what a record held when it was last in step with the database. Browser-safe. */
import { UnknownAttributeError } from "../errors";
import { convert, fieldsOf, type RecordShape } from "./shape";

/** One changed attribute, before and after. */
export interface Change<Value = unknown> {
  was: Value | undefined;
  now: Value;
}

/** Changed attributes by name. */
export type Changes = Record<string, Change>;

/**
 * Remembers the baseline of one record and compares it with what the record holds now.
 *
 * An attribute that is `undefined` was not given and is never a change; one that has no baseline
 * (its column was not loaded) is a change only once it is assigned.
 */
export class ChangeTracker {
  /**
   * Snapshots by attribute; undefined for a new record. Never altered in place, only replaced:
   * clones and rolled-back transactions share it.
   */
  baseline: Readonly<Record<string, unknown>> | undefined;

  constructor(readonly shape: RecordShape) {}

  /** Takes what the record holds now as the baseline. */
  capture(record: object): void {
    const fields = fieldsOf(record);
    const baseline: Record<string, unknown> = {};
    for (const name of this.shape.names) {
      const value = fields[name];
      if (value !== undefined) baseline[name] = convert(this.shape, "snapshot", name, value);
    }
    this.baseline = baseline;
  }

  /** The baseline value of an attribute; undefined when there is none. */
  was(name: string): unknown {
    const { baseline } = this;
    return baseline && Object.hasOwn(baseline, name)
      ? convert(this.shape, "restore", name, baseline[name])
      : undefined;
  }

  /** Whether one attribute differs from its baseline; always false for virtuals. */
  differs(record: object, name: string): boolean {
    const value = fieldsOf(record)[name];
    const type = this.shape.types[name];
    if (value === undefined || !type) return false;
    const before = this.was(name);
    return value === null || before == null ? value !== before : !type.equals(value, before);
  }

  /** Names of the changed attributes in table order; those of the primary key are left out. */
  changedNames(record: object): string[] {
    const { names, primaryKey } = this.shape;
    return names.filter((name) => this.differs(record, name) && !primaryKey.includes(name));
  }

  /**
   * Whether the record, or one attribute of it, has changed. The primary key counts only when it is asked for.
   *
   * @throws UnknownAttributeError for a name that neither the table nor the record has
   */
  changed(record: object, name?: string): boolean {
    if (name === undefined) return this.changedNames(record).length > 0;
    if (!this.shape.types[name] && !(name in record)) {
      throw new UnknownAttributeError(`changed() received unknown attribute "${name}".`);
    }
    return this.differs(record, name);
  }

  /** What changed, with the value before and now. */
  changedAttributes(record: object): Changes {
    return Object.fromEntries(
      this.changedNames(record).map((name) => [
        name,
        { was: this.was(name), now: fieldsOf(record)[name] },
      ]),
    );
  }
}
