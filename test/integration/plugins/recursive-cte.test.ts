/** Walks of trees and graphs, against hand-written SQL and against what a person would expect. */
import { beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { QueryError, sql, transaction, type Where } from "../../../src/index";
import { blogDatabase } from "../../support/blog";
import { extraTables, Membership, Page } from "./models";

const blog = blogDatabase();
beforeAll(async () => {
  await blog.sql.unsafe(extraTables);
});

/*
 * 1 (org 1) ── 2 ── 4
 *           │    └─ 5 (discarded) ── 6
 *           └─ 3 (org 2) ── 7 (org 1)
 * 8 (org 1), a tree of its own
 */
beforeEach(async () => {
  await blog.clean();
  await blog.sql.unsafe(`
    INSERT INTO pages (id, parent_id, org_id, title, kind, meta, discarded_at) VALUES
      (1, NULL, 1, 'root', 'section', '{"a": 1}', NULL), (2, 1, 1, 'two', 'page', '{"a": 1}', NULL),
      (3, 1, 2, 'three', 'page', NULL, NULL), (4, 2, 1, 'four', 'page', NULL, NULL),
      (5, 2, 1, 'five', 'section', NULL, now()), (6, 5, 1, 'six', 'page', NULL, NULL),
      (7, 3, 1, 'seven', 'page', NULL, NULL), (8, NULL, 1, 'eight', 'page', NULL, NULL)`);
});

const below = (id: number) => Page.where({ id }).descendants({ via: "parentId" });
const sorted = (ids: unknown[]) => ids.map(Number).sort((a, b) => a - b);

describe("descendants and ancestors", () => {
  test("walk down and up, the start included", async () => {
    expect(sorted(await below(2).pluck("id"))).toEqual([2, 4, 5, 6]);
    expect(sorted(await Page.where({ id: 6 }).ancestors({ via: "parentId" }).pluck("id"))).toEqual([
      1, 2, 5, 6,
    ]);
  });

  test("give whole records, json columns included", async () => {
    const pages = await below(1).order({ id: "ASC" });
    expect(pages.map((page) => page.title)).toEqual([
      "root",
      "two",
      "three",
      "four",
      "five",
      "six",
      "seven",
    ]);
    expect(pages[0]?.meta).toEqual({ a: 1 });
    const [first] = pages;
    first?.assignAttributes({ title: "changed" });
    await first?.save();
    expect((await Page.find(1)).title).toBe("changed");
  });

  test("start from several rows, and from a list of roots by the edge's own column", async () => {
    const roots = Page.where({ parentId: null }).descendants({ via: "parentId" });
    expect(sorted(await roots.pluck("id"))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(
      sorted(
        await Page.where({ id: [3, 8] })
          .descendants({ via: "parentId" })
          .pluck("id"),
      ),
    ).toEqual([3, 7, 8]);
  });

  test("compose with verbs after the walk", async () => {
    expect(await below(1).count()).toBe(7);
    expect(await below(1).where({ kind: "section" }).count()).toBe(2);
    expect(await below(1).exists()).toBe(true);
    expect((await below(1).order({ title: "ASC" }).first())?.title).toBe("five");
    expect((await below(1).last())?.id).toBe(7);
    expect(await below(1).order({ id: "DESC" }).limit(2).offset(1).pluck("id")).toEqual([6, 5]);
    expect(await below(1).group("kind").order({ kind: "ASC" }).count()).toEqual([
      { kind: "page", count: 5 },
      { kind: "section", count: 2 },
    ]);
    expect(await below(1).max("id")).toBe(7);
    expect((await below(1).find(4)).title).toBe("four");
    expect(await below(99).toArray()).toEqual([]);
    expect(await below(1).none().count()).toBe(0);
    const { records } = await below(1).paginate({ first: 2 });
    expect(records.map(({ id }) => id)).toEqual([1, 2]);
    expect(sorted(await below(2).unionAll(below(3)).pluck("id"))).toEqual([2, 3, 4, 5, 6, 7]);
  });
});

describe("conditions of the start hold at every level", () => {
  const walk = (conditions: Where<Page>) =>
    Page.where(conditions).descendants({ via: "parentId" }).pluck("id").then(sorted);

  test("plain ones, which also block the way", async () => {
    expect(await walk({ id: 1, orgId: 1 })).toEqual([1, 2, 4, 5, 6]);
    expect(
      await Page.kept().where({ id: 1 }).descendants({ via: "parentId" }).pluck("id").then(sorted),
    ).toEqual([1, 2, 3, 4, 7]);
  });

  test.each<[string, object]>([
    ["and", { and: [{ id: 1 }, { orgId: 1 }] }],
    ["nested and", { and: [{ and: [{ id: 1 }, { or: [{ orgId: 1 }, { title: "nobody" }] }] }] }],
    [
      "or of groups",
      {
        or: [
          { id: 1, orgId: 1 },
          { id: 99, orgId: 1 },
        ],
      },
    ],
    ["not within", { id: 1, not: { orgId: 2 } }],
    ["not around both", { not: { or: [{ id: { ne: 1 } }, { orgId: { ne: 1 } }] } }],
    ["lists", { id: [1], orgId: [1, 7] }],
    ["operators", { id: { gte: 1, lte: 1 }, orgId: { lt: 2 } }],
  ])("inside groups: %s", async (_name, conditions) => {
    expect(await walk(conditions)).toEqual([1, 2, 4, 5, 6]);
  });

  test("an or that the start meets by its key alone leaves nothing to hold", async () => {
    expect(await walk({ or: [{ id: 1 }, { orgId: 99 }] })).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test("subqueries on the same table keep their meaning", async () => {
    const orgOne = Page.where({ title: "root" }).select("orgId");
    expect(await walk({ id: 1, orgId: orgOne })).toEqual([1, 2, 4, 5, 6]);
  });

  test("raw SQL, in both spellings, with an OR in it", async () => {
    const raw = Page.where({ id: 1 })
      .whereRaw("org_id = $1 OR title = $2", [1, "three"])
      .descendants({ via: "parentId" });
    expect(sorted(await raw.pluck("id"))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const fragment = Page.where({ id: 1 }).where(sql`pages.org_id = ${1}`);
    expect(sorted(await fragment.descendants({ via: "parentId" }).pluck("id"))).toEqual([
      1, 2, 4, 5, 6,
    ]);
  });

  test("those added later only filter the result", async () => {
    expect(sorted(await below(1).where({ orgId: 1 }).pluck("id"))).toEqual([1, 2, 4, 5, 6, 7]);
    expect(sorted(await below(1).kept().pluck("id"))).toEqual([1, 2, 3, 4, 6, 7]);
  });
});

describe("cycles", () => {
  beforeEach(async () => {
    await blog.sql.unsafe("UPDATE pages SET parent_id = 6 WHERE id = 2");
  });

  test("end, with and without depth and path", async () => {
    const start = Page.where({ id: 2 });
    for (const options of [{}, { depth: true }, { path: true }, { maxDepth: 50 }] as const) {
      const walk = start.descendants({ via: "parentId", ...options });
      expect(sorted(await walk.pluck("id"))).toEqual([2, 4, 5, 6]);
      const up = Page.where({ id: 4 }).ancestors({ via: "parentId", ...options });
      expect(sorted(await up.pluck("id"))).toEqual([2, 4, 5, 6]);
    }
  });

  test("give each row its shortest distance", async () => {
    const walk = await Page.where({ id: [2, 5] })
      .descendants({ via: "parentId", depth: true })
      .order({ id: "ASC" });
    expect(walk.map(({ id, depth }) => [id, depth])).toEqual([
      [2, 0],
      [4, 1],
      [5, 0],
      [6, 1],
    ]);
  });

  test("a row that refers to itself", async () => {
    await blog.sql.unsafe("UPDATE pages SET parent_id = 8 WHERE id = 8");
    expect(await below(8).pluck("id")).toEqual([8]);
    expect(await Page.where({ id: 8 }).ancestors({ via: "parentId", depth: true }).count()).toBe(1);
  });
});

describe("depth, path and maxDepth", () => {
  test("come with the records, and sort them", async () => {
    const pages = await Page.where({ id: 1 })
      .descendants({ via: "parentId", depth: true, path: true })
      .order(sql`depth DESC`, { id: "ASC" });
    expect(pages.map(({ id, depth, path }) => [id, depth, path])).toEqual([
      [6, 3, [1, 2, 5, 6]],
      [4, 2, [1, 2, 4]],
      [5, 2, [1, 2, 5]],
      [7, 2, [1, 3, 7]],
      [2, 1, [1, 2]],
      [3, 1, [1, 3]],
      [1, 0, [1]],
    ]);
  });

  test("maxDepth ends the walk", async () => {
    const walk = (maxDepth: number) =>
      Page.where({ id: 1 }).descendants({ via: "parentId", maxDepth }).pluck("id").then(sorted);
    expect(await walk(0)).toEqual([1]);
    expect(await walk(1)).toEqual([1, 2, 3]);
    const placed = Page.where({ id: 1 }).descendants({ via: "parentId", maxDepth: 1, depth: true });
    expect(await placed.count()).toBe(3);
  });

  test("other names", async () => {
    const [page] = await Page.where({ id: 4 })
      .ancestors({ via: "parentId", depth: "level", path: "trail" })
      .where(sql`level = 2`);
    expect([page?.id, page?.level, page?.trail]).toEqual([1, 2, [4, 2, 1]]);
    expect(page?.toJSON()).toMatchObject({ level: 2, trail: [4, 2, 1] });
  });

  test("stay with batches and groups that can keep them, and are refused elsewhere", async () => {
    const walk = Page.where({ id: 1 }).descendants({ via: "parentId", depth: true });
    const seen: [number, number][] = [];
    for await (const page of walk.findEach({ batchSize: 2 })) seen.push([page.id, page.depth]);
    expect(seen).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 2],
      [5, 2],
      [6, 3],
      [7, 2],
    ]);
    await expect(walk.group("kind").count()).rejects.toThrow(
      "Cannot call count() with select() and group()",
    );
    expect(() => Page.where({ id: 1 }).descendants({ via: "parentId", depth: "title" })).toThrow(
      'a value "title" already',
    );
    expect(() => Page.where({ id: 1 }).descendants({ via: "parentId", maxDepth: -1 })).toThrow(
      "maxDepth must be a non-negative integer",
    );
  });
});

describe("recursiveOn", () => {
  test("walks any edge, and any key", async () => {
    await blog.sql.unsafe(`INSERT INTO users (name, email) VALUES ('a', 'a@x'), ('b', 'b@x'), ('c', 'c@x');
      INSERT INTO memberships (user_id, org_id) VALUES (1, 1), (1, 2), (2, 2), (2, 3), (3, 9)`);
    // From a membership to those of the person whose number is its organisation's: a composite key.
    const chained = Membership.where({ userId: 1, orgId: 1 }).recursiveOn({
      from: "userId",
      to: "orgId",
      depth: true,
    });
    const found = await chained.order({ orgId: "ASC", userId: "ASC" });
    expect(found.map((each) => [each.userId, each.orgId, each.depth])).toEqual([
      [1, 1, 0],
      [1, 2, 1],
      [2, 2, 2],
      [2, 3, 2],
      [3, 9, 3],
    ]);
  });

  test("setSemantics: false is UNION ALL", () => {
    const walk = Page.where({ id: 1 }).recursiveOn({
      from: "parentId",
      to: "id",
      setSemantics: false,
    });
    expect(walk.toSQL().text).toContain(") UNION ALL (");
    expect(below(1).toSQL().text).toContain(") UNION (");
  });
});

describe("what a walk cannot do says so", () => {
  const root = () => Page.where({ id: 1 });
  const via = { via: "parentId" } as const;

  test.each<[string, () => { descendants(options: typeof via): unknown }]>([
    ["order()", () => root().order({ id: "ASC" })],
    ["limit()", () => root().limit(1)],
    ["offset()", () => root().offset(1)],
    ["lock()", () => root().lock()],
    ["distinctOn()", () => root().distinctOn("kind")],
    ["union()", () => root().union(Page.where({ id: 2 }))],
    ["joins()", () => root().joins("JOIN users ON true")],
  ])("start with %s", (verb, seed) => {
    expect(() => seed().descendants(via)).toThrow(
      `Cannot call descendants() on a query with ${verb}`,
    );
  });

  test("writes, locks, nesting, operands", async () => {
    const walk = below(1);
    const refusal = (verb: string) =>
      `Cannot call ${verb}() on a recursive query. Run the recursive scope to a result set first.`;
    await expect(walk.updateAll({ title: "x" })).rejects.toThrow(refusal("updateAll"));
    await expect(walk.deleteAll()).rejects.toThrow(refusal("deleteAll"));
    await expect(walk.discardAll()).rejects.toThrow(refusal("discardAll"));
    await expect(walk.undiscardAll()).rejects.toThrow(refusal("undiscardAll"));
    expect(() => walk.lock()).toThrow(refusal("lock"));
    expect(() => walk.descendants(via)).toThrow(refusal("descendants"));
    expect(() => walk.merge(below(2))).toThrow(refusal("merge"));
    expect(() => walk.unscope("where")).toThrow("recursive query");
    expect(() => Page.where({ parentId: walk })).toThrow(
      "A recursive query cannot be used as a subquery — use pluck() to materialize",
    );
    expect(await transaction(() => Page.where({ id: [] }).lock().count())).toBe(0);
  });

  test("names and keys", () => {
    expect(() => root().descendants({ ...via, dept: true } as typeof via)).toThrow(
      'descendants() has no option "dept". Did you mean "depth"?',
    );
    expect(() => root().descendants({ via: "parent" as "parentId" })).toThrow(
      'Did you mean "parentId"?',
    );
    expect(() => Membership.where({ userId: 1 }).descendants({ via: "orgId" })).toThrow(
      "descendants() requires a single-column primary key",
    );
    expect(() => root().descendants({ via: "parent" as "parentId" })).toThrow(QueryError);
  });
});

test("100,000 nodes in one statement", async () => {
  await blog.sql.unsafe(`TRUNCATE pages RESTART IDENTITY CASCADE;
    INSERT INTO pages (id, parent_id, title, meta) SELECT n, nullif(n / 2, 0), 'p' || n, '{}' FROM generate_series(1, 100000) n;
    ANALYZE pages`);
  const walk = Page.where({ id: 1 }).descendants({ via: "parentId" });
  const [{ count } = { count: 0 }] = await blog.sql.unsafe(`
    WITH RECURSIVE t AS (SELECT id FROM pages WHERE id = 1 UNION ALL
      SELECT p.id FROM t JOIN pages p ON p.parent_id = t.id) SELECT count(*)::int AS count FROM t`);
  expect(count).toBe(100_000);
  expect(await walk.count()).toBe(count);
  const pages = await walk;
  expect(pages.length).toBe(count);
  const deep = await Page.where({ id: 1 })
    .descendants({ via: "parentId", depth: true })
    .order(sql`depth DESC`)
    .first();
  expect(deep?.depth).toBe(16);
}, 60_000);
