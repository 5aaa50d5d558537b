/** A database with the tables of schema/life.sql for a test file, and what was sent to it. */
import { afterAll, afterEach, beforeAll } from "bun:test";
import type { SQL } from "bun";
import { type ConnectOptions, connect, disconnect, type QueryLogEntry } from "../../src/index";
import { createDatabase, type TestDatabase } from "./database";
import { schemaFiles } from "./schema/generate";

const tables = [
  "posts",
  "users",
  "accounts",
  "memberships",
  "documents",
  "countries",
  "events",
  "bookings",
  "readings",
];

/** Registers the hooks: connected before the tests, tables emptied after each. */
export function lifeDatabase(options: ConnectOptions = {}) {
  let database: TestDatabase | undefined;
  const log: QueryLogEntry[] = [];
  const onQuery = (entry: QueryLogEntry) => {
    log.push(entry);
  };

  const current = (): TestDatabase => {
    if (!database)
      throw new Error("The database is created before the tests, not while they are declared.");
    return database;
  };

  beforeAll(async () => {
    database = await createDatabase();
    await database.sql.unsafe(await Bun.file(schemaFiles("life").sql).text());
    await connect(database.url, { max: 4, onQuery, ...options });
  });
  afterEach(async () => {
    await current().sql.unsafe(`TRUNCATE ${tables.join(", ")} RESTART IDENTITY`);
    log.length = 0;
  });
  afterAll(async () => {
    await disconnect();
    await database?.drop();
  });

  return {
    /** Statements of models and query() since the test began. */
    log,
    get sql(): SQL {
      return current().sql;
    },
    get url(): string {
      return current().url;
    },
    /** Connects again as at the start. */
    reconnect: () => connect(current().url, { max: 4, onQuery, ...options }),
    /** Runs a function and gives the texts of the statements it caused. */
    async texts(work: () => Promise<unknown>): Promise<string[]> {
      log.length = 0;
      await work();
      return log.map(({ text }) => text);
    },
  };
}
