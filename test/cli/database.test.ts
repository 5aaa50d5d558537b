/** `bake db init|create|drop|reset|url`: they all act on the one database that is configured. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import { quoteIdentifier } from "../../src/sql/writer";
import { runBake, type TemporaryProject, temporaryProject } from "../support/cli";
import { embeddedUrl, serverUrl } from "../support/database";

let admin: SQL;
let server: string;
const made: string[] = [];

beforeAll(async () => {
  server = await serverUrl();
  admin = new SQL(server, { max: 1 });
});

afterAll(async () => {
  for (const name of made) {
    await admin.unsafe(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`);
  }
  await admin.close();
});

/** A name that no other test has, and its URL. */
function fresh(suffix = ""): { name: string; url: string } {
  const name = `bt_cli_${crypto.randomUUID().slice(0, 8)}${suffix}`;
  made.push(name);
  const url = new URL(server);
  url.pathname = `/${encodeURIComponent(name)}`;
  return { name, url: url.href };
}

async function exists(name: string): Promise<boolean> {
  return (await admin`SELECT 1 FROM pg_database WHERE datname = ${name}::text`).length > 0;
}

function inProject(project: TemporaryProject, env: Record<string, string | undefined>) {
  return (words: string[], stdin = "") => runBake(words, { cwd: project.directory, env, stdin });
}

describe("create and drop", () => {
  test("the configured database: created once, dropped after its name is typed", async () => {
    const { name, url } = fresh();
    await using project = temporaryProject();
    const bake = inProject(project, { DATABASE_URL: url });
    expect(await bake(["db", "create"])).toEqual({
      exitCode: 0,
      stdout: `Created database ${name}\n`,
      stderr: "",
    });
    expect(await bake(["db", "create"])).toMatchObject({
      exitCode: 0,
      stdout: `Database ${name} already exists.\n`,
    });
    expect(await exists(name)).toBe(true);

    const question = `About to DROP database "${name}" (resolved from configuration/environment: DATABASE_URL).\nType the database name to confirm (or anything else to abort): `;
    for (const answer of ["something else\n", "", `${name}x\n`]) {
      const refused = await bake(["db", "drop"], answer);
      expect(refused).toMatchObject({ exitCode: 1, stdout: question });
      expect(refused.stderr).toContain("Aborted: database name did not match.");
    }
    expect(await exists(name)).toBe(true);

    const dropped = await bake(["db", "drop"], `${name}\n`);
    expect(dropped).toMatchObject({ exitCode: 0, stderr: "" });
    expect(dropped.stdout).toBe(`${question}Dropped database ${name}\n`);
    expect(await exists(name)).toBe(false);
    expect(await bake(["db", "drop", "--yes"])).toMatchObject({
      exitCode: 0,
      stdout: `Database ${name} does not exist.\n`,
    });
  });

  test("a database by name, quoted, without a question", async () => {
    const other = fresh(' "odd; name');
    await using project = temporaryProject();
    const bake = inProject(project, { DATABASE_URL: fresh().url });
    expect((await bake(["db", "create", other.name])).stdout).toBe(
      `Created database ${other.name}\n`,
    );
    expect(await exists(other.name)).toBe(true);
    expect(await bake(["db", "drop", other.name])).toMatchObject({ exitCode: 0 });
    expect(await exists(other.name)).toBe(false);
    const tooLong = await bake(["db", "create", "x".repeat(64)]);
    expect(tooLong).toMatchObject({ exitCode: 1, stdout: "" });
    expect(tooLong.stderr).toContain("1 to 63 bytes");
  });

  test("sessions in the way are named; --force ends them", async () => {
    const { name, url } = fresh();
    await admin.unsafe(`CREATE DATABASE "${name}"`);
    const session = new SQL({ url, max: 1, connection: { application_name: "the nightly job" } });
    await session`SELECT 1`;
    await using project = temporaryProject();
    const bake = inProject(project, { DATABASE_URL: url });
    const refused = await bake(["db", "drop", "--yes"]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(`Database "${name}" is in use by other sessions:`);
    expect(refused.stderr).toMatch(/- the nightly job, user postgres, .* \(pid \d+\)/);
    expect(refused.stderr).toContain("--force");
    expect(await bake(["db", "drop", "--yes", "--force"])).toMatchObject({ exitCode: 0 });
    expect(await exists(name)).toBe(false);
    await session.close().catch(() => {});
  });

  test("production refuses drop and reset without --yes, even with a name", async () => {
    const { name, url } = fresh();
    await admin.unsafe(`CREATE DATABASE "${name}"`);
    await using project = temporaryProject();
    const bake = inProject(project, { DATABASE_URL: url, NODE_ENV: "production" });
    for (const words of [["drop"], ["drop", name], ["reset"], ["drop", "--force"]]) {
      const { exitCode, stderr } = await bake(["db", ...words], `${name}\n`);
      expect(exitCode).toBe(1);
      expect(stderr).toContain("NODE_ENV is production. Say --yes if you mean it.");
    }
    expect(await exists(name)).toBe(true);
    expect(await bake(["db", "drop", "--yes"])).toMatchObject({ exitCode: 0 });
    expect(await exists(name)).toBe(false);
  });

  test("a server that refuses, or is not there, is told in one line", async () => {
    const wrong = new URL(await embeddedUrl());
    wrong.password = "wrong";
    wrong.pathname = "/any";
    await using project = temporaryProject();
    for (const [url, text] of [
      [wrong.href, 'refused the login of user "postgres"'],
      ["postgres://u@127.0.0.1:1/any", "Nothing answers on 127.0.0.1:1"],
    ] as const) {
      const bake = inProject(project, { DATABASE_URL: url });
      for (const words of [["create"], ["drop", "--yes"], ["status"], ["migrate", "up"]]) {
        const { exitCode, stdout, stderr } = await bake(["db", ...words]);
        expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
        expect(stderr).toContain(text);
        expect(stderr).toContain("(from DATABASE_URL)");
        expect(stderr.trim().split("\n")).toHaveLength(1);
      }
    }
  });
});

describe("one resolution for all commands", () => {
  test("with several variables set, every command acts on the same database", async () => {
    const [first, second, third] = [fresh("_a"), fresh("_b"), fresh("_c")];
    const env = { POSTGRES_URL: first.url, DATABASE_URL: second.url, PGURL: third.url };
    await using project = temporaryProject({
      "db/migrations/20250101000000.a.ts":
        "export async function up(txn) { await txn`CREATE TABLE a (id int)`; }\nexport async function down(txn) {}",
    });
    const bake = inProject(project, env);
    expect((await bake(["db", "url"])).stdout).toContain(`/${first.name}`);
    expect((await bake(["db", "create"])).stdout).toBe(`Created database ${first.name}\n`);
    expect(await bake(["db", "migrate", "up"])).toMatchObject({ exitCode: 0 });
    expect((await bake(["db", "status"])).stdout).toContain("1 applied, 0 pending");
    expect(await exists(second.name)).toBe(false);
    expect((await bake(["db", "init"])).exitCode).toBe(0);
    expect(project.read("baked.config.ts")).toContain("database: Bun.env.POSTGRES_URL,");
    // With the config in place, the other variables still do not matter.
    expect((await bake(["db", "drop"], `${second.name}\n`)).stdout).toContain(
      `About to DROP database "${first.name}"`,
    );
    expect((await bake(["db", "drop"], `${first.name}\n`)).stdout).toContain("Dropped database");
    expect(await exists(first.name)).toBe(false);
  });

  test("the config's entry and the PG* variables", async () => {
    const [configured, discrete] = [fresh("_a"), fresh("_b")];
    const { hostname, port, username, password } = new URL(server);
    await using project = temporaryProject();
    const env = {
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: decodeURIComponent(username),
      PGPASSWORD: decodeURIComponent(password),
      PGDATABASE: discrete.name,
    };
    const bake = inProject(project, env);
    expect((await bake(["db", "create"])).stdout).toBe(`Created database ${discrete.name}\n`);
    project.write(
      "baked.config.ts",
      `import { defineConfig } from "baked-orm";
export default defineConfig({ database: ${JSON.stringify(configured.url)} });`,
    );
    expect((await bake(["db", "create"])).stdout).toBe(`Created database ${configured.name}\n`);
    expect((await bake(["db", "url"])).stdout).toBe(`${configured.url}\n`);
  });
});

test("init writes once, and a config that works", async () => {
  const { url } = fresh();
  await using project = temporaryProject();
  const bake = inProject(project, { DATABASE_URL: url });
  expect(await bake(["db", "init"])).toEqual({
    exitCode: 0,
    stdout: "Created baked.config.ts\n",
    stderr: "",
  });
  expect((await bake(["db", "url"])).stdout).toBe(`${url}\n`);
  project.write("baked.config.ts", "export default {};");
  expect(await bake(["db", "init"])).toEqual({
    exitCode: 0,
    stdout: "",
    stderr: "baked.config.ts already exists. Skipping.\n",
  });
  expect(project.read("baked.config.ts")).toBe("export default {};");
  expect(existsSync(join(project.directory, ".bake"))).toBe(false);
});
