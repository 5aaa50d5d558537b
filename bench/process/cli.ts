/** Start of the command line: `bake db status` over a Bun program that connects and asks one question. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BenchServer } from "../server";
import { packageFolder } from "./package";
import { type Command, runOnce, type Startup, timed } from "./spawn";

// Beside node_modules, so that the tools find what they import.
export const generatedFolder = join(import.meta.dir, ".generated");
const bench = join(import.meta.dir, "..");

const tables = ["authors", "books", "loans", "readers", "shelves"];

const program = `import { SQL } from "bun";
const sql = new SQL(process.env.POSTGRES_URL, { max: 1 });
await sql\`select version from schema_migrations\`;
await sql.close();`;

async function write(project: string, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = join(generatedFolder, project);
  for (const [file, text] of Object.entries(files)) await Bun.write(join(directory, file), text);
  return directory;
}

const migration = (table: string) => `import type { TransactionSQL } from "bun";
export async function up(txn: TransactionSQL) {
  await txn.unsafe("create table ${table} (id serial primary key, name text not null)");
}
export async function down(txn: TransactionSQL) {
  await txn.unsafe("drop table ${table}");
}
`;

export const migrations = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.map((name, index) => [
      `db/migrations/${20250101000000 + index}_create_${name}.ts`,
      migration(name),
    ]),
  );

const drizzleFiles = {
  "schema.ts": `import { pgTable, serial, text } from "drizzle-orm/pg-core";
${tables.map((name) => `export const ${name} = pgTable("${name}", { id: serial().primaryKey(), name: text().notNull() });`).join("\n")}
`,
  "drizzle.config.ts": `export default {
  dialect: "postgresql", schema: "./schema.ts", out: "./drizzle", dbCredentials: { url: process.env.POSTGRES_URL },
};
`,
};

const prismaFiles = {
  "prisma.config.ts": `export default {
  schema: "./schema.prisma", migrations: { path: "./migrations" }, datasource: { url: process.env.POSTGRES_URL },
};
`,
  "schema.prisma": 'datasource db {\n  provider = "postgresql"\n}\n',
  "migrations/migration_lock.toml": 'provider = "postgresql"\n',
};

/** A database of its own: each tool keeps its notes in tables of similar names. */
async function database(server: BenchServer, name: string): Promise<string> {
  await server.sql.unsafe(`drop database if exists ${name}`);
  await server.sql.unsafe(`create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

const bun = process.execPath;
const bake = join(packageFolder, "bake.js");

/** A project whose migrations are all applied, and the command line of this package in it, without arguments. */
export async function bakeProject(
  server: BenchServer,
  name: string,
  names: readonly string[],
): Promise<{ bake: Command; url: string; cwd: string }> {
  const url = await database(server, name);
  const cwd = await write(name, migrations(names));
  const command: Command = { name: "baked-orm", cmd: [bun, bake], cwd, env: { POSTGRES_URL: url } };
  runOnce({ ...command, cmd: [...command.cmd, "db", "migrate", "up"] });
  return { bake: command, url, cwd };
}

async function publishedProject(server: BenchServer): Promise<Command> {
  const url = await database(server, "cli_published");
  const cwd = await write("cli_published", migrations(tables));
  const env = { POSTGRES_URL: url };
  const published = join(bench, "node_modules/.bin/bake");
  runOnce({ name: "published", cmd: [bun, published, "db", "migrate", "up"], cwd, env });
  return { name: "published 0.14.3", cmd: [bun, published, "db", "status"], cwd, env };
}

async function drizzleProject(server: BenchServer): Promise<Command> {
  const env = { POSTGRES_URL: await database(server, "cli_drizzle") };
  const cwd = await write("cli_drizzle", drizzleFiles);
  const kit = join(bench, "node_modules/drizzle-kit/bin.cjs");
  runOnce({ name: "drizzle-kit generate", cmd: [bun, kit, "generate"], cwd, env });
  // It has no status; applying nothing reads the same folder and the same table.
  return { name: "drizzle-kit", cmd: [bun, kit, "migrate"], cwd, env };
}

async function prismaProject(server: BenchServer): Promise<Command> {
  const env = { POSTGRES_URL: await database(server, "cli_prisma") };
  const cwd = await write("cli_prisma", prismaFiles);
  const prisma = join(bench, "node_modules/prisma/build/index.js");
  return { name: "prisma", cmd: [bun, prisma, "migrate", "status"], cwd, env };
}

export async function cli(server: BenchServer, rounds: number): Promise<Record<string, Startup>> {
  await rm(generatedFolder, { recursive: true, force: true });
  await mkdir(generatedFolder, { recursive: true });
  try {
    const { bake: own, cwd, url } = await bakeProject(server, "cli_baked", tables);
    const status = { ...own, cmd: [...own.cmd, "db", "status"] };
    const floor: Command = {
      name: "bun, connect, one query",
      cmd: [bun, "-e", program],
      cwd,
      env: { POSTGRES_URL: url },
    };
    const peers: Command[] = [];
    for (const project of [publishedProject, drizzleProject, prismaProject]) {
      try {
        peers.push(await project(server));
      } catch (error) {
        console.error(`Left out: ${error instanceof Error ? error.message : error}`);
      }
    }
    return timed([floor, status, ...peers], rounds);
  } finally {
    await rm(generatedFolder, { recursive: true, force: true });
  }
}
