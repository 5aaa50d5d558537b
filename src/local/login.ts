/** One short visit to a server: does it answer, does it know us, does the database exist. */
import { SQL } from "bun";
import { ConnectionError } from "../errors";

/** How to reach a server. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** What came of a login. */
export type Visit = "welcome" | "no database" | "not ready" | "wrong password";

/** The URL of a database; every part is escaped. */
export function databaseUrl(address: Address, database: string): string {
  const { hostname, port, username, password } = address;
  const user = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
  return `postgres://${user}@${hostname}:${port}/${encodeURIComponent(database)}`;
}

/** Logs in to a database and leaves again. */
export async function visit(address: Address, database: string): Promise<Visit> {
  try {
    await inDatabase(address, database, (sql) => sql`select 1`);
    return "welcome";
  } catch (error) {
    const state = sqlState(error);
    if (state === "3D000") return "no database";
    if (state === "28P01") return "wrong password";
    // 57P01-03: going down or coming up. Without a state nobody answered at all.
    if (state === undefined || state.startsWith("57P")) return "not ready";
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConnectionError(
      `The local PostgreSQL at ${address.hostname}:${address.port} refused the login: ${reason}`,
      { cause: error },
    );
  }
}

/** Creates a database unless it exists; several processes may try at once. */
export async function createDatabase(address: Address, database: string): Promise<void> {
  await inDatabase(address, "postgres", async (sql) => {
    const [row] = await sql<{ text: string }[]>`
      select format('create database %I', ${database}::text) as text`;
    try {
      if (row) await sql.unsafe(row.text);
    } catch (error) {
      // 42P04 and 23505: another process was quicker.
      if (!["42P04", "23505"].includes(sqlState(error) ?? "")) throw error;
    }
  });
}

async function inDatabase<Result>(
  address: Address,
  database: string,
  work: (sql: SQL) => PromiseLike<Result>,
): Promise<Result> {
  const sql = new SQL(databaseUrl(address, database), { max: 1, connectionTimeout: 10 });
  try {
    return await work(sql);
  } finally {
    await sql.close();
  }
}

function sqlState(error: unknown): string | undefined {
  return error instanceof SQL.PostgresError ? error.errno : undefined;
}
