/** Dirty tracking across saves: what the server needs beyond the comparison with a baseline. */
import { type Changes, ChangeTracker } from "./changes";

const none: Changes = Object.freeze({});

/** A tracker that remembers what the last save changed and notices a changed primary key. */
export class SaveTracker extends ChangeTracker {
  /** What the last save changed, for after callbacks. */
  previousChanges: Changes = none;

  override clone(): SaveTracker {
    const copy = new SaveTracker(this.shape);
    copy.baseline = this.baseline;
    copy.previousChanges = this.previousChanges;
    return copy;
  }

  /**
   * Ends a save: the changes become `previousChanges` and the baseline starts afresh.
   *
   * @param baseline given when the caller has snapshots already (the driver's row)
   */
  saved(record: object, baseline?: Readonly<Record<string, unknown>>): void {
    this.previousChanges = this.changedAttributes(record);
    if (baseline) this.baseline = baseline;
    else this.capture(record);
  }

  /** Whether a persisted record's primary key was changed; its row is then still found by `key()`. */
  keyChanged(record: object): boolean {
    return !!this.baseline && this.shape.primaryKey.some((name) => this.differs(record, name));
  }
}
