/**
 * `bun run test:corpus DIR`: loads each schema of a folder with its data, introspects it, type-checks db/schema.ts
 * together with an app over it, and compares the app's queries with hand-written SQL. The data stay outside the project.
 */
import { existsSync } from "node:fs";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { linkSources } from "../../bin/link-sources";
import { connect, disconnect } from "../../src/index";
import { introspect } from "../../src/introspect";
import { splitStatements } from "../../src/sql/split";
import { createDatabase } from "../support/database";
import { removeRun, runFolder } from "../support/run";
import { checkAssociations } from "./associations";

const root = resolve(import.meta.dir, "../..");
const compilerOptions = {
  target: "ESNext",
  module: "Preserve",
  moduleResolution: "bundler",
  lib: ["ESNext", "DOM"],
  types: ["bun"],
  typeRoots: [join(root, "node_modules/@types")],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  paths: { "baked-orm": [join(root, "src/index.ts")] },
};

interface App {
  readonly tables: number;
  readonly queries: readonly { name: string; ours: () => Promise<unknown>; sql: string }[];
}

let failures = 0;

function report(ok: boolean, text: string, detail = ""): void {
  if (!ok) failures++;
  console.log(`${ok ? "ok  " : "FAIL"} ${text}${detail === "" ? "" : `\n     ${detail}`}`);
}

/** Values of both sides in one form: what JSON would say, numbers and their text alike. */
function comparable(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(comparable);
  return value;
}

/** One value per row may stand bare. */
function rowsOf(value: unknown): unknown[] {
  return (value as unknown[]).map((row) => comparable(Array.isArray(row) ? row : [row]));
}

async function typecheck(folder: string): Promise<string> {
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, include: ["*.ts"] }),
  );
  const check = Bun.spawn([join(root, "node_modules/.bin/tsc"), "-p", folder], { stdout: "pipe" });
  const output = await new Response(check.stdout).text();
  await check.exited;
  // Errors of our own sources are found by `bun run check`.
  return output
    .split("\n")
    .filter((line) => !line.includes("../src/"))
    .join("\n")
    .trim();
}

async function runSchema(file: string): Promise<void> {
  const name = basename(file, ".sql");
  console.log(`\n${name}`);
  await using database = await createDatabase();
  const { sql } = database;
  const reserved = await sql.reserve();
  for (const statement of splitStatements(await readFile(file, "utf8"))) {
    await reserved.unsafe(statement).catch((error: { errno?: string; message: string }) => {
      // Settings of older servers; psql would go on too.
      if (error.errno !== "42704" || !/^SET /i.test(statement)) throw error;
    });
  }
  reserved.release();

  const query = async (text: string, values: readonly unknown[] = []) =>
    await sql.unsafe(text, [...values]);
  const { text, catalog } = await introspect(query, { schemas: ["public"], version: "corpus" });
  const again = await introspect(query, { schemas: ["public"], version: "corpus" });
  report(again.text === text, "the schema is the same when it is read again");
  report(
    !/declare \w+: unknown/.test(text.replace(/type: "jsonb?"[^}]*/g, "")),
    "no column is unknown",
  );

  const folder = runFolder(`corpus-${name}`);
  await writeFile(join(folder, "schema.ts"), text);
  linkSources(folder);
  const source = join(import.meta.dir, "apps", `${name}.ts`);
  const isKnown = existsSync(source);
  if (isKnown) await cp(source, join(folder, "app.ts"));
  const problems = await typecheck(folder);
  report(
    problems === "",
    `db/schema.ts${isKnown ? " and the app over it" : ""} type-check under strict`,
    problems,
  );
  if (!isKnown) {
    console.log(`     ${catalog.tables.length} tables; no queries are written for this schema`);
    return;
  }

  const app: App = await import(join(folder, "app.ts"));
  report(catalog.tables.length === app.tables, `${app.tables} tables`);
  await connect(database.url);
  try {
    for (const { name: title, ours, sql: expected } of app.queries) {
      try {
        const rows = rowsOf(await sql.unsafe(expected).values());
        const own = rowsOf(await ours());
        const same = rows.length > 0 && Bun.deepEquals(own, rows);
        const shown = (list: unknown[]) => JSON.stringify(list.slice(0, 3));
        report(
          same,
          `${title} (${rows.length} rows)`,
          same ? "" : `ours ${shown(own)}\n     SQL  ${shown(rows)}`,
        );
      } catch (error) {
        report(
          false,
          title,
          error instanceof Error ? (error.stack ?? error.message) : String(error),
        );
      }
    }
    await checkAssociations(sql, await import(join(folder, "schema.ts")), report);
  } finally {
    await disconnect();
  }
}

const directory = process.argv[2];
if (directory === undefined || !existsSync(directory)) {
  console.error("Usage: bun run test:corpus <folder with .sql files>");
  process.exit(1);
}
try {
  const files = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  if (files.length === 0) throw new Error(`There are no .sql files in ${directory}.`);
  for (const file of files) await runSchema(join(directory, file));
} catch (error) {
  report(false, "the run", error instanceof Error ? (error.stack ?? error.message) : String(error));
} finally {
  await removeRun();
}
console.log(
  failures === 0 ? "\nThe corpus run is clean." : `\n${failures} checks of the corpus run failed.`,
);
process.exit(failures === 0 ? 0 : 1);
