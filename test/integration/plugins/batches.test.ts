/** Walks in batches: every row once, in order, whatever happens to the table meanwhile. */
import { beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  connect,
  disconnect,
  isInTransaction,
  QueryError,
  sql,
  transaction,
} from "../../../src/index";
import { blogDatabase } from "../../support/blog";
import { Membership, Order, Page, Post, registerPluginModels, User } from "./models";

const blog = blogDatabase();
beforeAll(registerPluginModels);

beforeEach(async () => {
  await blog.clean();
  // Twenty posts: five share each moment, to the microsecond; every fourth has none in publishedAt.
  await blog.sql.unsafe(`
    INSERT INTO users (name, email) VALUES ('ann', 'a@x'), ('bob', 'b@x');
    INSERT INTO posts (title, user_id, views, published_at, created_at)
    SELECT 'p' || n, 1 + n % 2, n % 3, CASE WHEN n % 4 > 0 THEN '2024-01-01'::timestamptz + n % 4 * interval '1 us' END,
      '2024-01-01'::timestamptz + n / 5 * interval '1 us' FROM generate_series(1, 20) n`);
});

async function collect<Item, Value>(items: AsyncIterable<Item>, value: (item: Item) => Value) {
  const list: Value[] = [];
  for await (const item of items) list.push(value(item));
  return list;
}
const idOf = ({ id }: { id: number }) => id;
const all = Array.from({ length: 20 }, (_, index) => index + 1);

describe("findEach and findInBatches", () => {
  test("by primary key, in batches", async () => {
    expect(await collect(Post.all().findEach({ batchSize: 3 }), idOf)).toEqual(all);
    const sizes = await collect(
      Post.all().findInBatches({ batchSize: 8 }),
      (batch) => batch.length,
    );
    expect(sizes).toEqual([8, 8, 4]);
    expect(
      await collect(Post.where({ id: { gt: 5 } }).findInBatches({ batchSize: 5 }), (batch) =>
        batch.map(idOf),
      ),
    ).toEqual([
      [6, 7, 8, 9, 10],
      [11, 12, 13, 14, 15],
      [16, 17, 18, 19, 20],
    ]);
    expect(await collect(Post.where({ id: 99 }).findEach(), idOf)).toEqual([]);
    expect(await collect(Post.all().none().findEach(), idOf)).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["equal moments", { createdAt: "ASC" }, "created_at ASC, id ASC"],
    ["equal moments, downwards", { createdAt: "DESC" }, "created_at DESC, id DESC"],
    ["nulls last", { publishedAt: "ASC" }, "published_at ASC, id ASC"],
    ["nulls first", { publishedAt: "DESC" }, "published_at DESC, id DESC"],
    [
      "nulls last, downwards",
      { publishedAt: "DESC NULLS LAST" },
      "published_at DESC NULLS LAST, id DESC",
    ],
    [
      "nulls first, upwards",
      { publishedAt: "ASC NULLS FIRST" },
      "published_at ASC NULLS FIRST, id ASC",
    ],
    [
      "several, mixed",
      { views: "DESC", publishedAt: "ASC", title: "DESC" },
      "views DESC, published_at ASC, title DESC, id DESC",
    ],
  ])("any order: %s", async (_name, order, orderBy) => {
    const expected = (await blog.sql.unsafe(`SELECT id FROM posts ORDER BY ${orderBy}`)).map(idOf);
    for (const batchSize of [1, 3, 7, 20, 50]) {
      expect(await collect(Post.all().findEach({ batchSize, order }), idOf)).toEqual(expected);
      expect(await collect(Post.order(order).findEach({ batchSize }), idOf)).toEqual(expected);
      const pages = Post.all().inBatches({ batchSize, order });
      const ids: number[] = [];
      for await (const batch of pages) ids.push(...(await batch.toArray()).map(idOf));
      expect([...ids].sort((a, b) => a - b)).toEqual(all);
    }
  });

  test("where NULLs come last, values and NULLs are asked for apart, as an index serves them", async () => {
    const sizes: number[] = [];
    const found: number[] = [];
    const statements: string[] = [];
    await disconnect();
    await connect(blog.url, { onQuery: ({ text }) => statements.push(text) });
    const order = { publishedAt: "ASC" } as const;
    for await (const batch of Post.all().findInBatches({ batchSize: 6, order })) {
      sizes.push(batch.length);
      found.push(...batch.map(idOf));
    }
    expect(sizes).toEqual([6, 6, 6, 2]);
    const rows = await blog.sql`SELECT id FROM posts ORDER BY published_at, id`;
    expect(found).toEqual(rows.map(idOf));
    const after = statements.filter((text) => text.includes('("published_at", "id") > ('));
    expect(after.length).toBe(2);
    const empty = statements.filter((text) => text.includes('AND "published_at" IS NULL ORDER'));
    expect(empty.length).toBe(1);
  });

  test("an order of the query and one of the walk follow each other", async () => {
    const expected = (await blog.sql.unsafe("SELECT id FROM posts ORDER BY views, id DESC")).map(
      idOf,
    );
    const walk = Post.order({ views: "ASC" }).findEach({ batchSize: 4, order: { id: "DESC" } });
    expect(await collect(walk, idOf)).toEqual(expected);
  });

  test("limit, offset and select are respected", async () => {
    expect(
      await collect(Post.order({ id: "DESC" }).limit(3).findEach({ batchSize: 2 }), idOf),
    ).toEqual([20, 19, 18]);
    expect(
      await collect(Post.order({ id: "ASC" }).limit(5).offset(2).findEach({ batchSize: 2 }), idOf),
    ).toEqual([3, 4, 5, 6, 7]);
    expect(await collect(Post.all().offset(18).findEach({ batchSize: 1 }), idOf)).toEqual([19, 20]);
    expect(await collect(Post.limit(0).findEach(), idOf)).toEqual([]);
    const titles = await collect(Post.select("title").findEach({ batchSize: 3 }), (post) => post);
    expect(titles.map(({ title }) => title)).toEqual(all.map((id) => `p${id}`));
    expect(titles[0]?.toJSON()).toEqual({ __typename: "Post", title: "p1" });
    const computed = Post.all().select("id", { shout: sql<string>`upper(title)` }).findEach({
      batchSize: 9,
    });
    expect((await collect(computed, ({ shout }) => shout)).at(-1)).toBe("P20");
  });

  test("joins, distinct and union give each record once", async () => {
    await blog.sql.unsafe(
      "INSERT INTO orders (user_id, total) SELECT 1, n FROM generate_series(1, 5) n",
    );
    const query = User.joins("orders").where({ name: "ann" });
    expect(await collect(query.findEach({ batchSize: 2 }), idOf)).toEqual([1]);
    expect(await collect(User.joins("posts").findEach({ batchSize: 1 }), idOf)).toEqual([1, 2]);
    expect(await collect(User.joins("posts").distinct().limit(1).findEach(), idOf)).toEqual([1]);
    expect(
      await collect(
        Post.all().distinctOn("views").findEach({ batchSize: 2 }),
        ({ views }) => views,
      ),
    ).toHaveLength(3);
    expect(
      await collect(User.where({ id: 1 }).unionAll(User.all()).findEach({ batchSize: 1 }), idOf),
    ).toEqual([1, 2]);
    await expect(User.joins("posts").withCount("posts").findEach().next()).rejects.toThrow(
      "computed columns",
    );
  });

  test("associations come with each batch", async () => {
    const walk = Post.where({ id: { lte: 4 } })
      .includes("author")
      .findEach({ batchSize: 3 });
    expect(await collect(walk, (post) => post.author?.name)).toEqual(["bob", "ann", "bob", "ann"]);
  });

  test("composite keys", async () => {
    await blog.sql.unsafe(
      "INSERT INTO memberships (user_id, org_id) SELECT 1 + n % 2, n / 2 FROM generate_series(0, 9) n",
    );
    const walk = Membership.all().findEach({ batchSize: 3 });
    expect(await collect(walk, ({ userId, orgId }) => [userId, orgId])).toEqual(
      [1, 2].flatMap((user) => [0, 1, 2, 3, 4].map((org) => [user, org])),
    );
    for await (const batch of Membership.where({ orgId: { gt: 2 } }).inBatches({ batchSize: 3 })) {
      await batch.updateAll({ title: sql`coalesce(title, '') || 'x'` });
    }
    expect(await Membership.where({ title: "x" }).count()).toBe(4);
    expect(await collect(Order.all().findEach(), ({ id }) => id)).toEqual([]);
  });

  test("inside and outside a transaction, and with locks", async () => {
    await expect(Post.all().lock().findEach().next()).rejects.toThrow(
      "lock() requires a transaction",
    );
    await transaction(async () => {
      expect(
        await collect(Post.all().lock("FOR UPDATE SKIP LOCKED").findEach({ batchSize: 6 }), idOf),
      ).toEqual(all);
      for await (const _post of Post.limit(1).findEach()) expect(isInTransaction()).toBe(true);
    });
  });

  test("a walk can be left early", async () => {
    const seen: number[] = [];
    for await (const post of Post.all().findEach({ batchSize: 2 })) {
      seen.push(post.id);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(await Post.count()).toBe(20);
  });
});

describe("while the table changes", () => {
  test("rows inserted and deleted neither repeat nor hide others, and it ends", async () => {
    const seen: number[] = [];
    for await (const post of Post.all().findEach({ batchSize: 2, order: { createdAt: "DESC" } })) {
      seen.push(post.id);
      // One before the cursor, one after it, one in the middle gone.
      await blog.sql.unsafe(
        "INSERT INTO posts (title, created_at) VALUES ('new', '2030-01-01'), ('old', '2000-01-01')",
      );
      await blog.sql`DELETE FROM posts WHERE id = ${post.id}`;
    }
    expect(seen).toHaveLength(20);
    expect(new Set(seen).size).toBe(20);
  });

  test("an order by what the loop changes ends", async () => {
    const seen: number[] = [];
    for await (const post of Post.all().findEach({ batchSize: 3, order: { createdAt: "ASC" } })) {
      seen.push(post.id);
      await Post.where({ id: post.id }).updateAll({ createdAt: sql`clock_timestamp()` });
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(all);
  });

  test("a loop that writes behind itself ends", async () => {
    let count = 0;
    for await (const _post of Post.all().findEach({ batchSize: 4 })) {
      count++;
      await Post.create({ title: "one more" });
    }
    expect(count).toBe(20);
    expect(await Post.count()).toBe(40);
  });

  test("conditions with an OR in raw SQL stay conditions", async () => {
    const walk = Post.whereRaw("views = 0 OR views = 1").findEach({ batchSize: 2 });
    const expected = await Post.where({ views: [0, 1] })
      .order({ id: "ASC" })
      .pluck("id");
    expect(await collect(walk, idOf)).toEqual(expected);
  });
});

describe("inBatches", () => {
  test("gives queries for bulk writes", async () => {
    const counts: number[] = [];
    for await (const batch of Post.where({ views: { gt: 0 } }).inBatches({ batchSize: 6 })) {
      counts.push(await batch.updateAll({ views: 9 }));
    }
    expect(counts).toEqual([6, 6, 2]);
    expect(await Post.where({ views: 9 }).count()).toBe(14);
  });

  test("of what is no longer in the query nothing is written", async () => {
    for await (const batch of Post.where({ views: 0 }).inBatches({ batchSize: 2 })) {
      await blog.sql.unsafe("UPDATE posts SET views = 5");
      expect(await batch.deleteAll()).toBe(0);
      break;
    }
    expect(await Post.count()).toBe(20);
  });

  test("limit, joins, soft delete, walks of trees", async () => {
    const ids: unknown[] = [];
    for await (const batch of Post.order({ id: "DESC" }).limit(5).inBatches({ batchSize: 2 })) {
      ids.push(await batch.pluck("id"));
    }
    expect(ids).toEqual([[20, 19], [18, 17], [16]]);
    for await (const batch of Post.joins("author")
      .where(sql`users.name = ${"bob"}`)
      .inBatches({ batchSize: 4 })) {
      await batch.discardAll();
    }
    expect(await Post.discarded().count()).toBe(10);
    await blog.sql.unsafe(
      "INSERT INTO pages (id, parent_id, title) VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 2, 'c'), (4, NULL, 'd')",
    );
    const tree = Page.where({ id: 1 }).descendants({ via: "parentId" });
    for await (const batch of tree.inBatches({ batchSize: 2 }))
      await batch.updateAll({ kind: "seen" });
    expect(await Page.where({ kind: "seen" }).pluck("id")).toEqual([1, 2, 3]);
    const placed = Page.where({ id: 1 }).descendants({ via: "parentId", depth: true });
    await expect(placed.inBatches().next()).rejects.toThrow("cannot keep the computed columns");
  });
});

test("wrong options say so", async () => {
  await expect(
    Post.all()
      .findEach({ batchsize: 5 } as object)
      .next(),
  ).rejects.toThrow('findEach() has no option "batchsize". Did you mean "batchSize"?');
  for (const batchSize of [0, -1, 1.5, Number.NaN, "10" as unknown as number]) {
    await expect(Post.all().findEach({ batchSize }).next()).rejects.toThrow(
      "batchSize must be a positive integer",
    );
    await expect(Post.all().inBatches({ batchSize }).next()).rejects.toThrow(QueryError);
  }
  await expect(
    Post.all()
      .findEach({ order: { titel: "ASC" } as object })
      .next(),
  ).rejects.toThrow('Did you mean "title"?');
  await expect(Post.order(sql`random()`).findEach().next()).rejects.toThrow(
    "can only follow an order by columns",
  );
});

test("a batch that was handed out is let go", async () => {
  await blog.sql.unsafe(
    "TRUNCATE posts CASCADE; INSERT INTO posts (title) SELECT repeat('x', 200) FROM generate_series(1, 200000) n",
  );
  let count = 0;
  const batches: WeakRef<Post>[] = [];
  for await (const batch of Post.all().findInBatches()) {
    count += batch.length;
    batches.push(new WeakRef(batch.at(0) as Post));
  }
  expect(count).toBe(200_000);
  Bun.gc(true);
  await Bun.sleep(0);
  Bun.gc(true);
  // The collector may take an old word on the stack for a reference; it does not take two hundred.
  const kept = batches.filter((batch) => batch.deref() !== undefined).length;
  expect(kept).toBeLessThan(batches.length / 4);
}, 30_000);

test("a statement for each batch, and one for the end", async () => {
  const texts: string[] = [];
  await disconnect();
  await connect(blog.url, { onQuery: ({ text }) => texts.push(text) });
  await collect(Post.where({ id: { lte: 20 } }).findEach({ batchSize: 7 }), idOf);
  expect(texts).toHaveLength(4);
  expect(new Set(texts).size).toBe(3);
  texts.length = 0;
  await collect(Post.where({ id: { lte: 5 } }).findEach(), idOf);
  expect(texts).toEqual([expect.stringMatching(/ORDER BY "id" ASC LIMIT \$2$/)]);
});
