/** `bake db init`: writes baked.config.ts, with the variables that name the database today. */
import { resolve } from "node:path";
import { CONFIG_FILE } from "../../connection/config";
import { type Environment, URL_VARIABLES } from "../../connection/resolve-database";
import { EXIT } from "../failure";
import { printDone, warn } from "../output";
import { writeProjectFile } from "../write-file";

export async function init(): Promise<number> {
  const isNew = await writeProjectFile(resolve(CONFIG_FILE), configTemplate(process.env), false);
  if (!isNew) {
    warn(`${CONFIG_FILE} already exists. Skipping.`);
    return EXIT.success;
  }
  printDone(`Created ${CONFIG_FILE}`);
  return EXIT.success;
}

/** The text of a new config; it reads the database from where it is set now. */
export function configTemplate(env: Environment): string {
  return `import { defineConfig } from "baked-orm";

export default defineConfig({
${databaseEntry(env)}  migrationsPath: "./db/migrations",
  schemaPath: "./db/schema.ts",
  modelsPath: "./models",
  frontendModelsPath: "./frontend/models",
});
`;
}

function databaseEntry(env: Environment): string {
  const url = URL_VARIABLES.find((name) => env[name]);
  if (url) return `  database: Bun.env.${url},\n`;
  const fields: [key: string, variable: string][] = [
    ["hostname", "PGHOST"],
    ["port", "PGPORT"],
    ["username", env.PGUSERNAME ? "PGUSERNAME" : "PGUSER"],
    ["password", "PGPASSWORD"],
    ["database", "PGDATABASE"],
  ];
  const lines = fields
    .filter(([, variable]) => env[variable])
    .map(([key, variable]) => {
      const value = `Bun.env.${variable}`;
      return `    ${key}: ${key === "port" ? `Number(${value})` : value},\n`;
    });
  return lines.length > 0 ? `  database: {\n${lines.join("")}  },\n` : "";
}
