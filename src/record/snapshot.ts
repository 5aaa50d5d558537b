/** The public, table-free face of dirty tracking. Browser-safe. */
import type { ColumnDefinition } from "../schema/table";
import { valueTypeOf } from "../schema/values";
import { type Changes, ChangeTracker } from "./changes";
import { recordShape } from "./shape";

/**
 * Baseline of an object's columns, to tell later what changed.
 *
 * @example
 * const snapshot = new Snapshot(users.columns, "id");
 * snapshot.capture(user);
 * user.name = "New";
 * snapshot.changedAttributes(user); // { name: { was: "Old", now: "New" } }
 */
export class Snapshot {
  #tracker: ChangeTracker;

  /**
   * @param columns by attribute name
   * @param primaryKey name or names that `changed()` leaves out
   */
  constructor(
    columns: Readonly<Record<string, ColumnDefinition>>,
    primaryKey: string | readonly string[],
  ) {
    const table = {
      tableName: "",
      columns,
      primaryKey: typeof primaryKey === "string" ? [primaryKey] : primaryKey,
      indexes: {},
      foreignKeys: {},
      rowClass: Object,
    };
    this.#tracker = new ChangeTracker(
      recordShape(table, (column) => valueTypeOf(column, { temporal: column.temporal ?? false })),
    );
  }

  /** A snapshot with the same baseline. */
  clone(): Snapshot {
    const { columns, primaryKey } = this.#tracker.shape;
    const copy = new Snapshot(columns, primaryKey);
    copy.#tracker.baseline = this.#tracker.baseline;
    return copy;
  }

  /** Takes what the object holds now as the baseline. */
  capture(instance: object): void {
    this.#tracker.capture(instance);
  }

  /** Whether anything, or the named field, differs from the baseline. */
  changed(instance: object, field?: string): boolean {
    return this.#tracker.changed(instance, field);
  }

  /** What changed, with the value before and now. */
  changedAttributes(instance: object): Changes {
    return this.#tracker.changedAttributes(instance);
  }

  /** The changed columns, in table order. */
  dirtyEntries(instance: object): [string, ColumnDefinition][] {
    const changed = this.#tracker.changedNames(instance);
    return Object.entries(this.#tracker.shape.columns).filter(([name]) => changed.includes(name));
  }
}
