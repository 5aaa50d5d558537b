/** Says in one line why a connection could not be opened, with the address and where it was set. */
import { BakedError, ConnectionError } from "../errors";
import type { DatabaseTarget } from "./database-target";

/**
 * The ConnectionError for what `new SQL(...)` threw on its first use. Errors of ours pass unchanged.
 * Asks the resolver whether the host exists, since the driver does not say.
 */
export async function translateConnectError(
  error: unknown,
  target: DatabaseTarget,
): Promise<BakedError> {
  if (error instanceof BakedError) return error;
  const { code, errno, message } = detailsOf(error);
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
      loginHint(target, message),
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
      /self.signed|unable to (verify|get)/i.test(message)
        ? 'If the certificate is yours, give its authority in the config: tls: { ca: await Bun.file("ca.pem").text() }.'
        : "Change `sslmode` in the URL (or `tls` in the config): disable, prefer, require or verify-full.",
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

/** The server's errors have a SQLSTATE as `errno`; those of TLS and of the operating system a number. */
function detailsOf(error: unknown): { code: string; errno: string; message: string } {
  const { code, errno, message } = Object(error);
  return {
    code: typeof code === "string" ? code : "",
    errno: typeof errno === "string" ? errno : "",
    message: typeof message === "string" && message !== "" ? message : String(code ?? error),
  };
}

function loginHint(target: DatabaseTarget, message: string): string {
  // pg_hba.conf has a line for TLS only; "SSL off" is how PostgreSQL 13 says it.
  if (/no encryption|SSL off/.test(message)) {
    return "It may want TLS: add ?sslmode=require to the URL, or `tls` to the config.";
  }
  return target.password === "" ? "No password was given." : "Check the user name and password.";
}

function isTlsFailure(code: string, message: string): boolean {
  return (
    /TLS|SSL|CERT|SIGNATURE|ISSUER|CHANNEL_BINDING/.test(code) ||
    /certificate|self.signed/i.test(message)
  );
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
