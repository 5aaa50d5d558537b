import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../../src/connection/config";
import { databaseTarget } from "../../../src/connection/target";
import { ConfigurationError } from "../../../src/errors";

const folders: string[] = [];

function folderWith(config?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "baked-config-"));
  folders.push(folder);
  if (config !== undefined) writeFileSync(join(folder, "baked.config.ts"), config);
  return folder;
}

async function failure(folder: string): Promise<Error> {
  const error = await loadConfig(folder).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ConfigurationError);
  return error as Error;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe("loadConfig", () => {
  test("without a file: the defaults, under the folder", async () => {
    const folder = folderWith();
    expect(await loadConfig(folder)).toEqual({
      root: folder,
      file: undefined,
      database: undefined,
      migrationsPath: join(folder, "db/migrations"),
      schemaPath: join(folder, "db/schema.ts"),
      modelsPath: join(folder, "models"),
      sqlResultsPath: join(folder, "db/sql.ts"),
      frontendModelsPath: join(folder, "frontend/models"),
      schemas: ["public"],
      temporal: false,
      onQuery: undefined,
    });
  });

  test("a default export; absolute paths stay", async () => {
    const folder = folderWith(
      `export default { database: "postgres://h/d", modelsPath: "app/models", schemaPath: "/abs/schema.ts", schemas: ["public", "billing", "public"], temporal: true }`,
    );
    expect(await loadConfig(folder)).toMatchObject({
      database: "postgres://h/d",
      modelsPath: join(folder, "app/models"),
      schemaPath: "/abs/schema.ts",
      schemas: ["public", "billing"],
      temporal: true,
      file: join(folder, "baked.config.ts"),
    });
  });

  test("named exports stand in for a default one", async () => {
    const folder = folderWith(
      `export const migrationsPath = "m"; export const database = undefined;`,
    );
    expect((await loadConfig(folder)).migrationsPath).toBe(join(folder, "m"));
  });

  test("a syntax error is reported with file and line", async () => {
    const folder = folderWith("export default {\n  database: ,\n};");
    const { message } = await failure(folder);
    expect(message).toContain(join(folder, "baked.config.ts"));
    expect(message).toContain("line 2:");
  });

  test("a failing import inside the file is reported, not swallowed", async () => {
    const folder = folderWith(`import x from "./missing-settings"; export default x;`);
    expect((await failure(folder)).message).toContain("missing-settings");
  });

  test("what the file throws is reported", async () => {
    const folder = folderWith(`throw new Error("no secrets here"); export default {}`);
    expect((await failure(folder)).message).toContain("no secrets here");
  });

  test.each([
    ["{ migrationPath: 'x' }", 'Did you mean "migrationsPath"?'],
    ["{ schemaPath: '' }", "schemaPath must be a path"],
    ["{ database: 5 }", "database must be a URL or an object, not 5"],
    ["{ schemas: [] }", "schemas must be a list of names"],
    ["{ temporal: 'yes' }", "temporal must be true or false"],
    ["{ onQuery: 'yes' }", "onQuery must be a function"],
    ["[]", "must export an object"],
    ["undefined", "must export an object"],
  ])("%s is refused", async (config, message) => {
    expect((await failure(folderWith(`export default ${config};`))).message).toContain(message);
  });
});

describe("databaseTarget", () => {
  test("in production nothing is started: the error lists what to set", async () => {
    const config = await loadConfig(folderWith());
    const error = await databaseTarget(config, { NODE_ENV: "production" }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConfigurationError);
    for (const name of ["POSTGRES_URL", "DATABASE_URL", "PGURL", "PGHOST", "baked.config.ts"]) {
      expect(String(error)).toContain(name);
    }
  });

  test("a configured database is used in production too", async () => {
    const config = await loadConfig(folderWith());
    const env = { NODE_ENV: "production", DATABASE_URL: "postgres://u@h/d" };
    expect((await databaseTarget(config, env)).database).toBe("d");
  });
});
