/** The example schema of db/ as a database for tests, and a connection of ours to it. */
import { afterAll, beforeAll } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import { type ConnectOptions, connect, disconnect } from "../../src/index";
import { createDatabase, type TestDatabase } from "./database";

const folder = join(import.meta.dir, "../../db/migrations");

/** Applies the example migrations. */
export async function migrateBlog(url: string): Promise<void> {
  const sql = new SQL(url, { max: 1 });
  for (const file of readdirSync(folder).sort()) {
    const { up } = await import(join(folder, file));
    await sql.begin(up);
  }
  await sql.close();
}

let template: Promise<TestDatabase> | undefined;

/** An empty database with the tables of db/schema.ts; migrated once for each process, then copied. */
export async function createBlogDatabase(): Promise<TestDatabase> {
  template ??= createDatabase().then(async (database) => {
    await migrateBlog(database.url);
    await database.sql.close();
    return database;
  });
  return await createDatabase({ template: (await template).name });
}

/** Registers hooks: a database of its own for the file, and the default connection to it. */
export function blogDatabase(options: ConnectOptions = {}) {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createBlogDatabase();
    await connect(database.url, options);
  });
  afterAll(async () => {
    await disconnect();
    await database.drop();
  });
  return {
    get url() {
      return database.url;
    },
    /** SQL behind the library's back. */
    get sql() {
      return database.sql;
    },
    /** Empties the tables and starts their numbers again. */
    async clean() {
      await database.sql.unsafe(
        "TRUNCATE users, posts, comments, tags, taggings, profiles, memberships, shares, pages, orders RESTART IDENTITY CASCADE",
      );
    },
  };
}
