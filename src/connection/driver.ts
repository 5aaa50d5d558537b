/** The one door to PostgreSQL: what the library needs of a driver, and Bun.sql behind it. */
import type { ReservedSQL, SQL } from "bun";

export type DriverValue = string | number | boolean | bigint | Uint8Array | null;
export type DriverRow = Record<string, unknown>;

export interface DriverColumn {
  readonly name: string;
  /** Type OID. */
  readonly type: number;
}

export type DriverResult = DriverRow[] & {
  /** Rows returned, or rows written where none are. */
  readonly count: number;
  readonly command: string;
  readonly columns?: readonly DriverColumn[];
};

/** One statement on its way. */
export interface DriverQuery extends PromiseLike<DriverResult> {
  cancel(): unknown;
  /** The input of COPY ... FROM STDIN; absent on drivers without COPY. */
  writable?(): WritableStream<string>;
  /** Before it is sent: its rows are to come as arrays; absent on drivers that have no such rows. */
  values?(): unknown;
  /** Sends it now; absent on drivers whose queries wait for nothing. */
  execute?(): unknown;
}

/** A connection that only its holder uses. */
export interface DriverConnection {
  query(text: string, values: readonly DriverValue[]): DriverQuery;
  release(): void;
}

export interface Driver {
  query(text: string, values: readonly DriverValue[]): DriverQuery;
  reserve(): Promise<DriverConnection>;
  /** Waits for statements in flight, then ends the pool. */
  close(): Promise<void>;
  /** The pool itself, for what only Bun.sql offers (COPY, LISTEN). */
  readonly pool?: SQL;
}

// unsafe(text) without values uses the simple protocol, which is slower and returns text only. A template
// object that is kept runs like a literal template: prepared once. `raw` must not be enumerable.
const templates = new Map<string, TemplateStringsArray>();

function template(text: string): TemplateStringsArray {
  const known = templates.get(text);
  if (known) return known;
  const strings = Object.defineProperty([text], "raw", { value: [text] });
  if (templates.size > 2_000) templates.clear();
  templates.set(text, strings as unknown as TemplateStringsArray);
  return strings as unknown as TemplateStringsArray;
}

function send(sql: SQL | ReservedSQL, text: string, values: readonly DriverValue[]): DriverQuery {
  const query =
    values.length === 0 ? sql(template(text)) : sql.unsafe(text, values as unknown as unknown[]);
  return query as unknown as DriverQuery;
}

const { then } = Promise.prototype;

/**
 * Sends a query and gives its result. A query of Bun.sql is a promise whose own `then` makes three promises more, so
 * it is sent by name and awaited as the promise that it is.
 */
export function resultOf(query: DriverQuery): PromiseLike<DriverResult> {
  if (query.execute === undefined || !(query instanceof Promise)) return query;
  query.execute();
  return then.call(query) as Promise<DriverResult>;
}

/** The facts that Bun.sql adds to the array of its rows, the last one first: undone like that, its shape is no dictionary. */
const facts = ["affectedRows", "lastInsertRowid", "command", "count"] as const;

/**
 * The rows as a plain array, as applications expect them. The array itself: a copy of a thousand rows takes three
 * pages of memory, and ten times as long.
 */
export function plainRows(result: DriverResult): DriverRow[] {
  const rows: DriverRow[] & { [Name in (typeof facts)[number]]?: unknown } = result;
  for (const name of facts) delete rows[name];
  return Object.setPrototypeOf(rows, Array.prototype) as DriverRow[];
}

/** Wraps a Bun.sql pool; `owned` pools are closed with the database, adopted ones are left open. */
export function bunDriver(sql: SQL, owned: boolean): Driver {
  return {
    pool: sql,
    query: (text, values) => send(sql, text, values),
    async reserve() {
      const reserved = await sql.reserve();
      return {
        query: (text, values) => send(reserved, text, values),
        release: () => {
          // A connection that broke has nothing to give back.
          Promise.resolve(reserved.release()).catch(() => {});
        },
      };
    },
    close: async () => {
      if (owned) await sql.close();
    },
  };
}
