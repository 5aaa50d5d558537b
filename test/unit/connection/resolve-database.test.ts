import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { defineConfig, resolveConfig } from "../../../src/connection/config";
import { DatabaseTarget, toSqlOptions } from "../../../src/connection/database-target";
import { type Environment, resolveDatabase } from "../../../src/connection/resolve-database";

function resolve(database: unknown, env: Environment = {}): DatabaseTarget {
  const target = resolveDatabase(resolveConfig({ database }, "/app", undefined), env);
  if (!target) throw new Error("nothing resolved");
  return target;
}

const urls = {
  POSTGRES_URL: "postgres://a:1@first/one",
  DATABASE_URL: "postgres://b:2@second/two",
  PGURL: "postgres://c:3@third/three",
};
const discrete = {
  PGHOST: "fourth",
  PGPORT: "5444",
  PGUSER: "d",
  PGPASSWORD: "4",
  PGDATABASE: "four",
};

describe("precedence", () => {
  const everything = { ...urls, ...discrete };

  test("the config's entry wins over every variable", () => {
    const target = resolve("postgres://z:0@zero/nought", everything);
    expect(target.url).toBe("postgres://z:0@zero:5432/nought?sslmode=prefer");
    expect(target.source).toBe("baked.config.ts");
  });

  test.each([
    ["POSTGRES_URL", everything, "postgres://a@first:5432/one?sslmode=prefer"],
    [
      "DATABASE_URL",
      { ...everything, POSTGRES_URL: undefined },
      "postgres://b@second:5432/two?sslmode=prefer",
    ],
    [
      "PGURL",
      { ...everything, POSTGRES_URL: "", DATABASE_URL: "" },
      "postgres://c@third:5432/three?sslmode=prefer",
    ],
    [
      "PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD",
      discrete,
      "postgres://d@fourth:5444/four?sslmode=prefer",
    ],
  ])("%s", (source, env, shown) => {
    const target = resolve(undefined, env);
    expect(target.toString()).toBe(shown);
    expect(target.source).toBe(source);
  });

  test("PGUSERNAME wins over PGUSER", () => {
    expect(resolve(undefined, { ...discrete, PGUSERNAME: "e" }).username).toBe("e");
  });

  test("nothing set is undefined, and so is a password without a place", () => {
    const config = resolveConfig({}, "/app", undefined);
    expect(resolveDatabase(config, {})).toBeUndefined();
    expect(resolveDatabase(config, { PGPASSWORD: "x", USER: "me" })).toBeUndefined();
    expect(resolveDatabase(config, { DATABASE_URL: "  " })).toBeUndefined();
  });

  test("pool sizes alone leave the address to the environment", () => {
    const target = resolve({ max: 20, connectionTimeout: 5 }, urls);
    expect(target.hostname).toBe("first");
    expect(target.source).toBe("POSTGRES_URL");
    expect(target.pool).toEqual({
      max: 20,
      idleTimeout: 0,
      maxLifetime: 0,
      connectionTimeout: 5,
    });
  });

  test("an object takes missing fields from the PG* variables, never from a URL variable", () => {
    const target = resolve({ database: "mine" }, { ...urls, ...discrete });
    expect(target.url).toBe("postgres://d:4@fourth:5444/mine?sslmode=prefer");
  });

  test("a URL takes its login, and nothing else, from the PG* variables", () => {
    const target = resolve(undefined, { DATABASE_URL: "postgres://localhost", ...discrete });
    expect(target.url).toBe("postgres://d:4@localhost:5432/d");
  });
});

describe("URLs", () => {
  test("defaults: local server, port 5432, own user, database of that name", () => {
    expect(resolve("postgres://", { USER: "eve" }).url).toBe("postgres://eve@localhost:5432/eve");
    expect(resolve("postgresql:///shop").url).toBe("postgres://postgres@localhost:5432/shop");
    expect(resolve("postgres://bob@/shop").url).toBe("postgres://bob@localhost:5432/shop");
  });

  test("every part is percent-decoded", () => {
    const target = resolve("postgres://us%40er:p%2Fa%3As%23s@db%2Dhost:1/my%20db");
    expect(target).toMatchObject({
      username: "us@er",
      password: "p/a:s#s",
      hostname: "db-host",
      port: 1,
      database: "my db",
    });
  });

  test("printing and parsing again gives the same target", () => {
    const text = fc
      .string({ minLength: 1, unit: "grapheme" })
      .filter((part) => !/[\ud800-\udfff\0]/.test(part));
    // To every reader of URLs these are steps in the path, escaped or not.
    const name = text.filter((part) => part !== "." && part !== "..");
    fc.assert(
      fc.property(text, text, name, (username, password, database) => {
        const target = new DatabaseTarget({
          ...{ username, password, database, hostname: "db.example", port: 6000, source: "test" },
        });
        const again = resolve(target.url);
        expect(again).toMatchObject({ username, password, database, port: 6000 });
      }),
    );
  });

  test("what `bake db url` prints still says pooler and channel binding", () => {
    const given = "postgres://u@h:5432/d?sslmode=require&channel_binding=require&pgbouncer=true";
    expect(resolve(given).url).toBe(given);
  });

  test("query parameters: sslmode, timeout, parameters of the server", () => {
    const target = resolve(
      "postgres://u:p@h/d?sslmode=verify-full&connect_timeout=3&application_name=shop&options=-c%20x.y%3D1&target_session_attrs=any",
    );
    expect(target.tls).toBe("verify-full");
    expect(target.pool.connectionTimeout).toBe(3);
    expect(target.parameters).toEqual({ application_name: "shop", options: "-c x.y=1" });
  });

  test("IPv6 and socket hosts", () => {
    expect(resolve("postgres://u@[::1]:99/d").hostname).toBe("::1");
    const socket = resolve("postgres:///d?host=/var/run/postgresql&user=u&port=5433");
    expect(socket.socket).toBe("/var/run/postgresql/.s.PGSQL.5433");
    expect(resolve("postgres://u@%2Ftmp/d").socket).toBe("/tmp/.s.PGSQL.5432");
    expect(resolve(socket.url)).toMatchObject({ hostname: "/var/run/postgresql", port: 5433 });
  });

  test("TLS is preferred elsewhere, left out on this machine, and PGSSLMODE is heard", () => {
    expect(resolve("postgres://u@db.example/d").tls).toBe("prefer");
    expect(resolve("postgres://u@127.0.0.1/d").tls).toBe("disable");
    expect(resolve("postgres://u@db.example/d", { PGSSLMODE: "require" }).tls).toBe("require");
    expect(resolve({ hostname: "db.example", tls: true }).tls).toBe("require");
  });

  test.each([
    [
      "mysql://u:secret@h/d",
      "DATABASE_URL is not a usable PostgreSQL URL: it starts with mysql://",
    ],
    ["localhost:5432/d?secret", "it has no postgres:// in front"],
    ["postgres://u:sec#ret@h/d", "Percent-encode"],
    ["postgres://u:100%secret@h/d", "its password has a % that starts no escape"],
    ["postgres://u:secret@h:99999/d", "cannot be parsed"],
    ["postgres://u:secret@h1,h2/d", "several hosts"],
    ["postgres://u:secret@h/d?sslmode=requir", 'Did you mean "require"?'],
    ["postgres://u:secret@h/d?port=x", "x is not a port"],
    ["postgres://u:secret@h/d?sslrootcert=/x", "tls: { ca"],
  ])("%s is refused without showing the password", (url, message) => {
    let caught: unknown;
    try {
      resolve(undefined, { DATABASE_URL: url });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(Error);
    expect(String(caught)).toContain("DATABASE_URL");
    expect(String(caught)).toContain(message);
    expect(String(caught)).not.toContain("secret");
  });
});

describe("the config's object", () => {
  test("wrong entries are named", () => {
    expect(() => resolve({ host: "x" })).toThrow('unknown entry "host"');
    expect(() => resolve({ host: "x" })).toThrow('Did you mean "hostname"?');
    expect(() => resolve({ databse: "x" })).toThrow('Did you mean "database"?');
    expect(() => resolve({ max: 0 })).toThrow("max must be a whole number of at least 1, not 0");
    expect(() => resolve({ idleTimeout: "9" })).toThrow("idleTimeout must be seconds");
    expect(() => resolve({ port: "abc" })).toThrow("abc is not a port");
    expect(() => resolve({ username: 5 })).toThrow("username must be text, not 5");
    expect(() => resolve({ pooler: "session" })).toThrow('pooler can only be "transaction"');
    expect(() => resolve("")).toThrow("is an empty string");
  });

  test("a URL with pool sizes, and fields that correct the URL", () => {
    const target = resolve({ url: "postgres://u:p@h:1/d", database: "other", max: 3 }, urls);
    expect(target.url).toBe("postgres://u:p@h:1/other?sslmode=prefer");
    expect(target.pool.max).toBe(3);
  });

  test("defineConfig returns what it was given", () => {
    const config = { database: { hostname: "x", max: 2 } };
    expect(defineConfig(config)).toBe(config);
  });
});

describe("a target", () => {
  const target = resolve("postgres://u:s3cr3t@h/d");

  test("never prints its password", () => {
    for (const text of [`${target}`, JSON.stringify({ target }), Bun.inspect({ target })]) {
      expect(text).toContain("h:5432/d");
      expect(text).not.toContain("s3cr3t");
    }
  });

  test("changes its database and nothing else", () => {
    expect(target.withDatabase("e").url).toBe("postgres://u:s3cr3t@h:5432/e?sslmode=prefer");
    expect(target.withDatabase("e").source).toBe(target.source);
  });
});

describe("toSqlOptions", () => {
  // In a process of its own, because Bun reads the environment when a client is made.
  async function optionsUnder(env: Record<string, string>, url: string): Promise<unknown> {
    const script = `
      import { SQL } from "bun";
      import { toSqlOptions } from "./src/connection/database-target";
      import { resolveDatabase } from "./src/connection/resolve-database";
      const target = resolveDatabase({ database: ${JSON.stringify(url)} }, {});
      const { hostname, port, username, password, database, sslMode, channelBinding, query, path } =
        new SQL(toSqlOptions(target)).options;
      console.log(JSON.stringify({ hostname, port, username, password, database, sslMode, channelBinding, query, path }));`;
    const child = Bun.spawn([process.execPath, "-e", script], {
      cwd: new URL("../../..", import.meta.url).pathname,
      env: { PATH: process.env.PATH, ...env },
      stderr: "inherit",
    });
    return JSON.parse(await new Response(child.stdout).text());
  }

  test("leaves nothing for the driver to take from the environment", async () => {
    const hostile = {
      DATABASE_URL:
        "postgres://x:x@x:1/x?sslmode=verify-full&options=-csearch_path%3Dx&channel_binding=require",
      POSTGRES_URL: "mysql://y:y@y:2/y",
      PGHOST: "z",
      PGPORT: "3",
      PGUSER: "z",
      PGPASSWORD: "z",
      PGDATABASE: "z",
      PGSSLMODE: "require",
      PGCHANNELBINDING: "require",
      PGAPPNAME: "z",
    };
    for (const url of [
      "postgres://u:p@127.0.0.1:54/d",
      "postgres://u@127.0.0.1/d",
      "postgres://u:p@h/d?sslmode=require",
      "postgres:///d?host=/tmp&user=u",
    ]) {
      const [polluted, clean] = await Promise.all([
        optionsUnder(hostile, url),
        optionsUnder({}, url),
      ]);
      expect(polluted).toEqual(clean);
      expect(JSON.stringify(polluted)).not.toMatch(/"[xyz]"/);
    }
  });

  test("sends the startup parameters that decoding relies on, and fewer through a pooler", () => {
    expect(
      toSqlOptions(resolve("postgres://u@h/d"), { max: 1, applicationName: "bake" }),
    ).toMatchObject({
      max: 1,
      prepare: true,
      connection: {
        application_name: "bake",
        TimeZone: "UTC",
        IntervalStyle: "iso_8601",
        bytea_output: "hex",
        extra_float_digits: 1,
      },
    });
    expect(toSqlOptions(resolve("postgres://u@h/d?pgbouncer=true"))).toMatchObject({
      prepare: false,
      connection: { application_name: "baked-orm", TimeZone: "UTC" },
    });
  });
});
