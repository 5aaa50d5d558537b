/** One write at a time for each record, though callbacks may save the record again, and each other's. */
import { AsyncLocal } from "../connection/async-local";
import { TransactionError } from "../errors";
import { stateOf, type Write } from "./state";

const storage = new AsyncLocal<Write>();
const waiting = new Set<Write>();

function isInside(write: Write, holder: Write): boolean {
  for (let each: Write | undefined = write; each; each = each.outer) {
    if (each === holder) return true;
  }
  return false;
}

/** Whether `holder` cannot end before `write` does: something inside it waits for `write`, directly or not. */
function dependsOn(holder: Write, write: Write, seen = new Set<Write>()): boolean {
  if (isInside(write, holder)) return true;
  if (seen.has(holder)) return false;
  seen.add(holder);
  for (const other of waiting) {
    if (other.waitsFor && isInside(other, holder) && dependsOn(other.waitsFor, write, seen)) {
      return true;
    }
  }
  return false;
}

/**
 * Runs `work` when no other write of the record is under way; one that the record's own callback started runs
 * at once. Throws TransactionError instead of waiting for ever when two saves wait for each other.
 * @param isLeaf no code of the application runs inside, which could write again
 */
export async function exclusively<R>(
  record: object,
  work: () => Promise<R>,
  isLeaf = false,
): Promise<R> {
  const write: Write = { outer: storage.current, waitsFor: undefined, waiters: undefined };
  const state = stateOf(record);
  while (state.writer) {
    if (isInside(write, state.writer)) return await storage.run(write, work);
    if (dependsOn(state.writer, write)) {
      throw new TransactionError(
        "Two saves wait for each other: a callback of each saves the other's record.",
        { hint: "Save one of them after the other, outside its callbacks." },
      );
    }
    await ended(state.writer, write);
  }
  state.writer = write;
  try {
    return await (isLeaf ? work() : storage.run(write, work));
  } finally {
    endWrite(record, write);
  }
}

/**
 * Takes the record for a write in which no code of the application runs, to be ended by endWrite(); undefined when
 * another write is under way. What exclusively() does, without its closures: a tenth of an INSERT's time.
 */
export function takeForWrite(record: object): Write | undefined {
  const state = stateOf(record);
  if (state.writer) return undefined;
  // Nothing inside it can wait, so nobody needs to know what is around it.
  state.writer = { outer: undefined, waitsFor: undefined, waiters: undefined };
  return state.writer;
}

/** Lets the writes that wait for this one go on. */
export function endWrite(record: object, write: Write): void {
  stateOf(record).writer = undefined;
  if (write.waiters) for (const wake of write.waiters) wake();
}

async function ended(holder: Write, write: Write): Promise<void> {
  write.waitsFor = holder;
  waiting.add(write);
  await new Promise<void>((resolve) => {
    holder.waiters ??= [];
    holder.waiters.push(resolve);
  });
  waiting.delete(write);
  write.waitsFor = undefined;
}

/** Whether the calling code runs inside a write of the record: to save it once more would be of no use. */
export function isBeingWritten(record: object): boolean {
  const { writer } = stateOf(record);
  const current = storage.current;
  return writer !== undefined && current !== undefined && isInside(current, writer);
}
