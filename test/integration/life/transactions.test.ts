/** transaction(): what is kept, what is undone, in the database and in the records. */
import { describe, expect, test } from "bun:test";
import {
  afterRollback,
  ConfigurationError,
  isInTransaction,
  Model,
  QueryError,
  query,
  SerializationFailureError,
  StaleRecordError,
  TimeoutError,
  TransactionError,
  transaction,
  UniqueViolationError,
} from "../../../src/index";
import { lifeDatabase } from "../../support/life";
import * as schema from "../../support/schema/life";

class User extends Model(schema.users) {}
class Account extends Model(schema.accounts) {}
class Country extends Model(schema.countries) {}

const db = lifeDatabase();
const names = () => User.order({ id: "ASC" }).pluck("name");

describe("a transaction", () => {
  test("keeps all or nothing, and gives the callback's result", async () => {
    const result = await transaction(async () => {
      await User.create({ name: "Ann" });
      await User.create({ name: "Bob" });
      return [1, 2];
    });
    expect(result).toEqual([1, 2]);
    const failing = transaction(async () => {
      await User.create({ name: "Cid" });
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await names()).toEqual(["Ann", "Bob"]);
  });

  test("shares one connection, raw queries and findBySql included", async () => {
    await transaction(async () => {
      await User.create({ name: "Ann" });
      expect(await query("select count(*)::int as n from users")).toEqual([{ n: 1 }]);
      expect(await User.findBySql("select * from users")).toHaveLength(1);
      expect((await db.sql`select count(*)::int as n from users`)[0].n).toBe(0);
    });
  });

  test("isInTransaction() tells, also when it has ended", async () => {
    expect(isInTransaction()).toBe(false);
    let later: Promise<boolean> | undefined;
    await transaction(async () => {
      expect(isInTransaction()).toBe(true);
      later = Bun.sleep(20).then(() => isInTransaction());
    });
    expect(isInTransaction()).toBe(false);
    expect(await later).toBe(false);
  });

  test("a query that comes too late is a named error", async () => {
    let late: Promise<unknown> | undefined;
    let nested: Promise<unknown> | undefined;
    await transaction(async () => {
      late = Bun.sleep(20).then(() => User.count());
      nested = Bun.sleep(20).then(() => transaction(async () => undefined));
      late.catch(() => undefined);
      nested.catch(() => undefined);
    });
    await expect(late).rejects.toThrow(TransactionError);
    await expect(late).rejects.toThrow(
      "This transaction has already ended. Await every query inside the transaction() callback.",
    );
    await expect(nested).rejects.toThrow("This transaction has already ended.");
  });

  test("an error that was caught inside is not passed off as a commit", async () => {
    const work = transaction(async () => {
      await User.create({ name: "Ann" });
      await query("select 1/0").catch(() => undefined);
    });
    await expect(work).rejects.toThrow("rolled back instead of committed");
    expect(await names()).toEqual([]);
    const aborted = transaction(async () => {
      await query("select 1/0").catch(() => undefined);
      await User.count();
    });
    await expect(aborted).rejects.toThrow("wrap what may fail in a nested transaction()");
  });

  test("a constraint checked at the end rejects it", async () => {
    await db.sql.unsafe(
      "ALTER TABLE users ALTER CONSTRAINT users_manager_fk DEFERRABLE INITIALLY DEFERRED",
    );
    const work = transaction(async () => {
      await User.create({ name: "Ann", managerId: 99 });
    });
    await expect(work).rejects.toThrow("users_manager_fk");
    expect(await names()).toEqual([]);
    await db.sql.unsafe("ALTER TABLE users ALTER CONSTRAINT users_manager_fk NOT DEFERRABLE");
  });

  test("needs a callback, and knows its options", async () => {
    // @ts-expect-error no callback
    await expect(transaction({})).rejects.toThrow("needs a callback");
    await expect(
      transaction({ isolation: "chaos" as never }, async () => undefined),
    ).rejects.toThrow(
      'Invalid isolation level "chaos". Must be one of: "read committed", "repeatable read", "serializable".',
    );
    await expect(
      transaction({ ...({ readonly: true } as object) }, async () => undefined),
    ).rejects.toThrow('Did you mean "readOnly"?');
    for (const options of [{ retries: -1 }, { retries: 0.5 }, { timeout: 0 }, { timeout: NaN }]) {
      await expect(transaction(options, async () => undefined)).rejects.toThrow(ConfigurationError);
    }
  });

  test("what the callback throws at once is a rejection", async () => {
    const work = transaction(() => {
      throw new Error("at once");
    });
    await expect(work).rejects.toThrow("at once");
  });
});

describe("options", () => {
  const setting = async (name: string) =>
    (await query<{ value: string }>("select current_setting($1) as value", [name]))[0]?.value;

  test("isolation, readOnly and deferrable", async () => {
    expect(await transaction(() => setting("transaction_isolation"))).toBe("read committed");
    for (const isolation of ["repeatable read", "serializable"] as const) {
      expect(await transaction({ isolation }, () => setting("transaction_isolation"))).toBe(
        isolation,
      );
    }
    const options = { isolation: "serializable", readOnly: true, deferrable: true } as const;
    await transaction(options, async () => {
      expect(await setting("transaction_read_only")).toBe("on");
      expect(await setting("transaction_deferrable")).toBe("on");
    });
    await expect(transaction({ readOnly: true }, () => User.create({ name: "x" }))).rejects.toThrow(
      "read-only transaction",
    );
  });

  test("belong to the outermost transaction", async () => {
    await transaction(async () => {
      await expect(
        transaction({ isolation: "serializable" }, async () => undefined),
      ).rejects.toThrow(
        "Isolation level cannot be set on nested transactions. PostgreSQL only supports isolation levels on top-level transactions.",
      );
      for (const options of [
        { readOnly: true },
        { deferrable: true },
        { retries: 1 },
        { timeout: 9 },
      ]) {
        await expect(transaction(options, async () => undefined)).rejects.toThrow(TransactionError);
      }
    });
  });
});

describe("nested", () => {
  test("an inner error undoes only the inner part", async () => {
    await transaction(async () => {
      await User.create({ name: "Alice" });
      await transaction(async () => {
        await User.create({ name: "Bob" });
        throw new Error("inner");
      }).catch(() => undefined);
      await transaction(() => User.create({ name: "Cid" }));
    });
    expect(await names()).toEqual(["Alice", "Cid"]);
  });

  test("an outer error undoes the inner part too", async () => {
    const work = transaction(async () => {
      await transaction(() => User.create({ name: "Bob" }));
      throw new Error("outer");
    });
    await expect(work).rejects.toThrow("outer");
    expect(await names()).toEqual([]);
  });

  test("siblings wait for each other: what one undoes is only its own", async () => {
    await transaction(async () => {
      const a = transaction(async () => {
        await Country.create({ code: "A1", name: "a" });
        await query("select pg_sleep(0.01)");
        await Country.create({ code: "A2", name: "a" });
      });
      const b = transaction(async () => {
        await Country.create({ code: "B1", name: "b" });
        throw new Error("b fails");
      });
      const c = transaction(() => Country.create({ code: "C1", name: "c" }));
      const results = await Promise.allSettled([a, b, c]);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    });
    expect(await Country.order({ code: "ASC" }).pluck("code")).toEqual(["A1", "A2", "C1"]);
  });

  test("queries of the parent wait for the open savepoint, and keep what they wrote", async () => {
    await transaction(async () => {
      const inner = transaction(async () => {
        await Country.create({ code: "I1", name: "i" });
        await query("select pg_sleep(0.01)");
        throw new Error("inner");
      });
      const outer = Country.create({ code: "O1", name: "o" });
      const results = await Promise.allSettled([inner, outer]);
      expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    });
    expect(await Country.pluck("code")).toEqual(["O1"]);
  });

  test("a failed statement in it leaves the outer one usable", async () => {
    await transaction(async () => {
      await User.create({ name: "Ann" });
      await transaction(() => query("select 1/0")).catch(() => undefined);
      await User.create({ name: "Bob" });
    });
    expect(await names()).toEqual(["Ann", "Bob"]);
  });

  test("saves at the same time inside one transaction all count", async () => {
    await transaction(async () => {
      const users = Array.from({ length: 10 }, (_, index) => new User({ name: `n${index}` }));
      await Promise.all(users.map((user) => user.save()));
      await Promise.all(users.map((user) => user.update({ age: user.id })));
    });
    expect(await User.whereRaw("age = id").count()).toBe(10);
  });
});

describe("records after a rollback", () => {
  async function rolledBack(work: () => Promise<unknown>): Promise<void> {
    const failing = transaction(async () => {
      await work();
      throw new Error("undo");
    });
    await expect(failing).rejects.toThrow("undo");
  }

  test("a created one is new again, without the database's values, and can be saved", async () => {
    const user = new User({ name: "Ann" });
    await rolledBack(() => user.save());
    expect(user.isNewRecord).toBe(true);
    expect([user.id, user.slug, user.createdAt]).toEqual([
      undefined,
      undefined,
      undefined,
    ] as never);
    expect(user.name).toBe("Ann");
    await user.save();
    expect(await names()).toEqual(["Ann"]);
  });

  test("an updated one is dirty again, and its next save writes", async () => {
    const user = await User.create({ name: "Ann" });
    user.name = "Anna";
    await rolledBack(async () => {
      await user.save();
      expect(user.changed()).toBe(false);
    });
    expect(user.changedAttributes()).toEqual({ name: { was: "Ann", now: "Anna" } });
    expect(user.slug).toBe("ann");
    await user.save();
    expect(await names()).toEqual(["Anna"]);
  });

  test("a destroyed one still has its row", async () => {
    const user = await User.create({ name: "Ann" });
    await rolledBack(() => user.destroy());
    expect([user.isDestroyed, user.isNewRecord]).toEqual([false, false]);
    await user.update({ name: "Anna" });
    expect(await names()).toEqual(["Anna"]);
  });

  test("one created and destroyed is as it was before", async () => {
    const user = new User({ name: "Ann" });
    await rolledBack(async () => {
      await user.save();
      await user.destroy();
    });
    expect([user.isDestroyed, user.isNewRecord, user.id]).toEqual([
      false,
      true,
      undefined,
    ] as never);
  });

  test("what was incremented, touched or read inside goes back", async () => {
    const user = await User.create({ name: "Ann" });
    const before = user.updatedAt;
    await rolledBack(async () => {
      await user.increment("visits", 5);
      await user.toggle("active");
      await user.touch();
      await query("update users set name = 'Other'");
      await user.reload();
    });
    expect([user.visits, user.active, user.name]).toEqual([0n, true, "Ann"]);
    expect(user.updatedAt).toEqual(before);
    expect(user.changed()).toBe(false);
  });

  test("only those of the savepoint, when only it was rolled back", async () => {
    const [ann, bob] = [await User.create({ name: "Ann" }), new User({ name: "Bob" })];
    await transaction(async () => {
      await ann.update({ age: 1 });
      await transaction(async () => {
        await ann.update({ age: 2 });
        await bob.save();
        throw new Error("inner");
      }).catch(() => undefined);
      expect(bob.isNewRecord).toBe(true);
      expect(ann.changedAttributes()).toEqual({ age: { was: 1, now: 2 } });
    });
    expect(await User.pluck("name", "age")).toEqual([["Ann", 1]]);
    await ann.save();
    expect(await User.pluck("name", "age")).toEqual([["Ann", 2]]);
  });

  test("a released savepoint depends on its parent", async () => {
    const user = new User({ name: "Ann" });
    await rolledBack(() => transaction(() => user.save()));
    expect(user.isNewRecord).toBe(true);
  });

  test("changes that were never saved stay what they are", async () => {
    const user = await User.create({ name: "Ann" });
    await rolledBack(async () => {
      await user.update({ age: 3 });
      user.email = "unsaved@example.com";
    });
    expect(user.changedAttributes()).toEqual({
      email: { was: null, now: "unsaved@example.com" },
      age: { was: null, now: 3 },
    });
  });
});

describe("retries", () => {
  test("after a serialization failure the whole is done again, with the records as they were", async () => {
    await Account.create({ id: 1, owner: "a", balance: 0 });
    let tries = 0;
    const created = new User({ name: "Ann" });
    const seen: boolean[] = [];
    await transaction({ isolation: "repeatable read", retries: 2 }, async () => {
      tries++;
      seen.push(created.isNewRecord);
      await created.save();
      const account = await Account.find(1);
      if (tries === 1) await db.sql`update accounts set balance = 100 where id = 1`;
      await account.increment("balance");
    });
    expect(tries).toBe(2);
    expect(seen).toEqual([true, true]);
    expect(created.isNewRecord).toBe(false);
    expect(await Account.pluck("balance")).toEqual([101]);
    expect(await names()).toEqual(["Ann"]);
  });

  test("writers in each other's way all get through", async () => {
    await Account.create({ id: 1, owner: "a", balance: 0 });
    const add = () =>
      transaction({ isolation: "serializable", retries: 50 }, async () => {
        const account = await Account.find(1);
        account.balance += 1;
        await account.save();
      });
    await Promise.all(Array.from({ length: 12 }, add));
    expect(await Account.pluck("balance")).toEqual([12]);
  });

  test("a deadlock is tried again too", async () => {
    await Account.createMany([
      { id: 1, owner: "a" },
      { id: 2, owner: "b" },
    ]);
    let tries = 0;
    const visit = (first: number, second: number) =>
      transaction({ retries: 3 }, async () => {
        tries++;
        await query("set local deadlock_timeout = '20ms'").catch(() => undefined);
        await Account.where({ id: first }).updateAll({ balance: first });
        await Bun.sleep(10);
        await Account.where({ id: second }).updateAll({ balance: first });
      });
    await Promise.all([visit(1, 2), visit(2, 1)]);
    // On a busy machine the second try may meet the other transaction once more.
    expect(tries).toBeGreaterThanOrEqual(3);
  });

  test("end with the error when there are none left, and are for no other error", async () => {
    let tries = 0;
    const failing = transaction({ retries: 2 }, async () => {
      tries++;
      await query("do $$ begin raise exception 'no' using errcode = '40001'; end $$");
    });
    await expect(failing).rejects.toThrow(SerializationFailureError);
    expect(tries).toBe(3);
    tries = 0;
    const other = transaction({ retries: 2 }, async () => {
      tries++;
      await query("select 1/0");
    });
    await expect(other).rejects.toThrow(QueryError);
    expect(tries).toBe(1);
    tries = 0;
    const wrapped = transaction({ retries: 1 }, async () => {
      tries++;
      await query("do $$ begin raise exception 'no' using errcode = '40P01'; end $$").catch(
        (cause) => {
          throw new Error("wrapped", { cause });
        },
      );
    });
    await expect(wrapped).rejects.toThrow("wrapped");
    expect(tries).toBe(2);
  });

  test("never repeat what was committed: a failing hook is no failed try", async () => {
    let tries = 0;
    class Hooked extends Model(schema.users) {
      static afterCommit = [
        () => query("do $$ begin raise exception 'no' using errcode = '40001'; end $$"),
      ];
    }
    const work = transaction({ retries: 5 }, async () => {
      tries++;
      await Hooked.create({ name: "Ann" });
    });
    await expect(work).rejects.toThrow(SerializationFailureError);
    expect(tries).toBe(1);
    expect(await names()).toEqual(["Ann"]);
  });

  test("run the hooks of each try that was rolled back", async () => {
    const seen: number[] = [];
    let tries = 0;
    const work = transaction({ retries: 1 }, async () => {
      const mine = ++tries;
      afterRollback(() => seen.push(mine));
      await query("do $$ begin raise exception 'no' using errcode = '40001'; end $$");
    });
    await expect(work).rejects.toThrow(SerializationFailureError);
    expect(seen).toEqual([1, 2]);
  });
});

describe("timeout", () => {
  test("cancels what runs, undoes all, and refuses what comes after", async () => {
    const user = new User({ name: "Ann" });
    let after: Promise<unknown> | undefined;
    const work = transaction({ timeout: 50 }, async () => {
      await user.save();
      await query("select pg_sleep(10)").catch(() => undefined);
      after = User.create({ name: "Late" });
      await after;
    });
    await expect(work).rejects.toThrow(TimeoutError);
    await expect(work).rejects.toThrow("took longer than 50 ms and was rolled back");
    await expect(after).rejects.toThrow(TimeoutError);
    expect(user.isNewRecord).toBe(true);
    expect(await names()).toEqual([]);
  });

  test("undoes an open savepoint's records too, in the right order", async () => {
    const user = new User({ name: "Ann" });
    const other = await User.create({ name: "Bob" });
    const late = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const work = transaction({ timeout: 400 }, async () => {
      await user.save();
      await transaction(async () => {
        await user.update({ name: "Anna" });
        await other.update({ age: 1 });
        await late.promise;
      }).finally(ended.resolve);
    });
    await expect(work).rejects.toThrow(TimeoutError);
    late.resolve();
    await ended.promise.catch(() => {});
    expect([user.isNewRecord, user.id]).toEqual([true, undefined] as never);
    expect(other.changedAttributes()).toEqual({ age: { was: null, now: 1 } });
    expect(await names()).toEqual(["Bob"]);
  });

  test("does nothing to a transaction that is quick", async () => {
    expect(await transaction({ timeout: 5000 }, () => User.count())).toBe(0);
  });
});

describe("optimistic locking by lock_version", () => {
  test("the later of two writers is told", async () => {
    await Account.create({ id: 1, owner: "a", balance: 10 });
    const [mine, theirs] = [await Account.find(1), await Account.find(1)];
    expect(mine.lockVersion).toBe(0);
    await mine.update({ balance: 11 });
    expect(mine.lockVersion).toBe(1);
    theirs.balance = 9;
    await expect(theirs.save()).rejects.toThrow(StaleRecordError);
    await expect(theirs.save()).rejects.toThrow("was changed or deleted by somebody else");
    await expect(theirs.destroy()).rejects.toThrow(StaleRecordError);
    expect(theirs.balance).toBe(9);
    await theirs.reload();
    await theirs.update({ balance: 12 });
    expect(await Account.pluck("balance", "lockVersion")).toEqual([[12, 2]]);
    await theirs.destroy();
    expect(await Account.count()).toBe(0);
  });

  test("a version that a form carries is the one the change was made against", async () => {
    await Account.create({ id: 1, owner: "a" });
    const account = await Account.find(1);
    await account.update({ balance: 1 });
    await expect(account.update({ balance: 2, lockVersion: 0 })).rejects.toThrow(StaleRecordError);
    await account.reload();
    await account.update({ balance: 2, lockVersion: 1 });
    expect(account.lockVersion).toBe(2);
  });

  test("two saves of one record at once do not stand in each other's way", async () => {
    const account = await Account.create({ id: 1, owner: "a" });
    account.balance = 1;
    const first = account.save();
    account.owner = "b";
    await Promise.all([first, account.save()]);
    expect(await Account.pluck("owner", "balance")).toEqual([["b", 1]]);
  });

  test("a rollback takes the version back", async () => {
    const account = await Account.create({ id: 1, owner: "a" });
    const work = transaction(async () => {
      await account.update({ balance: 5 });
      throw new Error("undo");
    });
    await expect(work).rejects.toThrow("undo");
    expect(account.lockVersion).toBe(0);
    await account.save();
    expect(await Account.pluck("balance", "lockVersion")).toEqual([[5, 1]]);
  });
});

describe("contention", () => {
  test("transactions at the same time keep to themselves", async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const work = transaction(async () => {
          const user = await User.create({ name: `n${index}` });
          await Bun.sleep(Math.random() * 3);
          if (index % 4 === 0) throw new Error("undo");
          await user.update({ age: index });
        });
        await work.catch(() => undefined);
      }),
    );
    expect(await User.count()).toBe(30);
    expect(await User.whereRaw("name = 'n' || age").count()).toBe(30);
  });

  test("a unique violation inside is a QueryError subclass in a bulk write", async () => {
    const work = transaction(() =>
      Country.createMany([
        { code: "A", name: "a" },
        { code: "A", name: "b" },
      ]),
    );
    await expect(work).rejects.toThrow(UniqueViolationError);
    expect(await Country.count()).toBe(0);
  });
});
