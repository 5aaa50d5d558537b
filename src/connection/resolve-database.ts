/** The ONE resolution of the database: everything that connects asks here. Pure. */
import { ConfigurationError, describe, didYouMean } from "../errors";
import { CONFIG_FILE, type DatabaseConfig, type ResolvedConfig } from "./config";
import { DatabaseTarget, type DatabaseTargetFields, type PoolOptions } from "./database-target";
import { checkPort, checkTlsMode, type DatabaseAddress, parseDatabaseUrl } from "./database-url";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Names of the variables that hold a URL, first one wins. */
export const URL_VARIABLES = ["POSTGRES_URL", "DATABASE_URL", "PGURL"] as const;

// A password alone says nothing about where the database is.
const discreteVariables = [
  "PGHOST",
  "PGPORT",
  "PGUSERNAME",
  "PGUSER",
  "PGDATABASE",
  "PGPASSWORD",
] as const;

const poolKeys = ["max", "idleTimeout", "maxLifetime", "connectionTimeout"] as const;
const addressKeys = ["url", "hostname", "port", "username", "password", "database"] as const;
const knownKeys: readonly string[] = [...addressKeys, ...poolKeys, "tls", "pooler"];

// Spellings that other clients take.
const otherNames: Readonly<Record<string, string>> = {
  host: "hostname",
  user: "username",
  pass: "password",
  db: "database",
  ssl: "tls",
};

/**
 * Where the database is: the config's entry, else POSTGRES_URL, DATABASE_URL, PGURL, else PGHOST, PGPORT,
 * PGUSERNAME or PGUSER, PGPASSWORD, PGDATABASE. Undefined when nothing is set.
 * Throws ConfigurationError naming the setting that is wrong.
 */
export function resolveDatabase(
  config: Pick<ResolvedConfig, "database">,
  env: Environment,
): DatabaseTarget | undefined {
  const { database } = config;
  if (typeof database === "string") {
    if (database.trim() === "") {
      throw new ConfigurationError(`The database entry of ${CONFIG_FILE} is an empty string.`, {
        hint: "Leave it undefined to use DATABASE_URL and its kin.",
      });
    }
    return fromUrl(database, `database in ${CONFIG_FILE}`, CONFIG_FILE, env, {});
  }
  if (database !== undefined) return fromObject(database, env);
  return fromEnvironment(env, {});
}

/** Fields that stand beside the address: pool sizes, TLS, pooler. */
type Extras = Pick<DatabaseTargetFields, "pool" | "tls" | "pooler">;

function fromEnvironment(env: Environment, extras: Extras): DatabaseTarget | undefined {
  for (const name of URL_VARIABLES) {
    const url = env[name]?.trim();
    if (url) return fromUrl(url, name, name, env, extras);
  }
  const set = discreteVariables.filter((name) => env[name]);
  if (set.every((name) => name === "PGPASSWORD")) return undefined;
  return build(discrete(env), set.join(", "), env, extras);
}

function fromUrl(
  url: string,
  name: string,
  source: string,
  env: Environment,
  extras: Extras,
): DatabaseTarget {
  const address = parseDatabaseUrl(url, name);
  return build({ ...discreteLogin(env), ...address }, source, env, extras);
}

function fromObject(config: DatabaseConfig, env: Environment): DatabaseTarget | undefined {
  const name = `database in ${CONFIG_FILE}`;
  for (const key of Object.keys(config)) {
    if (knownKeys.includes(key)) continue;
    const other = otherNames[key];
    const suggestion = other ? ` Did you mean "${other}"?` : didYouMean(key, knownKeys);
    throw new ConfigurationError(
      `${name}: unknown entry "${key}". Known: ${knownKeys.join(", ")}.${suggestion}`,
    );
  }
  const extras: Extras = { pool: poolOf(config, name) };
  const tls = tlsOf(config.tls, name);
  if (tls !== undefined) extras.tls = tls;
  if (config.pooler !== undefined) {
    if (config.pooler !== "transaction") {
      throw new ConfigurationError(`${name}: pooler can only be "transaction".`);
    }
    extras.pooler = config.pooler;
  }
  const given = textFields(config, name);
  if (config.url !== undefined) {
    if (typeof config.url !== "string" || config.url === "") {
      throw new ConfigurationError(`${name}: url must be a URL, not ${describe(config.url)}.`);
    }
    const address = parseDatabaseUrl(config.url, `url of the ${name}`);
    return build({ ...discreteLogin(env), ...address, ...given }, CONFIG_FILE, env, extras);
  }
  if (Object.keys(given).length === 0) return fromEnvironment(env, extras);
  return build({ ...discrete(env), ...given }, CONFIG_FILE, env, extras);
}

// A URL names its server completely; only the login may be kept elsewhere, as with libpq.
function discreteLogin(env: Environment): Pick<DatabaseAddress, "username" | "password"> {
  const { username, password } = discrete(env);
  return {
    ...(username === undefined ? undefined : { username }),
    ...(password === undefined ? undefined : { password }),
  };
}

function discrete(env: Environment): Omit<DatabaseAddress, "parameters"> {
  const username = env.PGUSERNAME || env.PGUSER;
  return {
    ...(env.PGHOST ? { hostname: env.PGHOST } : undefined),
    ...(env.PGPORT ? { port: checkPort(env.PGPORT, "PGPORT") } : undefined),
    ...(username ? { username } : undefined),
    ...(env.PGPASSWORD ? { password: env.PGPASSWORD } : undefined),
    ...(env.PGDATABASE ? { database: env.PGDATABASE } : undefined),
  };
}

function build(
  address: Partial<DatabaseAddress>,
  source: string,
  env: Environment,
  extras: Extras,
): DatabaseTarget {
  const username = address.username ?? env.USER ?? "postgres";
  const { connectionTimeout } = address;
  const mode =
    address.tls ?? (env.PGSSLMODE ? checkTlsMode(env.PGSSLMODE, "PGSSLMODE") : undefined);
  const parameters = { ...address.parameters };
  if (env.PGAPPNAME) parameters.application_name ??= env.PGAPPNAME;
  return new DatabaseTarget({
    hostname: address.hostname ?? "localhost",
    port: address.port ?? 5432,
    username,
    password: address.password ?? "",
    // libpq's rule: a database of one's own name.
    database: address.database ?? username,
    source,
    tls: extras.tls ?? mode,
    channelBinding: address.channelBinding,
    pool: {
      ...(connectionTimeout === undefined ? undefined : { connectionTimeout }),
      ...extras.pool,
    },
    pooler: extras.pooler ?? address.pooler,
    parameters,
  });
}

function textFields(config: DatabaseConfig, name: string): Omit<DatabaseAddress, "parameters"> {
  const fields: Omit<DatabaseAddress, "parameters"> = {};
  for (const key of ["hostname", "username", "password", "database"] as const) {
    const value = config[key];
    if (value === undefined) continue;
    if (typeof value !== "string" || (value === "" && key !== "password")) {
      throw new ConfigurationError(`${name}: ${key} must be text, not ${describe(value)}.`);
    }
    fields[key] = value;
  }
  if (config.port !== undefined) fields.port = checkPort(config.port, `${name}: port`);
  return fields;
}

function poolOf(config: DatabaseConfig, name: string): Partial<PoolOptions> {
  const pool: Partial<PoolOptions> = {};
  for (const key of poolKeys) {
    const value = config[key];
    if (value === undefined) continue;
    const least = key === "max" ? 1 : 0;
    const isNumber = typeof value === "number" && Number.isFinite(value) && value >= least;
    if (!isNumber || (key === "max" && !Number.isInteger(value))) {
      const wanted = key === "max" ? "a whole number of at least 1" : "seconds, 0 or more";
      throw new ConfigurationError(`${name}: ${key} must be ${wanted}, not ${describe(value)}.`);
    }
    pool[key] = value;
  }
  return pool;
}

function tlsOf(tls: DatabaseConfig["tls"], name: string): DatabaseTargetFields["tls"] {
  if (typeof tls === "boolean") return tls ? "require" : "disable";
  if (typeof tls === "string") return checkTlsMode(tls, `${name}: tls`);
  return tls;
}
