/** `bake sql check`, as a process, on projects with right and wrong statements, with both generations of TypeScript. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { repository, runBake, type TemporaryProject, temporaryProject } from "../support/cli";
import { createDatabase, type TestDatabase } from "../support/database";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  await database.sql.unsafe(`
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, age int, mood mood NOT NULL,
      visits bigint NOT NULL, seen timestamptz, tags text[] NOT NULL, settings jsonb, photo bytea);
    CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users, total numeric NOT NULL);
    CREATE VIEW totals AS SELECT users.name, orders.total FROM users LEFT JOIN orders ON user_id = users.id`);
});
afterAll(() => database.drop());

const compilers = { "TypeScript 7": "typescript", "TypeScript 5.9": "typescript-5.9" };

/** A project whose \`baked-orm\` is this repository's source. */
function project(files: Record<string, string>, typescript = "typescript"): TemporaryProject {
  const made = temporaryProject({
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        ...{ target: "ESNext", module: "Preserve", strict: true, noEmit: true, skipLibCheck: true },
        ...{ lib: ["ESNext", "DOM"], types: ["bun"] },
        paths: { "baked-orm": [join(repository, "src/index.ts")] },
      },
      include: ["app", "db"],
    }),
    ...files,
  });
  for (const [name, from] of [
    ["typescript", typescript],
    ["@types", "@types"],
  ] as const) {
    const to = realpathSync(join(repository, "node_modules", from));
    symlinkSync(to, join(made.directory, "node_modules", name), "dir");
  }
  return made;
}

const check = (made: TemporaryProject, ...words: string[]) =>
  runBake(["sql", "check", ...words], {
    cwd: made.directory,
    env: { DATABASE_URL: database.url },
  });

const header = `import { query, sql } from "baked-orm";\n`;

describe.each(Object.entries(compilers))("%s", (_name, typescript) => {
  test("right statements pass, and those with a name get their rows", async () => {
    await using made = project(
      {
        "app/fragments.ts": `import { sql as tag } from "baked-orm";
export const adults = (age: number) => tag\`age >= \${age}\`;
export const unused = (age: string) => tag\`age >= \${age}\`;
export const known = tag\`users.name IS NOT NULL\`;
`,
        "app/main.ts": `${header}import { adults, known } from "./fragments";
declare const ids: number[];
declare const name: string | null;
const active = sql\`mood = \${"ok"}\`;
await query(sql\`SELECT id FROM users WHERE \${active} AND \${known} AND \${adults(18)} AND name = \${name}\`);
await query<{ id: number; name: string }>(sql\`
  -- all of them
  SELECT id, name FROM \${sql.id("users")} WHERE id IN (\${sql.list(ids)}) AND tags = \${["a"]};\`);
await query(sql\`UPDATE users SET visits = \${1n}, seen = \${new Date()}, settings = \${{ theme: "dark" }} WHERE id = \${1}\`);
export const totals = await query(sql.typed("userTotals")\`
  SELECT users.id, users.mood, users.age, count(*) AS orders, sum(total) AS total, 1.5::float8 AS "a b"
  FROM users JOIN orders ON user_id = users.id WHERE users.id > \${1} GROUP BY users.id\`);
export const created = await query(sql.typed("created")\`
  INSERT INTO users VALUES (\${1}, 'x', NULL, 'ok', 0, now(), '{}') RETURNING id, seen, tags, photo, settings\`);
export const outer = await query(sql.typed("outer")\`
  SELECT users.name, orders.total FROM users LEFT JOIN orders ON user_id = users.id\`);
export const viewed = await query(sql.typed("viewed")\`SELECT * FROM totals\`);
await query(sql.typed("echo")\`SELECT \${1} AS number, \${true} AS boolean, \${"x"} AS text\`);
await query(sql.typed("nothing")\`DELETE FROM orders\`);
`,
      },
      typescript,
    );
    const stale = await check(made);
    expect(stale).toMatchObject({
      exitCode: 1,
      stdout: "9 statements checked in 2 files: 9 right, 0 wrong; 0 not checked\n",
    });
    expect(stale.stderr).toContain("3 fragments checked as parts of these statements.");
    expect(stale.stderr).toContain("1 fragment not checked");
    expect(stale.stderr).toContain(
      "db/sql.ts is out of date. Write it anew with `bake sql check --write`.",
    );
    expect(existsSync(join(made.directory, "db/sql.ts"))).toBe(false);

    const written = await check(made, "--write");
    expect(written).toMatchObject({ exitCode: 0 });
    expect(written.stdout).toEndWith("Generated db/sql.ts\n");
    expect(made.read("db/sql.ts")).toEndWith(`
declare module "baked-orm" {
  interface SqlResults {
    created: {
      id: number;
      seen: Date | null;
      tags: string[];
      photo: Uint8Array | null;
      settings: unknown;
    };
    echo: {
      number: number | null;
      boolean: boolean | null;
      text: string | null;
    };
    nothing: Record<never, never>;
    outer: {
      name: string;
      total: string | null;
    };
    userTotals: {
      id: number;
      mood: "sad" | "ok";
      age: number | null;
      orders: string;
      total: string | null;
      "a b": number;
    };
    viewed: {
      name: string | null;
      total: string | null;
    };
  }
}
`);
    expect(await check(made)).toMatchObject({ exitCode: 0 });

    // The rows are seen by the program that is checked with them.
    made.write(
      "app/use.ts",
      `import { outer, totals } from "./main";
export const id: number | undefined = totals[0]?.id;
export const mood: "sad" | "ok" | undefined = totals[0]?.mood;
// @ts-expect-error An outer join may find none.
export const total: string | undefined = outer[0]?.total;
`,
    );
    const compiled = Bun.spawnSync([join(repository, "node_modules/.bin/tsc"), "-p", "."], {
      cwd: made.directory,
    });
    const errors = compiled.stdout.toString().split("\n");
    expect(errors.filter((line) => line.startsWith("app/"))).toEqual([]);
  }, 240_000);

  test("wrong statements are told with their place, the server's words and its hint", async () => {
    await using made = project(
      {
        "app/main.ts": `${header}
declare const email: string;
declare const maybe: string | undefined;
await query(sql\`SELECT id,
  nme FROM users\`);
await query(sql\`SELECT FROM WHERE\`);
await query(sql\`SELECT id FROM users WHERE id = \${email}\`);
await query(sql\`SELECT id FROM users WHERE name = \${maybe}\`);
await query(sql\`SELECT id FROM users WHERE mood = \${"glad"}\`);
await query(sql\`SELECT id FROM users WHERE id = \${1.5}\`);
await query(sql\`SELECT id FROM users WHERE name = \${5}\`);
await query<{ id: string; nam: string; age: number; visits: bigint }>(
  sql\`SELECT id, name, age, visits FROM users\`,
);
await query(sql.typed("one")\`SELECT id FROM users\`);
await query(sql.typed("one")\`SELECT name FROM users\`);
await query(sql.typed("two")\`SELECT id, name AS id FROM users\`);
await query(sql.typed(email)\`SELECT 1 AS one\`);
await query(sql.typed("three")\`SELECT id FROM \${sql.id(email)}\`);
`,
      },
      typescript,
    );
    const { exitCode, stdout, stderr } = await check(made, "--write");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("12 statements of the project cannot be right.");
    expect(stderr).toContain("db/sql.ts was left as it is.");
    expect(existsSync(join(made.directory, "db/sql.ts"))).toBe(false);
    const errors = stdout.split("\n").filter((line) => /: |Hint/.test(line) && !/SQL:/.test(line));
    expect(errors).toEqual([
      'app/main.ts:6:3 error: column "nme" does not exist [42703]',
      '  Hint: Perhaps you meant to reference the column "users.name".',
      'app/main.ts:7:29 error: syntax error at or near "WHERE" [42601]',
      "app/main.ts:8:51 error: email is string, but the statement takes integer",
      "app/main.ts:9:53 error: maybe may be undefined, which query() refuses",
      'app/main.ts:10:53 error: "glad" does not fit: the statement takes mood, which has "sad", "ok"',
      "app/main.ts:11:51 error: 1.5 does not fit: the statement takes integer",
      "app/main.ts:12:49 error: operator does not exist: text = integer [42883]",
      "  Hint: No operator matches the given name and argument types. You might need to add explicit type casts.",
      'app/main.ts:13:13 error: column "id" is number (integer), not string',
      'app/main.ts:13:13 error: the statement gives no column "nam"',
      '  Hint: Did you mean "name"?',
      'app/main.ts:13:13 error: column "age" may be null (integer), which number leaves out',
      'app/main.ts:13:13 error: column "visits" is string (bigint), not bigint',
      'app/main.ts:17:13 error: another statement is named "one"',
      "  Hint: The first is at app/main.ts:16:13.",
      'app/main.ts:18:13 error: the statement gives more than one column "id", and query() keeps the last',
      "  Hint: Name them apart with AS.",
      "app/main.ts:19:13 error: its rows cannot be known: the name given to sql.typed() is no literal",
      "app/main.ts:20:13 error: its rows cannot be known: sql.id(email) takes its name at run time",
      "13 statements checked in 1 file: 1 right, 12 wrong; 0 not checked",
    ]);
    expect(stdout).toContain("  SQL: SELECT id, nme FROM users\n");
  }, 240_000);
});

describe("what is found", () => {
  test("our tag by whatever name it came, and nobody else's", async () => {
    await using made = project({
      "app/db.ts": `export { sql as statement } from "baked-orm";\n`,
      "app/main.ts": `import { sql as other } from "bun";
import * as baked from "baked-orm";
import { query as ask, sql } from "baked-orm";
import { statement } from "./db";
await other\`SELECT nonsense FROM nowhere\`;
await ask(baked.sql\`SELECT a\`);
await ask<{ id: string }>((statement\`SELECT b\`));
await ask<{ id: string }>((statement\`SELECT 1 AS id\`));
export function shadowed(sql: (strings: TemplateStringsArray) => unknown) {
  return sql\`SELECT c\`;
}
export const subquery = sql\`(SELECT d)\`;
`,
    });
    const { stdout } = await check(made);
    const found = stdout.split("\n").filter((line) => line.includes("error"));
    expect(found).toEqual([
      'app/main.ts:6:28 error: column "a" does not exist [42703]',
      'app/main.ts:7:45 error: column "b" does not exist [42703]',
      'app/main.ts:8:11 error: column "id" is number (integer), not string',
      'app/main.ts:12:37 error: column "d" does not exist [42703]',
    ]);
  }, 60_000);

  test("what cannot be checked is said, with the reason", async () => {
    await using made = project({
      "app/main.ts": `${header}
declare const name: string;
declare const names: string[];
const filter = Math.random() > 2 ? sql\`id = 1\` : sql\`id = 2\`;
let late = sql\`id = 3\`;
await query(sql\`SELECT id FROM \${sql.id(name)}\`);
await query(sql\`SELECT id FROM users WHERE \${filter}\`);
await query(sql\`SELECT id FROM users WHERE \${late}\`);
await query(sql\`SELECT id FROM users ORDER BY \${sql.raw(name)}\`);
await query(sql\`INSERT INTO orders VALUES (\${sql.list(names)})\`);
await query(sql\`CREATE TABLE other (id int)\`);
await query(sql\`SELECT id FROM users WHERE \${Math.random() > 2 ? late : null}\`);
await query(sql\`INSERT INTO orders VALUES (\${sql.list([1, 2, "3.5"])})\`);
await query(sql\`SELECT id FROM users WHERE \${sql.join([sql\`id = 1\`, sql\`age = \${2}\`], " AND ")}\`);
export { late };
`,
    });
    const { exitCode, stdout, stderr } = await check(made, "--verbose");
    expect({ exitCode, lines: stdout.trimEnd().split("\n") }).toEqual({
      exitCode: 0,
      lines: [
        "app/main.ts:7:13 not checked: sql.id(name) takes its name at run time",
        "app/main.ts:8:13 not checked: filter is SQL that is put together at run time",
        "app/main.ts:9:13 not checked: late is SQL that is put together at run time",
        "app/main.ts:10:13 not checked: sql.raw(name) takes its text at run time",
        "app/main.ts:11:13 not checked: the length of sql.list(names) is only known at run time",
        "app/main.ts:12:13 not checked: PostgreSQL describes no CREATE statements",
        "app/main.ts:13:13 not checked: Math.random() > 2 ? late : null is SQL that is put together at run time",
        "app/main.ts:14:13 right",
        "app/main.ts:15:13 right",
        "app/main.ts:5:36 not checked: a fragment of a query",
        "app/main.ts:5:50 not checked: a fragment of a query",
        "app/main.ts:6:12 not checked: a fragment of a query",
        "2 statements checked in 1 file: 2 right, 0 wrong; 7 not checked",
      ],
    });
    expect(stderr).toContain("2 fragments checked as parts of these statements.");
  }, 60_000);

  test("--json says all of it", async () => {
    await using made = project({
      "app/main.ts": `${header}await query(sql.typed("one")\`SELECT name FROM users WHERE id = \${1}\`);\n`,
    });
    const { exitCode, stdout } = await check(made, "--json");
    expect({ exitCode, report: JSON.parse(stdout) }).toEqual({
      exitCode: 1,
      report: {
        files: 1,
        statements: [
          {
            file: "app/main.ts",
            line: 2,
            column: 13,
            name: "one",
            status: "right",
            text: "SELECT name FROM users WHERE id = $1",
            problems: [],
            parameters: [{ type: "integer", given: "1" }],
            columns: [{ name: "name", type: "text", typescript: "string" }],
          },
        ],
        nested: 0,
        fragments: [],
        results: { path: "db/sql.ts", state: "stale" },
      },
    });
  }, 60_000);

  test("nothing runs on the server", async () => {
    await using made = project({
      "app/main.ts": `${header}await query(sql\`WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone\`);
await query<{ id: number }>(sql\`INSERT INTO users VALUES (1, 'x', NULL, 'ok', 0, now(), '{}') RETURNING id\`);
await query(sql\`SELECT pg_sleep(1000)\`);\n`,
    });
    const { exitCode, stdout } = await check(made);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: "3 statements checked in 1 file: 3 right, 0 wrong; 0 not checked\n",
    });
    expect(await database.sql`SELECT FROM users`).toHaveLength(0);
  }, 60_000);
});

describe("a project that cannot be checked", () => {
  test("without TypeScript, without tsconfig.json, without a database", async () => {
    await using bare = temporaryProject({ "tsconfig.json": "{}" });
    const run = (words: string[], env: Record<string, string>) =>
      runBake(["sql", "check", ...words], { cwd: bare.directory, env });
    const url = { DATABASE_URL: database.url };
    const results = [await run([], url), await run(["--project", "other.json"], url)];
    for (const { exitCode, stdout, stderr } of results) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).not.toMatch(/^\s+at /m);
    }
    expect(results[0]?.stderr).toContain("TypeScript is not installed in this project.");
    expect(results[0]?.stderr).toContain("bun add -d typescript");
    expect(results[1]?.stderr).toContain(`There is no ${bare.directory}/other.json`);

    await using made = project({ "app/main.ts": "" });
    const unreachable = await runBake(["sql", "check"], {
      cwd: made.directory,
      env: { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" },
    });
    expect(unreachable.exitCode).toBe(1);
    expect(unreachable.stderr).toContain("Nothing answers on 127.0.0.1:1");
  }, 60_000);
});
