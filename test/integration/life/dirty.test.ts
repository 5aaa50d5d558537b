/** Dirty tracking: only what changed is sent, by the meaning of the column's type. */
import { describe, expect, test } from "bun:test";
import { Model, UnknownAttributeError } from "../../../src/index";
import { lifeDatabase } from "../../support/life";
import * as schema from "../../support/schema/life";

interface Settings {
  theme: "light" | "dark";
  notifications: { email: boolean };
}

class User extends Model(schema.users) {
  declare settings: Settings | null;
  note: string | null = null;
}

const db = lifeDatabase();

async function ann(attributes: object = {}): Promise<User> {
  const { id } = await User.create({ name: "Ann", ...attributes });
  db.log.length = 0;
  return await User.find(id);
}

describe("changes", () => {
  test("are known by attribute, with before and after", async () => {
    const user = await ann();
    expect(user.changed()).toBe(false);
    expect(user.changedAttributes()).toEqual({});
    user.name = "Anna";
    expect(user.changed()).toBe(true);
    expect(user.changed("name")).toBe(true);
    expect(user.changed("email")).toBe(false);
    expect(user.changedAttributes()).toEqual({ name: { was: "Ann", now: "Anna" } });
    // @ts-expect-error there is no such column
    expect(() => user.changed("nmae")).toThrow(UnknownAttributeError);
    user.name = "Ann";
    expect(user.changed()).toBe(false);
  });

  test("a new record's are what was given", () => {
    const user = new User({ name: "Ann", email: null });
    expect(user.changedAttributes()).toEqual({
      name: { was: undefined, now: "Ann" },
      email: { was: undefined, now: null },
    });
  });

  test("only they are sent; without them nothing is", async () => {
    const user = await ann();
    user.name = "Anna";
    const texts = await db.texts(() => user.save());
    expect(texts).toHaveLength(1);
    expect(texts[0]).toStartWith('UPDATE "users" SET "name" = $1 WHERE "id" = $2');
    expect(await db.texts(() => user.save())).toEqual([]);
    expect(user.previousChanges()).toEqual({});
  });

  test("two people who change different columns both keep theirs", async () => {
    const mine = await ann();
    const theirs = await User.find(mine.id);
    mine.name = "Anna";
    theirs.email = "a@example.com";
    await Promise.all([mine.save(), theirs.save()]);
    expect(await User.pluck("name", "email")).toEqual([["Anna", "a@example.com"]]);
  });

  test("a virtual is never one", async () => {
    const user = await ann();
    user.note = "hello";
    expect(user.changed()).toBe(false);
    expect(await db.texts(() => user.save())).toEqual([]);
  });

  test("a record loaded in part is saved in part", async () => {
    await ann({ email: "a@example.com" });
    const [user] = await User.select("id", "name");
    user?.assignAttributes({ age: 3 });
    await user?.save();
    expect(await User.pluck("name", "email", "age")).toEqual([["Ann", "a@example.com", 3]]);
    const [keyless] = await User.select("name");
    keyless?.assignAttributes({ name: "x" });
    await expect(keyless?.save()).rejects.toThrow("was loaded without its primary key");
  });
});

describe("equality", () => {
  const seenAt = new Date("2024-03-10T12:00:00.123Z");
  const given = {
    seenAt,
    birthday: new Date("2000-01-02"),
    balance: "1.50",
    visits: 5n,
    settings: { theme: "dark", notifications: { email: true } },
    tags: ["a", "b"],
    avatar: new Uint8Array([1, 2]),
  };

  test("an equal value of another object is no change", async () => {
    const user = await ann(given);
    user.seenAt = new Date(seenAt);
    user.birthday = new Date("2000-01-02");
    user.balance = "1.5";
    user.visits = 5n;
    user.settings = { notifications: { email: true }, theme: "dark" };
    user.tags = ["a", "b"];
    user.avatar = new Uint8Array([1, 2]);
    expect(user.changedAttributes()).toEqual({});
    expect(await db.texts(() => user.save())).toEqual([]);
    expect((await User.find(user.id)).balance).toBe("1.50");
  });

  test("a change in place is one", async () => {
    const user = await ann(given);
    user.seenAt?.setUTCFullYear(2025);
    expect(user.changedAttributes()).toEqual({
      seenAt: { was: seenAt, now: new Date("2025-03-10T12:00:00.123Z") },
    });
    if (user.settings) user.settings.notifications.email = false;
    user.tags?.push("c");
    user.avatar?.set([9], 0);
    const changed = Object.keys(user.changedAttributes());
    expect(changed).toEqual(["settings", "tags", "avatar", "seenAt"]);
    await user.save();
    expect(user.changed()).toBe(false);
    const again = await User.find(user.id);
    expect(again.settings).toEqual({ theme: "dark", notifications: { email: false } });
    expect([again.tags, again.avatar]).toEqual([["a", "b", "c"], new Uint8Array([9, 2])]);
  });

  test("a change in place after the save is seen too", async () => {
    const user = await User.create({
      name: "Ann",
      tags: ["a"],
      settings: given.settings as Settings,
    });
    user.tags?.push("b");
    if (user.settings) user.settings.theme = "light";
    expect(user.changed("tags")).toBe(true);
    expect(user.changed("settings")).toBe(true);
    await user.save();
    expect((await User.find(user.id)).tags).toEqual(["a", "b"]);
  });

  test("microseconds that a Date does not show are not lost by saving it again", async () => {
    const user = await ann();
    await db.sql`update users set seen_at = '2024-03-10 12:00:00.123456+00'`;
    await user.reload();
    user.seenAt = new Date(user.seenAt ?? 0);
    user.name = "Anna";
    await user.save();
    const [row] = await db.sql`select seen_at::text as t from users`;
    expect(row.t).toBe("2024-03-10 12:00:00.123456+00");
  });

  test("null, NaN and infinity", async () => {
    const user = await ann(given);
    user.tags = null;
    expect(user.changedAttributes()).toEqual({ tags: { was: ["a", "b"], now: null } });
    user.tags = ["a", "b"];
    user.balance = "NaN";
    await user.save();
    await user.reload();
    user.balance = "NaN";
    expect(user.changed()).toBe(false);
  });
});

describe("Temporal columns", () => {
  const { seenAt, birthday } = schema.users.columns;
  class Row extends Model({
    ...schema.users,
    columns: {
      ...schema.users.columns,
      seenAt: { ...seenAt, temporal: true },
      birthday: { ...birthday, temporal: true },
    },
  }) {
    declare seenAt: never;
    declare birthday: never;
  }

  test("are compared by their moment, and keep microseconds", async () => {
    const moment = "2024-03-10T12:00:00.123456Z";
    const row = await Row.create({
      name: "Ann",
      seenAt: Temporal.Instant.from(moment) as never,
      birthday: Temporal.PlainDate.from("2000-01-02") as never,
    });
    const found = await Row.find(row.id);
    expect(String(found.seenAt)).toBe(moment);
    found.seenAt = Temporal.Instant.from(moment) as never;
    found.birthday = Temporal.PlainDate.from("2000-01-02") as never;
    expect(found.changed()).toBe(false);
    found.seenAt = Temporal.Instant.from("2024-03-10T12:00:00.123457Z") as never;
    expect(Object.keys(found.changedAttributes())).toEqual(["seenAt"]);
    await found.save();
    const [stored] = await db.sql`select seen_at::text as t from users`;
    expect(stored.t).toBe("2024-03-10 12:00:00.123457+00");
  });
});

describe("at the same time", () => {
  test("two saves of one new record insert it once", async () => {
    const user = new User({ name: "Ann" });
    await Promise.all([user.save(), user.save(), user.save()]);
    expect(await User.count()).toBe(1);
    class Watched extends Model(schema.users) {
      static beforeSave = [() => Bun.sleep(1)];
    }
    const watched = new Watched({ name: "Bob" });
    await Promise.all([watched.save(), watched.save()]);
    expect(await User.count()).toBe(2);
  });
});

describe("normalizes and defaults", () => {
  class Member extends Model(schema.users) {
    static normalizes = { email: (email: string) => email.trim().toLowerCase() };
    static defaults = { role: "guest" as const, tags: ["new"], age: () => 18 };
  }
  class Child extends Member {
    static override defaults = { ...Member.defaults, active: false };
    static override normalizes = { ...Member.normalizes, name: (name: string) => name.trim() };
  }

  test("values are normalized when given, and when saved", async () => {
    const member = await Member.create({ name: "Ann", email: " ANN@Example.com " });
    expect(member.email).toBe("ann@example.com");
    member.assignAttributes({ email: "BOB@example.com" });
    expect(member.email).toBe("bob@example.com");
    member.email = " CID@example.com";
    await member.save();
    expect(await Member.pluck("email")).toEqual(["cid@example.com"]);
    await Member.createMany([{ name: "x", email: " DAN@example.com" }]);
    expect(await Member.where({ email: "dan@example.com" }).count()).toBe(1);
    await member.update({ email: null });
    expect(member.email).toBeNull();
  });

  test("what is looked for, or set in bulk, is spelled as what is saved", async () => {
    const ann = await Member.create({ name: "Ann", email: "ann@example.com" });
    const email = " ANN@example.com";
    expect((await Member.findBy({ email }))?.id).toBe(ann.id);
    expect(await Member.where({ email: [email, "x"] }).count()).toBe(1);
    expect(await Member.where({ email: { ne: email } }).count()).toBe(0);
    expect(await Member.where({ email: { not_in: [email] } }).count()).toBe(0);
    expect(await Member.where({ or: [{ email }, { email: null }] }).count()).toBe(1);
    expect((await Member.findOrCreateBy({ email }, { name: "Bob" })).id).toBe(ann.id);
    await Member.where({ email }).updateAll({ email: " EVE@example.com " });
    await Member.copyFrom([{ name: "Dan", email: "DAN@example.com" }]);
    expect(await Member.order({ id: "ASC" }).pluck("email")).toEqual([
      "eve@example.com",
      "dan@example.com",
    ]);
    // Patterns, ranges and SQL are taken as they are.
    expect(await Member.where({ email: { starts_with: "EVE" } }).count()).toBe(0);
    expect(await Member.whereRaw("email = $1", ["EVE@example.com"]).count()).toBe(0);
  });

  test("a new record has the defaults, each its own", () => {
    const [a, b] = [new Member(), new Member({ age: 40, role: "admin" })];
    expect([a.role, a.tags, a.age]).toEqual(["guest", ["new"], 18]);
    expect([b.role, b.age]).toEqual(["admin", 40]);
    a.tags?.push("x");
    expect(b.tags).toEqual(["new"]);
  });

  test("both are inherited, and loaded records have none", async () => {
    const child = await Child.create({ name: " Ann ", email: "X@Y.NL" });
    expect([child.name, child.email, child.active, child.age]).toEqual([
      "Ann",
      "x@y.nl",
      false,
      18,
    ]);
    await db.sql`update users set tags = null, age = null`;
    const [loaded] = await Child.all();
    expect([loaded?.tags, loaded?.age]).toEqual([null, null]);
    const [part] = await Child.select("id");
    expect(part && "role" in part ? Reflect.get(part, "role") : undefined).toBeUndefined();
  });
});

describe("virtuals", () => {
  class Page extends Model(schema.posts) {
    following: boolean | null = null;
    get heading(): string {
      return `#${this.title}`;
    }
  }
  class Chapter extends Page {}

  test("values of the construction win over the field's own", () => {
    expect(Page.build({ title: "T", userId: 1, following: true }).following).toBe(true);
    expect(new Page({ title: "T" }).following).toBeNull();
  });

  test("are inherited, written by SQL aliases, serialized and never saved", async () => {
    const user = await User.create({ name: "Ann" });
    await Chapter.create({ userId: user.id, title: "T", following: true });
    const [found] = await Chapter.findBySql(
      "SELECT posts.*, true AS following, 7 AS rank FROM posts",
    );
    expect(found?.following).toBe(true);
    expect(found?.toJSON()).toMatchObject({ heading: "#T", following: true, rank: 7 });
    const texts = await db.texts(async () => {
      found?.assignAttributes({ following: false, title: "U" });
      await found?.save();
    });
    expect(texts[0]).toStartWith('UPDATE "posts" SET "title" = $1 WHERE');
  });

  test("a field that hides a column is refused when the class is first used", () => {
    class Hiding extends Model(schema.posts) {
      override title = "untitled";
    }
    expect(() => new Hiding()).toThrow('declares the field "title", which hides the column');
  });
});
