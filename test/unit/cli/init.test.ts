import { describe, expect, test } from "bun:test";
import { configTemplate } from "../../../src/cli/commands/init";

describe("the config that `bake db init` writes", () => {
  const paths = [
    `migrationsPath: "./db/migrations"`,
    `schemaPath: "./db/schema.ts"`,
    `modelsPath: "./models"`,
    `frontendModelsPath: "./frontend/models"`,
  ];

  test("has every path, and no database when nothing is set", () => {
    const text = configTemplate({});
    for (const path of paths) expect(text).toContain(path);
    expect(text).not.toContain("database:");
  });

  test.each([
    ["POSTGRES_URL", { POSTGRES_URL: "a", DATABASE_URL: "b", PGURL: "c", PGHOST: "d" }],
    ["DATABASE_URL", { DATABASE_URL: "b", PGURL: "c", PGHOST: "d" }],
    ["PGURL", { PGURL: "c", PGHOST: "d" }],
  ])("reads the variable that all commands use: %s", (name, env) => {
    expect(configTemplate(env)).toContain(`  database: Bun.env.${name},\n`);
  });

  test("lists the PG* variables that are set, never their values", () => {
    const env = { PGHOST: "host", PGPORT: "1", PGUSER: "u", PGUSERNAME: "v", PGPASSWORD: "secret" };
    const text = configTemplate(env);
    expect(text).toContain(
      `  database: {
    hostname: Bun.env.PGHOST,
    port: Number(Bun.env.PGPORT),
    username: Bun.env.PGUSERNAME,
    password: Bun.env.PGPASSWORD,
  },
`,
    );
    expect(text).not.toContain("secret");
  });
});
