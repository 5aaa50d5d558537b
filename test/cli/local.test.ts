/** Without any database configured: the commands start the embedded server, share it, and stop it. */
import { expect, test } from "bun:test";
import { SQL } from "bun";
import { runBake, temporaryProject } from "../support/cli";

test("start, url, migrate, drop and stop on the embedded server", async () => {
  await using project = temporaryProject({
    "package.json": JSON.stringify({ name: "corner-shop" }),
    "db/migrations/20250101000001.a.ts": `export async function up(txn) { await txn\`CREATE TABLE a (id int)\` }
export async function down(txn) { await txn\`DROP TABLE a\` }`,
  });
  const bake = (...words: string[]) => runBake(words, { cwd: project.directory });
  expect(await bake("db", "stop")).toMatchObject({
    exitCode: 0,
    stdout: "The embedded PostgreSQL is not running.\n",
  });

  // Started by the first command that needs it, which says so.
  const migrated = await bake("db", "migrate", "up");
  expect(migrated).toMatchObject({ exitCode: 0 });
  expect(migrated.stderr).toContain("a local PostgreSQL");
  const started = await bake("db", "start");
  expect(started).toMatchObject({ exitCode: 0, stderr: "" });
  expect(started.stdout).toMatch(/^Running on 127\.0\.0\.1:\d+, database corner_shop\n$/);

  const { stdout: url } = await bake("db", "url");
  const sql = new SQL(url.trim(), { max: 1 });
  const [row] = await sql`SELECT current_database() AS name, to_regclass('a') IS NOT NULL AS ok`;
  await sql.close();
  expect(row).toEqual({ name: "corner_shop", ok: true });

  expect((await bake("db", "drop", "--yes")).stdout).toBe("Dropped database corner_shop\n");
  expect((await bake("db", "create")).stdout).toBe("Created database corner_shop\n");
  expect((await bake("db", "status")).stdout).toContain("0 applied, 1 pending");

  expect(await bake("db", "stop")).toMatchObject({
    exitCode: 0,
    stdout: "Stopped the embedded PostgreSQL\n",
  });
});

test("start has nothing to do where a database is configured", async () => {
  await using project = temporaryProject();
  const { exitCode, stderr } = await runBake(["db", "start"], {
    cwd: project.directory,
    env: { PGURL: "postgres://u@127.0.0.1:1/d" },
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("The embedded server is not used here: the database is set by PGURL.");
});
