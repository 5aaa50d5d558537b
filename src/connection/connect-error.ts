/** Says in one line why a connection could not be opened, with the address and where it was set. */
import { BakedError, ConnectionError } from "../errors";
import type { DatabaseTarget } from "./database-target";

interface DriverError extends Error {
  code?: string;
  errno?: string;
}

/**
 * The ConnectionError for what `new SQL(...)` threw on its first use. Errors of ours pass unchanged.
 * Asks the resolver whether the host exists, since the driver does not say.
 */
export async function translateConnectError(
  error: unknown,
  target: DatabaseTarget,
): Promise<BakedError> {
  if (error instanceof BakedError) return error;
  const { code = "", errno = "", message } = asDriverError(error);
  const where = `${place(target)} (from ${target.source})`;
  const database = `database "${target.database}"`;
  const fail = (text: string, hint?: string) => new ConnectionError(text, { cause: error, hint });
  if (errno === "3D000") {
    return fail(
      `The ${database} does not exist on ${where}.`,
      "Create it with `bake db create`, or correct the name.",
    );
  }
  if (errno.startsWith("28") || code.includes("AUTH") || code.includes("SASL")) {
    return fail(
      `The server refused the login of user "${target.username}" to ${database} on ${where}: ${message}.`,
      target.password === "" ? "No password was given." : "Check the user name and password.",
    );
  }
  if (errno === "53300") {
    return fail(
      `${where} has no connection free for ${database}: ${message}.`,
      "Lower `max` of the pool, raise max_connections, or put a pooler in front.",
    );
  }
  if (errno === "57P03") {
    return fail(`${where} is starting up or shutting down: ${message}.`, "Try again in a moment.");
  }
  if (/unsupported startup parameter/i.test(message)) {
    return fail(
      `The pooler at ${where} refused the connection to ${database}: ${message}.`,
      'Add `pooler: "transaction"` to the database entry, or ?pgbouncer=true to the URL.',
    );
  }
  if (isTlsFailure(code, message)) {
    return fail(
      `No TLS connection to ${database} on ${where}: ${message}.`,
      "Change `sslmode` in the URL (or `tls` in the config): disable, prefer, require or verify-full.",
    );
  }
  if (code.includes("TIMEOUT")) {
    return fail(
      `${where} did not answer within ${target.pool.connectionTimeout} s (${database}).`,
      "Check the host, the port and the firewall.",
    );
  }
  if (code === "ERR_POSTGRES_CONNECTION_REFUSED") {
    if (target.socket === undefined && !(await isKnownHost(target.hostname))) {
      return fail(
        `The host "${target.hostname}" is unknown: cannot connect to ${database} on ${where}.`,
        "Check the name and the network.",
      );
    }
    return fail(
      `Nothing answers on ${where}: cannot connect to ${database}.`,
      "Is PostgreSQL running there?",
    );
  }
  return fail(`Cannot connect to ${database} on ${where}: ${message}.`);
}

function asDriverError(error: unknown): DriverError {
  return error instanceof Error ? error : new Error(String(error));
}

function isTlsFailure(code: string, message: string): boolean {
  return /TLS|SSL|CERT|CHANNEL_BINDING/.test(code) || /certificate|self.signed/i.test(message);
}

function place(target: DatabaseTarget): string {
  if (target.socket !== undefined) return `socket ${target.socket}`;
  return target.hostname.includes(":")
    ? `[${target.hostname}]:${target.port}`
    : `${target.hostname}:${target.port}`;
}

async function isKnownHost(hostname: string): Promise<boolean> {
  // Loaded here, because most programs connect at the first attempt.
  const { lookup } = await import("node:dns/promises");
  try {
    await lookup(hostname);
    return true;
  } catch {
    return false;
  }
}
