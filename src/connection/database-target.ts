/** Where the database is and how to log in: the result of the one resolution, and its form for the driver. */
import type { SQL } from "bun";
import { ConnectionError } from "../errors";
import type { ChannelBinding, TlsMode } from "./database-url";

/** Sizes and times of the connection pool; times in seconds, 0 means no limit. */
export interface PoolOptions {
  max: number;
  idleTimeout: number;
  maxLifetime: number;
  connectionTimeout: number;
}

export interface DatabaseTargetFields {
  hostname: string;
  port: number;
  username: string;
  password: string;
  database: string;
  /** Where the setting came from, for messages: "DATABASE_URL", "baked.config.ts", "PGHOST, PGDATABASE". */
  source: string;
  tls?: TlsMode | Bun.TLSOptions | undefined;
  channelBinding?: ChannelBinding | undefined;
  pool?: Partial<PoolOptions> | undefined;
  pooler?: "transaction" | undefined;
  parameters?: Readonly<Record<string, string>> | undefined;
}

/** One database on one server. Printing it in any way leaves the password out. */
export class DatabaseTarget {
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly database: string;
  readonly source: string;
  readonly tls: TlsMode | Bun.TLSOptions;
  readonly channelBinding: ChannelBinding | undefined;
  readonly pool: Readonly<PoolOptions>;
  readonly pooler: "transaction" | undefined;
  /** Startup parameters that the URL asked for. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly #password: string;

  constructor(fields: DatabaseTargetFields) {
    this.hostname = fields.hostname;
    this.port = fields.port;
    this.username = fields.username;
    this.database = fields.database;
    this.source = fields.source;
    this.#password = fields.password;
    // libpq's default is "prefer", Bun's is none at all. On this machine there is nobody to listen in.
    this.tls = fields.tls ?? (this.isLocal ? "disable" : "prefer");
    this.channelBinding = fields.channelBinding;
    this.pool = { max: 10, idleTimeout: 0, maxLifetime: 0, connectionTimeout: 30, ...fields.pool };
    this.pooler = fields.pooler;
    this.parameters = fields.parameters ?? {};
  }

  get password(): string {
    return this.#password;
  }

  /** The socket file, when the host is a folder on this machine. */
  get socket(): string | undefined {
    if (!this.hostname.startsWith("/")) return undefined;
    if (/\/\.s\.PGSQL\.\d+$/.test(this.hostname)) return this.hostname;
    return `${this.hostname.replace(/\/+$/, "")}/.s.PGSQL.${this.port}`;
  }

  get isLocal(): boolean {
    return /^(localhost|127\.\d+\.\d+\.\d+|::1|\/.*)$/.test(this.hostname);
  }

  /** The same server and login with another database, for CREATE and DROP DATABASE. */
  withDatabase(database: string): DatabaseTarget {
    return new DatabaseTarget({ ...this.fields(), database });
  }

  /** The URL with its password: for pasting, never for logs. */
  get url(): string {
    return this.#print(true);
  }

  /** The URL without its password. */
  toString(): string {
    return this.#print(false);
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `DatabaseTarget(${this.toString()}, from ${this.source})`;
  }

  #print(withPassword: boolean): string {
    const password = withPassword && this.#password ? `:${encodeURIComponent(this.#password)}` : "";
    const isSocket = this.hostname.startsWith("/");
    const host = isSocket
      ? "localhost"
      : this.hostname.includes(":")
        ? `[${this.hostname}]`
        : this.hostname;
    const query = new URLSearchParams();
    if (isSocket) query.set("host", this.hostname);
    if (typeof this.tls === "string" && this.tls !== "disable") query.set("sslmode", this.tls);
    if (this.channelBinding) query.set("channel_binding", this.channelBinding);
    if (this.pooler) query.set("pgbouncer", "true");
    for (const [name, value] of Object.entries(this.parameters)) query.set(name, value);
    const tail = query.size > 0 ? `?${query}` : "";
    const user = encodeURIComponent(this.username);
    return `postgres://${user}${password}@${host}:${this.port}/${encodeURIComponent(this.database)}${tail}`;
  }

  private fields(): DatabaseTargetFields {
    const { hostname, port, username, database, source, tls, pool } = this;
    const { channelBinding, pooler, parameters } = this;
    const password = this.#password;
    return {
      ...{ hostname, port, username, password, database, source, tls, pool },
      ...{ channelBinding, pooler, parameters },
    };
  }
}

export interface SqlOptionsOverrides {
  /** Connections, instead of the pool's `max`. */
  max?: number;
  applicationName?: string;
  /** Further startup parameters. */
  parameters?: Readonly<Record<string, string | number>> | undefined;
}

/**
 * The options for `new SQL(...)`. Every field is explicit: what is left out, Bun takes from DATABASE_URL and its
 * kin, even the `options=` of a URL that names another server.
 */
export function toSqlOptions(
  target: DatabaseTarget,
  overrides: SqlOptionsOverrides = {},
): SQL.Options {
  const { password, socket } = target;
  if (socket !== undefined && process.platform === "win32") {
    throw new ConnectionError("Sockets are not available on Windows; name a host.");
  }
  const options = {
    adapter: "postgres",
    // Its presence alone keeps Bun from reading a URL out of the environment.
    url: "postgres://localhost",
    hostname: socket === undefined ? target.hostname : "localhost",
    port: target.port,
    ...(socket === undefined ? undefined : { path: socket }),
    username: target.username,
    // An empty string would let PGPASSWORD in; a function does not.
    password: password === "" ? () => "" : password,
    database: target.database,
    tls: target.tls,
    channelBinding: target.channelBinding ?? "disable",
    max: overrides.max ?? target.pool.max,
    idleTimeout: target.pool.idleTimeout,
    maxLifetime: target.pool.maxLifetime,
    connectionTimeout: target.pool.connectionTimeout,
    prepare: target.pooler === undefined,
    connection: {
      ...startupParameters(target, overrides.applicationName ?? "baked-orm"),
      ...overrides.parameters,
    },
  } as const;
  return options;
}

function startupParameters(target: DatabaseTarget, name: string): Record<string, string | number> {
  const always = { application_name: name, TimeZone: "UTC" };
  // A transaction pooler refuses startup parameters that it does not track.
  if (target.pooler === "transaction") return { ...always, ...target.parameters };
  return {
    ...always,
    // Decoding relies on these spellings; a role or database may have been given others.
    IntervalStyle: "iso_8601",
    bytea_output: "hex",
    extra_float_digits: 1,
    ...target.parameters,
  };
}
