/** A connection beside the database in question: no session may be on a database that is created or dropped. */
import { SQL } from "bun";
import { translateConnectError } from "../connection/connect-error";
import { type DatabaseTarget, toSqlOptions } from "../connection/database-target";

/** Runs `work` in the maintenance database of the target's server. Throws ConnectionError. */
export async function inMaintenance<R>(
  target: DatabaseTarget,
  database: string,
  work: (sql: SQL) => Promise<R>,
): Promise<R> {
  const elsewhere = target.withDatabase(database === "postgres" ? "template1" : "postgres");
  const sql = new SQL(toSqlOptions(elsewhere, { max: 1, applicationName: "bake" }));
  try {
    try {
      await sql`SELECT 1`;
    } catch (error) {
      throw await translateConnectError(error, elsewhere);
    }
    return await work(sql);
  } finally {
    await sql.close();
  }
}

/** SQLSTATE of what the driver threw. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof SQL.PostgresError ? error.errno : undefined;
}
