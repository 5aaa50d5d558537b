/** The connections of a migration run, and the lock that lets only one run at a time work on a database. */
import { type ReservedSQL, SQL, type TransactionSQL } from "bun";
import { type DatabaseTarget, toSqlOptions } from "../connection/database-target";
import { MigrationError } from "../errors";

/** The advisory lock of all runs; the published package uses the same number. */
export const LOCK = 7265389;

/**
 * Runs `work` on a connection of its own, which is closed afterwards.
 * Throws ConnectionError when the database cannot be reached.
 */
export async function withSession<R>(
  target: DatabaseTarget,
  work: (sql: ReservedSQL) => Promise<R>,
): Promise<R> {
  const pool = new SQL(toSqlOptions(target, { max: 1, applicationName: "bake migrate" }));
  try {
    let sql: ReservedSQL;
    try {
      sql = await pool.reserve();
    } catch (error) {
      const { translateConnectError } = await import("../connection/connect-error");
      throw await translateConnectError(error, target);
    }
    try {
      return await work(sql);
    } finally {
      sql.release();
    }
  } finally {
    // A query that was started but never awaited must not keep the process.
    await pool.close({ timeout: 1 });
  }
}

/**
 * Runs `work` while a transaction on `guard` holds the lock; `work` uses another connection. `waiting` is called once
 * when another run holds the lock for longer than a second. A lock of the session would be simpler, but behind a
 * pooler that hands out connections per transaction nobody could release it: it would stay on the server's side.
 */
export async function withLock<R>(
  guard: ReservedSQL,
  waiting: () => void,
  work: (lock: Lock) => Promise<R>,
): Promise<R> {
  const start = performance.now();
  let isAnnounced = false;
  // Asking again instead of waiting in pg_advisory_xact_lock(): a session that waits there holds a snapshot, and
  // CREATE INDEX CONCURRENTLY of the run that has the lock would wait for that snapshot for ever.
  for (let delay = 20; ; delay = Math.min(delay * 1.5, 250)) {
    const outcome = await attempt(guard, work);
    if (outcome) return outcome();
    if (!isAnnounced && performance.now() - start > 1000) {
      waiting();
      isAnnounced = true;
    }
    await Bun.sleep(delay + Math.random() * 20);
  }
}

/** The lock of a run that is going on. */
export interface Lock {
  /** Throws MigrationError when the lock is gone, with the connection that held it. */
  check(): Promise<void>;
}

/** What `work` gave or threw, as a function; undefined when another run has the lock. */
async function attempt<R>(
  guard: ReservedSQL,
  work: (lock: Lock) => Promise<R>,
): Promise<(() => R) | undefined> {
  let running: Promise<() => R> | undefined;
  try {
    // A transaction of a stricter level would keep a snapshot, for which CONCURRENTLY waits.
    await guard.begin("isolation level read committed", async (txn) => {
      if (!(await tryLock(txn))) return;
      running = settle(() => work({ check: () => checkLock(txn) }));
      await running;
    });
  } catch (error) {
    // When the connection is lost begin() rejects at once, while the work is still going on; and what is done by
    // then is done.
    if (!running) throw error;
  }
  return running;
}

async function settle<R>(work: () => Promise<R>): Promise<() => R> {
  try {
    const value = await work();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

// The simple protocol, because the other one leaves a portal open until the next statement, and that a snapshot.
async function tryLock(txn: TransactionSQL): Promise<boolean> {
  // The transaction is idle for as long as the migrations run: no time limit may end it.
  const rows: { ok: boolean }[] = await txn
    .unsafe(
      `SELECT pg_try_advisory_xact_lock(${LOCK}) AS ok, (
         SELECT count(set_config(name, '0', true)) FROM pg_settings
         WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')) AS unlimited`,
    )
    .simple();
  return rows[0]?.ok === true;
}

async function checkLock(txn: TransactionSQL): Promise<void> {
  try {
    await txn.unsafe("SELECT 1").simple();
  } catch (error) {
    throw new MigrationError("The connection that held the lock of this run was lost.", {
      cause: error,
      hint: "`bake db status` tells what was applied; run the command again.",
    });
  }
}

/** SQLSTATE of a server error; undefined for everything else, a lost connection included. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("errno" in error)) return undefined;
  return typeof error.errno === "string" ? error.errno : undefined;
}
