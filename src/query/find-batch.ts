/** find() calls of one tick, outside transactions: one statement for all their keys. */
import { currentDatabase } from "../connection/database";
import type { DriverResult, DriverRow } from "../connection/driver";
import { atEndOfTick } from "../connection/tick";
import { shortTypeName } from "../schema/types";
import { keyText, membership } from "./equality";
import { run } from "./pipeline";
import type { RecordSource, SourceColumn } from "./source";
import { initialState, type QueryState } from "./state";

/** The calls of one tick for one table, and what they get. */
interface Batch {
  readonly keys: unknown[];
  /** The end of the tick: no call joins any more. */
  readonly closed: Promise<void>;
  /** Undefined when each call should go by itself: the statement fails for one of them. */
  answer?: Promise<Answer | undefined>;
}

/** A call's place in the batch of its tick. */
export interface Place {
  readonly batch: Batch;
  readonly index: number;
}

interface Answer {
  /** How each key prints, in the order of the calls; undefined for one that is no key of the table. */
  readonly texts: readonly (string | undefined)[];
  /** As many records for a key as calls ask for it: each gets one of its own. */
  readonly records: ReadonlyMap<string, object[]>;
}

const batches = new WeakMap<object, Map<RecordSource, Batch>>();

/** Keys of these types are equal in PostgreSQL exactly when they print the same. */
const printable = new Set(["int2", "int4", "int8", "uuid", "text", "varchar"]);

function isPrintable({ definition }: SourceColumn): boolean {
  return !definition.pgType && printable.has(shortTypeName(definition.type));
}

/** The key as PostgreSQL prints it; undefined where that cannot be told. */
function printed({ definition }: SourceColumn, value: unknown): string | undefined {
  try {
    return keyText(definition, value);
  } catch {
    // A value that does not fit is an error of its own call only.
    return undefined;
  }
}

/** Whether the query is nothing but "the record with this key". */
function isBare(state: QueryState): boolean {
  const { source, statement, plan, strict, autoBatch, signal, isEmpty } = state;
  if (statement !== initialState(source).statement) return false;
  if (!autoBatch || strict || isEmpty || signal !== undefined) return false;
  for (const _association in plan) return false;
  return true;
}

/** Joins the calls of this tick for the table; gives the call's place, or undefined when it must go by itself. */
export function joinBatch(
  state: QueryState,
  column: SourceColumn,
  key: unknown,
): Place | undefined {
  if (key === null || !isPrintable(column) || !isBare(state)) return undefined;
  const database = currentDatabase();
  if (database.scope) return undefined;
  let open = batches.get(database);
  if (!open) {
    open = new Map();
    batches.set(database, open);
  }
  const { source } = state;
  let batch = open.get(source);
  if (!batch) {
    const calls = open;
    batch = { keys: [], closed: atEndOfTick(() => calls.delete(source)) };
    open.set(source, batch);
  }
  return { batch, index: batch.keys.push(key) - 1 };
}

/** The call's record, or null where there is none; undefined when it should go by itself after all. */
export async function findTogether(
  { batch, index }: Place,
  source: RecordSource,
  column: SourceColumn,
): Promise<{ readonly record: object | null } | undefined> {
  batch.answer ??= send(source, column, batch.keys);
  const answer = await batch.answer;
  const text = answer?.texts[index];
  if (answer === undefined || text === undefined) return undefined;
  return { record: answer.records.get(text)?.pop() ?? null };
}

async function send(
  source: RecordSource,
  column: SourceColumn,
  keys: readonly unknown[],
): Promise<Answer | undefined> {
  const texts = keys.map((key) => printed(column, key));
  const byText = new Map(keys.map((key, index) => [texts[index], key]));
  byText.delete(undefined);
  const condition = membership(column, column.node, [...byText.values()], false);
  const { statement, shape } = initialState(source);
  let rows: DriverResult;
  try {
    rows = await run(source, { ...statement, where: [condition] }, "find");
  } catch {
    return undefined;
  }
  const rowOf = new Map<string | undefined, DriverRow>();
  for (const row of rows) rowOf.set(String(row[column.attribute]), row);
  const found = texts.filter((text) => rowOf.has(text));
  const wanted = found.map((text) => rowOf.get(text) as DriverRow);
  const result = Object.assign(wanted, { count: wanted.length, command: rows.command });
  const hydrated = source.hydrate(result, shape, { strict: false, autoBatch: true, apart: true });
  const records = new Map<string, object[]>();
  for (const [index, text] of found.entries()) {
    const list = records.get(text as string);
    if (list) list.push(hydrated[index] as object);
    else records.set(text as string, [hydrated[index] as object]);
  }
  return { texts, records };
}
