/** baked.config.ts: its type, its defaults, and reading it. */
import { join, resolve } from "node:path";
import { ConfigurationError, describe, didYouMean } from "../errors";
import type { PoolOptions } from "./database-target";
import type { TlsMode } from "./database-url";
import type { QueryLogger } from "./execute";

/** The `database` entry when it is more than a URL; fields left out come from the PG* variables. */
export interface DatabaseConfig extends Partial<PoolOptions> {
  url?: string | undefined;
  hostname?: string | undefined;
  port?: number | string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  database?: string | undefined;
  /** One of libpq's sslmode words, or certificates. */
  tls?: TlsMode | boolean | Bun.TLSOptions | undefined;
  /** "transaction" when a pooler such as PgBouncer hands out a server connection per transaction. */
  pooler?: "transaction" | undefined;
}

/** What baked.config.ts may say; everything has a default. */
export interface BakedConfig {
  /** A URL, or fields and pool sizes. Default: POSTGRES_URL, DATABASE_URL, PGURL, then the PG* variables. */
  database?: string | DatabaseConfig | undefined;
  /** Default "./db/migrations". */
  migrationsPath?: string | undefined;
  /** Default "./db/schema.ts". */
  schemaPath?: string | undefined;
  /** Where `bake sql check --write` puts the rows of named statements. Default "./db/sql.ts". */
  sqlResultsPath?: string | undefined;
  /** Default "./models". */
  modelsPath?: string | undefined;
  /** Default "./frontend/models". */
  frontendModelsPath?: string | undefined;
  /** The PostgreSQL schemas that db/schema.ts describes. Default ["public"]. */
  schemas?: readonly string[] | undefined;
  /** Generate Temporal types instead of Date. Default false. */
  temporal?: boolean | undefined;
  /** Called after each statement of models and of query(). */
  onQuery?: QueryLogger | undefined;
}

/** The config with its defaults filled in and its paths absolute. */
export interface ResolvedConfig {
  /** The folder that paths are relative to. */
  readonly root: string;
  /** The config file, when there is one. */
  readonly file: string | undefined;
  readonly database: string | DatabaseConfig | undefined;
  readonly migrationsPath: string;
  readonly schemaPath: string;
  readonly sqlResultsPath: string;
  readonly modelsPath: string;
  readonly frontendModelsPath: string;
  readonly schemas: readonly string[];
  readonly temporal: boolean;
  readonly onQuery: QueryLogger | undefined;
}

export const CONFIG_FILE = "baked.config.ts";

const pathDefaults = {
  migrationsPath: "./db/migrations",
  schemaPath: "./db/schema.ts",
  sqlResultsPath: "./db/sql.ts",
  modelsPath: "./models",
  frontendModelsPath: "./frontend/models",
} as const;

const knownKeys = ["database", ...Object.keys(pathDefaults), "schemas", "temporal", "onQuery"];

/**
 * Gives baked.config.ts its types; returns the config unchanged.
 * @example
 * export default defineConfig({ database: Bun.env.DATABASE_URL, schemas: ["public", "billing"] });
 */
export function defineConfig(config: BakedConfig): BakedConfig {
  return config;
}

/**
 * Reads `baked.config.ts` of a folder; without the file, the defaults.
 * @param cwd The application's folder. Default: the current one.
 * Throws ConfigurationError when the file cannot be imported or says something unknown.
 * @example
 * const { schemaPath } = await loadConfig();
 */
export async function loadConfig(cwd: string = process.cwd()): Promise<ResolvedConfig> {
  const file = join(resolve(cwd), CONFIG_FILE);
  if (!(await Bun.file(file).exists())) return resolveConfig({}, cwd, undefined);
  const { loadModule } = await import("./load-module");
  const exports = await loadModule(
    file,
    (reason, cause) => new ConfigurationError(`${file} could not be loaded: ${reason}`, { cause }),
  );
  return resolveConfig("default" in exports ? exports.default : { ...exports }, cwd, file);
}

/** Checks a config and fills in its defaults. Throws ConfigurationError naming the entry that is wrong. */
export function resolveConfig(
  config: unknown,
  cwd: string,
  file: string | undefined,
): ResolvedConfig {
  const name = file ?? "The config";
  if (!isObject(config)) {
    throw new ConfigurationError(`${name} must export an object, not ${describe(config)}.`, {
      hint: "Write `export default defineConfig({ ... })`.",
    });
  }
  for (const key of Object.keys(config)) {
    if (knownKeys.includes(key)) continue;
    throw new ConfigurationError(
      `${name}: unknown entry "${key}". Known: ${knownKeys.join(", ")}.${didYouMean(key, knownKeys)}`,
    );
  }
  const root = resolve(cwd);
  const path = (key: keyof typeof pathDefaults): string => {
    const value = config[key] ?? pathDefaults[key];
    if (typeof value !== "string" || value === "") {
      throw new ConfigurationError(`${name}: ${key} must be a path, not ${describe(value)}.`);
    }
    return resolve(root, value);
  };
  const { database, schemas = ["public"], temporal = false, onQuery } = config;
  if (!isDatabaseEntry(database)) {
    throw new ConfigurationError(
      `${name}: database must be a URL or an object, not ${describe(database)}.`,
    );
  }
  if (!isSchemaList(schemas)) {
    throw new ConfigurationError(`${name}: schemas must be a list of names, such as ["public"].`);
  }
  if (typeof temporal !== "boolean") {
    throw new ConfigurationError(`${name}: temporal must be true or false.`);
  }
  if (!isLogger(onQuery)) {
    throw new ConfigurationError(`${name}: onQuery must be a function.`);
  }
  return {
    root,
    file,
    database,
    migrationsPath: path("migrationsPath"),
    schemaPath: path("schemaPath"),
    sqlResultsPath: path("sqlResultsPath"),
    modelsPath: path("modelsPath"),
    frontendModelsPath: path("frontendModelsPath"),
    schemas: [...new Set(schemas)],
    temporal,
    onQuery,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Its fields are checked where they are used, in resolveDatabase.
function isDatabaseEntry(value: unknown): value is ResolvedConfig["database"] {
  return value === undefined || typeof value === "string" || isObject(value);
}

function isSchemaList(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => typeof item === "string" && item !== "")
  );
}

function isLogger(value: unknown): value is QueryLogger | undefined {
  return value === undefined || typeof value === "function";
}
