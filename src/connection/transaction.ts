/** BEGIN ... COMMIT and savepoints over one reserved connection. */
import {
  CommitOutcomeUnknownError,
  ConfigurationError,
  didYouMean,
  SerializationFailureError,
  TimeoutError,
  TransactionError,
} from "../errors";
import type { TransactionConnection } from "./begin";
import { type DriverConnection, type DriverQuery, type DriverResult, resultOf } from "./driver";
import { TransactionScope } from "./scope";
import { isConnectionLoss, translateError } from "./translate-error";

export type IsolationLevel = "read committed" | "repeatable read" | "serializable";

export interface TransactionOptions {
  /** Only on the outermost transaction. */
  isolation?: IsolationLevel;
  readOnly?: boolean;
  /** With `serializable` and `readOnly`: waits until no serialization failure can happen. */
  deferrable?: boolean;
  /**
   * How many times to try again after a serialization failure or deadlock; outermost only. Default 0.
   * The callback runs anew: load inside it what it changes, since what it assigned to other records stays.
   */
  retries?: number;
  /** Milliseconds for the whole transaction; then it is rolled back with TimeoutError. */
  timeout?: number;
}

const levels: readonly string[] = ["read committed", "repeatable read", "serializable"];

/** The BEGIN statement of the options. Throws ConfigurationError for an unknown isolation level. */
export function beginStatement(options: TransactionOptions): string {
  const { isolation, readOnly, deferrable } = options;
  let text = "BEGIN";
  if (isolation !== undefined) {
    if (!levels.includes(isolation)) {
      throw new ConfigurationError(
        `Invalid isolation level "${isolation}". Must be one of: ${levels.map((level) => `"${level}"`).join(", ")}.`,
      );
    }
    text += ` ISOLATION LEVEL ${isolation.toUpperCase()}`;
  }
  if (readOnly) text += " READ ONLY";
  if (deferrable) text += " DEFERRABLE";
  return text;
}

const names = ["isolation", "readOnly", "deferrable", "retries", "timeout"] as const;

/** Throws ConfigurationError for options that do not exist or make no sense. */
export function checkOptions(options: TransactionOptions): void {
  const { retries = 0, timeout } = options;
  for (const key of Object.keys(options)) {
    if ((names as readonly string[]).includes(key)) continue;
    throw new ConfigurationError(
      `transaction() has no option "${key}".${didYouMean(key, names)} Options: ${names.join(", ")}.`,
    );
  }
  if (!Number.isInteger(retries) || retries < 0) {
    throw new ConfigurationError(`transaction() retries must be 0 or more, got ${retries}.`);
  }
  if (timeout !== undefined && !(timeout > 0)) {
    throw new ConfigurationError(`transaction() timeout must be milliseconds, got ${timeout}.`);
  }
  beginStatement(options);
}

/** Options that a savepoint cannot have. */
export function checkNested(options: TransactionOptions): void {
  if (options.isolation !== undefined) {
    throw new TransactionError(
      "Isolation level cannot be set on nested transactions. PostgreSQL only supports isolation levels on top-level transactions.",
    );
  }
  for (const name of ["readOnly", "deferrable", "retries", "timeout"] as const) {
    if (options[name] !== undefined) {
      throw new TransactionError(
        `"${name}" cannot be set on a nested transaction, only on the outermost one.`,
      );
    }
  }
}

async function command(connection: DriverConnection, text: string): Promise<DriverResult> {
  try {
    return await resultOf(connection.query(text, []));
  } catch (error) {
    throw translateError(error, { text, parameters: [] }, {});
  }
}

/** How one try of a transaction ended. `unknown`: the connection broke while COMMIT was unanswered. */
export type Outcome<R> =
  | { readonly kind: "committed"; readonly scope: TransactionScope; readonly result: R }
  | {
      readonly kind: "rolled back" | "unknown";
      readonly scope: TransactionScope;
      readonly error: unknown;
    };

/**
 * One try of an outermost transaction; `run` enters the scope and calls the application. Never rejects but for
 * a BEGIN that failed, when nothing has run yet. The hooks of the scope are left to the caller, who has given
 * the connection back by then.
 */
export async function runTransaction<R>(
  owner: object,
  beginning: TransactionConnection,
  options: TransactionOptions,
  run: (scope: TransactionScope) => Promise<R>,
): Promise<Outcome<R>> {
  const { timeout } = options;
  const connection = timeout === undefined ? beginning : cancellable(beginning);
  const scope = new TransactionScope(owner, connection);
  let timer: ReturnType<typeof setTimeout> | undefined;
  // A BEGIN with options may be refused, and then nothing must have run.
  if (Object.keys(options).length > 0) await beginning.begun();
  try {
    const work = run(scope);
    const result = await (timeout === undefined
      ? work
      : Promise.race([
          work,
          new Promise<never>((_resolve, reject) => {
            timer = setTimeout(() => reject(expire(scope, timeout)), timeout);
          }),
        ]));
    if (scope.failure) throw scope.failure;
    scope.close();
    await beginning.begun();
    await commit(connection);
    return { kind: "committed", scope, result };
  } catch (error) {
    scope.close();
    const isUnknown = error instanceof CommitOutcomeUnknownError;
    if (!isUnknown) await rollbackQuietly(connection, "ROLLBACK");
    scope.restore();
    return { kind: isUnknown ? "unknown" : "rolled back", scope, error };
  } finally {
    clearTimeout(timer);
  }
}

interface CancellableConnection extends DriverConnection {
  cancelAll(): void;
}

/** Remembers the statements in flight, so that a timeout can cancel them. */
function cancellable(connection: DriverConnection): CancellableConnection {
  const inFlight = new Set<DriverQuery>();
  return {
    query(text, values) {
      const query = connection.query(text, values);
      inFlight.add(query);
      const settled = () => inFlight.delete(query);
      query.then(settled, settled);
      return query;
    },
    release: () => connection.release(),
    cancelAll() {
      for (const query of inFlight) query.cancel();
    },
  };
}

function expire(scope: TransactionScope, milliseconds: number): TimeoutError {
  const error = new TimeoutError(
    `The transaction took longer than ${milliseconds} ms and was rolled back.`,
  );
  scope.fail(error);
  (scope.connection as CancellableConnection).cancelAll();
  return error;
}

async function commit(connection: DriverConnection): Promise<void> {
  let result: DriverResult;
  try {
    result = await resultOf(connection.query("COMMIT", []));
  } catch (error) {
    if (isConnectionLoss(error)) {
      throw new CommitOutcomeUnknownError(
        "The connection was lost while COMMIT was unanswered: the transaction may or may not have been kept.",
        { cause: error, hint: "Look at the data before trying again." },
      );
    }
    throw translateError(error, { text: "COMMIT", parameters: [] }, {});
  }
  // In a failed transaction COMMIT succeeds, as a rollback.
  if (result.command === "ROLLBACK") {
    throw new TransactionError(
      "The transaction was rolled back instead of committed, because an error of an earlier statement was caught inside it.",
      { hint: "Wrap what may fail in a nested transaction()." },
    );
  }
}

async function rollbackQuietly(connection: DriverConnection, text: string): Promise<void> {
  try {
    await resultOf(connection.query(text, []));
  } catch {
    // The error that led here says more; a dead connection rolls back by itself.
  }
}

let savepoints = 0;

/** A savepoint inside `parent`; siblings wait for each other. */
export async function runSavepoint<R>(
  parent: TransactionScope,
  run: (scope: TransactionScope) => Promise<R>,
): Promise<R> {
  let rolledBack: TransactionScope | undefined;
  try {
    return await parent.exclusively(async () => {
      parent.check();
      const { connection } = parent;
      const scope = new TransactionScope(parent.owner, connection, parent);
      const name = `sp_${++savepoints}`;
      await command(connection, `SAVEPOINT ${name}`);
      try {
        const result = await run(scope);
        scope.close();
        await command(connection, `RELEASE SAVEPOINT ${name}`);
        scope.mergeInto(parent);
        return result;
      } catch (error) {
        scope.close();
        await rollbackQuietly(connection, `ROLLBACK TO SAVEPOINT ${name}`);
        scope.restore();
        rolledBack = scope;
        throw error;
      }
    });
  } catch (error) {
    // Only now: a hook may query, and the queries of the parent wait until the savepoint is gone.
    await rolledBack?.runAfterRollback().catch(warn);
    throw error;
  }
}

/**
 * Runs `run` in line with the savepoints of `parent`, but without one of its own: what fails in it is for the
 * caller to deal with, and what it did belongs to `parent`.
 */
export function runTurn<R>(
  parent: TransactionScope,
  run: (scope: TransactionScope) => Promise<R>,
): Promise<R> {
  return parent.exclusively(async () => {
    parent.check();
    const scope = new TransactionScope(parent.owner, parent.connection, parent);
    try {
      return await run(scope);
    } finally {
      scope.close();
      scope.mergeInto(parent);
    }
  });
}

/** A failing hook must not take the place of the error that caused the rollback. */
export function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

/** Whether the whole transaction may be tried again; the application may have wrapped the reason. */
export function isRetryable(error: unknown): boolean {
  for (let reason = error; reason instanceof Error; reason = reason.cause) {
    if (reason instanceof SerializationFailureError) return true;
  }
  return false;
}

/** Milliseconds to wait before retry number `attempt` (0, 1, ...): doubling, jittered, at most a second. */
export function retryDelay(attempt: number): number {
  return Math.random() * Math.min(1000, 20 * 2 ** attempt);
}
