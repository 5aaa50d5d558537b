/** The database to use: the configured one, else the embedded server of development. */
import { ConfigurationError } from "../errors";
import type { ResolvedConfig } from "./config";
import { DatabaseTarget } from "./database-target";
import { type Environment, resolveDatabase, URL_VARIABLES } from "./resolve-database";

/** `source` of a target on the embedded server. */
const EMBEDDED = "the embedded server";

export interface TargetOptions {
  /** Whether the embedded server creates the database when it is missing. Default true. */
  create?: boolean;
}

/**
 * The configured database; when nothing is configured, the embedded server, which is started on demand.
 * Throws ConfigurationError in production when nothing is configured.
 */
export async function databaseTarget(
  config: Pick<ResolvedConfig, "database" | "root">,
  env: Environment = process.env,
  options: TargetOptions = {},
): Promise<DatabaseTarget> {
  const configured = resolveDatabase(config, env);
  if (configured) return configured;
  if (env.NODE_ENV === "production") {
    throw new ConfigurationError("No database is configured, and NODE_ENV is production.", {
      hint: `Set ${URL_VARIABLES.join(", ")}, or PGHOST and PGDATABASE, or \`database\` in baked.config.ts.`,
    });
  }
  // Loaded only here: an application with a database never touches the embedded server.
  const { ensureLocalServer } = await import("../local");
  const server = await ensureLocalServer({
    project: config.root,
    create: options.create ?? true,
  });
  return new DatabaseTarget({
    hostname: server.hostname,
    port: server.port,
    username: server.username,
    password: server.password,
    database: server.database,
    source: EMBEDDED,
  });
}
