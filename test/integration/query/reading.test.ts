/** Queries against real rows: what conditions mean, and what terminals give. */
import { beforeAll, describe, expect, test } from "bun:test";
import {
  Model,
  type Order,
  op,
  QueryError,
  query,
  SUBQUERY,
  sql,
  transaction,
} from "../../../src/index";
import { blogDatabase } from "../../support/blog";
import {
  Membership,
  Page,
  Post,
  Profile,
  registerTestModels,
  Share,
  Tag,
  Tagging,
  User,
} from "../../support/models";

const blog = blogDatabase();

beforeAll(async () => {
  registerTestModels();
  await User.createMany(
    [
      {
        name: "Alice",
        email: "alice@example.com",
        age: 30,
        score: "1.50",
        tags: ["a", "b"],
        settings: { theme: "dark", n: 5 },
      },
      { name: "Bob", email: "bob@example.com", age: null, score: "2", tags: [], settings: [1, 2] },
      {
        name: "100% Carl_",
        email: "carl@example.com",
        age: 40,
        active: false,
        tags: ["c"],
        settings: "text",
      },
      {
        name: "1005 Dora\\",
        email: "dora@example.com",
        age: 50,
        active: false,
        settings: null as never,
      },
    ].map((row) => ({ ...row, settings: row.settings ?? {} })),
  );
  await Post.createMany([
    { title: "first", userId: 1, views: 10 },
    { title: "second", userId: 1, views: 20 },
    { title: "third", userId: 2, views: 30 },
    { title: "orphan", views: 40 },
  ]);
  await Profile.createMany([{ userId: 1, bio: "x" }]);
  await Membership.createMany([
    { userId: 1, orgId: 1, title: "a" },
    { userId: 1, orgId: 2, title: "b" },
    { userId: 2, orgId: 1, title: "c" },
  ]);
});

const names = async (users: PromiseLike<User[]>) => (await users).map(({ name }) => name).sort();

describe("conditions", () => {
  const cases: [string, () => PromiseLike<User[]>, string[]][] = [
    ["scalar", () => User.where({ name: "Alice" }), ["Alice"]],
    ["null", () => User.where({ age: null }), ["Bob"]],
    ["null inside a list", () => User.where({ age: [30, null] }), ["Alice", "Bob"]],
    [
      "not_in with null",
      () => User.where({ age: { not_in: [30, null] } }),
      ["100% Carl_", "1005 Dora\\"],
    ],
    ["ne leaves NULL out", () => User.where({ age: { ne: 30 } }), ["100% Carl_", "1005 Dora\\"]],
    ["not keeps NULL", () => User.whereNot({ age: 30 }), ["100% Carl_", "1005 Dora\\", "Bob"]],
    ["between", () => User.where({ age: { between: [30, 40] } }), ["100% Carl_", "Alice"]],
    ["contains takes % literally", () => User.where({ name: { contains: "0%" } }), ["100% Carl_"]],
    ["starts_with takes _ literally", () => User.where({ name: { starts_with: "_" } }), []],
    [
      "ends_with takes \\ literally",
      () => User.where({ name: { ends_with: "\\" } }),
      ["1005 Dora\\"],
    ],
    [
      "numeric as text, number or integer",
      () => User.where({ score: ["1.5", "2.00"] }),
      ["Alice", "Bob"],
    ],
    ["array equality", () => User.where({ tags: ["a", "b"] }), ["Alice"]],
    ["empty array", () => User.where({ tags: [] }), ["1005 Dora\\", "Bob"]],
    ["array contains", () => User.where({ tags: { contains: ["b"] } }), ["Alice"]],
    [
      "array overlaps",
      () => User.where({ tags: { overlaps: ["b", "c"] } }),
      ["100% Carl_", "Alice"],
    ],
    [
      "array contained_by",
      () => User.where({ tags: { contained_by: ["a", "b"] } }),
      ["1005 Dora\\", "Alice", "Bob"],
    ],
    [
      "list of arrays",
      () => User.where({ tags: { in: [["a", "b"], ["c"]] } }),
      ["100% Carl_", "Alice"],
    ],
    ["json object literal", () => User.where({ settings: { n: 5, theme: "dark" } }), ["Alice"]],
    ["json array literal", () => User.where({ settings: [1, 2] }), ["Bob"]],
    ["json string literal", () => User.where({ settings: "text" }), ["100% Carl_"]],
    [
      "json that looks like an operator is a literal",
      () => User.where({ settings: { eq: 5 } }),
      [],
    ],
    [
      "json containment",
      () => User.where({ settings: op({ contains: { theme: "dark" } }) }),
      ["Alice"],
    ],
    ["json path", () => User.where({ settings: op({ matches: "$.n ? (@ > 4)" }) }), ["Alice"]],
    ["full text", () => User.where({ name: { matches: "alice" } }), ["Alice"]],
    [
      "or",
      () => User.where({ or: [{ name: "Alice" }, { age: { gte: 50 } }] }),
      ["1005 Dora\\", "Alice"],
    ],
    ["some", () => User.where({ posts: { some: { views: { gt: 15 } } } }), ["Alice", "Bob"]],
    ["none", () => User.where({ posts: { none: {} } }), ["100% Carl_", "1005 Dora\\"]],
    ["every", () => User.where({ posts: { some: {}, every: { views: { gt: 15 } } } }), ["Bob"]],
    ["whereMissing", () => User.whereMissing("profile"), ["100% Carl_", "1005 Dora\\", "Bob"]],
    [
      "raw OR cannot escape",
      () => User.where({ active: true }).whereRaw("age = 40 OR age = 30"),
      ["Alice"],
    ],
    [
      "subquery",
      () => User.where({ id: Post.select("userId").where({ title: "third" }) }),
      ["Bob"],
    ],
    [
      "subquery under ne",
      () =>
        User.where({ active: true, id: { ne: Post.select("userId").where({ title: "third" }) } }),
      ["Alice"],
    ],
  ];
  for (const [name, run, expected] of cases) {
    test(name, async () => expect(await names(run())).toEqual(expected));
  }

  test("a foreign subquery by protocol", async () => {
    const foreign = {
      [SUBQUERY]: () => ({ sql: "SELECT id FROM users WHERE age > $1", values: [45] }),
    };
    expect(await names(User.where({ active: false, id: foreign as never }))).toEqual([
      "1005 Dora\\",
    ]);
  });

  test("timestamps match by millisecond, though the column has microseconds", async () => {
    const user = await User.findBy({ name: "Alice" });
    const at = user?.createdAt as Date;
    expect(await User.where({ createdAt: at }).exists({ name: "Alice" })).toBe(true);
    expect(await User.where({ createdAt: [at] }).exists({ name: "Alice" })).toBe(true);
    expect(await User.where({ createdAt: { ne: at } }).exists({ name: "Alice" })).toBe(false);
    expect(
      await User.where({ createdAt: new Date(at.getTime() - 1) }).exists({ name: "Alice" }),
    ).toBe(false);
  });

  test("a timestamp condition can use an index", async () => {
    await transaction(async () => {
      await query("CREATE INDEX ON posts (created_at)");
      await query("SET LOCAL enable_seqscan = off");
      const plan = await Post.where({ createdAt: new Date() }).explain();
      expect(plan).toContain("Index");
      expect(plan).not.toContain("Seq Scan");
    });
  });

  test("70,000 values in a list", async () => {
    const ids = Array.from({ length: 70_000 }, (_, index) => index + 1);
    expect(await User.where({ id: ids }).count()).toBe(4);
    expect(await User.where({ id: { not_in: ids } }).count()).toBe(0);
  });
});

describe("terminals", () => {
  test("first goes by primary key, last turns the order round", async () => {
    expect((await User.first())?.id).toBe(1);
    expect((await User.last())?.id).toBe(4);
    expect((await User.order({ age: "ASC" }).last())?.name).toBe("Bob");
    expect((await User.order({ age: "ASC NULLS FIRST" }).last())?.name).toBe("1005 Dora\\");
    expect((await User.order(sql`length(name) DESC`).last())?.name).toBe("Bob");
    expect((await User.order({ id: "ASC" }).limit(2).last())?.id).toBe(2);
    expect((await User.order({ id: "ASC" }).offset(1).limit(2).first())?.id).toBe(2);
    expect(await User.where({ id: -1 }).first()).toBeNull();
  });

  test("sole", async () => {
    expect((await User.where({ name: "Bob" }).sole()).id).toBe(2);
    await expect(User.where({ id: -1 }).sole()).rejects.toThrow(
      /User with primary key \(sole\) not found/,
    );
    await expect(User.all().sole()).rejects.toThrow("sole() found more than one User.");
  });

  test("find: one, many in the order asked for, missing", async () => {
    expect((await User.find(2)).name).toBe("Bob");
    expect((await User.find("2")).name).toBe("Bob");
    expect((await User.find([3, 1])).map(({ id }) => id)).toEqual([3, 1]);
    expect(await User.find([])).toEqual([]);
    await expect(User.find([1, 99])).rejects.toThrow("User with primary key 99 not found");
    await expect(User.find(null as never)).rejects.toThrow("User with primary key null not found");
    await expect(User.where({ active: false }).find(1)).rejects.toThrow("not found");
  });

  test("composite keys are used whole", async () => {
    expect((await Membership.find([1, 2])).title).toBe("b");
    expect((await Membership.find({ orgId: 1, userId: 2 })).title).toBe("c");
    expect(
      (
        await Membership.find([
          [2, 1],
          [1, 1],
        ])
      ).map(({ title }) => title),
    ).toEqual(["c", "a"]);
    expect(await Membership.all().ids()).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
    await expect(Membership.find(1 as never)).rejects.toThrow('expects all of "userId", "orgId"');
    expect((await Membership.last())?.title).toBe("c");
  });

  test("count honours limit, offset and distinct", async () => {
    expect(await User.count()).toBe(4);
    expect(await User.limit(2).count()).toBe(2);
    expect(await User.offset(3).count()).toBe(1);
    expect(await Post.select("userId").distinct().count()).toBe(3);
    expect(await Post.joins("author").count()).toBe(3);
    expect(await User.limit(0).exists()).toBe(false);
    expect(await User.offset(4).exists()).toBe(false);
  });

  test("pluck gives values as a record has them", async () => {
    expect(await User.order({ id: "ASC" }).limit(1).pluck("visits")).toEqual([0n]);
    expect(await User.order({ id: "ASC" }).limit(1).pluck("id", "score", "settings")).toEqual([
      [1, "1.50", { theme: "dark", n: 5 }],
    ]);
    expect(await User.pick("name", "age")).toEqual(["Alice", 30]);
    expect(await User.where({ id: -1 }).pick("name")).toBeNull();
    expect((await Post.distinct().pluck("userId")).length).toBe(3);
    expect(await User.where({ id: 1 }).pluck(sql`upper(name)`)).toEqual(["ALICE"]);
  });

  test("select gives records with those columns only", async () => {
    const user = await User.all().select("id", { letters: sql<number>`length(name)` }).first();
    expect(Object.keys(user ?? {})).toEqual(["id", "letters"]);
    expect(user?.letters).toBe(5);
    expect(user?.isNewRecord).toBe(false);
  });

  test("distinct works on tables with json", async () => {
    await Page.createMany([
      { title: "a", meta: { x: 1 } },
      { title: "b", meta: { x: 1 } },
    ]);
    expect((await Page.select("meta").distinct()).length).toBe(1);
    expect(await Page.distinct().count()).toBe(2);
  });

  test("distinctOn, union, withCount", async () => {
    const newest = await Post.where({ userId: [1, 2] })
      .distinctOn("userId")
      .order({ userId: "ASC", views: "DESC" });
    expect(newest.map(({ title }) => title)).toEqual(["second", "third"]);
    const both = User.where({ name: "Alice" })
      .union(User.where({ active: true }))
      .order({ id: "DESC" });
    expect((await both).map(({ name }) => name)).toEqual(["Bob", "Alice"]);
    expect(await both.count()).toBe(2);
    expect(
      await User.where({ name: "Bob" })
        .unionAll(User.where({ name: "Bob" }))
        .count(),
    ).toBe(2);
    const counted = await User.order({ id: "ASC" }).withCount("posts");
    expect(counted.map(({ postsCount }) => postsCount)).toEqual([2, 1, 0, 0]);
  });

  test("joins find columns of the right table", async () => {
    const posts = await Post.joins("author")
      .where({ createdAt: { lt: new Date(Date.now() + 1000) } })
      .where(sql`users.name = ${"Alice"}`)
      .order({ id: "ASC" });
    expect(posts.map(({ title }) => title)).toEqual(["first", "second"]);
    expect(await Post.leftJoins("author").where(sql`users.id IS NULL`).pluck("title")).toEqual([
      "orphan",
    ]);
    expect(await User.joins("posts.author").distinct().count()).toBe(2);
  });

  test("for await, catch and finally", async () => {
    const seen: number[] = [];
    for await (const user of User.order({ id: "ASC" })) seen.push(user.id);
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(await User.whereRaw("nonsense").catch(() => "caught")).toBe("caught");
    let done = false;
    await User.all().finally(() => {
      done = true;
    });
    expect(done).toBe(true);
  });

  test("paginate reaches every row once, forwards and backwards, over NULLs and equal values", async () => {
    await Tag.createMany(
      Array.from({ length: 25 }, (_, index) => ({ name: `t${index}`, active: index % 3 > 0 })),
    );
    const orders: [Order<Tag>, Order<Tag>][] = [
      [{ active: "ASC" }, { active: "ASC", id: "ASC" }],
      [{ active: "DESC" }, { active: "DESC", id: "DESC" }],
      [{ name: "DESC" }, { name: "DESC" }],
    ];
    for (const [order, whole] of orders) {
      const expected = await Tag.order(whole).pluck("id");
      const seen: string[] = [];
      let page = await Tag.order(order).paginate({ first: 4 });
      expect(page.previous).toBeNull();
      for (;;) {
        seen.push(...page.records.map(({ id }) => id));
        if (page.next === null) break;
        page = await Tag.order(order).paginate({ first: 4, after: page.next });
      }
      expect(seen).toEqual(expected);
      const before = await Tag.order(order).paginate({ last: 7, before: page.previous });
      expect(before.records.map(({ id }) => id)).toEqual(expected.slice(17, 24));
      expect(before.next).not.toBeNull();
    }
    const ages: (number | null)[] = [];
    let cursor: string | null = null;
    do {
      const page: { records: User[]; next: string | null } = await User.order({
        age: "DESC",
      }).paginate({ first: 1, after: cursor });
      ages.push(...page.records.map(({ age }) => age));
      cursor = page.next;
    } while (cursor);
    expect(ages).toEqual([null, 50, 40, 30]);
  });
});

describe("raw", () => {
  test("findBySql gives whole records, with virtuals for other values", async () => {
    const [user] = await User.findBySql("SELECT *, 7 AS lucky FROM users WHERE id = $1", [1]);
    expect(user?.settings).toEqual({ theme: "dark", n: 5 });
    expect((user as unknown as { lucky: number }).lucky).toBe(7);
    expect(user?.changed()).toBe(false);
    await expect(User.findBySql("SELECT id, 1 AS save FROM users")).rejects.toThrow(
      /"save", which is a member/,
    );
  });

  test("query gives plain objects, in the transaction around it", async () => {
    expect(
      await query<{ total: number }>("SELECT count(*)::int AS total FROM users WHERE active = $1", [
        true,
      ]),
    ).toEqual([{ total: 2 }]);
    await transaction(async () => {
      await query("CREATE TEMP TABLE only_here (x int) ON COMMIT DROP");
      expect(await query(sql`SELECT count(*)::int AS n FROM ${sql.id("only_here")}`)).toEqual([
        { n: 0 },
      ]);
    });
  });

  test("the sql tag composes, and binds everything", async () => {
    const older = sql`age > ${35}`;
    const either = sql`(${older} OR name IN (${sql.list(["Alice", "x'; DROP TABLE users; --"])}))`;
    expect(await names(User.where(either))).toEqual(["100% Carl_", "1005 Dora\\", "Alice"]);
    expect(await User.count()).toBe(4);
  });

  test("an error tells the statement, the code and the model", async () => {
    const error = await failure();
    expect(error.message).toContain('column "nope" does not exist [42703] (User)');
    expect(error.message).toContain('FROM "users" WHERE (nope = 1)');
    expect(error.sqlState).toBe("42703");
    expect(error.stack).toContain("reading.test.ts");

    async function failure() {
      try {
        await User.whereRaw("nope = 1");
      } catch (caught) {
        if (caught instanceof QueryError) return caught;
      }
      throw new Error("The query did not fail.");
    }
  });
});

test("tables with composite keys and join tables", async () => {
  const [tag] = await Tag.limit(1);
  await Tagging.create({ postId: 1, tagId: tag?.id ?? "", position: 3 });
  expect(
    await Post.where({ taggings: { some: { tag: { is: { id: tag?.id ?? "" } } } } }).pluck("title"),
  ).toEqual(["first"]);
  expect(await Share.count()).toBe(0);
  expect(blog.url).toContain("postgres");
});

test("text keys keep their case, uuids do not", async () => {
  await query("CREATE TABLE codes (code text PRIMARY KEY)");
  class Code extends Model({
    tableName: "codes",
    columns: { code: { type: "text", nullable: false, columnName: "code" } },
    primaryKey: ["code"],
    indexes: {},
    foreignKeys: {},
    rowClass: class {
      declare code: string;
    },
  } as const) {}
  await Code.createMany([{ code: "a" }, { code: "A" }]);
  expect((await Code.find(["A", "a"])).map(({ code }) => code)).toEqual(["A", "a"]);
  const [tag] = await Tag.limit(1);
  expect((await Tag.find([tag?.id.toUpperCase() ?? ""])).length).toBe(1);
});
