/** The workloads: what each is called, and the contract that a library's side of it keeps. */

export const workloadNames = [
  "find",
  "find in flight",
  "select 1,000",
  "select 10,000",
  "to JSON",
  "eager 2",
  "eager 3",
  "newest 3",
  "insert",
  "bulk insert",
  "bulk upsert",
  "update",
  "aggregate",
  "walk",
  "transaction",
  "build",
] as const;

export type WorkloadName = (typeof workloadNames)[number];

export const titles: Readonly<Record<WorkloadName, string>> = {
  find: "find by primary key, one at a time",
  "find in flight": "find by primary key, 50 in flight, pool of 10",
  "select 1,000": "select 1,000 rows, hydrated",
  "select 10,000": "select 10,000 rows, hydrated",
  "to JSON": "10,000 rows to JSON",
  "eager 2": "eager load 100 users + posts",
  "eager 3": "eager load 50 users + posts + comments",
  "newest 3": "3 newest posts of 100 users",
  insert: "insert one row",
  "bulk insert": "bulk insert 10,000 rows",
  "bulk upsert": "bulk upsert 10,000 rows",
  update: "update one changed column",
  aggregate: "grouped aggregate",
  walk: "walk 100,000 rows in batches of 1,000",
  transaction: "transaction of 3 statements, 20 in flight",
  build: "build the SQL text only",
};

/** Ratios to bare Bun.sql that baked-orm must not exceed. */
export const targets: Readonly<Record<WorkloadName, number>> = {
  find: 1.1,
  "find in flight": 0.6,
  "select 1,000": 1.08,
  "select 10,000": 1.08,
  "to JSON": 1.15,
  "eager 2": 1.1,
  "eager 3": 1.1,
  "newest 3": 1.1,
  insert: 1.1,
  "bulk insert": 0.92,
  "bulk upsert": 0.94,
  update: 1.05,
  aggregate: 1.02,
  walk: 1.03,
  transaction: 0.95,
  build: 10,
};

/** How often "build" assembles a statement in one run: one is too quick to be timed. */
export const BUILDS = 1_000;

/**
 * One library's side of a workload. What `run` gives is compared with what bare Bun.sql gives: column names
 * may be in snake or camel case, lists in any order but those of an `ordered` workload.
 */
export interface Workload {
  /** Before the first run: loads records that are to be updated. */
  prepare?(): Promise<void>;
  /** One unit of work; `index` counts the runs. */
  run(index: number): unknown;
  /** The result as plain data, where enumerable own keys are not what is meant. */
  plain?(result: unknown): unknown;
}

export interface Library {
  connect(url: string, connections: number): Promise<void>;
  close(): Promise<void>;
  readonly workloads: Partial<Record<WorkloadName, Workload>>;
}

/** Writing workloads are compared by what is in the table afterwards. */
export const writing: ReadonlySet<WorkloadName> = new Set<WorkloadName>([
  "insert",
  "bulk insert",
  "bulk upsert",
  "update",
  "transaction",
]);

/** What is asked for in an order must come in it. */
export const ordered: ReadonlySet<WorkloadName> = new Set<WorkloadName>([
  "find in flight",
  "select 1,000",
  "select 10,000",
  "to JSON",
  "aggregate",
]);

let consumed = 0;

/** Looks into the text, so that it must really have been put together. */
export function consume(text: string): void {
  consumed = (consumed + text.charCodeAt(text.length >> 1)) | 0;
}
