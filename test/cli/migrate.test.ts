/** `bake db generate|migrate|rollback|redo|reset|seed|status|schema`, as processes. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { repository, runBake, type TemporaryProject, temporaryProject } from "../support/cli";
import { createDatabase, type TestDatabase } from "../support/database";
import { cleanEnvironment } from "../support/environment";

function bakeIn(project: TemporaryProject, database: TestDatabase) {
  return (...words: string[]) =>
    runBake(words, { cwd: project.directory, env: { DATABASE_URL: database.url } });
}

const migration = (up: string, down = "") =>
  `export async function up(txn) { ${up} }\nexport async function down(txn) { ${down} }\n`;

const table = (name: string) =>
  migration(`await txn\`CREATE TABLE ${name} (id int)\``, `await txn\`DROP TABLE ${name}\``);

test("from a generated migration to a schema, and back", async () => {
  await using database = await createDatabase();
  await using project = temporaryProject();
  const bake = bakeIn(project, database);
  expect(await bake("db", "status")).toMatchObject({ stdout: "No migrations found.\n" });

  const [first, second] = await Promise.all([
    bake("db", "generate", "create_users"),
    bake("db", "generate", "create_posts"),
  ]);
  for (const { exitCode, stdout } of [first, second]) {
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Created db\/migrations\/\d{14}\.create_(users|posts)\.ts\n$/);
  }
  const files = readdirSync(join(project.directory, "db/migrations")).sort();
  expect(new Set(files.map((file) => file.slice(0, 14))).size).toBe(2);
  const [a = "", b = ""] = files.map((file) => file.replace(/^(\d+)\.(.*)\.ts$/, "$1 $2"));

  expect((await bake("db", "status")).stdout).toBe(
    `Migration status:\n  ○ ${a} (pending)\n  ○ ${b} (pending)\n0 applied, 2 pending\n`,
  );
  expect((await bake("db", "migrate", "up", "--count", "1")).stdout).toBe(
    `Running 1 migration(s) up\nApplied ${files[0]}\nGenerated db/schema.ts\nMigrated 1 version(s)\n`,
  );
  expect(await bake("db", "migrate", "up")).toEqual({
    exitCode: 0,
    stdout: `Running 1 migration(s) up\nApplied ${files[1]}\nGenerated db/schema.ts\nMigrated 1 version(s)\n`,
    stderr: "",
  });
  expect((await bake("db", "migrate", "up")).stdout).toBe(
    "No pending migrations.\nGenerated db/schema.ts\n",
  );
  expect(project.read("db/schema.ts")).toContain(`version: "${files[1]?.slice(0, 14)}"`);
  const { default: schema } = await import(join(project.directory, "db/schema.ts"));
  expect(Object.keys(schema.tables).sort()).toEqual(["posts", "users"]);

  expect((await bake("db", "redo")).stdout).toBe(
    `Rolling back 1 migration(s)\nRolled back ${files[1]}\nRunning 1 migration(s) up\nApplied ${files[1]}\nGenerated db/schema.ts\nMigrated 1 version(s)\n`,
  );
  expect((await bake("db", "rollback")).stdout).toContain(`Rolled back ${files[1]}\n`);
  expect((await bake("db", "migrate", "down", "--count=5")).stdout).toContain(
    `Rolled back ${files[0]}\n`,
  );
  expect((await bake("db", "migrate", "down")).stdout).toBe(
    "No migrations to rollback.\nGenerated db/schema.ts\n",
  );
  expect(project.read("db/schema.ts")).toContain(`version: "none"`);
});

test("generate refuses names that are paths or code, and writes nothing", async () => {
  await using project = temporaryProject();
  const results = await Promise.all(
    ["../evil", "a/b", "create users", "x`y", "create_"].map((name) =>
      runBake(["db", "generate", name], { cwd: project.directory }),
    ),
  );
  for (const { exitCode, stdout } of results) {
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  }
  expect(existsSync(join(project.directory, "db"))).toBe(false);
});

test("12 runs at once apply each file exactly once, and all succeed", async () => {
  await using database = await createDatabase();
  await using project = temporaryProject({
    "db/migrations/20250101000001.a.ts": table("a"),
    "db/migrations/20250101000002.b.ts": table("b"),
    "db/migrations/20250101000003.c.ts": migration("await txn`INSERT INTO a VALUES (1)`"),
  });
  const bake = bakeIn(project, database);
  const runs = await Promise.all(Array.from({ length: 12 }, () => bake("db", "migrate", "up")));
  expect(runs.map(({ exitCode }) => exitCode)).toEqual(runs.map(() => 0));
  const applied = runs.flatMap(({ stdout }) => stdout.match(/^Applied .*$/gm) ?? []);
  expect(applied.sort()).toEqual([
    "Applied 20250101000001.a.ts",
    "Applied 20250101000002.b.ts",
    "Applied 20250101000003.c.ts",
  ]);
  expect(await database.sql`SELECT id FROM a`).toHaveLength(1);
  expect((await bake("db", "schema", "--check")).exitCode).toBe(0);
});

test("killed in the middle: database and schema_migrations agree, and the next run succeeds", async () => {
  await using database = await createDatabase();
  await using project = temporaryProject({
    "db/migrations/20250101000001.a.ts": table("a"),
    // Long enough to be killed, the first time.
    "db/migrations/20250101000002.b.ts": migration(
      "await txn`CREATE TABLE b (id int)`; await txn.unsafe('SELECT pg_sleep(' + (process.env.SLEEP ?? 0) + ')')",
    ),
    "db/migrations/20250101000003.c.ts": table("c"),
  });
  const child = Bun.spawn([process.execPath, join(repository, "bin/bake"), "db", "migrate", "up"], {
    cwd: project.directory,
    env: cleanEnvironment(process.env, { DATABASE_URL: database.url, SLEEP: "60" }),
    stdout: "pipe",
    stderr: "ignore",
  });
  let sleeping: { pid: number }[] = [];
  while (sleeping.length === 0) {
    sleeping = await database.sql`
      SELECT pid FROM pg_stat_activity
      WHERE query LIKE 'SELECT pg_sleep%' AND datname = current_database()`;
    if (child.exitCode !== null) throw new Error("the run ended too early");
  }
  child.kill("SIGKILL");
  const said = await new Response(child.stdout).text();
  expect(said).toContain("Applied 20250101000001.a.ts\n");
  expect(said).not.toContain("Applied 20250101000002");
  // The server would notice at the end of the statement.
  await database.sql`SELECT pg_terminate_backend(${sleeping[0]?.pid}::int)`;

  const bake = bakeIn(project, database);
  const next = await bake("db", "migrate", "up");
  expect(next.exitCode).toBe(0);
  expect(next.stdout).toContain("Running 2 migration(s) up\nApplied 20250101000002.b.ts\n");
  const tables: { name: string }[] = await database.sql`
    SELECT relname AS name FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`;
  expect(tables.map(({ name }) => name)).toEqual(["a", "b", "c", "schema_migrations"]);
});

describe("a run that fails", () => {
  test("says which file and why, keeps what was committed, and brings the schema up to date", async () => {
    await using database = await createDatabase();
    await using project = temporaryProject({
      "db/migrations/20250101000001.a.ts": table("a"),
      "db/migrations/20250101000002.b.ts": migration("await txn`SELECT * FROM missing`"),
      "db/migrations/20250101000003.c.ts": migration("txn`CREATE TABLE never (id int)`"),
      "db/migrations/notes.txt": "",
    });
    const bake = bakeIn(project, database);
    const failed = await bake("db", "migrate", "up");
    expect(failed).toMatchObject({
      exitCode: 1,
      stdout: "Running 3 migration(s) up\nApplied 20250101000001.a.ts\nGenerated db/schema.ts\n",
    });
    expect(failed.stderr).toContain("Ignored notes.txt");
    expect(failed.stderr).toContain("Migration 20250101000002.b.ts failed: ");
    expect(failed.stderr).toContain(`relation "missing" does not exist [42P01]`);
    expect(failed.stderr).not.toMatch(/^\s+at /m);
    expect(project.read("db/schema.ts")).toContain("export const a ");

    rmSync(join(project.directory, "db/migrations/20250101000002.b.ts"));
    const forgotten = await bake("db", "migrate", "up");
    expect(forgotten.exitCode).toBe(1);
    expect(forgotten.stderr).toContain("A query was not awaited:\n  CREATE TABLE never (id int)");
    expect((await bake("db", "status")).stdout).toContain("1 applied, 1 pending");
  });

  test("conflicting timestamps, and a file that is gone", async () => {
    await using database = await createDatabase();
    await using project = temporaryProject({
      "db/migrations/20250101000001.a.ts": table("a"),
      "db/migrations/20250101000002.b.ts": table("b"),
    });
    const bake = bakeIn(project, database);
    await bake("db", "migrate", "up");
    project.write("db/migrations/20250101000002.twin.ts", table("twin"));
    for (const words of [["migrate", "up"], ["migrate", "down"], ["status"]]) {
      const { exitCode, stderr } = await bake("db", ...words);
      expect(exitCode).toBe(1);
      expect(stderr).toContain("Conflict Multiple migrations share timestamp 20250101000002:");
      expect(stderr).toContain("  - 20250101000002.b.ts\n  - 20250101000002.twin.ts");
    }
    rmSync(join(project.directory, "db/migrations/20250101000002.twin.ts"));
    rmSync(join(project.directory, "db/migrations/20250101000002.b.ts"));
    const down = await bake("db", "migrate", "down");
    expect(down.exitCode).toBe(1);
    expect(down.stderr).toContain(
      "Cannot rollback version 20250101000002: migration file not found",
    );
    expect((await bake("db", "status")).stdout).toContain(
      "  ! 20250101000002 (applied, but its file is missing)",
    );
  });
});

test("status in JSON, with an edited file", async () => {
  await using database = await createDatabase();
  await using project = temporaryProject({
    "db/migrations/20250101000001.a.ts": table("a"),
    "db/migrations/20250101000002.b.ts": table("b"),
    "db/migrations/20250101000003.c.ts": table("c"),
  });
  const bake = bakeIn(project, database);
  await bake("db", "migrate", "up", "--count=2");
  project.write("db/migrations/20250101000001.a.ts", `// a remark\n${table("a")}`);
  project.write("db/migrations/20250101000002.b.ts", table("bb"));
  const { exitCode, stdout } = await bake("db", "status", "--json");
  expect(exitCode).toBe(0);
  const status = JSON.parse(stdout);
  expect(status).toMatchObject({ applied: 2, pending: 1, ignored: [] });
  expect(status.migrations).toEqual([
    {
      version: "20250101000001",
      name: "a",
      file: "20250101000001.a.ts",
      state: "applied",
      appliedAt: expect.stringMatching(/^\d{4}-/),
      edited: false,
    },
    expect.objectContaining({ name: "b", state: "applied", edited: true }),
    expect.objectContaining({ name: "c", state: "pending", appliedAt: null, edited: false }),
  ]);
  expect((await bake("db", "status")).stdout).toContain(
    "  ! 20250101000002 b (applied, but edited since)",
  );
});

test("schema --check tells with a diff when the file is out of date", async () => {
  await using database = await createDatabase();
  await using project = temporaryProject({ "db/migrations/20250101000001.a.ts": table("a") });
  const bake = bakeIn(project, database);
  const missing = await bake("db", "schema", "--check");
  expect(missing.exitCode).toBe(1);
  expect(missing.stderr).toContain("db/schema.ts does not exist.");
  expect(existsSync(join(project.directory, "db/schema.ts"))).toBe(false);

  await bake("db", "migrate", "up");
  expect(await bake("db", "schema", "--check")).toEqual({
    exitCode: 0,
    stdout: "db/schema.ts is up to date.\n",
    stderr: "",
  });
  await database.sql`ALTER TABLE a ADD COLUMN note text`;
  const stale = await bake("db", "schema", "--check");
  expect(stale.exitCode).toBe(1);
  expect(stale.stdout).toMatch(/^\+.*note/m);
  expect(stale.stderr).toContain("is out of date");
  expect(await bake("db", "schema")).toMatchObject({ stdout: "Generated db/schema.ts\n" });
  expect((await bake("db", "schema", "--check")).exitCode).toBe(0);
});

test("seed and reset", async () => {
  await using database = await createDatabase();
  await using project = temporaryProject({
    "db/migrations/20250101000001.a.ts": table("a"),
  });
  const bake = bakeIn(project, database);
  const without = await bake("db", "seed");
  expect(without).toMatchObject({ exitCode: 1, stdout: "" });
  expect(without.stderr).toContain("There is no db/seeds.ts.");

  project.write(
    "db/seeds.ts",
    `import { query } from "baked-orm";
export default async function () { await query("INSERT INTO a VALUES ($1)", [7]); }`,
  );
  await bake("db", "migrate", "up");
  await database.sql`INSERT INTO a VALUES (1), (2)`;
  expect(await bake("db", "seed")).toMatchObject({ exitCode: 0, stdout: "Seeded db/seeds.ts\n" });
  expect(await database.sql`SELECT id FROM a`).toHaveLength(3);

  await database.sql.close();
  const reset = await bake("db", "reset", "--yes");
  expect(reset).toMatchObject({ exitCode: 0, stderr: "" });
  expect(reset.stdout).toBe(
    `Dropped database ${database.name}\nCreated database ${database.name}\nRunning 1 migration(s) up\nApplied 20250101000001.a.ts\nGenerated db/schema.ts\nMigrated 1 version(s)\nSeeded db/seeds.ts\n`,
  );
  project.write("db/seeds.ts", "throw new Error('bad seed')");
  const bad = await bake("db", "seed");
  expect(bad.exitCode).toBe(1);
  expect(bad.stderr).toBe("db/seeds.ts failed: bad seed\n");
});
