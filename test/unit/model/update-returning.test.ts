/** What an UPDATE asks back, and what the record knows when it asks nothing. */
import { describe, expect, test } from "bun:test";
import {
  Database,
  definePlugin,
  Model,
  query,
  RecordNotFoundError,
  StaleRecordError,
  transaction,
} from "../../../src/index";
import { constant } from "../../../src/sql/build";
import { fakeDatabase } from "../../support/fake-driver";
import * as schema from "../../support/schema/life";

class User extends Model(schema.users) {}
class Account extends Model(schema.accounts) {}

const triggered = { ...schema.users, rowTriggers: ["stamp"] } as const;
class Triggered extends Model(triggered) {}
const { rowTriggers: _none, ...unstated } = schema.users;
/** As files of older versions are. */
class Unstated extends Model(unstated) {}

const created = new Date("2026-01-01T00:00:00Z");
const ann = {
  id: 1,
  name: "Ann",
  email: null,
  passwordDigest: null,
  apiToken: null,
  role: "member",
  age: 30,
  balance: "1.00",
  visits: "5",
  active: true,
  progress: null,
  settings: null,
  tags: null,
  avatar: null,
  birthday: null,
  seenAt: created,
  slug: "ann",
  managerId: null,
  createdAt: created,
  updatedAt: created,
};

type Attributes = Parameters<User["update"]>[0];

async function loaded(model = User, row: object = ann) {
  const { database } = fakeDatabase(() => [{ ...row }]);
  const user = await Database.run(database, () => model.take());
  if (!user) throw new Error("not loaded");
  return user;
}

/** What an update sends, and what the record is afterwards. */
async function update(
  record: User,
  attributes: Attributes,
  answer: readonly Record<string, unknown>[] | number = 1,
) {
  const { database, driver } = fakeDatabase(() => answer);
  await Database.run(database, () => record.update(attributes));
  expect(driver.sent).toHaveLength(1);
  const [{ text, values }] = driver.sent as [(typeof driver.sent)[number]];
  return { returning: text.split(" RETURNING ")[1], text, values };
}

/** Of the users in the test schema the database computes the slug. */
const slug = [{ slug: "ann" }];

describe("RETURNING", () => {
  test("names what the database computes, and nothing that is stored as it is given", async () => {
    const user = await loaded();
    expect((await update(user, { age: 31, active: false, role: "admin" }, slug)).text).toBe(
      'UPDATE "users" SET "role" = $1, "age" = $2, "active" = $3 WHERE "id" = $4 RETURNING "slug"',
    );
    const now = new Date();
    const values = { email: "a@b", visits: 6n, balance: "2.50", seenAt: now, updatedAt: now };
    expect((await update(user, values, slug)).returning).toBe('"slug"');
    expect((await update(user, { age: null, email: "b@c" }, slug)).returning).toBe('"slug"');
    expect(user.changed()).toBe(false);
  });

  test("takes over what was computed", async () => {
    const user = await loaded();
    await update(user, { name: "Anna" }, [{ slug: "anna" }]);
    expect([user.name, user.slug]).toEqual(["Anna", "anna"]);
    expect(user.changed()).toBe(false);
  });

  test("is not there when there is nothing to ask", async () => {
    class Plain extends Model({ ...schema.accounts, columns: withoutLock }) {}
    const { database } = fakeDatabase(() => [{ id: 1, owner: "a", balance: 5 }]);
    const account = await Database.run(database, () => Plain.take());
    const { database: next, driver } = fakeDatabase(() => 1);
    await Database.run(next, () => account?.update({ balance: 6 }) ?? Promise.reject());
    expect(driver.texts()).toEqual(['UPDATE "accounts" SET "balance" = $1 WHERE "id" = $2']);
  });

  test("names what is written when a value may be stored as another", async () => {
    const user = await loaded();
    const row = { balance: "3.00", age: 32, slug: "ann" };
    const { returning } = await update(user, { balance: "3", age: 32 }, [row]);
    expect(returning).toBe('"age", "balance", "slug"');
    expect(user.changed()).toBe(false);
    user.balance = "4";
    expect(user.changedAttributes()).toEqual({ balance: { was: "3.00", now: "4" } });
    // Two texts for the same columns, whatever the values are.
    expect((await update(user, { balance: "4.0", age: 33 }, [row])).returning).toBe(returning);
    expect((await update(user, { balance: "5.00", age: 34 }, slug)).returning).toBe('"slug"');
  });

  test("names columns of which nothing can be told, whatever is written", async () => {
    const user = await loaded();
    const row = { settings: '{"a": 1}', tags: ["x"], progress: 5, slug: "ann" };
    const { returning } = await update(
      user,
      { settings: { a: 1 }, tags: ["x"], progress: 5, age: 3 },
      [row],
    );
    expect(returning).toBe('"progress", "settings"::text AS "settings", "tags", "slug"');
    expect(user.changed()).toBe(false);
  });

  test("is the whole row where a trigger may change it, and where the file does not say", async () => {
    for (const model of [Triggered, Unstated]) {
      const user = await loaded(model as typeof User);
      const later = new Date("2026-02-02T00:00:00Z");
      const { returning } = await update(user, { age: 31 }, [
        { ...ann, age: 31, updatedAt: later },
      ]);
      expect(returning).toStartWith('"id", "name", "email"');
      expect(returning?.split(", ")).toHaveLength(20);
      expect(user.updatedAt).toEqual(later);
    }
  });

  test("names nothing that was not loaded", async () => {
    const { database } = fakeDatabase(() => [{ id: 1, name: "Ann" }]);
    const user = await Database.run(database, () => User.select("id", "name").take());
    const { database: next, driver } = fakeDatabase(() => 1);
    await Database.run(next, () => user?.update({ name: "Anna", age: 7 }) ?? Promise.reject());
    expect(driver.texts()).toEqual(['UPDATE "users" SET "name" = $1, "age" = $2 WHERE "id" = $3']);
    expect(user?.changed()).toBe(false);
    user?.assignAttributes({ age: 8 });
    expect(user?.changedAttributes()).toEqual({ age: { was: 7, now: 8 } } as never);
  });
});

const { lockVersion: _lock, ...withoutLock } = schema.accounts.columns;

describe("without the row", () => {
  test("the record knows what was stored, and what it was before", async () => {
    const user = await loaded();
    const seenAt = new Date("2026-03-03T10:00:00.123Z");
    await update(user, { name: "Anna", visits: 9n, seenAt }, slug);
    expect(user.changed()).toBe(false);
    expect(user.previousChanges()).toEqual({
      name: { was: "Ann", now: "Anna" },
      visits: { was: 5n, now: 9n },
      seenAt: { was: created, now: seenAt },
    });
    user.assignAttributes({ name: "Ann", visits: 10n, seenAt: new Date(0) });
    expect(user.changedAttributes()).toEqual({
      name: { was: "Anna", now: "Ann" },
      visits: { was: 9n, now: 10n },
      seenAt: { was: seenAt, now: new Date(0) },
    });
  });

  test("the row that was read stays what it was", async () => {
    const row = { ...ann };
    const user = await loaded();
    await update(user, { age: 31 }, slug);
    expect(row).toEqual(ann);
  });

  test("a Date that is changed before it is sent is dirty, and the one that was saved is sent", async () => {
    class Post extends Model(schema.posts) {
      // Nobody waits for it, but a statement of the same transaction has to.
      static beforeUpdate = [() => void transaction(() => query("SELECT 1"))];
    }
    const first = new Date("2026-03-03");
    const row = { id: "1", userId: 1, title: "x", code: null, startsOn: first, endsOn: null };
    const startsOn = new Date("2026-04-04");
    const { database, driver } = fakeDatabase(({ text }) => {
      if (text === "SELECT 1") startsOn.setUTCFullYear(2030);
      return text.startsWith("SELECT") ? [{ ...row }] : 1;
    });
    await Database.run(database, async () => {
      const post = await Post.take();
      await post?.update({ startsOn });
      expect(driver.sent.find(({ text }) => text.startsWith("UPDATE"))?.values).toEqual([
        "2026-04-04",
        "1",
      ]);
      expect(post?.changedAttributes()).toEqual({
        startsOn: { was: new Date("2026-04-04"), now: startsOn },
      } as never);
    });
  });

  test("what is assigned meanwhile is kept, and dirty", async () => {
    const user = await loaded();
    const { database } = fakeDatabase(() => {
      user.age = 32;
      return slug;
    });
    await Database.run(database, () => user.update({ age: 31 }));
    expect(user.changedAttributes()).toEqual({ age: { was: 31, now: 32 } });
  });

  test("a row that is gone is not found, whatever was asked", async () => {
    const user = await loaded();
    await expect(update(user, { age: 31 }, [])).rejects.toThrow(RecordNotFoundError);
    class Plain extends Model({ ...schema.accounts, columns: withoutLock }) {}
    const { database } = fakeDatabase(() => [{ id: 1, owner: "a", balance: 5 }]);
    const account = await Database.run(database, () => Plain.take());
    const { database: gone } = fakeDatabase(() => 0);
    const work = Database.run(gone, () => account?.update({ balance: 6 }) ?? Promise.resolve());
    await expect(work).rejects.toThrow(RecordNotFoundError);
    expect(account?.changedAttributes()).toEqual({ balance: { was: 5, now: 6 } });
  });
});

describe("lock_version", () => {
  const row = { id: 1, owner: "a", balance: 5, lockVersion: 3 };
  async function account() {
    const { database } = fakeDatabase(() => [{ ...row }]);
    const found = await Database.run(database, () => Account.take());
    if (!found) throw new Error("not loaded");
    return found;
  }

  test("is raised, and known without being asked for", async () => {
    const record = await account();
    const { database, driver } = fakeDatabase(() => 1);
    await Database.run(database, () => record.update({ balance: 6 }));
    expect(driver.sent[0]).toMatchObject({
      text: 'UPDATE "accounts" SET "balance" = $1, "lock_version" = $2 WHERE "id" = $3 AND "lock_version" = $4',
      values: ["6", "4", "1", "3"],
    });
    expect(record.lockVersion).toBe(4);
    expect(record.changed()).toBe(false);
    expect(record.previousChanges()).toEqual({ balance: { was: 5, now: 6 } });
    await Database.run(database, () => record.update({ balance: 7 }));
    expect(driver.sent[1]?.values).toEqual(["7", "5", "1", "4"]);
  });

  test("of another time is an error, and nothing is taken for stored", async () => {
    const record = await account();
    const { database } = fakeDatabase(() => 0);
    const work = Database.run(database, () => record.update({ balance: 6 }));
    await expect(work).rejects.toThrow(StaleRecordError);
    expect(record.lockVersion).toBe(3);
    expect(record.changedAttributes()).toEqual({ balance: { was: 5, now: 6 } });
  });
});

describe("hooks of plugins", () => {
  class Hooked extends Model(schema.users) {
    static readonly hook: "look" | "narrow" | "write" | undefined = undefined;
  }
  const seen: string[] = [];
  definePlugin({
    name: "returning-test",
    appliesTo: (model) => "hook" in model,
    statement(statement, { source }) {
      if (statement.kind !== "update") return statement;
      seen.push(statement.kind);
      const { hook } = source.modelClass as unknown as typeof Hooked;
      switch (hook) {
        case "narrow":
          return { ...statement, where: [...statement.where, constant(true)] };
        case "write":
          return {
            ...statement,
            set: [...statement.set, { column: "active", value: constant(false) }],
          };
        default:
          return statement;
      }
    },
  });

  test("see the statement; the whole row comes back when they write something else", async () => {
    class Looking extends Hooked {
      static override readonly hook = "look";
    }
    class Narrowing extends Hooked {
      static override readonly hook = "narrow";
    }
    class Writing extends Hooked {
      static override readonly hook = "write";
    }
    const looking = await loaded(Looking as never);
    expect((await update(looking, { age: 1 }, slug)).returning).toBe('"slug"');
    const narrowing = await loaded(Narrowing as never);
    expect((await update(narrowing, { age: 1 }, slug)).text).toEndWith(
      'WHERE "id" = $2 AND TRUE RETURNING "slug"',
    );
    const writing = await loaded(Writing as never);
    const { returning } = await update(writing, { age: 1 }, [{ ...ann, age: 1, active: false }]);
    expect(returning?.split(", ")).toHaveLength(20);
    expect([writing.active, writing.changed()]).toEqual([false, false]);
    expect(seen).toHaveLength(3);
  });
});
