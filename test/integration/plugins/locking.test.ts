/** Row locks: what they refuse, and what they hold when several processes want the same rows. */
import { beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import {
  isInTransaction,
  LockNotAvailableError,
  QueryError,
  RecordNotFoundError,
  sql,
  TransactionError,
  transaction,
} from "../../../src/index";
import { blogDatabase } from "../../support/blog";
import { Account, extraTables, Job, Order, Page, Post, registerPluginModels } from "./models";

const blog = blogDatabase();
beforeAll(async () => {
  registerPluginModels();
  await blog.sql.unsafe(extraTables);
});
beforeEach(async () => {
  await blog.clean();
  await blog.sql.unsafe(`TRUNCATE accounts, jobs RESTART IDENTITY;
    INSERT INTO accounts (owner, balance) VALUES ('ann', 100), ('bob', 50)`);
});

/** Other processes on the same database; each prints one line of JSON. */
async function workers(
  role: string,
  count: number,
  ...args: readonly string[]
): Promise<unknown[]> {
  const script = join(import.meta.dir, "worker.ts");
  return await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const child = Bun.spawn([process.execPath, script, blog.url, role, String(index), ...args], {
        stdout: "pipe",
        stderr: "inherit",
      });
      const text = await new Response(child.stdout).text();
      expect(await child.exited).toBe(0);
      return JSON.parse(text) as unknown;
    }),
  );
}

const strengths = ["FOR UPDATE", "FOR NO KEY UPDATE", "FOR SHARE", "FOR KEY SHARE"] as const;
const modes = strengths.flatMap(
  (strength) => [strength, `${strength} NOWAIT`, `${strength} SKIP LOCKED`] as const,
);

describe("modes", () => {
  test.each(modes)("%s", async (mode) => {
    expect(Account.where({ id: 1 }).lock(mode).toSQL().text).toEndWith(mode);
    await transaction(async () => {
      const [account] = await Account.where({ id: 1 }).lock(mode);
      await account?.lock(mode);
      expect(await account?.withLock(({ balance }) => balance, mode)).toBe(100);
    });
  });

  test.each([
    "FOR UPDATE; DROP TABLE accounts; --",
    "for update",
    "UPDATE",
    "",
    "FOR UPDATE  NOWAIT",
    "constructor",
  ])("nothing else: %s", async (text) => {
    const mode = text as "FOR UPDATE";
    expect(() => Account.all().lock(mode)).toThrow("lock() does not know the mode");
    const account = await Account.find(1);
    await expect(account.lock(mode)).rejects.toThrow(QueryError);
    await expect(account.withLock(() => {}, mode)).rejects.toThrow(QueryError);
    expect(await Account.count()).toBe(2);
  });

  test("a near miss is named", () => {
    expect(() => Account.all().lock("FOR UPDATE SKIP LOKED" as "FOR UPDATE")).toThrow(
      'Did you mean "FOR UPDATE SKIP LOCKED"?',
    );
  });
});

describe("outside a transaction", () => {
  const message =
    "lock() requires a transaction — a locked row without a transaction boundary releases immediately. Wrap your query in transaction()";
  const locked = () => Account.where({ id: { gt: 0 } }).lock();
  const terminals: Record<string, () => Promise<unknown>> = {
    await: async () => await locked(),
    toArray: () => locked().toArray(),
    first: () => locked().first(),
    last: () => locked().last(),
    take: () => locked().take(),
    sole: () => locked().limit(1).sole(),
    find: () => locked().find(1),
    findBy: () => locked().findBy({ id: 1 }),
    count: () => locked().count(),
    exists: () => locked().exists(),
    pluck: () => locked().pluck("id"),
    pick: () => locked().pick("id"),
    ids: () => locked().ids(),
    updateAll: () => locked().updateAll({ balance: 0 }),
    deleteAll: () => locked().deleteAll(),
    paginate: () => locked().paginate({ first: 1 }),
    findEach: () => locked().findEach().next(),
    findInBatches: () => locked().findInBatches().next(),
    inBatches: () => locked().inBatches().next(),
    "an operand": async () => await Account.where({ id: locked().select("id") }),
    "the record": async () => await (await Account.find(1)).lock(),
  };
  test.each(Object.keys(terminals))("%s throws", async (name) => {
    await expect(terminals[name]?.()).rejects.toThrow(message);
    await expect(terminals[name]?.()).rejects.toThrow(TransactionError);
    expect(await Account.count()).toBe(2);
    await transaction(async () => {
      await terminals[name]?.();
      // After the transaction of this line nothing of it stays.
      throw new Error("rollback");
    }).catch(({ message: found }) => expect(found).toBe("rollback"));
  });

  test("looking at the statement is allowed", async () => {
    expect(locked().toSQL().text).toContain("FOR UPDATE");
    expect(await locked().explain()).toContain("LockRows");
    expect(await locked().none()).toEqual([]);
  });
});

describe("with other verbs", () => {
  test("joins lock the rows of the query's own table", async () => {
    await blog.sql.unsafe(
      "INSERT INTO users (name, email) VALUES ('ann', 'a@x'); INSERT INTO posts (title) VALUES ('free')",
    );
    await transaction(async () => {
      const query = Post.leftJoins("author").lock();
      expect(query.toSQL().text).toEndWith('FOR UPDATE OF "posts"');
      expect(await query.count()).toBe(1);
      expect(await query.includes("author").first()).toBeInstanceOf(Post);
      // The other table is free.
      await blog.sql`UPDATE users SET name = 'eve'`;
    });
  });

  test("what has no rows to lock is refused", async () => {
    await transaction(async () => {
      const locked = Order.where({}).lock();
      await expect(locked.distinct().toArray()).rejects.toThrow(
        "lock() cannot be combined with distinct()",
      );
      await expect(locked.distinct().count()).rejects.toThrow(
        "lock() cannot be combined with distinct()",
      );
      await expect(locked.distinctOn("userId").exists()).rejects.toThrow("distinct()");
      await expect(locked.distinct().deleteAll()).rejects.toThrow("distinct()");
      expect(() => locked.union(Order.all())).toThrow("lock() cannot be combined with union()");
      await expect(Order.where({}).union(Order.all()).lock().toArray()).rejects.toThrow("union()");
      expect(() => Page.where({ id: 1 }).descendants({ via: "parentId" }).lock()).toThrow(
        "recursive query",
      );
      expect(await locked.unscope("lock").distinct().count()).toBe(0);
    });
  });
});

describe("a record", () => {
  test("lock() reads the row again", async () => {
    const account = await Account.find(1);
    await blog.sql`UPDATE accounts SET balance = 7 WHERE id = 1`;
    await transaction(async () => {
      expect(await account.lock()).toBeUndefined();
      expect(account.balance).toBe(7);
      expect(account.changed()).toBe(false);
    });
  });

  test("unsaved changes are refused, and stay", async () => {
    const account = await Account.find(1);
    account.balance = 1;
    const message =
      "Cannot lock this Account: it has unsaved changes (balance), which would be lost.";
    await transaction(() => expect(account.lock()).rejects.toThrow(message));
    await expect(account.withLock(() => {})).rejects.toThrow(message);
    expect(account.balance).toBe(1);
    expect(account.changed("balance")).toBe(true);
  });

  test("a new, a destroyed and a vanished one", async () => {
    await expect(new Account().withLock(() => {})).rejects.toThrow(
      "Cannot lock a new record. Save it first.",
    );
    const account = await Account.find(1);
    await blog.sql`DELETE FROM accounts WHERE id = 1`;
    let ran = false;
    const run = () => {
      ran = true;
    };
    await expect(account.withLock(run)).rejects.toThrow(RecordNotFoundError);
    await transaction(() =>
      expect(account.lock()).rejects.toThrow("Account with primary key 1 not found"),
    );
    expect(ran).toBe(false);
    const other = await Account.find(2);
    await other.destroy();
    await expect(other.withLock(run)).rejects.toThrow("Cannot lock a destroyed record");
  });

  test("withLock gives the callback's result, in a transaction of its own or a nested one", async () => {
    const account = await Account.find(1);
    expect(isInTransaction()).toBe(false);
    const result = await account.withLock(async (same) => {
      expect(same).toBe(account);
      expect(isInTransaction()).toBe(true);
      same.balance -= 30;
      await same.save();
      return "done";
    });
    expect(result).toBe("done");
    await transaction(() => account.withLock((same) => same.update({ balance: 1 })));
    expect((await Account.find(1)).balance).toBe(1);
  });

  test("an error in the callback rolls back, and it can be tried again", async () => {
    const account = await Account.find(1);
    const spend = (amount: number) =>
      account.withLock(async () => {
        account.balance -= amount;
        await account.save();
        if (account.balance < 0) throw new Error("too much");
      });
    await expect(spend(150)).rejects.toThrow("too much");
    expect((await Account.find(1)).balance).toBe(100);
    expect(account.balance).toBe(100);
    await spend(60);
    expect((await Account.find(1)).balance).toBe(40);
  });
});

describe("between connections and processes", () => {
  test("NOWAIT fails at once, and SKIP LOCKED passes by, while another process holds the row", async () => {
    await transaction(async () => {
      await Account.where({ id: 1 }).lock().first();
      expect(await workers("nowait", 1)).toEqual([
        { error: "LockNotAvailableError", free: [2], shared: "LockNotAvailableError" },
      ]);
    });
    expect(await workers("nowait", 1)).toEqual([{ error: null, free: [1, 2], shared: null }]);
    // The same the other way round, in this process.
    const holder = await blog.sql.reserve();
    await holder.unsafe("BEGIN; SELECT * FROM accounts WHERE id = 2 FOR UPDATE");
    const [bob] = await Account.where({ id: 2 });
    await expect(bob?.withLock(() => {}, "FOR UPDATE NOWAIT")).rejects.toThrow(
      LockNotAvailableError,
    );
    await expect(bob?.withLock(() => {}, "FOR UPDATE SKIP LOCKED")).rejects.toThrow(
      RecordNotFoundError,
    );
    await holder.unsafe("ROLLBACK");
    holder.release();
  });

  test("a queue drained by four processes: each job once", async () => {
    await blog.sql.unsafe(
      "INSERT INTO jobs (status) SELECT 'pending' FROM generate_series(1, 300)",
    );
    const done = (await workers("drain", 4)) as number[][];
    const ids = done.flat().sort((a, b) => a - b);
    expect(ids).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    expect(await Job.where({ status: "done" }).count()).toBe(300);
    const byWorker = await Job.group("worker").count();
    expect(byWorker.reduce((sum, { count }) => sum + count, 0)).toBe(300);
  }, 30_000);

  test("a thousand increments of one row by four processes: none is lost", async () => {
    const account = await Account.find(1);
    expect(await workers("increment", 4, String(account.id), "250")).toEqual([250, 250, 250, 250]);
    expect((await Account.find(1)).balance).toBe(1100);
  }, 60_000);

  test("a thousand increments at once in one process", async () => {
    const one = async () => {
      const account = await Account.find(2);
      await account.withLock(async () => {
        account.balance += 1;
        await account.save();
      });
    };
    await Promise.all(Array.from({ length: 1000 }, one));
    expect((await Account.find(2)).balance).toBe(1050);
    await transaction(() =>
      Account.where({ id: 2 }).lock().updateAll({ balance: sql`balance - 50` }),
    );
    expect((await Account.find(2)).balance).toBe(1000);
  }, 60_000);
});
