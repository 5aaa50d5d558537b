/** What a user is told when the database cannot be reached. */
import { describe, expect, test } from "bun:test";
import { SQL } from "bun";
import { translateConnectError } from "../../src/connection/connect-error";
import { DatabaseTarget, toSqlOptions } from "../../src/connection/database-target";
import { resolveDatabase } from "../../src/connection/resolve-database";
import { BakedError, ConnectionError } from "../../src/errors";
import { embeddedUrl, serverUrl } from "../support/database";

/** A target on the embedded server, which asks for a password and speaks no TLS, with some fields changed. */
async function target(changes: Partial<DatabaseTarget> & { password?: string } = {}) {
  const found = resolveDatabase({ database: undefined }, { DATABASE_URL: await embeddedUrl() });
  if (!found) throw new Error("no server");
  const { hostname, port, username, password, database, source, tls } = found;
  return new DatabaseTarget({
    ...{ hostname, port, username, password, database, source, tls },
    ...changes,
  });
}

async function messageFor(place: DatabaseTarget): Promise<string> {
  const sql = new SQL(toSqlOptions(place, { max: 1 }));
  try {
    await sql`SELECT 1`;
  } catch (cause) {
    const error = await translateConnectError(cause, place);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.cause).toBe(cause);
    expect(error.message).not.toContain("\n");
    return error.message;
  } finally {
    await sql.close();
  }
  throw new Error("the connection was opened");
}

describe("one line with address, database and where it was set", () => {
  test("an unknown database", async () => {
    const place = await target({ database: "nope_db" });
    expect(await messageFor(place)).toBe(
      `The database "nope_db" does not exist on ${place.hostname}:${place.port} (from DATABASE_URL). Create it with \`bake db create\`, or correct the name.`,
    );
  });

  test("a wrong password, and none", async () => {
    const wrong = await messageFor(await target({ password: "not-this-one" }));
    expect(wrong).toContain(
      'The server refused the login of user "postgres" to database "postgres"',
    );
    expect(wrong).toContain("(from DATABASE_URL)");
    expect(wrong).toContain("Check the user name and password.");
    expect(wrong).not.toContain("not-this-one");
    expect(await messageFor(await target({ password: "" }))).toContain("No password was given.");
  });

  test("nothing listens there", async () => {
    const message = await messageFor(await target({ port: 1 }));
    expect(message).toContain("Nothing answers on 127.0.0.1:1 (from DATABASE_URL)");
    expect(message).toContain('database "postgres"');
  });

  test("an unknown host", async () => {
    const message = await messageFor(await target({ hostname: "nowhere.invalid" }));
    expect(message).toContain('The host "nowhere.invalid" is unknown');
    expect(message).toContain("(from DATABASE_URL)");
  });

  test("a missing socket", async () => {
    const message = await messageFor(await target({ hostname: "/nowhere" }));
    expect(message).toContain("Nothing answers on socket /nowhere/.s.PGSQL.");
  });

  test("TLS that the server does not speak", async () => {
    const message = await messageFor(await target({ tls: "require" }));
    expect(message).toContain("No TLS connection to database");
    expect(message).toContain("sslmode");
  });

  test("startup parameters that the server refuses", async () => {
    const message = await messageFor(await target({ parameters: { nonsense_setting: "1" } }));
    expect(message).toContain("nonsense_setting");
    expect(message).toContain("(from DATABASE_URL)");
  });
});

describe("what cannot be provoked here", () => {
  const driverError = (fields: object) => Object.assign(new Error("the server's words"), fields);

  test.each([
    [{ errno: "53300" }, "has no connection free"],
    [{ errno: "57P03" }, "is starting up or shutting down"],
    [{ code: "ERR_POSTGRES_CONNECTION_TIMEOUT" }, "did not answer within 30 s"],
    [{ code: "ERR_TLS_CERT_ALTNAME_INVALID" }, "No TLS connection"],
    [{ message: "unsupported startup parameter: IntervalStyle" }, 'pooler: "transaction"'],
    [{ code: "SOMETHING_ELSE" }, "Cannot connect to database"],
  ])("%p", async (fields, text) => {
    const place = await target();
    const error = await translateConnectError(driverError(fields), place);
    expect(error.message).toContain(text);
    expect(error.message).toContain(`${place.hostname}:${place.port} (from DATABASE_URL)`);
  });

  test("errors of ours pass unchanged", async () => {
    const own = new BakedError("mine");
    expect(await translateConnectError(own, await target())).toBe(own);
  });
});

test("a target of every spelling connects", async () => {
  const url = new URL(await serverUrl());
  const env = {
    PGHOST: url.hostname,
    PGPORT: url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: "postgres",
  };
  for (const [database, variables] of [
    [url.href, {}],
    [{ url: url.href, max: 2 }, {}],
    [{ database: "postgres" }, env],
    [undefined, env],
  ] as const) {
    const place = resolveDatabase({ database }, variables);
    if (!place) throw new Error("nothing resolved");
    const sql = new SQL(toSqlOptions(place, { max: 1, applicationName: "spelling" }));
    const [row] = await sql`
      SELECT current_database() AS database, current_setting('application_name') AS name,
             current_setting('TimeZone') AS zone, current_setting('IntervalStyle') AS style`;
    await sql.close();
    expect(row).toEqual({
      ...{ database: "postgres", name: "spelling", zone: "UTC", style: "iso_8601" },
    });
  }
});
