/** What a save sends, what it takes over of the answer, and what is changed while it is under way. */
import { describe, expect, test } from "bun:test";
import { Database, Model, ValidationError, validates } from "../../../src/index";
import { FakeDriver, fakeDatabase } from "../../support/fake-driver";
import * as schema from "../../support/schema/life";

class User extends Model(schema.users) {}
/** Of a table whose rows a trigger may change. */
const stamped = { ...schema.users, rowTriggers: ["stamp"] };
class Stamped extends Model(stamped as unknown as typeof schema.users) {}
class Account extends Model(schema.accounts) {}
class Membership extends Model(schema.memberships) {}

/** Rows as RETURNING gives them, one for each statement; each is held back until it is released. */
function held(...rows: Record<string, unknown>[]) {
  const waiting: (() => void)[] = [];
  let index = 0;
  const { database, sent } = fakeDatabase(async () => {
    const row = rows[index++];
    await new Promise<void>((resolve) => waiting.push(resolve));
    return row ? [row] : [];
  });
  return {
    sent,
    run: <R>(work: () => R) => Database.run(database, work),
    /** Waits until a statement is under way, and lets it end. */
    async release(meanwhile: () => void = () => undefined): Promise<void> {
      while (waiting.length === 0) await Bun.sleep(0);
      meanwhile();
      waiting.shift()?.();
    },
  };
}

function loaded(row: Record<string, unknown>, model = User) {
  const { database } = fakeDatabase(() => [row]);
  return Database.run(database, async () => {
    const [user] = await model.select("id", "name", "email", "tags", "settings");
    if (!user) throw new Error("not loaded");
    return user;
  });
}

const ann = { id: 1, name: "Ann", email: null, tags: ["a"], settings: '{"theme":"dark"}' };

describe("a change made while the save is under way", () => {
  test("is kept, and dirty against what was saved", async () => {
    const user = await loaded(ann);
    const { run, release, sent } = held({ ...ann, name: "Anna", settings: '{"theme":"light"}' });
    const settings = user.settings as { theme: string };
    user.name = "Anna";
    settings.theme = "light";
    const saving = run(() => user.save());
    await release(() => {
      user.name = "Annabel";
      user.email = "later@example.com";
      settings.theme = "dark";
      user.tags?.push("b");
    });
    await saving;
    expect(sent[0]?.text).toStartWith('UPDATE "users" SET "name" = $1, "settings" = $2');
    expect(sent[0]?.values).toEqual(["Anna", '{"theme":"light"}', "1"]);
    expect(user.changedAttributes()).toEqual({
      name: { was: "Anna", now: "Annabel" },
      email: { was: null, now: "later@example.com" },
      tags: { was: ["a"], now: ["a", "b"] },
      settings: { was: { theme: "light" }, now: { theme: "dark" } },
    });
    expect(user.previousChanges()).toMatchObject({ name: { was: "Ann", now: "Anna" } });
  });

  test("during a create is kept too, and the key arrives", async () => {
    const user = new User({ name: "Ann", tags: ["a"] });
    const { run, release } = held({ ...ann, active: true });
    const saving = run(() => user.save());
    await release(() => {
      user.email = "later@example.com";
      user.tags?.push("b");
    });
    await saving;
    expect([user.id, user.active]).toEqual([1, true]);
    expect(Object.keys(user.changedAttributes())).toEqual(["email", "tags"]);
  });

  test("goes with the second of two saves", async () => {
    const user = await loaded(ann);
    const { run, release, sent } = held(
      { ...ann, name: "Anna" },
      { ...ann, name: "Anna", email: "x" },
    );
    user.name = "Anna";
    const first = run(() => user.save());
    let second: Promise<void> | undefined;
    await release(() => {
      user.email = "x";
      second = run(() => user.save());
    });
    await release();
    await Promise.all([first, second]);
    expect(sent.map(({ text }) => text.replace(/ WHERE.*/, ""))).toEqual([
      'UPDATE "users" SET "name" = $1',
      'UPDATE "users" SET "email" = $1',
    ]);
  });
});

describe("what is validated is what is written", () => {
  class Rated extends Model(schema.users) {
    static validations = {
      name: [
        validates("presence"),
        validates("custom", {
          validate: async () => {
            await Bun.sleep(2);
            return undefined;
          },
        }),
      ],
    };
  }
  class Plain extends Model(schema.users) {
    static validations = { name: validates("presence") };
  }
  class Called extends Model(schema.users) {
    static validations = { name: validates("presence") };
    // What a callback assigns is its own business, as in ActiveRecord.
    static beforeSave = [
      (user: { email: string | null }) => {
        user.email = "callback@example.com";
      },
    ];
  }
  class Trimmed extends Model(schema.users) {
    static normalizes = { name: (name: string) => name.trim() };
  }

  /** Saves and assigns `name` after so many steps of the event loop; gives the outcome and what was sent. */
  async function race(modelClass: typeof Plain, steps: number, name: string) {
    const { database, driver } = fakeDatabase(({ text, values }) =>
      text.startsWith("INSERT") ? [{ ...ann, name: values[0], email: values[1] ?? null }] : [],
    );
    const user = modelClass.build({ name: "Ann" });
    const outcome = await Database.run(database, async () => {
      const saving = user.save().then(
        () => "saved",
        (error: unknown) => error,
      );
      for (let step = 0; step < steps; step++) await Promise.resolve();
      user.name = name;
      return await saving;
    });
    const insert = driver.sent.find(({ text }) => text.startsWith("INSERT"));
    return { outcome, sent: insert?.values[0], user };
  }

  test.each([
    ["with rules", Plain],
    ["with a callback", Called],
    ["with a slow rule", Rated],
  ])("%s: an assignment at any moment is validated, or not written", async (_name, modelClass) => {
    const seen = new Set<string>();
    for (let steps = 0; steps < 60; steps++) {
      const { outcome, sent, user } = await race(modelClass as typeof Plain, steps, "");
      expect(user.name).toBe("");
      if (outcome === "saved") {
        expect(sent).toBe("Ann");
        expect(user.changedAttributes()).toEqual({ name: { was: "Ann", now: "" } } as never);
      } else {
        expect(outcome).toBeInstanceOf(ValidationError);
        expect(sent).toBeUndefined();
        expect([user.isNewRecord, user.errors.get("name")]).toEqual([true, ["can't be blank"]]);
      }
      seen.add(String(outcome === "saved"));
    }
    if (modelClass !== Rated) expect([...seen].sort()).toEqual(["false", "true"]);
  });

  test("a value that is assigned in between and valid is written, normalized", async () => {
    const written = new Set<unknown>();
    for (let steps = 0; steps < 40; steps++) {
      const { outcome, sent } = await race(Trimmed as unknown as typeof Plain, steps, " Bob ");
      expect(outcome).toBe("saved");
      written.add(sent);
    }
    expect([...written].sort()).toEqual(["Ann", "Bob"]);
  });

  test("values that equal nothing, or that no column can hold, end as well", async () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    let runs = 0;
    class Once extends Model(schema.users) {
      static validations = {
        name: validates("custom", {
          validate: (value) => {
            runs++;
            return value ? undefined : "is missing";
          },
        }),
      };
    }
    const odd = {
      balance: Number.NaN,
      birthday: new Date(Number.NaN),
      seenAt: new Date(2024, 1, 1, 12, 30),
      age: [],
      settings: circular,
    };
    for (const [name, value] of [...Object.entries(odd), ["birthday", odd.seenAt] as const]) {
      const user = Once.build({ name: "Ann", [name]: value });
      const { database } = fakeDatabase(() => [ann]);
      runs = 0;
      const outcome = await Database.run(database, () => user.save()).catch((error) => error);
      expect([undefined, expect.any(Error)]).toContainEqual(outcome);
      expect(runs).toBe(1);
      user.name = "";
      expect(await user.isValid()).toBe(false);
    }
  });

  test("a rule that assigns something each time it runs does not run for ever", async () => {
    let runs = 0;
    class Counted extends Model(schema.users) {
      static validations = {
        name: validates<"custom", Counted>("custom", {
          validate: async (_value, user) => {
            await Bun.sleep(0);
            user.age = ++runs;
            return undefined;
          },
        }),
      };
    }
    const { database } = fakeDatabase(() => [ann]);
    await Database.run(database, () => Counted.create({ name: "Ann" }));
    expect(runs).toBeLessThan(50);
  });
});

describe("what the server answers", () => {
  test("replaces what it changed, and keeps the identity of what it did not", async () => {
    const user = await loaded(ann, Stamped);
    const { tags } = user;
    const { run, release } = held({ ...ann, name: "ANNA" });
    user.name = "anna";
    const saving = run(() => user.save());
    await release();
    await saving;
    expect(user.name).toBe("ANNA");
    expect(user.tags).toBe(tags);
    expect(user.changed()).toBe(false);
  });
});

describe("exact SQL", () => {
  async function sent(work: () => Promise<unknown>, row: Record<string, unknown> = ann) {
    const driver = new FakeDriver(() => [row]);
    await Database.run(new Database(driver), work);
    return driver.sent.map(({ text, values }) => [text, ...values]);
  }

  test("a save without callbacks is one statement, without a transaction", async () => {
    const membership = { userId: 1, orgId: 2, role: "x" };
    expect(await sent(() => Membership.create(membership), membership)).toEqual([
      [
        'INSERT INTO "memberships" ("user_id", "org_id", "role") VALUES ($1, $2, $3) RETURNING "user_id" AS "userId"',
        "1",
        "2",
        "x",
      ],
    ]);
    const user = await loaded(ann);
    user.name = "Anna";
    expect(await sent(() => user.save())).toEqual([
      ['UPDATE "users" SET "name" = $1 WHERE "id" = $2', "Anna", "1"],
    ]);
    expect(await sent(() => user.destroy())).toEqual([
      ['DELETE FROM "users" WHERE "id" = $1', "1"],
    ]);
  });

  test("callbacks put a transaction around it, and a savepoint inside one", async () => {
    class Watched extends Model(schema.memberships) {
      static beforeSave = [() => undefined];
    }
    const membership = { userId: 1, orgId: 2, role: "x" };
    const texts = await sent(() => Watched.create(membership), membership);
    expect(texts.map(([text]) => String(text).split(" ")[0])).toEqual([
      "BEGIN",
      "INSERT",
      "COMMIT",
    ]);
  });

  test("a composite key is named whole; a locked row with its version", async () => {
    const record = await Database.run(
      fakeDatabase(() => [{ userId: 1, orgId: 2, role: "x" }]).database,
      () => Membership.take(),
    );
    record?.assignAttributes({ role: "y" });
    const [update] = await sent(() => record?.save() ?? Promise.reject(), {
      userId: 1,
      orgId: 2,
      role: "y",
    });
    expect(update?.[0]).toStartWith(
      'UPDATE "memberships" SET "role" = $1 WHERE "user_id" = $2 AND "org_id" = $3',
    );
    const account = await Database.run(
      fakeDatabase(() => [{ id: 1, owner: "a", balance: 5, lockVersion: 3 }]).database,
      () => Account.take(),
    );
    account?.assignAttributes({ balance: 6 });
    const [locked] = await sent(() => account?.save() ?? Promise.reject(), {
      id: 1,
      owner: "a",
      balance: 6,
      lockVersion: 4,
    });
    expect(locked?.[0]).toStartWith(
      'UPDATE "accounts" SET "balance" = $1, "lock_version" = $2 WHERE "id" = $3 AND "lock_version" = $4',
    );
    expect(locked?.slice(1)).toEqual(["6", "4", "1", "3"]);
    expect(account?.lockVersion).toBe(4);
  });
});
