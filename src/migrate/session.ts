/** The one connection of a migration run, and the lock that lets only one run at a time work on a database. */
import { type ReservedSQL, SQL } from "bun";
import { translateConnectError } from "../connection/connect-error";
import { type DatabaseTarget, toSqlOptions } from "../connection/database-target";

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
 * Runs `work` while this session holds the lock. `waiting` is called once when another run holds it for longer
 * than a second.
 */
export async function withLock<R>(
  sql: ReservedSQL,
  waiting: () => void,
  work: () => Promise<R>,
): Promise<R> {
  const start = performance.now();
  let isAnnounced = false;
  // Asking again instead of waiting in pg_advisory_lock(): a session that waits there holds a snapshot, and
  // CREATE INDEX CONCURRENTLY of the run that has the lock would wait for that snapshot for ever.
  for (let delay = 20; !(await tryLock(sql)); delay = Math.min(delay * 1.5, 250)) {
    if (!isAnnounced && performance.now() - start > 1000) {
      waiting();
      isAnnounced = true;
    }
    await Bun.sleep(delay + Math.random() * 20);
  }
  try {
    return await work();
  } finally {
    // If the connection is gone, so is the lock.
    await sql`SELECT pg_advisory_unlock(${LOCK}::bigint)`.catch(() => undefined);
  }
}

async function tryLock(sql: ReservedSQL): Promise<boolean> {
  const rows: { ok: boolean }[] = await sql`SELECT pg_try_advisory_lock(${LOCK}::bigint) AS ok`;
  return rows[0]?.ok === true;
}
