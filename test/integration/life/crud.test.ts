/** Creating, reading, changing and deleting one record, by whatever primary key its table has. */
import { describe, expect, test } from "bun:test";
import {
  Model,
  QueryError,
  ReadOnlyRecordError,
  RecordNotFoundError,
  transaction,
  UnknownAttributeError,
} from "../../../src/index";
import { lifeDatabase } from "../../support/life";
import * as schema from "../../support/schema/life";

class User extends Model(schema.users) {
  note: string | null = null;
  get initials(): string {
    return this.name.slice(0, 1);
  }
}
class Post extends Model(schema.posts) {}
class Membership extends Model(schema.memberships) {}
class Document extends Model(schema.documents) {}
class Country extends Model(schema.countries) {}
class LogEvent extends Model(schema.events) {}
class MemberName extends Model(schema.member_names) {}

const db = lifeDatabase();

describe("a record over its life", () => {
  test("is created, found, changed, reloaded and deleted", async () => {
    const user = await User.create({ name: "Ann", email: "ann@example.com" });
    expect(user.isNewRecord).toBe(false);
    expect(user.role).toBe("member");
    expect(user.createdAt).toBeInstanceOf(Date);

    await user.update({ name: "Anna" });
    expect((await User.find(user.id)).name).toBe("Anna");

    await db.sql`update users set name = 'Annabel' where id = ${user.id}`;
    await user.reload();
    expect(user.name).toBe("Annabel");
    expect(user.changed()).toBe(false);

    await user.destroy();
    expect(user.isDestroyed).toBe(true);
    expect(user.isNewRecord).toBe(true);
    expect(await User.count()).toBe(0);
  });

  test("new and save() do what create() does", async () => {
    const user = new User({ name: "Bob" });
    expect(user.isNewRecord).toBe(true);
    expect(await User.count()).toBe(0);
    await user.save();
    expect(await User.pluck("id", "name")).toEqual([[user.id, "Bob"]]);
  });

  test("attributes given as undefined take the column's default, null is NULL", async () => {
    const user = await User.create({ name: "Ann", role: undefined, email: null });
    expect(user.role).toBe("member");
    expect(user.email).toBeNull();
  });

  test("a record of nothing but defaults can be created", async () => {
    const document = new Document();
    document.title = "T";
    await document.save();
    expect(document.id).toMatch(/^[0-9a-f-]{36}$/);
    const user = new User({ name: "x" });
    await user.save();
    expect(user.balance).toBe("0.00");
  });
});

describe("primary keys", () => {
  test("composite: every statement names the whole key", async () => {
    await Membership.createMany([
      { userId: 1, orgId: 1, role: "a" },
      { userId: 1, orgId: 2, role: "b" },
      { userId: 2, orgId: 1, role: "c" },
    ]);
    const found = await Membership.find({ userId: 1, orgId: 2 });
    await found.update({ role: "changed" });
    await found.reload();
    expect(await Membership.order({ userId: "ASC", orgId: "ASC" }).pluck("role")).toEqual([
      "a",
      "changed",
      "c",
    ]);
    await found.destroy();
    expect(await Membership.order({ userId: "ASC" }).pluck("userId", "orgId")).toEqual([
      [1, 1],
      [2, 1],
    ]);
    await expect(Membership.find([1, 9])).rejects.toThrow(RecordNotFoundError);
    // @ts-expect-error a part of the key is no key
    await expect(Membership.find(1)).rejects.toThrow('expects all of "userId", "orgId"');
  });

  test("uuid, text and bigint", async () => {
    const document = await Document.create({ title: "T" });
    await document.update({ body: "text" });
    expect((await Document.find(document.id.toUpperCase())).body).toBe("text");

    const country = await Country.create({ code: "NL", name: "Holland" });
    await country.update({ name: "Netherlands" });
    expect((await Country.find("NL")).name).toBe("Netherlands");

    const user = await User.create({ name: "Ann" });
    const post = await Post.create({ userId: user.id, title: "T" });
    expect(typeof post.id).toBe("bigint");
    await db.sql`alter sequence posts_id_seq restart with 9007199254740993`;
    const large = await Post.create({ userId: user.id, title: "Large" });
    expect(large.id).toBe(9007199254740993n);
    await large.update({ title: "Still large" });
    expect((await Post.find(9007199254740993n)).title).toBe("Still large");
    await large.destroy();
    expect(await Post.count()).toBe(1);
  });

  test("a changed key is written to the row it was read from, and to no other", async () => {
    const [a, b] = [
      await Country.create({ code: "A", name: "a" }),
      await Country.create({ code: "B", name: "b" }),
    ];
    a.code = "C";
    a.name = "moved";
    expect(a.changed("code")).toBe(true);
    await a.save();
    expect(await Country.order({ code: "ASC" }).pluck("code", "name")).toEqual([
      ["B", "b"],
      ["C", "moved"],
    ]);
    a.code = b.code;
    await expect(a.save()).rejects.toThrow("Code has already been taken");
    expect(await Country.where({ code: "B" }).pluck("name")).toEqual(["b"]);
  });

  test("a table without a key, and a view, are read-only", async () => {
    await LogEvent.createMany([{ message: "started" }]);
    expect(await LogEvent.pluck("message")).toEqual(["started"]);
    const event = await LogEvent.take();
    event?.assignAttributes({ message: "changed" });
    await expect(event?.save()).rejects.toThrow(ReadOnlyRecordError);
    await expect(event?.save()).rejects.toThrow(
      'save() cannot write LogEvent: "events" has no primary key, so its rows cannot be told apart.',
    );
    await expect(LogEvent.create({ message: "x" })).rejects.toThrow("createMany()");
    await expect(event?.destroy()).rejects.toThrow('"events" has no primary key');

    await User.create({ name: "Ann" });
    const [member] = await MemberName.all();
    expect(member?.name).toBe("ANN");
    member?.assignAttributes({ name: "x" });
    await expect(member?.save()).rejects.toThrow('"member_names" is read-only');
  });
});

describe("a row that is gone", () => {
  async function vanished(): Promise<User> {
    const user = await User.create({ name: "Ann" });
    await db.sql`delete from users where id = ${user.id}`;
    return user;
  }

  test("save() and reload() say so", async () => {
    const user = await vanished();
    user.name = "Anna";
    await expect(user.save()).rejects.toThrow(RecordNotFoundError);
    await expect(user.save()).rejects.toThrow(`User with primary key ${user.id} not found`);
    await expect(user.reload()).rejects.toThrow(RecordNotFoundError);
    expect(user.changed("name")).toBe(true);
  });

  test("increment(), toggle() and touch() say so", async () => {
    const user = await vanished();
    await expect(user.increment("visits")).rejects.toThrow(RecordNotFoundError);
    await expect(user.toggle("active")).rejects.toThrow(RecordNotFoundError);
    await expect(user.touch()).rejects.toThrow(RecordNotFoundError);
  });

  test("destroy() takes it as done", async () => {
    const user = await vanished();
    await user.destroy();
    expect(user.isDestroyed).toBe(true);
    await user.destroy();
  });

  test("a record that has no row yet cannot be reloaded or destroyed", async () => {
    await User.create({ name: "Other" });
    const user = new User({ name: "Ann" });
    user.id = 1;
    await expect(user.destroy()).rejects.toThrow("Cannot destroy a new User. Save it first.");
    await expect(user.reload()).rejects.toThrow("Cannot reload a new User. Save it first.");
    await expect(user.increment("age")).rejects.toThrow(
      "Cannot increment a new User. Save it first.",
    );
    expect(await User.count()).toBe(1);
  });

  test("a save that comes behind a destroy does not bring the row back", async () => {
    const user = await User.create({ name: "Ann" });
    user.name = "Anna";
    const [destroyed, saved] = await Promise.allSettled([user.destroy(), user.save()]);
    expect(destroyed.status).toBe("fulfilled");
    expect(saved).toMatchObject({ reason: expect.any(RecordNotFoundError) });
    expect(await User.count()).toBe(0);
  });

  test("a destroyed record can be saved again, as a new row", async () => {
    const user = await User.create({ name: "Ann" });
    await user.destroy();
    await user.save();
    expect(user.isDestroyed).toBe(false);
    expect(await User.pluck("name")).toEqual(["Ann"]);
  });
});

describe("what may be assigned", () => {
  test("an unknown attribute is an error with a suggestion, and nothing is set", async () => {
    const user = new User({ name: "Ann" });
    const attributes: object = { name: "Bob", emial: "x" };
    expect(() => user.assignAttributes(attributes)).toThrow(UnknownAttributeError);
    expect(() => user.assignAttributes(attributes)).toThrow('Did you mean "email"?');
    expect(user.name).toBe("Ann");
    expect(() => new User(attributes)).toThrow(UnknownAttributeError);
    await expect(User.create({ name: "x", ...attributes })).rejects.toThrow(UnknownAttributeError);
  });

  test("virtuals declared on the class are known to build, create and update", async () => {
    const user = await User.create({ name: "Ann", note: "hello" });
    expect(user.note).toBe("hello");
    await user.update({ note: "again" });
    expect(user.note).toBe("again");
    expect(() => User.build({ name: "x", ...({ initials: "y" } as object) })).toThrow("computed");
    expect(() => new User({ ...({ note: "x" } as object) })).toThrow(
      "Virtuals go through User.build()",
    );
  });

  test("the prototype and the members of the class are out of reach", async () => {
    const hostile: object[] = [
      JSON.parse('{"__proto__":{"isAdmin":true}}'),
      { constructor: 1 },
      { prototype: 1 },
      { save: "x" },
      { toJSON: 1 },
      { errors: [] },
      { isNewRecord: false },
    ];
    for (const body of hostile) {
      expect(() => new User(body)).toThrow(UnknownAttributeError);
      const user = new User({ name: "Ann" });
      expect(() => user.assignAttributes(body)).toThrow(UnknownAttributeError);
      expect(user).toBeInstanceOf(User);
      expect(Reflect.get(user, "isAdmin")).toBeUndefined();
      expect(typeof user.save).toBe("function");
    }
    await expect(User.findBySql("select 1 as save")).rejects.toThrow("Give it another alias");
  });

  test("generated and identity columns are never written, and read back", async () => {
    const user = new User({ name: "Ann", ...({ slug: "mine" } as object) });
    const texts = await db.texts(() => user.save());
    expect(texts[0]).not.toMatch(/INSERT INTO "users" \([^)]*"slug"/);
    expect(user.slug).toBe("ann");

    user.slug = "other";
    user.name = "BOB";
    await user.save();
    expect(user.slug).toBe("bob");
    user.slug = "again";
    expect(await db.texts(() => user.save())).toEqual([]);
    expect(user.slug).toBe("bob");

    const post = new Post({ userId: user.id, title: "T", ...({ id: 77n } as object) });
    await post.save();
    expect(post.id).toBe(1n);
  });
});

describe("create with conflict", () => {
  test("a skipped row leaves the record new", async () => {
    await User.create({ name: "Ann", email: "a@example.com" });
    const skipped = await User.create(
      { name: "Other", email: "a@example.com" },
      { conflict: "ignore" },
    );
    expect(skipped.isNewRecord).toBe(true);
    expect(skipped.id).toBeUndefined();
    expect(await User.pluck("name")).toEqual(["Ann"]);
  });

  test("an update gives the row that is there", async () => {
    const first = await User.create({ name: "Ann", email: "a@example.com" });
    const second = await User.create(
      { name: "Anna", email: "a@example.com" },
      { conflict: { columns: ["email"], action: "update" } },
    );
    expect(second.id).toBe(first.id);
    expect(second.isNewRecord).toBe(false);
    expect(await User.pluck("name")).toEqual(["Anna"]);
  });
});

describe("findOrCreateBy and findOrBuildBy", () => {
  test("find what is there", async () => {
    const user = await User.create({ name: "Ann", email: "a@example.com" });
    const found = await User.findOrCreateBy({ email: "a@example.com" }, { name: "Other" });
    expect(found.id).toBe(user.id);
    expect(found.name).toBe("Ann");
    expect((await User.findOrBuildBy({ email: "a@example.com" })).id).toBe(user.id);
  });

  test("create or build what is not", async () => {
    const built = await User.findOrBuildBy({ email: "b@example.com" }, { name: "Bob" });
    expect(built.isNewRecord).toBe(true);
    expect([built.email, built.name]).toEqual(["b@example.com", "Bob"]);
    const created = await User.findOrCreateBy({ email: "b@example.com" }, { name: "Bob" });
    expect(created.isNewRecord).toBe(false);
    expect(await User.count()).toBe(1);
  });

  test("a row that comes in between is found, and the transaction around goes on", async () => {
    class Slow extends Model(schema.users) {
      static beforeCreate = [
        () => db.sql`insert into users (name, email) values ('Theirs', 'race@example.com')`,
      ];
    }
    await transaction(async () => {
      const found = await Slow.findOrCreateBy({ email: "race@example.com" }, { name: "Mine" });
      expect([found.name, found.isNewRecord]).toEqual(["Theirs", false]);
      await Country.create({ code: "NL", name: "x" });
    });
    expect([await User.count(), await Country.count()]).toEqual([1, 1]);
  });

  test("many at once make one row", async () => {
    const found = await Promise.all(
      Array.from({ length: 12 }, () =>
        User.findOrCreateBy({ email: "race@example.com" }, { name: "Race" }),
      ),
    );
    expect(new Set(found.map(({ id }) => id)).size).toBe(1);
    expect(found.every((user) => !user.isNewRecord)).toBe(true);
    expect(await User.count()).toBe(1);
  });

  test("an invalid record is an error all the same", async () => {
    await expect(User.findOrCreateBy({ email: "x" }, { name: "x".repeat(41) })).rejects.toThrow(
      "Name is too long (maximum is 40 characters)",
    );
  });
});

describe("dup", () => {
  test("a new record with the same attributes and none of the database's own", async () => {
    const user = await User.create({
      name: "Ann",
      tags: ["a"],
      settings: { theme: "dark" },
      note: "n",
    });
    const copy = user.dup();
    expect(copy).toBeInstanceOf(User);
    expect(copy.isNewRecord).toBe(true);
    expect([copy.id, copy.slug, copy.createdAt]).toEqual([
      undefined,
      undefined,
      undefined,
    ] as never);
    expect([copy.name, copy.note]).toEqual(["Ann", "n"]);
    copy.tags?.push("b");
    expect(user.tags).toEqual(["a"]);
    await copy.save();
    expect(copy.id).not.toBe(user.id);
    expect(await User.count()).toBe(2);
  });
});

describe("increment, decrement, toggle, touch", () => {
  test("add in the database: nobody's addition is lost", async () => {
    const user = await User.create({ name: "Ann" });
    const others = await Promise.all(Array.from({ length: 5 }, () => User.find(user.id)));
    await Promise.all(others.map((other) => other.increment("visits", 2)));
    await user.increment("visits");
    expect(user.visits).toBe(11n);
    expect(user.changed()).toBe(false);
    await user.decrement("visits", 10n);
    expect(user.visits).toBe(1n);
  });

  test("numeric columns stay exact, NULL counts as 0", async () => {
    const user = await User.create({ name: "Ann", balance: "0.10" });
    await user.increment("balance", "0.20");
    expect(user.balance).toBe("0.30");
    await user.increment("age", 3);
    expect(user.age).toBe(3);
    const texts = await db.texts(() => user.decrement("age"));
    expect(texts).toEqual([
      'UPDATE "users" SET "age" = (coalesce("age", 0) - $1) WHERE "id" = $2 RETURNING "age"',
    ]);
  });

  test("refuse columns of other kinds, and unsaved changes", async () => {
    const user = await User.create({ name: "Ann" });
    await expect(user.increment("name")).rejects.toThrow(QueryError);
    await expect(user.increment("name")).rejects.toThrow("requires a numeric column, got type");
    await expect(user.toggle("name")).rejects.toThrow("requires a boolean column");
    await expect(user.touch("name")).rejects.toThrow("requires a column of a time");
    user.age = 5;
    await expect(user.increment("age")).rejects.toThrow("it has changes that are not saved");
    expect(user.age).toBe(5);
  });

  test("other edits of the record stay", async () => {
    const user = await User.create({ name: "Ann" });
    user.name = "Anna";
    await user.increment("visits");
    await user.toggle("active");
    expect([user.name, user.active, user.visits]).toEqual(["Anna", false, 1n]);
    expect(user.changedAttributes()).toEqual({ name: { was: "Ann", now: "Anna" } });
    await user.toggle("active");
    expect((await User.find(user.id)).active).toBe(true);
  });

  test("touch() writes updatedAt and what else is named", async () => {
    const user = await User.create({ name: "Ann" });
    const before = user.updatedAt;
    await Bun.sleep(2);
    await user.touch("seenAt");
    expect(user.updatedAt.getTime()).toBeGreaterThan(before.getTime());
    expect(user.seenAt).toEqual(user.updatedAt);
    expect(user.changed()).toBe(false);
    const country = await Country.create({ code: "NL", name: "x" });
    await expect(country.touch()).rejects.toThrow(
      'touch() on Country needs a column: it has no "updatedAt"',
    );
  });
});
