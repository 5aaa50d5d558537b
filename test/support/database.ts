/** Databases of the suite's server: one per test file, or per test, each empty and its own. */
import { SQL } from "bun";
import { databasePrefix } from "./run";
import { serverUrl } from "./server";

export { embeddedUrl, serverUrl } from "./server";

/** A database that lives as long as a test wants it. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly name: string;
  /** For looking at effects behind the library's back. */
  readonly sql: SQL;
  drop(): Promise<void>;
}

/** Tells the databases of this test file from those of the run's others. */
const part = crypto.randomUUID().slice(0, 4);
let counter = 0;
let administration: { readonly url: string; readonly sql: SQL } | undefined;

/** Creates a database, empty or a copy of another one (whose sessions are cut). */
export async function createDatabase(options: { template?: string } = {}): Promise<TestDatabase> {
  const { template } = options;
  const sql = await administrator();
  const name = `${databasePrefix}${part}_${(++counter).toString(36)}`;
  // FILE_COPY copies pages without logging them: half the time of WAL_LOG on a server without fsync.
  const create = "create database %I template %I strategy file_copy";
  for (;;) {
    if (template !== undefined) await cutSessions(sql, template);
    try {
      await command(sql, create, name, template ?? "template0");
      break;
    } catch (error) {
      // A session came in between, which may be one of the server's own.
      if (!(error instanceof SQL.PostgresError) || error.errno !== "55006") throw error;
    }
  }
  const url = new URL(await serverUrl());
  url.pathname = `/${name}`;
  const client = new SQL(url.href, { max: 2 });
  const drop = async () => {
    await client.close();
    await command(await administrator(), "drop database if exists %I with (force)", name);
  };
  return { url: url.href, name, sql: client, drop, [Symbol.asyncDispose]: drop };
}

/** One session for all the creating and dropping; a new one when the server is another. */
async function administrator(): Promise<SQL> {
  const url = await serverUrl();
  if (administration?.url !== url) administration = { url, sql: new SQL(url, { max: 1 }) };
  return administration.sql;
}

/** CREATE DATABASE refuses a template in use; PostgreSQL's own waiting takes 100 ms a turn. */
async function cutSessions(sql: SQL, database: string): Promise<void> {
  for (;;) {
    const cut = await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = ${database}::text`;
    if (cut.length === 0) return;
    await Bun.sleep(1);
  }
}

/** Runs a statement whose names PostgreSQL itself quotes. */
async function command(sql: SQL, format: string, name: string, template = ""): Promise<void> {
  const [row] = await sql<{ text: string }[]>`
    select format(${format}::text, ${name}::text, ${template}::text) as text`;
  if (row) await sql.unsafe(row.text);
}
