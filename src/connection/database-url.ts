/** Takes a PostgreSQL URL apart into explicit fields, so that nothing is left for the driver to guess. Pure. */
import { ConfigurationError, didYouMean } from "../errors";

/** How much TLS is asked for; the words of libpq's `sslmode`. */
export type TlsMode = "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full";

const tlsModes: readonly string[] = [
  "disable",
  "allow",
  "prefer",
  "require",
  "verify-ca",
  "verify-full",
] satisfies TlsMode[];

/** What a URL says; absent fields were not in it. */
export interface DatabaseAddress {
  hostname?: string;
  port?: number;
  username?: string;
  password?: string;
  database?: string;
  tls?: TlsMode;
  channelBinding?: ChannelBinding;
  /** Seconds. */
  connectionTimeout?: number;
  /** A transaction pooler stands in front of the server (`pgbouncer=true`). */
  pooler?: "transaction";
  /** Sent to the server when a connection starts: application_name, options, search_path... */
  parameters: Record<string, string>;
}

export type ChannelBinding = "disable" | "prefer" | "require";

// Hosting panels put these into URLs; they steer other clients and mean nothing to this one.
const ignored = new Set([
  "client_encoding",
  "connection_limit",
  "fallback_application_name",
  "gssencmode",
  "keepalives",
  "keepalives_count",
  "keepalives_idle",
  "keepalives_interval",
  "pool_timeout",
  "schema",
  "socket_timeout",
  "sslcompression",
  "sslnegotiation",
  "statement_cache_size",
  "target_session_attrs",
  "tcp_user_timeout",
  "uselibpqcompat",
]);

const files = new Set(["sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword"]);

/**
 * Parses `postgres://user:password@host:port/database?sslmode=require`; every part is percent-decoded, `host=`
 * may name a socket directory. Throws ConfigurationError naming `source`, never showing the password.
 */
export function parseDatabaseUrl(text: string, source: string): DatabaseAddress {
  const fail = (problem: string, hint?: string): never => {
    throw new ConfigurationError(`${source} is not a usable PostgreSQL URL: ${problem}.`, { hint });
  };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== "postgres" && scheme !== "postgresql") {
    return fail(
      scheme ? `it starts with ${scheme}://` : "it has no postgres:// in front",
      "Write postgres://user:password@host:5432/database.",
    );
  }
  // new URL() refuses an empty host with a user name or port, which libpq allows.
  const url = URL.parse(
    text.replace(/^([a-z+]+:\/\/[^/?#]*@)(:\d+)?(?=[/?#]|$)/i, "$1localhost$2"),
  );
  if (!url) return fail("it cannot be parsed", "Percent-encode special characters (%40 for @).");
  if (url.hash !== "") {
    return fail("it contains an unencoded #", "Percent-encode it as %23 in the password.");
  }
  const decode = (part: string, name: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      return fail(`its ${name} has a % that starts no escape`, "Percent-encode % as %25.");
    }
  };
  const address: DatabaseAddress = { parameters: {} };
  const host = decode(url.hostname, "host").replace(/^\[(.*)\]$/, "$1");
  if (host.includes(",")) {
    return fail("it names several hosts", "Name one; fail-over belongs into a pooler or DNS.");
  }
  if (host !== "") address.hostname = host;
  if (url.port !== "") address.port = checkPort(url.port, source);
  if (url.username !== "") address.username = decode(url.username, "user name");
  if (url.password !== "") address.password = decode(url.password, "password");
  const database = decode(url.pathname.replace(/^\//, ""), "database name");
  if (database !== "") address.database = database;
  for (const [name, value] of url.searchParams) applyParameter(address, name, value, source);
  return address;
}

/** A port from text or number. Throws ConfigurationError naming `source`. */
export function checkPort(value: string | number, source: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ConfigurationError(`${source}: ${value} is not a port (1 to 65535).`);
  }
  return port;
}

/** One of libpq's six words. Throws ConfigurationError naming `source`. */
export function checkTlsMode(value: string, source: string): TlsMode {
  if (isTlsMode(value)) return value;
  throw new ConfigurationError(
    `${source}: unknown sslmode "${value}". Known: ${tlsModes.join(", ")}.${didYouMean(value, tlsModes)}`,
  );
}

function isTlsMode(value: string): value is TlsMode {
  return tlsModes.includes(value);
}

function isChannelBinding(value: string): value is ChannelBinding {
  return value === "disable" || value === "prefer" || value === "require";
}

function applyParameter(
  address: DatabaseAddress,
  name: string,
  value: string,
  source: string,
): void {
  switch (name) {
    case "sslmode":
      address.tls = checkTlsMode(value, source);
      return;
    case "ssl":
      address.tls = value === "true" || value === "1" ? "require" : "disable";
      return;
    case "host":
      address.hostname = value;
      return;
    case "port":
      address.port = checkPort(value, source);
      return;
    case "user":
      address.username = value;
      return;
    case "password":
      address.password = value;
      return;
    case "dbname":
      address.database = value;
      return;
    case "connect_timeout":
      address.connectionTimeout = Math.max(0, Number(value) || 0);
      return;
    case "pgbouncer":
      if (value === "true") address.pooler = "transaction";
      return;
    case "channel_binding":
      if (!isChannelBinding(value)) {
        throw new ConfigurationError(
          `${source}: channel_binding must be disable, prefer or require, not "${value}".`,
        );
      }
      address.channelBinding = value;
      return;
  }
  if (files.has(name)) {
    throw new ConfigurationError(`${source}: ${name} is not read from a URL.`, {
      hint: "Give `tls: { ca, cert, key }` in the database entry of baked.config.ts.",
    });
  }
  if (!ignored.has(name)) address.parameters[name] = value;
}
