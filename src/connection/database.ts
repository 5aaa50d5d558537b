/** One PostgreSQL database: its pool, its logger, its transactions, and which one the running code uses. */
import { AsyncLocalStorage } from "node:async_hooks";
import { ConnectionError, TransactionError } from "../errors";
import type { CompiledQuery } from "../sql/nodes";
import { copyIn } from "./copy";
import type { Driver, DriverResult } from "./driver";
import { execute, type QueryLogger } from "./execute";
import type { TransactionScope } from "./scope";
import { Slots } from "./slots";
import {
  beginStatement,
  checkNested,
  isRetryable,
  retryDelay,
  runSavepoint,
  runTransaction,
  type TransactionOptions,
} from "./transaction";
import { isConnectionLoss, type QueryInfo } from "./translate-error";

export interface DatabaseOptions {
  /** Called after each statement of models and of query(). */
  onQuery?: QueryLogger;
  /** Milliseconds to wait for a free connection; 0 waits for ever. Default 30,000. */
  acquireTimeout?: number;
  /** Where models are looked for by name. Default "./models". */
  modelsPath?: string;
  /** What lazy loading of one association for many records does when batching is off. */
  nPlusOne?: "warn" | "raise";
}

interface Context {
  readonly database: Database;
  readonly scope: TransactionScope | undefined;
}

const storage = new AsyncLocalStorage<Context>();
let fallback: Database | undefined;

/** A pool with its settings. `connect()` makes the default one; several may be open side by side. */
export class Database {
  readonly driver: Driver;
  readonly options: DatabaseOptions;
  readonly #slots: Slots;
  #closed = false;

  /** @param max How many connections the driver's pool has. */
  constructor(driver: Driver, options: DatabaseOptions = {}, max = 10) {
    this.driver = driver;
    this.options = options;
    this.#slots = new Slots(max, options.acquireTimeout ?? 30_000);
  }

  /** The transaction the calling code is in on this database. */
  get scope(): TransactionScope | undefined {
    const context = storage.getStore();
    return context?.database === this ? context.scope : undefined;
  }

  /** Sends a statement on the transaction's connection, else on the pool. */
  async execute(query: CompiledQuery, info: QueryInfo = {}): Promise<DriverResult> {
    const { scope } = this;
    const { onQuery } = this.options;
    if (scope) {
      await scope.ready();
      const { connection } = scope;
      return execute((text, values) => connection.query(text, values), query, info, onQuery);
    }
    this.#checkOpen();
    const waiting = this.#slots.acquire();
    if (waiting) await waiting;
    const { driver } = this;
    try {
      return await execute((text, values) => driver.query(text, values), query, info, onQuery);
    } catch (error) {
      if (!info.isRead || !isStale(error)) throw error;
      // A pooled connection had died unnoticed, or its plans were outdated by DDL: a read may be sent again.
      return await execute((text, values) => driver.query(text, values), query, info, onQuery);
    } finally {
      this.#slots.release();
    }
  }

  /** Streams chunks of text into a COPY statement. Nothing is kept when the source or the server fails. */
  async copy(
    query: CompiledQuery,
    chunks: AsyncIterable<string>,
    info: QueryInfo = {},
  ): Promise<void> {
    const { scope } = this;
    const { onQuery } = this.options;
    if (scope) {
      await scope.ready();
      const { connection } = scope;
      return copyIn((text) => connection.query(text, []), query, chunks, info, onQuery);
    }
    this.#checkOpen();
    const waiting = this.#slots.acquire();
    if (waiting) await waiting;
    const { driver } = this;
    try {
      await copyIn((text) => driver.query(text, []), query, chunks, info, onQuery);
    } finally {
      this.#slots.release();
    }
  }

  /**
   * Runs `callback` in a transaction, or in a savepoint when there is one already. Everything it awaits uses
   * the transaction's connection; an error rolls back and is thrown again.
   */
  async transaction<R>(options: TransactionOptions, callback: () => Promise<R> | R): Promise<R> {
    const { scope } = this;
    if (scope?.isOpen) {
      checkNested(options);
      return runSavepoint(scope, (inner) => this.#enter(inner, callback));
    }
    if (scope) await scope.ready();
    beginStatement(options);
    const retries = options.retries ?? 0;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(options, callback);
      } catch (error) {
        if (attempt > retries || !isRetryable(error)) throw error;
        await Bun.sleep(retryDelay(attempt));
      }
    }
  }

  async #attempt<R>(options: TransactionOptions, callback: () => Promise<R> | R): Promise<R> {
    this.#checkOpen();
    const waiting = this.#slots.acquire();
    if (waiting) await waiting;
    let released = false;
    const release = () => {
      if (!released) this.#slots.release();
      released = true;
    };
    try {
      const connection = await this.driver.reserve();
      const returning = {
        query: connection.query,
        release: () => {
          connection.release();
          release();
        },
      };
      return await runTransaction(this, returning, options, (scope) =>
        this.#enter(scope, callback),
      );
    } finally {
      release();
    }
  }

  // async, so that what the callback throws at once is a rejection too.
  async #enter<R>(scope: TransactionScope, callback: () => Promise<R> | R): Promise<R> {
    return await storage.run({ database: this, scope }, callback);
  }

  /** Ends the pool after the statements in flight; an adopted Bun.sql pool stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    if (fallback === this) fallback = undefined;
    await this.driver.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw new ConnectionError("This database was closed. Call connect() again.");
  }

  /** Runs `fn` with `database` in place of the default one: models and query() inside use it. */
  static run<R>(database: Database, fn: () => R): R {
    return storage.run({ database, scope: undefined }, fn);
  }
}

function isStale(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause = error.cause ?? error;
  return isConnectionLoss(cause) || (cause as { errno?: unknown }).errno === "0A000";
}

/** The database of `Database.run`, else the default one. Throws ConnectionError when there is none. */
export function currentDatabase(): Database {
  const database = storage.getStore()?.database ?? fallback;
  if (!database) {
    throw new ConnectionError("No connection established. Call connect() before using models.", {
      hint: "Put `await connect()` where the program starts.",
    });
  }
  return database;
}

export function defaultDatabase(): Database | undefined {
  return fallback;
}

export function setDefaultDatabase(database: Database | undefined): void {
  fallback = database;
}

/** Whether the calling code runs inside an open transaction() of the current database. */
export function isInTransaction(): boolean {
  return storage.getStore()?.scope?.isOpen ?? false;
}

/** The open transaction of the calling code, for hooks. Throws TransactionError outside one. */
export function requireScope(verb: string): TransactionScope {
  const scope = storage.getStore()?.scope;
  if (!scope?.isOpen) throw new TransactionError(`${verb} needs an open transaction().`);
  return scope;
}

/**
 * Runs `callback` in a transaction of the current database; nested calls are savepoints.
 * @example
 * await transaction(async () => {
 *   await User.create({ name: "Alice" });
 * }); // BEGIN; INSERT ...; COMMIT
 */
export function transaction<R>(callback: () => Promise<R> | R): Promise<R>;
export function transaction<R>(
  options: TransactionOptions,
  callback: () => Promise<R> | R,
): Promise<R>;
export async function transaction<R>(
  first: TransactionOptions | (() => Promise<R> | R),
  second?: () => Promise<R> | R,
): Promise<R> {
  const [options, callback] = typeof first === "function" ? [{}, first] : [first, second];
  if (typeof callback !== "function") {
    throw new TransactionError("transaction() needs a callback.");
  }
  return await currentDatabase().transaction(options, callback);
}

/** Runs `hook` after the outermost transaction commits, or at once outside one. */
export async function afterCommit(hook: () => unknown): Promise<void> {
  const scope = storage.getStore()?.scope;
  if (scope?.isOpen) scope.afterCommit(hook);
  else await hook();
}

/** Runs `hook` when the transaction or savepoint around the call is rolled back; outside one it never runs. */
export function afterRollback(hook: () => unknown): void {
  const scope = storage.getStore()?.scope;
  if (scope?.isOpen) scope.afterRollback(hook);
}
