/** Bulk writing against real rows: createMany, upsert, updateAll, deleteAll, copyFrom. */
import { beforeEach, describe, expect, test } from "bun:test";
import { query, sql, transaction, UniqueViolationError } from "../../../src/index";
import { blogDatabase } from "../../support/blog";
import { Membership, Page, Post, registerTestModels, Share, Tag, User } from "../../support/models";

const blog = blogDatabase();

beforeEach(async () => {
  registerTestModels();
  await blog.clean();
});

const titles = async () => (await blog.sql`SELECT title FROM posts ORDER BY id`.values()).flat();

describe("createMany", () => {
  test("rows with different keys keep their values, and missing keys take the default", async () => {
    await User.createMany([
      { name: "a", email: "a" },
      { name: "b", email: "b", age: 5, role: "admin" },
      { email: "c", name: "c", active: false },
    ]);
    expect(await User.order({ email: "ASC" }).pluck("email", "age", "role", "active")).toEqual([
      ["a", null, "member", true],
      ["b", 5, "admin", true],
      ["c", null, "member", false],
    ]);
  });

  test("undefined means not given", async () => {
    const [user] = await User.createMany([
      { name: "a", email: "a", role: undefined, age: undefined },
    ]);
    expect(user?.role).toBe("member");
  });

  test("several statements are one transaction", async () => {
    await expect(
      User.createMany([
        { name: "a", email: "a" },
        { name: "b", email: "a", age: 1 },
      ]),
    ).rejects.toBeInstanceOf(UniqueViolationError);
    expect(await User.count()).toBe(0);
  });

  test("rows without any key are rows of defaults", async () => {
    await query("CREATE TABLE IF NOT EXISTS blanks (id serial PRIMARY KEY, note text DEFAULT 'x')");
    const { QueryBuilder } = await import("../../../src/index");
    const { Model } = await import("../../../src/index");
    class Blank extends Model({
      tableName: "blanks",
      columns: {
        id: { type: "integer", nullable: false, default: "nextval", columnName: "id" },
        note: { type: "text", nullable: true, default: "'x'", columnName: "note" },
      },
      primaryKey: ["id"],
      indexes: {},
      foreignKeys: {},
      rowClass: class {
        declare id: number;
        declare note: string | null;
      },
    }) {}
    expect((await Blank.createMany([{}, {}])).map(({ note }) => note)).toEqual(["x", "x"]);
    expect((await Blank.create({})).note).toBe("x");
    expect(await Blank.createMany([])).toEqual([]);
    expect(new QueryBuilder(Blank.tableDefinition)).toBeDefined();
  });

  test("200,000 rows in one call", async () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => ({
      title: `t${index}`,
      views: index,
    }));
    const created = await Post.createMany(rows);
    expect(created.length).toBe(200_000);
    expect(created[199_999]?.title).toBe("t199999");
    expect(created[0]?.isNewRecord).toBe(false);
    expect(await Post.count()).toBe(200_000);
  }, 30_000);

  test("every kind of value", async () => {
    const rows = [0, 1].map((index) => ({
      name: `n'"\\${index}`,
      email: `${index}@x`,
      tags: ["a,b", 'c"d', "NULL", ""],
      settings: { list: [1, null, "x"], text: "tab\tnewline\n" },
      score: "12345678.91",
      visits: 9007199254740993n,
      rating: 0.1,
      avatar: new Uint8Array([0, 255, index]),
      bornOn: new Date("1999-12-31"),
      createdAt: new Date("2024-01-02T03:04:05.678Z"),
    }));
    const [first] = await User.createMany(rows);
    const found = await User.find(first?.id ?? 0);
    for (const user of [first, found]) {
      expect({ ...user }).toMatchObject(rows[0] ?? {});
    }
    expect(found.changed()).toBe(false);
  });

  test("conflict: ignore, by column, by constraint", async () => {
    await Tag.create({ name: "a" });
    expect(
      (await Tag.createMany([{ name: "a" }, { name: "b" }], { conflict: "ignore" })).map(
        ({ name }) => name,
      ),
    ).toEqual(["b"]);
    expect(await Tag.createMany([{ name: "a" }], { conflict: { columns: ["name"] } })).toEqual([]);
    expect(
      await Tag.createMany([{ name: "a" }], { conflict: { constraint: "tags_name_key" } }),
    ).toEqual([]);
    const skipped = await Tag.create({ name: "a" }, { conflict: "ignore" });
    expect(skipped.isNewRecord).toBe(true);
    expect(await Tag.count()).toBe(2);
  });
});

describe("upsert", () => {
  test("never touches the primary key of the row that is there", async () => {
    const there = await User.create({ name: "Ann", email: "ann@x" });
    const user = await User.upsert(
      { id: there.id + 100, name: "Anna", email: "ann@x" },
      { conflict: { columns: ["email"] } },
    );
    expect(user.id).toBe(there.id);
    expect(user.name).toBe("Anna");
    expect(await User.count()).toBe(1);
  });

  test("a partial index is found on the tenth execution too", async () => {
    const owner = { resourceType: "doc", resourceId: 1, userId: 1, level: "owner" };
    for (let index = 0; index < 10; index++) {
      await Share.upsert(owner, {
        conflict: { columns: ["resourceType", "resourceId", "userId"], where: { level: "owner" } },
      });
    }
    for (let index = 0; index < 10; index++) {
      await Share.upsertAll([{ ...owner, level: "read", sourceShareId: 5n }], {
        conflict: {
          columns: ["resourceType", "resourceId", "userId"],
          where: { sourceShareId: { ne: null } },
        },
      });
    }
    expect(await Share.count()).toBe(2);
    expect(await Share.order({ id: "ASC" }).pluck("id", "label")).toEqual([
      [expect.any(BigInt), "doc:1"],
      [expect.any(BigInt), "doc:1"],
    ]);
  });

  test("by named constraint; nothing but keys still gives the row", async () => {
    await Tag.upsert({ name: "a", active: true }, { conflict: { constraint: "tags_name_key" } });
    const again = await Tag.upsert(
      { name: "a", active: false },
      { conflict: { constraint: "tags_name_key" } },
    );
    expect(again.active).toBe(false);
    expect((await Tag.upsert({ name: "a" }, { conflict: { columns: ["name"] } })).id).toBe(
      again.id,
    );
    await expect(
      Tag.upsert({ name: "a" }, { conflict: { columns: ["name"], action: "ignore" } }),
    ).rejects.toThrow('Tag.upsert: conflict with action "ignore" matched an existing row');
  });

  test("on a composite key", async () => {
    await User.create({ name: "a", email: "a" });
    await Membership.upsertAll(
      [
        { userId: 1, orgId: 1, title: "x" },
        { userId: 1, orgId: 2, title: "y" },
      ],
      { conflict: { columns: ["userId", "orgId"] } },
    );
    await Membership.upsert(
      { userId: 1, orgId: 2, title: "z" },
      { conflict: { columns: ["userId", "orgId"] } },
    );
    expect(await Membership.order({ orgId: "ASC" }).pluck("title")).toEqual(["x", "z"]);
  });
});

describe("updateAll and deleteAll", () => {
  beforeEach(async () => {
    await User.createMany([
      { name: "a", email: "a" },
      { name: "b", email: "b" },
    ]);
    await Post.createMany(
      [1, 2, 3, 4, 5].map((n) => ({ title: `p${n}`, views: n, userId: n < 3 ? 1 : 2 })),
    );
  });

  test("give the number of rows, or the rows", async () => {
    expect(await Post.where({ views: { gt: 3 } }).updateAll({ title: "x" })).toBe(2);
    expect(
      await Post.where({ id: 1 }).updateAll(
        { views: sql`views * ${10}` },
        { returning: ["views"] },
      ),
    ).toEqual([{ views: 10 }]);
    const [post] = await Post.where({ id: 1 }).deleteAll({ returning: true });
    expect(post).toBeInstanceOf(Post);
    expect(post?.title).toBe("p1");
  });

  test("honour limit, offset and order", async () => {
    expect(await Post.order({ views: "DESC" }).limit(2).deleteAll()).toBe(2);
    expect(await titles()).toEqual(["p1", "p2", "p3"]);
    expect(
      await Post.order({ views: "ASC" }).offset(1).limit(1).updateAll({ title: "second" }),
    ).toBe(1);
    expect(await titles()).toEqual(["p1", "second", "p3"]);
  });

  test("honour joins and conditions on associations", async () => {
    expect(await Post.joins("author").where(sql`users.name = 'a'`).deleteAll()).toBe(2);
    expect(await Post.where({ author: { is: { name: "b" } } }).updateAll({ title: "of b" })).toBe(
      3,
    );
    expect(await titles()).toEqual(["of b", "of b", "of b"]);
  });

  test("a raw OR does not reach rows outside the other conditions", async () => {
    expect(await Post.where({ userId: 1 }).whereRaw("views = 5 OR views = 1").deleteAll()).toBe(1);
    expect(await titles()).toEqual(["p2", "p3", "p4", "p5"]);
  });

  test("undefined never widens a write", async () => {
    expect(() => Post.where({ id: undefined } as never)).toThrow("undefined");
    expect(await Post.count()).toBe(5);
  });

  test("on composite keys and on unions", async () => {
    await Membership.createMany([
      { userId: 1, orgId: 1 },
      { userId: 1, orgId: 2 },
      { userId: 2, orgId: 1 },
    ]);
    expect(await Membership.order({ orgId: "DESC" }).limit(1).deleteAll()).toBe(1);
    expect(await Membership.all().ids()).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(
      await Post.where({ id: 1 })
        .union(Post.where({ id: 5 }))
        .deleteAll(),
    ).toBe(2);
    expect(await titles()).toEqual(["p2", "p3", "p4"]);
  });
});

describe("copyFrom", () => {
  test("streams rows from any iterable", async () => {
    async function* rows() {
      for (let index = 0; index < 5_000; index++) {
        yield {
          name: `n\t${index}\\N`,
          email: `${index}`,
          tags: ["a\nb"],
          settings: { index },
          age: index % 2 ? index : null,
        };
      }
    }
    expect(await User.copyFrom(rows())).toBe(5_000);
    const user = await User.findBy({ email: "4999" });
    expect(user).toMatchObject({
      name: "n\t4999\\N",
      tags: ["a\nb"],
      settings: { index: 4999 },
      age: 4999,
      role: "member",
    });
    expect(await User.copyFrom([])).toBe(0);
  });

  test("is all or nothing, and leaves the connection usable", async () => {
    const rows = [{ title: "a" }, { title: "b", views: 1 }];
    await expect(Post.copyFrom(rows)).rejects.toThrow(/row 2 also gives "views"/);
    await expect(Post.copyFrom([{ title: "a", userId: 99 }])).rejects.toThrow(
      /violates foreign key/,
    );
    async function* failing() {
      yield { title: "a" };
      throw new Error("the source broke");
    }
    await expect(Post.copyFrom(failing())).rejects.toThrow(/^the source broke$/);
    async function* reading() {
      yield { title: "a" };
      yield { title: `${await Post.count()} posts` };
    }
    expect(await Post.copyFrom(reading())).toBe(2);
    expect(await Post.where({}).deleteAll()).toBe(2);
    // On one connection the two would wait for each other for ever.
    await transaction(async () => {
      await Post.createMany([{ title: "kept" }]);
      const copy = transaction(() => Post.copyFrom(reading()));
      await expect(copy).rejects.toThrow(/rows of copyFrom\(\) ask for something/);
      expect(await Post.pluck("title")).toEqual(["kept"]);
      expect(await Post.where({}).deleteAll()).toBe(1);
    });
    await expect(Post.copyFrom([{ title: "x", views: "abc" as never }])).rejects.toThrow(
      /row 1, "views"/,
    );
    expect(await Post.count()).toBe(0);
    await transaction(async () => {
      await Post.copyFrom([{ title: "in a transaction" }]);
      expect(await Post.count()).toBe(1);
      throw new Error("back");
    }).catch(() => {});
    expect(await Post.count()).toBe(0);
  });
});

test("rows with different keys come back in the order they were given", async () => {
  await Tag.where({}).deleteAll();
  const names = Array.from({ length: 50 }, (_, index) => `ordered ${index}`);
  const rows = names.map((name, index) => (index % 3 === 0 ? { name } : { name, active: false }));
  expect((await Tag.createMany(rows)).map(({ name }) => name)).toEqual(names);
  const again = await Tag.upsertAll([{ name: "new", active: true }, ...rows], {
    conflict: { columns: ["name"] },
  });
  expect(again.map(({ name }) => name)).toEqual(["new", ...names]);
  const added = await Tag.createMany([...rows, { name: "newer" }], { conflict: "ignore" });
  expect(added.map(({ name }) => name)).toEqual(["newer"]);
  await Tag.where({}).deleteAll();
});

test("a partial unique index goes by its name too, ten times on a connection", async () => {
  const share = { resourceType: "page", resourceId: 7, userId: 7, sourceShareId: 1n };
  for (let turn = 0; turn < 10; turn++) {
    const [row] = await Share.upsertAll([{ ...share, level: `level ${turn}` }], {
      conflict: { constraint: "shares_inherited_unique" },
    });
    expect(row?.level).toBe(`level ${turn}`);
  }
  expect(await Share.where({ resourceId: 7 }).count()).toBe(1);
  for (const constraint of ["__proto__", "constructor", "toString"]) {
    const none = Share.upsertAll([share], { conflict: { constraint } });
    await expect(none).rejects.toThrow(`constraint "${constraint}"`);
  }
});

test("tables with json columns survive DISTINCT and UNION", async () => {
  await Page.createMany([{ title: "a", meta: { a: 1 } }, { title: "b" }]);
  expect(await Page.where({ meta: { a: 1 } }).count()).toBe(1);
  expect(
    await Page.where({ id: 1 })
      .unionAll(Page.where({ id: 2 }))
      .count(),
  ).toBe(2);
});
