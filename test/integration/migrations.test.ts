/** Running migrations, from inside: what is kept, what is recorded, what is said. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { resolveDatabase } from "../../src/connection/resolve-database";
import { MigrationError } from "../../src/errors";
import { type MigrateOptions, migrateDown, migrateRedo, migrateUp } from "../../src/migrate/runner";
import { LOCK } from "../../src/migrate/session";
import { migrationStatus } from "../../src/migrate/status";
import { createDatabase, type TestDatabase } from "../support/database";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A migration's body is SQL, or TypeScript with `txn`. */
type Body = string | { up?: string; down?: string; head?: string };

function source(body: Body): string {
  const { up = "", down = "", head = "" } = typeof body === "string" ? { up: body } : body;
  return `${head}
export async function up(txn) { ${up} }
export async function down(txn) { ${down} }
`;
}

/** A database and a folder of migrations, numbered in the order given. */
async function setUp(...bodies: Body[]) {
  const database = await createDatabase();
  const directory = mkdtempSync(join(tmpdir(), "baked-run-"));
  folders.push(directory);
  const target = resolveDatabase({ database: database.url }, {});
  if (!target) throw new Error("no target");
  const said: string[] = [];
  const options: MigrateOptions = {
    directory,
    listener: {
      planned: (direction, { length }) => said.push(`${direction} ${length}`),
      done: (direction, { name }) => said.push(`${direction} done ${name}`),
      note: (text) => said.push(text),
      ignored: (file) => said.push(`ignored ${file}`),
      waiting: () => said.push("waiting"),
    },
    after: async (_query, version) => {
      said.push(`schema of ${version}`);
    },
  };
  const file = (number: number) => `2025010100000${number}.m${number}.ts`;
  const write = (number: number, body: Body) =>
    writeFileSync(join(directory, file(number)), source(body));
  for (const [index, body] of bodies.entries()) write(index + 1, body);
  return {
    ...{ database, directory, target, said, options, write, file },
    up: (count?: number) => migrateUp(target, { ...options, count }),
    down: (count?: number) => migrateDown(target, { ...options, count }),
    redo: (count?: number) => migrateRedo(target, { ...options, count }),
    status: () => migrationStatus(target, directory),
    versions: () => versions(database),
    [Symbol.asyncDispose]: () => database.drop(),
  };
}

async function versions({ sql }: TestDatabase): Promise<string[]> {
  const rows: { version: string }[] = await sql`
    SELECT version FROM schema_migrations ORDER BY position`;
  return rows.map(({ version }) => version.slice(-1));
}

async function exists({ sql }: TestDatabase, relation: string): Promise<boolean> {
  const [row] = await sql`SELECT to_regclass(${relation}::text) IS NOT NULL AS ok`;
  return row?.ok === true;
}

async function failure(run: Promise<unknown>): Promise<string> {
  const error = await run.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(MigrationError);
  return error instanceof Error ? error.message : "";
}

describe("up", () => {
  test("each migration is kept on its own: what follows a failure is not run", async () => {
    await using run = await setUp(
      "await txn`CREATE TABLE a (id int)`",
      "await txn`CREATE TABLE b (id int)`; await txn`SELECT nope`",
      "await txn`CREATE TABLE c (id int)`",
    );
    const message = await failure(run.up());
    expect(message).toContain(
      `Migration ${run.file(2)} failed: column "nope" does not exist [42703]`,
    );
    expect(message).toContain("SQL: SELECT nope");
    expect(message).toContain("Nothing of it was kept.");
    expect(await run.versions()).toEqual(["1"]);
    expect(await exists(run.database, "b")).toBe(false);
    // The schema has changed all the same.
    expect(run.said).toEqual(["up 3", "up done m1", "schema of 20250101000001"]);
  });

  test("count limits, a second run finds nothing, files out of order are caught up with", async () => {
    await using run = await setUp("", "", "");
    expect((await run.up(2)).map(({ name }) => name)).toEqual(["m1", "m2"]);
    expect((await run.up()).map(({ name }) => name)).toEqual(["m3"]);
    expect(await run.up()).toEqual([]);
    run.write(0, "");
    expect((await run.up()).map(({ name }) => name)).toEqual(["m0"]);
    expect(await run.versions()).toEqual(["1", "2", "3", "0"]);
    // The version of the schema does not depend on the order of application.
    expect(run.said.at(-1)).toBe("schema of 20250101000003");
  });

  test.each([0, -1, 1.5, Number.NaN])(
    "a count of %p is refused before anything runs",
    async (count) => {
      await using run = await setUp("await txn`CREATE TABLE a (id int)`");
      expect(await failure(run.up(count))).toContain(
        "--count must be a whole number of at least 1",
      );
      expect(await exists(run.database, "schema_migrations")).toBe(false);
    },
  );

  test("a file that cannot be loaded stops the run before the first is applied", async () => {
    await using run = await setUp("await txn`CREATE TABLE a (id int)`", "const = 1");
    expect(await failure(run.up())).toContain(`Migration ${run.file(2)} cannot be loaded: `);
    expect(await exists(run.database, "a")).toBe(false);
  });

  test("a file without up or down is refused by name", async () => {
    await using run = await setUp();
    writeFileSync(join(run.directory, run.file(1)), "export const nothing = 1;");
    expect(await failure(run.up())).toContain(`${run.file(1)} does not export an 'up' function`);
  });

  test("files that are no migrations are ignored, and said to be", async () => {
    await using run = await setUp("");
    writeFileSync(join(run.directory, "helper.ts"), "throw new Error('must not be imported')");
    await run.up();
    expect(run.said).toContain("ignored helper.ts");
    expect((await run.status()).ignored).toEqual(["helper.ts"]);
  });

  test("an enum value added by one file can be used by the next", async () => {
    await using run = await setUp(
      "await txn`CREATE TYPE mood AS ENUM ('sad')`",
      "await txn`ALTER TYPE mood ADD VALUE 'ok'`",
      "await txn`CREATE TABLE p (m mood DEFAULT 'ok')`; await txn`INSERT INTO p DEFAULT VALUES`",
    );
    await run.up();
    expect(await run.versions()).toEqual(["1", "2", "3"]);
  });

  test("used in the same file, it fails with the remedy", async () => {
    await using run = await setUp(
      "await txn`CREATE TYPE mood AS ENUM ('sad')`",
      "await txn`ALTER TYPE mood ADD VALUE 'ok'`; await txn`CREATE TABLE p (m mood DEFAULT 'ok')`",
    );
    expect(await failure(run.up())).toContain("put its use into the next migration");
  });

  test("settings of one migration do not reach the next, nor the bookkeeping", async () => {
    await using run = await setUp(
      "await txn`CREATE SCHEMA other`; await txn`SELECT set_config('search_path', 'other', false)`",
      "await txn`CREATE TABLE a (id int)`",
    );
    await run.up();
    expect(await exists(run.database, "public.a")).toBe(true);
    expect(await exists(run.database, "other.schema_migrations")).toBe(false);
  });

  test("a script of several statements, savepoints, fragments and helpers of the driver work", async () => {
    await using run = await setUp(`
      await txn\`CREATE TABLE a (id int, s text); CREATE TABLE b (id int)\`;
      await txn\`INSERT INTO a \${txn([{ id: 1, s: "x;y" }])}\`;
      const where = txn\`WHERE id = \${1}\`;
      const rows = await txn\`SELECT s FROM a \${where}\`;
      if (rows[0].s !== "x;y") throw new Error("wrong row");
      await txn.savepoint(async (sp) => { await sp\`INSERT INTO b VALUES (1)\`; });
      await txn.savepoint(async (sp) => { await sp\`INSERT INTO nope VALUES (1)\`; }).catch(() => {});
      await Promise.all([txn\`INSERT INTO b VALUES (2)\`, txn.unsafe("INSERT INTO b VALUES ($1)", [3])]);`);
    await run.up();
    const rows: { id: number }[] = await run.database.sql`SELECT id FROM b ORDER BY id`;
    expect(rows.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test("the same query before and after DDL sees the new columns", async () => {
    const select =
      "{ const rows = await txn`SELECT * FROM a`; seen.push(Object.keys(rows[0]).join()); }";
    await using run = await setUp({
      head: "const seen = [];",
      up: `await txn\`CREATE TABLE a (x int)\`; await txn\`INSERT INTO a VALUES (1)\`; ${select}
        await txn\`ALTER TABLE a ADD y int\`; ${select}
        await txn\`CREATE TABLE seen AS SELECT \${seen.join(" then ")}::text AS columns\`;`,
    });
    await run.up();
    const [row] = await run.database.sql`SELECT columns FROM seen`;
    expect(row.columns).toBe("x then x,y");
  });
});

describe("a forgotten await", () => {
  test.each([
    ["a query that never ran", "txn`CREATE TABLE never (id int)`", "CREATE TABLE never (id int)"],
    [
      "one that is still running",
      "txn`SELECT pg_sleep(0.05), 'slow'`.execute()",
      "SELECT pg_sleep(0.05), 'slow'",
    ],
    ["one inside a savepoint", "await txn.savepoint(async (sp) => { sp`SELECT 7` })", "SELECT 7"],
    ["an unsafe one", "txn.unsafe('SELECT 8')", "SELECT 8"],
    [
      "a list that nobody waits for",
      "[1, 2].forEach(async () => { await txn`SELECT 9` })",
      "SELECT 9",
    ],
  ])("%s fails the migration, with its text", async (_name, up, text) => {
    await using run = await setUp(`await txn\`CREATE TABLE a (id int)\`; ${up}`);
    const message = await failure(run.up());
    expect(message).toContain("A query was not awaited");
    expect(message).toContain(text);
    expect(await exists(run.database, "a")).toBe(false);
    expect(await run.versions()).toEqual([]);
  });

  test("without a transaction it is noticed as well", async () => {
    await using run = await setUp({
      head: "export const transaction = false;",
      up: "txn`CREATE TABLE never (id int)`",
    });
    expect(await failure(run.up())).toContain("CREATE TABLE never (id int)");
    expect(await run.versions()).toEqual([]);
  });
});

test("a migration that swallowed an error, or ends its transaction itself, is not applied", async () => {
  await using swallowed = await setUp("await txn`SELECT nope`.catch(() => {})");
  const message = await failure(swallowed.up());
  expect(message).toContain("an error was caught that had ended the transaction");
  expect(message).toContain("SQL: SELECT nope");
  expect(await swallowed.versions()).toEqual([]);

  await using commits = await setUp("await txn`CREATE TABLE a (id int)`; await txn`COMMIT`");
  expect(await failure(commits.up())).toContain("must not send COMMIT itself");
  expect(await exists(commits.database, "a")).toBe(false);
});

describe("transaction = false", () => {
  const head = "export const transaction = false;";

  test("CREATE INDEX CONCURRENTLY works, and inside a transaction the remedy is told", async () => {
    const index = "CREATE INDEX CONCURRENTLY i ON a (id)";
    await using inside = await setUp("await txn`CREATE TABLE a (id int)`", `await txn\`${index}\``);
    expect(await failure(inside.up())).toContain("export const transaction = false");

    await using outside = await setUp("await txn`CREATE TABLE a (id int)`", {
      head,
      up: `await txn\`${index}; VACUUM a; INSERT INTO a VALUES (1)\`;
        const rows = await txn\`SELECT id FROM a WHERE id = \${1}\`;
        await txn.begin(async (inner) => { await inner\`INSERT INTO a VALUES (\${rows.length + 1})\` });`,
    });
    await outside.up();
    expect(await exists(outside.database, "i")).toBe(true);
    const [row] = await outside.database.sql`SELECT sum(id)::int AS sum FROM a`;
    expect(row.sum).toBe(3);
    expect(await exists(outside.database, "schema_migrations_progress")).toBe(false);
  });

  test("a failure names the invalid index, and the next run gets through", async () => {
    await using run = await setUp(
      "await txn`CREATE TABLE a (id int, x int)`; await txn`INSERT INTO a VALUES (1, 1), (1, 2)`",
      {
        head,
        up: `await txn\`CREATE TABLE log (n int); CREATE INDEX CONCURRENTLY first ON a (x)\`;
          await txn\`CREATE UNIQUE INDEX CONCURRENTLY "The Second" ON public.a (id)\`;
          await txn\`CREATE INDEX CONCURRENTLY third ON a (x)\`;`,
      },
    );
    const message = await failure(run.up());
    expect(message).toContain('could not create unique index "The Second"');
    expect(message).toContain('Left behind invalid: public."The Second"');
    expect(message).toContain("does not count as applied");
    expect(await run.versions()).toEqual(["1"]);

    // Again without a remedy: still the same index, still named.
    expect(await failure(run.up())).toContain('Left behind invalid: public."The Second"');

    await run.database.sql`DELETE FROM a WHERE x = 2`;
    run.said.length = 0;
    await run.up();
    expect(run.said).toEqual([
      "up 1",
      "Skipped, done by an earlier run: CREATE TABLE log (n int)",
      "Skipped, done by an earlier run: CREATE INDEX CONCURRENTLY first ON a (x)",
      'Dropping the invalid index public."The Second", left by an earlier run',
      "up done m2",
      "schema of 20250101000002",
    ]);
    const invalid = await run.database.sql`SELECT 1 FROM pg_index WHERE NOT indisvalid`;
    expect(invalid).toHaveLength(0);
    expect(await exists(run.database, "third")).toBe(true);
    expect(await exists(run.database, "schema_migrations_progress")).toBe(false);
  });

  test("an index of that name that somebody else made is not taken for ours", async () => {
    await using run = await setUp(
      "await txn`CREATE TABLE a (id int)`; await txn`CREATE INDEX i ON a (id)`",
      { head, up: "await txn`CREATE INDEX CONCURRENTLY i ON a (id)`" },
    );
    expect(await failure(run.up())).toContain('relation "i" already exists');
    expect(await failure(run.up())).toContain('relation "i" already exists');
    expect(await run.versions()).toEqual(["1"]);
  });

  test("down runs without a transaction too", async () => {
    await using run = await setUp("await txn`CREATE TABLE a (id int)`", {
      head,
      up: "await txn`CREATE INDEX CONCURRENTLY i ON a (id)`",
      down: "await txn`DROP INDEX CONCURRENTLY i`",
    });
    await run.up();
    await run.down();
    expect(await run.versions()).toEqual(["1"]);
    expect(await exists(run.database, "i")).toBe(false);
  });
});

describe("down and redo", () => {
  const table = (name: string): Body => ({
    up: `await txn\`CREATE TABLE ${name} (id int)\``,
    down: `await txn\`DROP TABLE ${name}\``,
  });

  test("down follows the order of application, not of versions", async () => {
    await using run = await setUp();
    run.write(3, table("c"));
    await run.up();
    run.write(1, table("a"));
    await run.up();
    expect((await run.down()).map(({ name }) => name)).toEqual(["m1"]);
    expect(await exists(run.database, "c")).toBe(true);
    expect(run.said.at(-1)).toBe("schema of 20250101000003");
  });

  test("several, more than there are, and none", async () => {
    await using run = await setUp(table("a"), table("b"), table("c"));
    await run.up();
    expect((await run.down(2)).map(({ name }) => name)).toEqual(["m3", "m2"]);
    expect((await run.down(9)).map(({ name }) => name)).toEqual(["m1"]);
    expect(await run.down()).toEqual([]);
    expect(run.said.at(-1)).toBe("schema of none");
  });

  test("a missing file is refused by version before anything is rolled back", async () => {
    await using run = await setUp(table("a"), table("b"));
    await run.up();
    rmSync(join(run.directory, run.file(1)));
    expect(await failure(run.down(2))).toContain(
      "Cannot rollback version 20250101000001: migration file not found",
    );
    expect(await run.versions()).toEqual(["1", "2"]);
  });

  test("a rollback that fails keeps the migration applied", async () => {
    await using run = await setUp({
      up: "await txn`CREATE TABLE a (id int)`",
      down: "await txn`DROP TABLE a`; throw new Error('not yet')",
    });
    await run.up();
    expect(await failure(run.down())).toContain("failed: not yet");
    expect(await run.versions()).toEqual(["1"]);
    expect(await exists(run.database, "a")).toBe(true);
  });

  test("redo rolls back and applies again", async () => {
    await using run = await setUp(table("a"), table("b"), table("c"));
    await run.up();
    run.said.length = 0;
    expect((await run.redo(2)).map(({ name }) => name)).toEqual(["m2", "m3"]);
    expect(run.said).toEqual([
      "down 2",
      "down done m3",
      "down done m2",
      "up 2",
      "up done m2",
      "up done m3",
      "schema of 20250101000003",
    ]);
  });
});

describe("schema_migrations", () => {
  test("a table of the published package is taken over, its rows coming first", async () => {
    await using run = await setUp("", "", { down: "await txn`CREATE TABLE rolled_back (id int)`" });
    const { sql } = run.database;
    await sql`CREATE TABLE schema_migrations (version varchar(255) NOT NULL PRIMARY KEY)`;
    await sql`INSERT INTO schema_migrations VALUES ('20250101000003'), ('20250101000002')`;
    // Status only reads.
    expect((await run.status()).migrations.map(({ state }) => state)).toEqual([
      "pending",
      "applied",
      "applied",
    ]);
    const columns = await sql`
      SELECT attname FROM pg_attribute
      WHERE attrelid = 'schema_migrations'::regclass AND attnum > 0`;
    expect(columns).toHaveLength(1);

    expect((await run.up()).map(({ name }) => name)).toEqual(["m1"]);
    // An older program adds a row of its own way.
    await sql`INSERT INTO schema_migrations (version) VALUES ('20240101000000')`;
    const rows: { version: string }[] = await sql`
      SELECT version FROM schema_migrations ORDER BY position NULLS FIRST, version`;
    expect(rows.map(({ version }) => version)).toEqual([
      "20250101000002",
      "20250101000003",
      "20250101000001",
      "20240101000000",
    ]);
    await sql`DELETE FROM schema_migrations WHERE version = '20240101000000'`;
    expect((await run.down(2)).map(({ name }) => name)).toEqual(["m1", "m3"]);
    expect(await exists(run.database, "rolled_back")).toBe(true);
  });

  test("a role without rights on the schema is told what to grant", async () => {
    const run = await setUp("await txn`CREATE TABLE a (id int)`");
    const { sql } = run.database;
    const role = `bt_limited_${crypto.randomUUID().slice(0, 8)}`;
    await sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    try {
      await sql`REVOKE CREATE ON SCHEMA public FROM PUBLIC`;
      const url = Object.assign(new URL(run.database.url), { username: role, password: "secret" });
      const target = resolveDatabase({ database: url.href }, {});
      if (!target) throw new Error("no target");
      const up = () => migrateUp(target, run.options);
      expect(await failure(up())).toBe(
        `The role ${role} may not create "public"."schema_migrations". GRANT CREATE ON SCHEMA "public" TO ${role}, or let its search_path begin with a schema of its own.`,
      );
      await sql`CREATE TABLE schema_migrations (version varchar(255) NOT NULL PRIMARY KEY)`;
      expect(await failure(up())).toContain(
        `ALTER TABLE "public"."schema_migrations" OWNER TO ${role}.`,
      );
      await sql.unsafe(`ALTER TABLE schema_migrations OWNER TO ${role}`);
      await sql.unsafe(`GRANT CREATE ON SCHEMA public TO ${role}`);
      expect(await up()).toHaveLength(1);
      expect(await run.versions()).toEqual(["1"]);
    } finally {
      await sql.unsafe(`DROP OWNED BY ${role}`);
      await sql.unsafe(`DROP ROLE ${role}`);
      await run.database.drop();
    }
  });

  test("status reports edited and missing files; comments and layout are no edit", async () => {
    await using run = await setUp(
      "await txn`CREATE TABLE a (id int)`",
      "await txn`CREATE TABLE b (id int)`",
      "",
      "",
    );
    await run.up(3);
    run.write(1, "\n // a remark\n await txn`CREATE  TABLE a\n (id int) -- why`");
    run.write(2, "await txn`CREATE TABLE b (id bigint)`");
    rmSync(join(run.directory, run.file(3)));
    const { migrations } = await run.status();
    expect(migrations.map(({ name, state, isEdited }) => [name, state, isEdited])).toEqual([
      ["m1", "applied", false],
      ["m2", "applied", true],
      [undefined, "applied", false],
      ["m4", "pending", false],
    ]);
    expect(migrations[0]?.appliedAt).toBeInstanceOf(Date);
  });

  test("two files with one timestamp are refused by up, down and status", async () => {
    await using run = await setUp("");
    writeFileSync(join(run.directory, "20250101000001.twin.ts"), source(""));
    for (const attempt of [() => run.up(), () => run.down(), () => run.status()]) {
      const message = await failure(attempt());
      expect(message).toContain("  - 20250101000001.m1.ts\n  - 20250101000001.twin.ts");
      expect(message).toContain("Migration timestamp conflict detected.");
    }
  });
});

describe("the lock", () => {
  test("runs at the same time apply each file once", async () => {
    await using run = await setUp("await txn`CREATE TABLE a (id int)`", "await txn`SELECT 1`");
    const results = await Promise.all(Array.from({ length: 6 }, () => run.up()));
    expect(results.map(({ length }) => length).sort()).toEqual([0, 0, 0, 0, 0, 2]);
    expect(await run.versions()).toEqual(["1", "2"]);
  });

  test("a run waits for the holder, says so, and does not block CONCURRENTLY", async () => {
    await using run = await setUp("await txn`CREATE TABLE b (id int)`");
    const holder = new SQL(run.database.url, { max: 1 });
    const held = await holder.reserve();
    await held`SELECT pg_advisory_lock(${LOCK}::bigint)`;
    await held`CREATE TABLE a (id int)`;
    const waiting = run.up();
    while (!run.said.includes("waiting")) await Bun.sleep(20);
    // Would hang if the other run held a snapshot while it waits.
    await held`CREATE INDEX CONCURRENTLY i ON a (id)`;
    expect(await exists(run.database, "b")).toBe(false);
    await held`SELECT pg_advisory_unlock(${LOCK}::bigint)`;
    await waiting;
    expect(await exists(run.database, "b")).toBe(true);
    held.release();
    await holder.close();
  });

  test("belongs to a transaction of another connection, which holds no snapshot: poolers can carry it", async () => {
    await using run = await setUp(
      `await txn\`CREATE TABLE holder AS
         SELECT l.pid <> pg_backend_pid() AS "isOther", a.state, a.backend_xmin
         FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE l.locktype = 'advisory' AND l.objid = ${LOCK} AND l.granted
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())\``,
    );
    await run.up();
    expect([...(await run.database.sql`SELECT * FROM holder`)]).toEqual([
      { isOther: true, state: "idle in transaction", backend_xmin: null },
    ]);
  });

  test("lost in the middle, nothing more is applied", async () => {
    await using run = await setUp(
      `await txn\`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = ${LOCK}
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())\``,
      "await txn`CREATE TABLE b (id int)`",
    );
    expect(await failure(run.up())).toContain("The connection that held the lock of this run");
    expect(await run.versions()).toEqual(["1"]);
  });
});
