/** Transactions when the connection breaks at the worst moments: played by a driver without a server. */
import { describe, expect, test } from "bun:test";
import {
  afterCommit,
  afterRollback,
  CommitOutcomeUnknownError,
  ConnectionError,
  Database,
  Model,
  QueryError,
  query,
  transaction,
} from "../../../src/index";
import {
  type Answering,
  fakeDatabase,
  lostConnection,
  serverError,
} from "../../support/fake-driver";
import * as schema from "../../support/schema/life";

class Country extends Model(schema.countries) {}

/** A driver that answers writes with their row, and whatever `answer` says before that. */
function database(answer: Answering) {
  return fakeDatabase((sent) => {
    const given = answer(sent);
    if (given !== undefined) return given;
    return sent.text.startsWith("INSERT") ? [{ code: "NL", name: "x" }] : [];
  });
}

function failing(text: string, error: () => Error, times = 1): Answering {
  let left = times;
  return (sent) => (sent.text.startsWith(text) && left-- > 0 ? error() : undefined);
}

describe("a connection that breaks while COMMIT is unanswered", () => {
  test("is CommitOutcomeUnknownError, never retried, and neither hook runs", async () => {
    const { database: db, driver } = database(failing("COMMIT", lostConnection));
    const record = new Country({ code: "NL", name: "x" });
    const seen: string[] = [];
    let tries = 0;
    const work = Database.run(db, () =>
      transaction({ retries: 5 }, async () => {
        tries++;
        await record.save();
        await afterCommit(() => seen.push("commit"));
        afterRollback(() => seen.push("rollback"));
      }),
    );
    await expect(work).rejects.toThrow(CommitOutcomeUnknownError);
    await expect(work).rejects.toThrow("may or may not have been kept. Look at the data before");
    expect(tries).toBe(1);
    expect(seen).toEqual([]);
    expect(record.isNewRecord).toBe(true);
    expect(driver.texts()).not.toContain("ROLLBACK");
    expect(driver.reserved).toBe(0);
  });

  test("while another error of COMMIT is a rollback", async () => {
    const error = () => serverError("23503", { message: "deferred", constraint: "fk" });
    const { database: db } = database(failing("COMMIT", error));
    const record = new Country({ code: "NL", name: "x" });
    const seen: string[] = [];
    const work = Database.run(db, () =>
      transaction(async () => {
        afterRollback(() => seen.push("rollback"));
        await record.save();
      }),
    );
    await expect(work).rejects.toThrow("deferred");
    expect(seen).toEqual(["rollback"]);
    expect(record.isNewRecord).toBe(true);
  });

  test("a serialization failure at COMMIT is tried again", async () => {
    const { database: db, driver } = database(failing("COMMIT", () => serverError("40001"), 2));
    await Database.run(db, () => transaction({ retries: 2 }, async () => undefined));
    expect(driver.texts()).toEqual([
      "BEGIN",
      "COMMIT",
      "ROLLBACK",
      "BEGIN",
      "COMMIT",
      "ROLLBACK",
      "BEGIN",
      "COMMIT",
    ]);
  });
});

describe("a connection that breaks", () => {
  test("before BEGIN was answered: another one is taken", async () => {
    const { database: db, driver } = database(failing("BEGIN", lostConnection));
    const done = await Database.run(db, () => transaction(async () => "done"));
    expect(done).toBe("done");
    expect(driver.sent.map(({ text, connection }) => [text, connection])).toEqual([
      ["BEGIN", 1],
      ["BEGIN", 2],
      ["COMMIT", 2],
    ]);
    expect(driver.reserved).toBe(0);
  });

  test("inside a transaction: its error, and the records as they were", async () => {
    const { database: db, driver } = database(failing("SELECT", lostConnection));
    const record = new Country({ code: "NL", name: "x" });
    const work = Database.run(db, () =>
      transaction(async () => {
        await record.save();
        await Country.count();
      }),
    );
    await expect(work).rejects.toThrow(ConnectionError);
    expect(record.isNewRecord).toBe(true);
    expect(driver.reserved).toBe(0);
  });

  test("outside: a read is sent once more, a write is not", async () => {
    const reading = database(failing("SELECT", lostConnection));
    expect(await Database.run(reading.database, () => Country.all().toArray())).toEqual([]);
    expect(reading.driver.sent).toHaveLength(2);

    const writing = database(failing("INSERT", lostConnection));
    const record = new Country({ code: "NL", name: "x" });
    const work = Database.run(writing.database, () => record.save());
    await expect(work).rejects.toThrow(ConnectionError);
    expect(writing.driver.sent).toHaveLength(1);
    expect(record.isNewRecord).toBe(true);

    const raw = database(failing("select", lostConnection));
    const effects = Database.run(raw.database, () => query("select pay_out()"));
    await expect(effects).rejects.toThrow(ConnectionError);
    expect(raw.driver.sent).toHaveLength(1);
  });

  test("a plan that DDL outdated is made anew for a read", async () => {
    const stale = () =>
      serverError("0A000", { message: "cached plan must not change result type" });
    const { database: db, driver } = database(failing("SELECT", stale));
    await Database.run(db, () => Country.all().toArray());
    expect(driver.sent).toHaveLength(2);
  });
});

describe("the statements of a transaction", () => {
  test("of its options", async () => {
    const begin = async (options: Parameters<typeof transaction>[0] & object) => {
      const { database: db, driver } = fakeDatabase();
      await Database.run(db, () => transaction(options as { retries?: number }, async () => 1));
      return driver.texts()[0];
    };
    expect(await begin({})).toBe("BEGIN");
    expect(await begin({ isolation: "repeatable read" })).toBe(
      "BEGIN ISOLATION LEVEL REPEATABLE READ",
    );
    expect(await begin({ isolation: "serializable", readOnly: true, deferrable: true })).toBe(
      "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE",
    );
  });

  test("of siblings are never interleaved", async () => {
    const { database: db, driver } = database(() => undefined);
    await Database.run(db, () =>
      transaction(async () => {
        const inner = (code: string, fails: boolean) =>
          transaction(async () => {
            await query(`-- ${code}1`);
            await Bun.sleep(1);
            await query(`-- ${code}2`);
            if (fails) throw new Error(code);
          });
        await Promise.allSettled([inner("a", false), inner("b", true), query("-- parent")]);
      }),
    );
    expect(driver.texts().map((text) => text.replace(/sp_\d+/, "sp"))).toEqual([
      "BEGIN",
      "SAVEPOINT sp",
      "-- a1",
      "-- a2",
      "RELEASE SAVEPOINT sp",
      "SAVEPOINT sp",
      "-- b1",
      "-- b2",
      "ROLLBACK TO SAVEPOINT sp",
      "-- parent",
      "COMMIT",
    ]);
  });

  test("an array that the callback gives is given on, thenables and all, untouched", async () => {
    const { database: db } = fakeDatabase();
    const queryLike = Country.where({ code: "x" });
    const given = await Database.run(db, () => transaction(async () => [queryLike, 1] as const));
    expect(given[0]).toBe(queryLike);
  });
});

describe("hooks that fail", () => {
  test("after a rollback never hide what caused it", async () => {
    const warnings: unknown[] = [];
    const listen = (warning: unknown) => warnings.push(warning);
    process.on("warning", listen);
    const { database: db } = fakeDatabase();
    const work = Database.run(db, () =>
      transaction(async () => {
        afterRollback(() => {
          throw new Error("the hook");
        });
        throw new QueryError("the cause");
      }),
    );
    await expect(work).rejects.toThrow("the cause");
    await Bun.sleep(1);
    process.off("warning", listen);
    expect(String(warnings[0])).toContain("the hook");
  });
});
