/** One PostgreSQL database: its pool, its logger, its transactions, and which one the running code uses. */
import { ConnectionError, TransactionError } from "../errors";
import type { CompiledQuery } from "../sql/nodes";
import { beginOn } from "./begin";
import { Contexts } from "./context";
import { copyIn, copying, eachStep } from "./copy";
import type { Driver, DriverResult } from "./driver";

import { execute, type QueryLogger } from "./execute";
import { TransactionScope } from "./scope";

import { Slots } from "./slots";
import {
  beginStatement,
  checkNested,
  checkOptions,
  isRetryable,
  type Outcome,
  retryDelay,
  runSavepoint,
  runTransaction,
  runTurn,
  type TransactionOptions,
  warn,
} from "./transaction";
import type { QueryInfo } from "./translate-error";

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

const contexts = new Contexts<Database>();
let fallback: Database | undefined;

/** A pool with its settings. `connect()` makes the default one; several may be open side by side. */
export class Database {
  readonly driver: Driver;
  readonly options: DatabaseOptions;
  readonly #slots: Slots;
  #closing: Promise<void> | undefined;

  /** @param max How many connections the driver's pool has. */
  constructor(driver: Driver, options: DatabaseOptions = {}, max = 10) {
    this.driver = driver;
    this.options = options;
    this.#slots = new Slots(max, options.acquireTimeout ?? 30_000);
  }

  /** The transaction the calling code is in on this database. */
  get scope(): TransactionScope | undefined {
    return contexts.scopeOf(this);
  }

  /** Sends a statement on the transaction's connection, else on the pool. */
  execute(query: CompiledQuery, info: QueryInfo = {}): Promise<DriverResult> {
    const { scope } = this;
    const { onQuery } = this.options;
    if (scope) {
      const { connection } = scope;
      return scope.statement(() => execute(connection, query, info, onQuery));
    }
    if (this.#closing) return Promise.reject(closedError());
    return execute(this.driver, query, info, onQuery, this.#slots);
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
      const { connection } = scope;
      const send = (text: string) => connection.query(text, []);
      // Rows that wait for an answer of the connection which waits for rows would wait for ever.
      const busy = new TransactionScope(this, connection, scope);
      busy.fail(copying());
      const guarded = eachStep(chunks, (step) => contexts.run(this, busy, step));
      try {
        return await scope.statement(() => copyIn(send, query, guarded, info, onQuery));
      } finally {
        busy.close();
      }
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
    checkOptions(options);
    if (scope) {
      scope.check();
      checkNested(options);
      return await runSavepoint(scope, (inner) => this.#enter(inner, callback));
    }
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#attempt(options, callback);
      if (outcome.kind === "committed") {
        await outcome.scope.runAfterCommit();
        return outcome.result;
      }
      const { error } = outcome;
      if (outcome.kind === "unknown") throw error;
      await outcome.scope.runAfterRollback().catch(warn);
      if (attempt >= (options.retries ?? 0) || !isRetryable(error)) throw error;
      await Bun.sleep(retryDelay(attempt));
    }
  }

  /**
   * Runs `callback` as it is outside a transaction; inside one it waits for the savepoints asked for before it,
   * and statements of the transaction wait for its end. For writes that other code must not come between.
   */
  async turn<R>(callback: () => Promise<R>): Promise<R> {
    const { scope } = this;
    if (!scope) return await callback();
    scope.check();
    return await runTurn(scope, (inner) => this.#enter(inner, callback));
  }

  /** One try, on a connection that is given back before any hook runs: hooks may need one themselves. */
  async #attempt<R>(
    options: TransactionOptions,
    callback: () => Promise<R> | R,
  ): Promise<Outcome<R>> {
    this.#checkOpen();
    const waiting = this.#slots.acquire();
    if (waiting) await waiting;
    try {
      const connection = await beginOn(this.driver, beginStatement(options));
      try {
        return await runTransaction(this, connection, options, (scope) =>
          this.#enter(scope, callback),
        );
      } finally {
        connection.release();
      }
    } finally {
      this.#slots.release();
    }
  }

  // async, so that what the callback throws at once is a rejection too.
  async #enter<R>(scope: TransactionScope, callback: () => Promise<R> | R): Promise<R> {
    return await contexts.run(this, scope, callback);
  }

  /**
   * Ends the pool when the statements and transactions that are under way have ended; nothing new is accepted.
   * An adopted Bun.sql pool stays open.
   */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    if (fallback === this) fallback = undefined;
    return this.#closing;
  }

  async #end(): Promise<void> {
    await this.#slots.idle();
    await this.driver.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #checkOpen(): void {
    if (this.#closing) throw closedError();
  }

  /** Runs `fn` with `database` in place of the default one: models and query() inside use it. */
  static run<R>(database: Database, fn: () => R): R {
    // Inside a transaction of that database `fn` belongs to it.
    return contexts.run(database, contexts.scopeOf(database), fn);
  }
}

function closedError(): ConnectionError {
  return new ConnectionError("This database was closed. Call connect() again.");
}

/** The database of `Database.run`, else the default one. Throws ConnectionError when there is none. */
export function currentDatabase(): Database {
  const database = contexts.current?.owner ?? fallback;
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

/** The transaction of the current database that the calling code is in: what `currentDatabase().scope` is, at once. */
export function currentScope(): TransactionScope | undefined {
  return contexts.current?.scope;
}

/** Whether the calling code runs inside an open transaction() of the current database. */
export function isInTransaction(): boolean {
  return currentScope()?.isOpen ?? false;
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
  const scope = contexts.current?.scope;
  if (scope?.isOpen) scope.afterCommit(hook, {});
  else await hook();
}

/** Runs `hook` when the transaction or savepoint around the call is rolled back; outside one it never runs. */
export function afterRollback(hook: () => unknown): void {
  const scope = contexts.current?.scope;
  if (scope?.isOpen) scope.afterRollback(hook);
}
