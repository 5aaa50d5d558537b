/** BEGIN ... COMMIT and savepoints over one reserved connection. */
import {
  CommitOutcomeUnknownError,
  ConfigurationError,
  SerializationFailureError,
  TimeoutError,
  TransactionError,
} from "../errors";
import type { DriverConnection, DriverQuery, DriverResult } from "./driver";
import { TransactionScope } from "./scope";
import { isConnectionLoss, translateError } from "./translate-error";

export type IsolationLevel = "read committed" | "repeatable read" | "serializable";

export interface TransactionOptions {
  /** Only on the outermost transaction. */
  isolation?: IsolationLevel;
  readOnly?: boolean;
  /** With `serializable` and `readOnly`: waits until no serialization failure can happen. */
  deferrable?: boolean;
  /** How many times to try again after a serialization failure or deadlock; outermost only. Default 0. */
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
    return await connection.query(text, []);
  } catch (error) {
    throw translateError(error, { text, parameters: [] }, {});
  }
}

/** One try of an outermost transaction; `run` enters the scope and calls the application. */
export async function runTransaction<R>(
  owner: object,
  reserved: DriverConnection,
  options: TransactionOptions,
  run: (scope: TransactionScope) => Promise<R>,
): Promise<R> {
  const { timeout } = options;
  const connection = timeout === undefined ? reserved : cancellable(reserved);
  const scope = new TransactionScope(owner, connection);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let outcome: "commit" | "rollback" = "rollback";
  try {
    await command(connection, beginStatement(options));
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
    await commit(connection);
    outcome = "commit";
    return result;
  } catch (error) {
    scope.close();
    if (!(error instanceof CommitOutcomeUnknownError))
      await rollbackQuietly(connection, "ROLLBACK");
    scope.restore();
    throw error;
  } finally {
    clearTimeout(timer);
    connection.release();
    // After release: a hook may start a transaction of its own, also on a pool of one connection.
    await (outcome === "commit" ? scope.runAfterCommit() : scope.runAfterRollback());
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
    result = await connection.query("COMMIT", []);
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
    await connection.query(text, []);
  } catch {
    // The error that led here says more; a dead connection rolls back by itself.
  }
}

let savepoints = 0;

/** A savepoint inside `parent`; siblings wait for each other. */
export function runSavepoint<R>(
  parent: TransactionScope,
  run: (scope: TransactionScope) => Promise<R>,
): Promise<R> {
  return parent.exclusively(async () => {
    if (parent.failure) throw parent.failure;
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
      await scope.runAfterRollback();
      throw error;
    }
  });
}

/** Whether the whole transaction may be tried again. */
export function isRetryable(error: unknown): boolean {
  return error instanceof SerializationFailureError;
}

/** Milliseconds to wait before try number `attempt` (1, 2, ...): doubling, jittered, at most a second. */
export function retryDelay(attempt: number): number {
  return Math.random() * Math.min(1000, 10 * 2 ** attempt);
}
