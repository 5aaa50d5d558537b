/** connect() and disconnect(): the default database of the program. */
import type { SQL } from "bun";
import { ConfigurationError, TransactionError } from "../errors";
import { loadConfig, type ResolvedConfig } from "./config";
import { translateConnectError } from "./connect-error";
import { Database, type DatabaseOptions, defaultDatabase, setDefaultDatabase } from "./database";
import { type DatabaseTarget, toSqlOptions } from "./database-target";
import { bunDriver } from "./driver";
import { resolveDatabase } from "./resolve-database";
import { databaseTarget } from "./target";
import { warn } from "./transaction";

/** Options of connect(). */
export interface ConnectOptions extends DatabaseOptions {
  /** A URL in place of the configured one. */
  url?: string;
  /** Connections of the pool. Default 10. */
  max?: number;
  /** Milliseconds the server gives one statement; 0 and the default: no limit. Not for an adopted pool. */
  statementTimeout?: number;
}

const MINIMUM = [1, 4, 5] as const;

/** Older releases of Bun mix up results and lose contexts under load. */
function checkBun(): void {
  const version = Bun.version.split(".").map(Number);
  for (const [index, least] of MINIMUM.entries()) {
    const part = version[index] ?? 0;
    if (part > least) return;
    if (part < least) {
      throw new ConfigurationError(
        `baked-orm needs Bun ${MINIMUM.join(".")} or newer, this is ${Bun.version}.`,
        { hint: "Run `bun upgrade`." },
      );
    }
  }
}

function poolSize(sql: SQL): number {
  const { max } = sql.options as { max?: unknown };
  return typeof max === "number" ? max : 10;
}

function isPool(value: unknown): value is SQL {
  return typeof value === "function" && "unsafe" in value;
}

/**
 * Opens a database without making it the default one; use it with `Database.run`.
 * @param target a URL, a Bun.sql pool, or options; nothing takes what is configured
 * @example
 * const reporting = await openDatabase(process.env.REPORTING_URL);
 * await Database.run(reporting, () => Order.count());
 */
export async function openDatabase(
  target?: SQL | string | ConnectOptions,
  options: ConnectOptions = {},
): Promise<Database> {
  checkBun();
  const config = await loadConfig();
  if (isPool(target)) {
    refuseForAdopted(options);
    // Somebody else made the pool and will end it.
    return new Database(bunDriver(target, false), settings(config, options), poolSize(target));
  }
  const given: ConnectOptions =
    typeof target === "string" ? { ...options, url: target } : { ...target, ...options };
  const place = await placeOf(config, given);
  const { max = place.pool.max, statementTimeout } = given;
  const parameters =
    statementTimeout === undefined
      ? undefined
      : { statement_timeout: milliseconds(statementTimeout) };
  // Not imported: that alone would take 4 ms of every program that imports us.
  const sql = new Bun.SQL(toSqlOptions(place, { max, parameters }));
  const database = new Database(bunDriver(sql, true), settings(config, given), max);
  try {
    // One statement now, so that a wrong address is said here and not by the first query.
    await sql`select 1`;
  } catch (error) {
    await database.close();
    throw await translateConnectError(error, place);
  }
  return database;
}

async function placeOf(config: ResolvedConfig, { url }: ConnectOptions): Promise<DatabaseTarget> {
  if (url === undefined) return await databaseTarget(config);
  const place = resolveDatabase({ ...config, database: url }, {});
  if (!place) throw new ConfigurationError("connect() was given an empty URL.");
  return place;
}

function milliseconds(value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new ConfigurationError(`statementTimeout must be whole milliseconds, got ${value}.`);
}

function refuseForAdopted(options: ConnectOptions): void {
  for (const name of ["url", "max", "statementTimeout"] as const) {
    if (options[name] === undefined) continue;
    throw new ConfigurationError(`connect(): "${name}" cannot be given with an existing pool.`, {
      hint: "Give it to `new SQL(...)`.",
    });
  }
}

function settings(config: ResolvedConfig, options: ConnectOptions): DatabaseOptions {
  const { url: _url, max: _max, statementTimeout: _timeout, ...rest } = options;
  return {
    modelsPath: config.modelsPath,
    ...(config.onQuery ? { onQuery: config.onQuery } : undefined),
    ...rest,
  };
}

/**
 * Connects the program: models and query() use this database from now on.
 * @param target a URL, a Bun.sql pool, or options; nothing takes config, environment, else the embedded server
 * @throws ConnectionError in one readable line when the server cannot be reached
 * @example
 * await connect({ onQuery: ({ text, durationMs }) => console.log(durationMs, text) });
 */
export async function connect(
  target?: SQL | string | ConnectOptions,
  options: ConnectOptions = {},
): Promise<void> {
  const database = await openDatabase(target, options);
  const previous = defaultDatabase();
  setDefaultDatabase(database);
  // Not awaited: what runs on the former pool may take its time, or be the caller itself.
  previous?.close().catch(warn);
}

/**
 * Ends the default database's pool when what is under way has ended; connect() may be called again. An adopted
 * pool stays open.
 * @throws TransactionError inside a transaction, which it would wait for
 */
export async function disconnect(): Promise<void> {
  const database = defaultDatabase();
  if (database?.scope?.isOpen) {
    throw new TransactionError("disconnect() inside a transaction() would wait for its own end.");
  }
  setDefaultDatabase(undefined);
  await database?.close();
}
