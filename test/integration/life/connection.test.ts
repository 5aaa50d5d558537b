/** connect(), its pool, its logger, its limits, and several databases side by side. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { SQL } from "bun";
import {
  ConfigurationError,
  ConnectionError,
  connect,
  Database,
  disconnect,
  isInTransaction,
  Model,
  openDatabase,
  QueryCanceledError,
  type QueryLogEntry,
  query,
  TimeoutError,
  TransactionError,
  transaction,
} from "../../../src/index";
import { runBun, temporaryProject } from "../../support/cli";
import { createDatabase, type TestDatabase } from "../../support/database";
import * as schema from "../../support/schema/life";

class Country extends Model(schema.countries) {}

let first: TestDatabase;
let second: TestDatabase;

beforeAll(async () => {
  first = await createDatabase();
  await first.sql`create table countries (code text primary key, name text not null)`;
  second = await createDatabase({ template: first.name });
});
afterEach(async () => {
  await disconnect();
  await first.sql`truncate countries`;
});
afterAll(async () => {
  await first.drop();
  await second.drop();
});

const databaseName = async () =>
  (await query<{ name: string }>("select current_database() as name"))[0]?.name;

/** Connections of this library to the database. */
async function sessions(database: TestDatabase): Promise<number> {
  const [row] = await database.sql`select count(*)::int as n from pg_stat_activity
    where datname = ${database.name}::text and application_name = 'baked-orm'`;
  return row.n;
}

/** Waits for what another process does in its own time. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries++) {
    if (tries > 400) throw new Error("It never came to be.");
    await Bun.sleep(5);
  }
}

describe("connect", () => {
  test("takes a URL, options, or a pool of the application's own", async () => {
    await connect(first.url);
    expect(await databaseName()).toBe(first.name);
    await connect({ url: second.url, max: 2 });
    expect(await databaseName()).toBe(second.name);
    const pool = new SQL(first.url, { max: 3 });
    await connect(pool);
    expect(await databaseName()).toBe(first.name);
    await transaction(async () => expect(await databaseName()).toBe(first.name));
    await disconnect();
    expect((await pool`select 1 as one`)[0].one).toBe(1);
    await pool.close();
  });

  test("takes the config file, else the environment", async () => {
    await using project = temporaryProject({
      "main.ts": `
        import { connect, disconnect, query } from "baked-orm";
        await connect();
        const [row] = await query("select current_database() as name, current_setting('application_name') as app");
        console.log(row.name, row.app);
        await disconnect();`,
    });
    const run = () =>
      runBun(["main.ts"], { cwd: project.directory, env: { DATABASE_URL: first.url } });
    expect((await run()).stdout).toBe(`${first.name} baked-orm\n`);
    project.write("baked.config.ts", `export default { database: ${JSON.stringify(second.url)} }`);
    expect((await run()).stdout).toBe(`${second.name} baked-orm\n`);
  });

  test("says in one line what is wrong with the address", async () => {
    const wrong = new URL(first.url);
    wrong.pathname = "/no_such_database";
    const work = connect(wrong.href);
    await expect(work).rejects.toThrow(ConnectionError);
    await expect(work).rejects.toThrow('The database "no_such_database" does not exist');
    wrong.port = "1";
    await expect(connect(wrong.href)).rejects.toThrow("Nothing answers on");
    await expect(query("select 1")).rejects.toThrow(
      "No connection established. Call connect() before using models.",
    );
  });

  test("gives up on a server that does not answer", async () => {
    using deaf = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    const url = `postgres://nobody:x@127.0.0.1:${deaf.port}/x?connect_timeout=1`;
    await expect(connect(url)).rejects.toThrow("did not answer within 1 s");
  });

  test("a failing second one leaves the first in place", async () => {
    await connect(first.url);
    await expect(connect("postgres://127.0.0.1:1/x")).rejects.toThrow(ConnectionError);
    expect(await databaseName()).toBe(first.name);
  });

  test("refuses options that an existing pool cannot be given", async () => {
    const pool = new SQL(first.url, { max: 1 });
    await expect(connect(pool, { max: 5 })).rejects.toThrow(ConfigurationError);
    await expect(connect(pool, { statementTimeout: 5 })).rejects.toThrow("new SQL(...)");
    await pool.close();
  });
});

describe("disconnect", () => {
  test("and connect again, as often as one likes", async () => {
    for (let round = 0; round < 3; round++) {
      await connect(first.url);
      expect(await databaseName()).toBe(first.name);
      await disconnect();
      await expect(query("select 1")).rejects.toThrow("Call connect() before using models");
    }
    await disconnect();
    await until(async () => (await sessions(first)) === 0);
  });

  test("waits for what is under way, and takes nothing new", async () => {
    await connect(first.url, { max: 1 });
    const running = query("select pg_sleep(0.03), 1 as one");
    const waiting = query("select 2 as two");
    const ended = disconnect();
    await expect(query("select 1")).rejects.toThrow(ConnectionError);
    await ended;
    expect(await running).toMatchObject([{ one: 1 }]);
    expect(await waiting).toEqual([{ two: 2 }]);
  });

  test("inside a transaction would wait for itself", async () => {
    await connect(first.url);
    await transaction(() => expect(disconnect()).rejects.toThrow(TransactionError));
    expect(await databaseName()).toBe(first.name);
  });
});

describe("a second connect", () => {
  test("lets what runs on the first pool end, then ends the pool", async () => {
    await connect(first.url);
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = transaction(async () => {
      await Country.create({ code: "A", name: "a" });
      await promise;
      await Country.create({ code: "B", name: "b" });
      return databaseName();
    });
    const slow = query("select pg_sleep(0.02), current_database() as name");
    await connect(second.url);
    expect(await databaseName()).toBe(second.name);
    resolve();
    expect(await work).toBe(first.name);
    expect(await slow).toMatchObject([{ name: first.name }]);
    expect((await first.sql`select count(*)::int as n from countries`)[0].n).toBe(2);
    await until(async () => (await sessions(first)) === 0);
  });

  test("from inside a transaction does not wait for itself", async () => {
    await connect(first.url);
    await transaction(async () => {
      await connect(second.url);
      expect(await databaseName()).toBe(first.name);
    });
    expect(await databaseName()).toBe(second.name);
  });
});

describe("onQuery", () => {
  const log: QueryLogEntry[] = [];
  const onQuery = (entry: QueryLogEntry) => {
    log.push(entry);
  };
  afterEach(() => {
    log.length = 0;
  });

  test("is told of each statement: text, values, duration, rows, model and caller", async () => {
    await connect(first.url, { onQuery });
    await Country.create({ code: "NL", name: "x" });
    await Country.where({ code: ["NL", "BE"] });
    await query("select $1::int as n", [5]);
    expect(log.map(({ model, rows }) => [model, rows])).toEqual([
      ["Country", 1],
      ["Country", 1],
      [undefined, 1],
    ]);
    expect(log[0]?.values).toEqual(["NL", "x"]);
    expect(log[1]?.text).toContain('"code" = ANY($1');
    expect(log.every(({ durationMs }) => durationMs > 0)).toBe(true);
    for (const { caller } of log) expect(caller).toContain("connection.test.ts:");
  });

  test("not of BEGIN, SAVEPOINT and COMMIT", async () => {
    await connect(first.url, { onQuery });
    await transaction(async () => {
      await transaction(() => Country.create({ code: "NL", name: "x" }));
    });
    expect(log).toHaveLength(1);
  });

  test("of statements that failed, with the error", async () => {
    await connect(first.url, { onQuery });
    const work = query("select 1 / $1::int", [0]);
    await expect(work).rejects.toThrow("division by zero");
    expect(log[0]?.error).toBeInstanceOf(Error);
    expect(log[0]?.rows).toBeUndefined();
    expect(log[0]?.values).toEqual([0]);
  });

  test("of bulk writes row by row", async () => {
    await connect(first.url, { onQuery });
    await Country.createMany([
      { code: "A", name: "a" },
      { code: "B", name: "b" },
    ]);
    expect(log[0]?.values).toEqual(["A", "a", "B", "b"]);
  });

  test("harms nothing when it throws or rejects", async () => {
    const failing = [
      () => {
        throw new Error("logger");
      },
      () => Promise.reject(new Error("logger")),
    ];
    for (const logger of failing) {
      await connect(first.url, { onQuery: logger });
      await Country.create({ code: "NL", name: "x" });
      await expect(query("select 1/0")).rejects.toThrow("division by zero");
      expect(await Country.count()).toBe(1);
      await first.sql`truncate countries`;
    }
  });

  test("does not stick to the next connection", async () => {
    await connect(first.url, { onQuery });
    const pool = new SQL(first.url, { max: 1 });
    await connect(pool);
    await Country.count();
    await disconnect();
    await connect(first.url);
    await Country.count();
    expect(log).toEqual([]);
    await pool.close();
  });
});

describe("limits", () => {
  test("acquireTimeout: who waits too long for a connection is told", async () => {
    await connect(first.url, { max: 2, acquireTimeout: 30 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const holders = [transaction(() => promise), transaction(() => promise)];
    const work = Country.count();
    await expect(work).rejects.toThrow(TimeoutError);
    await expect(work).rejects.toThrow(
      "No connection became free within 30 ms: all 2 of the pool are busy.",
    );
    await expect(transaction(async () => undefined)).rejects.toThrow(TimeoutError);
    resolve();
    await Promise.all(holders);
    expect(await Country.count()).toBe(0);
  });

  test("statementTimeout: the server ends what takes too long", async () => {
    await connect(first.url, { statementTimeout: 30 });
    await expect(query("select pg_sleep(5)")).rejects.toThrow(QueryCanceledError);
    expect(await Country.count()).toBe(0);
    await expect(connect(first.url, { statementTimeout: 0.5 })).rejects.toThrow(
      "statementTimeout must be whole milliseconds",
    );
  });

  test("more callers than connections are all served, in turn", async () => {
    await connect(first.url, { max: 2 });
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, n) => query<{ n: number }>("select $1::int as n", [n])),
    );
    expect(results.map(([row]) => row?.n)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(await sessions(first)).toBeLessThanOrEqual(2);
  });
});

describe("an AbortSignal", () => {
  const slow = (signal: AbortSignal) =>
    Country.whereRaw("pg_sleep(10) is not null").abortable(signal).toArray();

  test("cancels the statement on the server", async () => {
    await connect(first.url, { max: 1 });
    await Country.create({ code: "NL", name: "x" });
    const controller = new AbortController();
    const work = slow(controller.signal);
    await until(async () => {
      const [row] = await first.sql`select count(*)::int as n from pg_stat_activity
        where datname = ${first.name}::text and query like '%pg_sleep(10)%' and state = 'active'
        and pid <> pg_backend_pid()`;
      return row.n === 1;
    });
    controller.abort(new Error("the user left"));
    await expect(work).rejects.toThrow(QueryCanceledError);
    await expect(work).rejects.toMatchObject({ cause: { message: "the user left" } });
    expect(await Country.count()).toBe(1);
  });

  test("is taken by query() and findBySql() too", async () => {
    await connect(first.url);
    for (const work of [query, Country.findBySql.bind(Country)]) {
      const signal = AbortSignal.timeout(20);
      await expect(work("select pg_sleep(10)", [], { signal })).rejects.toThrow(QueryCanceledError);
    }
  });

  test("that is aborted already sends nothing", async () => {
    const log: string[] = [];
    await connect(first.url, { onQuery: ({ text }) => log.push(text) });
    await expect(slow(AbortSignal.abort())).rejects.toThrow(QueryCanceledError);
    expect(log).toEqual([]);
  });

  test("ends the wait for a connection", async () => {
    await connect(first.url, { max: 1 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const holder = transaction(() => promise);
    const controller = new AbortController();
    const work = slow(controller.signal);
    setTimeout(() => controller.abort(), 10);
    await expect(work).rejects.toThrow(QueryCanceledError);
    resolve();
    await holder;
    expect(await Country.count()).toBe(0);
  });
});

describe("several databases", () => {
  test("each piece of code uses its own, at the same time", async () => {
    await connect(first.url);
    await using other = await openDatabase(second.url);
    await second.sql`truncate countries`;
    const create = (code: string) => Country.create({ code, name: code });
    await Promise.all([
      create("A"),
      Database.run(other, () => create("B")),
      Database.run(other, () => transaction(() => create("C"))),
      transaction(() => create("D")),
    ]);
    expect((await Country.order({ code: "ASC" }).pluck("code")).join()).toBe("A,D");
    expect(
      (await Database.run(other, () => Country.order({ code: "ASC" }).pluck("code"))).join(),
    ).toBe("B,C");
  });

  test("a transaction on one is none on the other, and is found again below it", async () => {
    await connect(first.url);
    await using other = await openDatabase(second.url);
    await second.sql`truncate countries`;
    const main = await openDatabase(first.url);
    await expect(
      Database.run(main, () =>
        transaction(async () => {
          await Country.create({ code: "IN", name: "x" });
          await Database.run(other, async () => {
            expect(isInTransaction()).toBe(false);
            await Country.create({ code: "OUT", name: "x" });
            await Database.run(main, async () => {
              expect(isInTransaction()).toBe(true);
              expect(await Country.count()).toBe(1);
            });
          });
          throw new Error("undo");
        }),
      ),
    ).rejects.toThrow("undo");
    expect((await first.sql`select code from countries`).length).toBe(0);
    expect((await second.sql`select code from countries`)[0].code).toBe("OUT");
    await main.close();
  });

  test("a record is written where the code that saves it runs", async () => {
    await connect(first.url);
    await using other = await openDatabase(second.url);
    await second.sql`truncate countries`;
    const record = new Country({ code: "X", name: "x" });
    await Database.run(other, () => record.save());
    expect(await Country.count()).toBe(0);
    expect((await second.sql`select code from countries`).length).toBe(1);
  });

  test("one that was closed says so", async () => {
    const other = await openDatabase(second.url);
    await other.close();
    await other.close();
    await expect(Database.run(other, () => Country.count())).rejects.toThrow(
      "This database was closed.",
    );
    await expect(Database.run(other, () => transaction(async () => 1))).rejects.toThrow(
      ConnectionError,
    );
  });
});
