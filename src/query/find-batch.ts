/** find() calls of one tick, outside transactions: one statement for all their keys. */
import { currentDatabase } from "../connection/database";
import type { DriverResult, DriverRow } from "../connection/driver";
import { endOfTick } from "../connection/tick";
import { codecOf } from "../schema/codecs";
import { shortTypeName } from "../schema/types";
import { membership } from "./equality";
import { run } from "./pipeline";
import type { RecordSource, SourceColumn } from "./source";
import { initialState, type QueryState } from "./state";

interface Batch {
  /** The keys as they print, with what was given. */
  readonly keys: Map<string, unknown>;
  /** As many as the calls: two calls for one key get two records. */
  readonly calls: string[];
  readonly records: Promise<ReadonlyMap<string, object[]> | undefined>;
}

const batches = new WeakMap<object, Map<RecordSource, Batch>>();

/** Keys of these types are equal in PostgreSQL exactly when they print the same. */
const printable = new Set(["int2", "int4", "int8", "uuid", "text", "varchar"]);

/** The key as PostgreSQL prints it; undefined where that cannot be told. */
function printed({ definition }: SourceColumn, value: unknown): string | undefined {
  if (definition.pgType || !printable.has(shortTypeName(definition.type))) return undefined;
  const codec = codecOf(definition);
  try {
    const text = codec.encode(codec.decode(codec.encode(value)));
    return shortTypeName(definition.type) === "uuid" ? text.toLowerCase() : text;
  } catch {
    // A value that does not fit is an error of its own call only.
    return undefined;
  }
}

/** Whether the query is nothing but "the record with this key". */
function isBare(state: QueryState): boolean {
  const { source, statement, plan, strict, autoBatch, signal, isEmpty } = state;
  return (
    statement === initialState(source).statement &&
    autoBatch &&
    !strict &&
    !isEmpty &&
    signal === undefined &&
    Object.keys(plan).length === 0
  );
}

/**
 * The record with this key, or null, when other calls of this tick ask the same table; undefined when this call
 * must go by itself.
 */
export async function findTogether<Row>(
  state: QueryState<Row>,
  column: SourceColumn,
  key: unknown,
): Promise<{ readonly record: Row | null } | undefined> {
  const database = currentDatabase();
  if (database.scope || key === null || !isBare(state as QueryState)) return undefined;
  const text = printed(column, key);
  if (text === undefined) return undefined;
  const open = batches.get(database) ?? new Map<RecordSource, Batch>();
  batches.set(database, open);
  const source = state.source as RecordSource;
  let batch = open.get(source);
  if (!batch) {
    batch = {
      keys: new Map(),
      calls: [],
      records: send(source, column, () => close(open, source)),
    };
    open.set(source, batch);
  }
  batch.keys.set(text, key);
  batch.calls.push(text);
  const records = await batch.records;
  if (!records) return undefined;
  const record = records.get(text)?.pop();
  return { record: (record as Row | undefined) ?? null };
}

function close(open: Map<RecordSource, Batch>, source: RecordSource): Batch | undefined {
  const batch = open.get(source);
  open.delete(source);
  return batch;
}

/** Gives nothing when each call should go by itself: there is only one, or the statement fails for one of them. */
async function send(
  source: RecordSource,
  column: SourceColumn,
  take: () => Batch | undefined,
): Promise<ReadonlyMap<string, object[]> | undefined> {
  await endOfTick();
  const batch = take();
  if (!batch || batch.calls.length < 2) return undefined;
  const condition = membership(column, column.node, [...batch.keys.values()], false);
  const { statement, shape } = initialState(source);
  let rows: DriverResult;
  try {
    rows = await run(source, { ...statement, where: [condition] }, "find");
  } catch {
    return undefined;
  }
  const byKey = new Map<string, DriverRow>();
  for (const row of rows) byKey.set(String(row[column.attribute]), row);
  const found = batch.calls.filter((text) => byKey.has(text));
  const wanted = found.map((text) => byKey.get(text) as DriverRow);
  const result = Object.assign(wanted, { count: wanted.length, command: rows.command });
  const records = source.hydrate(result, shape, { strict: false, autoBatch: true, apart: true });
  const byText = new Map<string, object[]>();
  for (const [index, text] of found.entries()) {
    byText.set(text, [...(byText.get(text) ?? []), records[index] as object]);
  }
  return byText;
}
