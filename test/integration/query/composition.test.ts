/** Verbs after verbs: each result is compared with SQL written by hand. */
import { beforeAll, describe, expect, test } from "bun:test";
import { type QueryBuilder, QueryError, query, sql } from "../../../src/index";
import { blogDatabase } from "../../support/blog";
import { Page, Post, registerTestModels, User } from "../../support/models";

const blog = blogDatabase();

beforeAll(async () => {
  registerTestModels();
  await blog.sql.unsafe(`
    INSERT INTO users (name, email, active, age)
      SELECT 'u' || n, 'u' || n || '@x', n % 2 = 0, CASE WHEN n % 3 > 0 THEN n END FROM generate_series(1, 10) n;
    INSERT INTO posts (title, user_id, views)
      SELECT 't' || n % 4, CASE WHEN n % 5 > 0 THEN 1 + n % 4 END, n % 3 FROM generate_series(1, 24) n;
    INSERT INTO pages (title, meta, parent_id)
      SELECT 'p' || n, '{"a": 1, "b": [2]}', CASE WHEN n > 1 THEN n / 2 END FROM generate_series(1, 7) n`);
});

/** The values of the first column of a statement. */
async function column(text: string): Promise<unknown[]> {
  const rows: unknown[][] = await blog.sql.unsafe(text).values();
  return rows.map(([value]) => value);
}

const ids = async (rows: PromiseLike<{ id: number }[]>) =>
  (await rows).map(({ id }) => id).sort((a, b) => a - b);

const sorted = async (text: string) => (await column(`${text} ORDER BY 1`)) as number[];

describe("not", () => {
  test("of an object: not all of it holds", async () => {
    expect(await ids(User.where({ not: { active: true, age: 2 } }))).toEqual(
      await sorted("SELECT id FROM users WHERE (active AND age = 2) IS DISTINCT FROM TRUE"),
    );
  });

  test("of a list: none of them holds", async () => {
    expect(await ids(User.where({ not: [{ active: true }, { age: 1 }, {}] }))).toEqual(
      await sorted(
        "SELECT id FROM users WHERE active IS DISTINCT FROM TRUE AND age IS DISTINCT FROM 1",
      ),
    );
  });

  test("in groups, with null in lists", async () => {
    const conditions = {
      or: [
        { and: [{ not: { age: { gt: 5 } } }, { active: true }] },
        { age: { not_in: [1, null] } },
        { or: [] },
      ],
    };
    expect(await ids(User.where(conditions))).toEqual(
      await sorted(`SELECT id FROM users WHERE ((age > 5) IS DISTINCT FROM TRUE AND active)
        OR (age NOT IN (1) AND age IS NOT NULL)`),
    );
  });
});

describe("subqueries", () => {
  test("a NULL among the values does not make not_in match nothing", async () => {
    const without = await sorted(
      "SELECT id FROM users u WHERE NOT EXISTS (SELECT 1 FROM posts p WHERE p.user_id = u.id)",
    );
    expect(without.length).toBeGreaterThan(0);
    const owners = Post.select("userId");
    expect(await ids(User.where({ id: { not_in: owners } }))).toEqual(without);
    expect(await ids(User.where({ id: { not_in: owners.limit(1000) } }))).toEqual(without);
    expect(await ids(User.where({ id: { not_in: owners.distinct() } }))).toEqual(without);
    const computed = Post.select({ owner: sql<number>`nullif(user_id, -1)` });
    expect(await ids(User.where({ id: { not_in: computed } }))).toEqual(without);
    expect((await User.where({ id: { not_in: User.none() } })).length).toBe(10);
  });

  test("inside an sql fragment, with or without parentheses", async () => {
    const owners = Post.where({ views: 1 }).select("userId");
    const wanted = await sorted(
      "SELECT id FROM users WHERE id IN (SELECT user_id FROM posts WHERE views = 1)",
    );
    expect(await ids(User.where(sql`id IN ${owners}`))).toEqual(wanted);
    expect(await ids(User.where(sql`id IN (${owners})`))).toEqual(wanted);
    expect(await ids(User.where(sql`id = ANY ( ${owners} ) AND true`))).toEqual(wanted);
    const oldest = User.order({ age: "DESC NULLS LAST" }).limit(1).select("name");
    const [row] = await query<{ up: string; there: boolean }>(
      sql`SELECT upper(${oldest}) AS up, EXISTS (${owners}) AS there`,
    );
    expect(row).toEqual({ up: "U10", there: true });
  });
});

describe("union", () => {
  test("of rows with json", async () => {
    const both = Page.where({ id: 1 }).union(Page.where({ id: [1, 2] }));
    expect((await both.order({ id: "ASC" })).map(({ id, meta }) => [id, meta])).toEqual([
      [1, { a: 1, b: [2] }],
      [2, { a: 1, b: [2] }],
    ]);
    expect(await both.where({ meta: { b: [2], a: 1 } }).count()).toBe(2);
    expect(
      await Page.where({ id: 1 })
        .unionAll(Page.where({ id: 1 }))
        .count(),
    ).toBe(2);
  });

  test("then joins, limits, writes", async () => {
    const union = Post.where({ id: [1, 2] }).union(Post.where({ id: [2, 3] }));
    expect(await ids(union.joins("author").where(sql`users.name = 'u2'`))).toEqual(
      await sorted(
        "SELECT p.id FROM posts p JOIN users u ON u.id = p.user_id WHERE p.id <= 3 AND u.name = 'u2'",
      ),
    );
    expect(await union.limit(1).updateAll({ body: "one" })).toBe(1);
  });
});

describe("joins", () => {
  const inner = "SELECT p.id FROM posts p JOIN users u ON u.id = p.user_id";

  test("joins() after leftJoins() of the same association drops rows without a match", async () => {
    const wanted = await sorted(inner);
    expect(wanted.length).toBeLessThan(24);
    expect(await ids(Post.leftJoins("author").joins("author"))).toEqual(wanted);
    expect(await ids(Post.joins("author").leftJoins("author"))).toEqual(wanted);
    expect(await ids(Post.leftJoins("author.profile").joins("author"))).toEqual(wanted);
  });

  test("merge() joins what both join once", async () => {
    const added = Post.joins("author").where(sql`users.active`);
    const wanted = await sorted(`${inner} WHERE u.active`);
    expect(await ids(Post.joins("author").merge(added))).toEqual(wanted);
    expect(await ids(Post.leftJoins("author").merge(added))).toEqual(wanted);
    const raw = Post.joins(sql`JOIN users u ON u.id = posts.user_id AND u.age < ${4}`);
    expect(await ids(raw.merge(raw))).toEqual(await sorted(`${inner} AND u.age < 4`));
  });

  test("updateAll() with a value made of a joined table is refused with the remedy", async () => {
    const update = Post.joins("author").updateAll({ body: sql`users.name` });
    const error = await update.then(String, (caught: unknown) => caught);
    expect(error).toBeInstanceOf(QueryError);
    expect(String(error)).toContain("cannot name joined tables");
    const name = sql`(SELECT users.name FROM users WHERE users.id = posts.user_id)`;
    expect(await Post.joins("author").updateAll({ body: name })).toBe((await sorted(inner)).length);
  });
});

describe("first, last and pick", () => {
  const newest = `SELECT DISTINCT ON (user_id) id FROM posts WHERE user_id IS NOT NULL
    ORDER BY user_id, views DESC, id`;
  const each = () => Post.where({ userId: { ne: null } }).distinctOn("userId");
  const ordered = () => each().order({ userId: "ASC", views: "DESC", id: "ASC" });

  test("of DISTINCT ON", async () => {
    const wanted = await column(newest);
    expect((await ordered()).map(({ id }) => id as unknown)).toEqual(wanted);
    expect((await ordered().first())?.id).toBe(wanted[0] as number);
    expect((await ordered().last())?.id).toBe(wanted.at(-1) as number);
    expect((await each().first())?.userId).toBe(1);
    expect((await each().last())?.userId).toBe(4);
    expect(await ordered().limit(2).updateAll({ body: "first" })).toBe(2);
    expect(await sorted("SELECT id FROM posts WHERE body = 'first'")).toEqual(
      (wanted.slice(0, 2) as number[]).sort((a, b) => a - b),
    );
  });

  test("of DISTINCT without the key", async () => {
    const titles = Post.select("title").distinct();
    expect((await titles.first())?.title).toBe("t0");
    expect((await titles.last())?.title).toBe("t3");
    expect(await Post.distinct().pick("title")).toBe("t0");
    expect(await Post.distinct().order({ title: "DESC" }).pick("title", "userId")).toEqual([
      "t3",
      expect.anything(),
    ]);
  });

  test("limit(0) is no row", async () => {
    expect(await User.limit(0).pick("name")).toBeNull();
    expect(await User.limit(0).first()).toBeNull();
    expect(await User.limit(0).last()).toBeNull();
  });

  test("pick() takes sql", async () => {
    expect(await User.order({ id: "ASC" }).pick(sql<string>`upper(name)`)).toBe("U1");
  });
});

describe("find", () => {
  test("looks among the rows that limit() and the like choose", async () => {
    const two = User.order({ id: "ASC" }).limit(2);
    expect((await two.find(2)).id).toBe(2);
    await expect(two.find(3)).rejects.toThrow("User with primary key 3 not found");
    expect((await User.order({ id: "ASC" }).offset(2).find(3)).id).toBe(3);
    await expect(two.find([1, 3])).rejects.toThrow("User with primary key 3 not found");
    expect((await two.find([2, 1])).map(({ id }) => id)).toEqual([2, 1]);
    await expect(User.none().find([1])).rejects.toThrow("User with primary key 1 not found");
  });

  test("of several keys needs none of them selected", async () => {
    const found = await User.select("name").find([2, 1]);
    expect(found.map((user) => ({ ...user }))).toEqual([{ name: "u2" }, { name: "u1" }] as never);
  });
});

describe("paginate", () => {
  async function pages(query: QueryBuilder<User>) {
    const found: number[] = [];
    let after: string | null | undefined;
    do {
      const page = await query.paginate({ first: 2, after });
      found.push(...page.records.map(({ id }) => id));
      after = page.next;
    } while (after);
    return found;
  }

  test("over joins that multiply gives each row once, on whatever page", async () => {
    const wanted = await column(
      "SELECT DISTINCT u.id FROM users u JOIN posts p ON p.user_id = u.id ORDER BY u.id DESC",
    );
    expect((await pages(User.joins("posts").order({ id: "DESC" }))) as unknown[]).toEqual(wanted);
    expect(
      (await pages(User.joins("posts").distinct().order({ id: "DESC" }))) as unknown[],
    ).toEqual(wanted);
  });

  test("keeps values that a join to one record computes", async () => {
    const { records } = await Post.joins("author")
      .select("id", { by: sql<string>`users.name` })
      .order({ id: "ASC" })
      .paginate({ first: 2 });
    expect(records.map(({ by }) => by)).toEqual(["u2", "u3"]);
  });
});

test("select() keeps what other verbs compute", async () => {
  const [user] = await User.withCount("posts").select("id").order({ id: "ASC" }).limit(2);
  expect(Object.keys(user ?? {})).toEqual(["id", "postsCount"]);
  const walk = Page.where({ id: 1 }).descendants({ via: "parentId", depth: true, path: true });
  const [page] = await walk.select("title").where({ id: 4 });
  expect({ ...page }).toEqual({ title: "p4", depth: 2, path: [1, 2, 4] } as never);
  const again = User.select("id", "name", { twice: sql<number>`id * 2` }).select("name");
  expect(Object.keys((await again.first()) ?? {})).toEqual(["name", "twice"]);
  const owners = User.withCount("posts")
    .where({ id: [1, 2] })
    .select("id");
  expect(await Post.where({ userId: owners }).count()).toBe(
    (await sorted("SELECT id FROM posts WHERE user_id IN (1, 2)")).length,
  );
});

test("count() of the first rows by a computed value", async () => {
  const query = User.withCount("posts").order(sql`"postsCount" DESC`).limit(3);
  expect(await query.count()).toBe(3);
  expect((await query.first())?.postsCount).toBe(5);
});

test("after none() the statement that is shown says so", async () => {
  expect(User.where({ id: 1 }).none().toSQL().text).toEndWith('FROM "users" WHERE FALSE');
  expect(await User.none().explain()).toContain("One-Time Filter: false");
});
