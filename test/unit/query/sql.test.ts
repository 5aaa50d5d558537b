/** The exact SQL of the query builder, on a driver that only remembers. */
import { beforeAll, describe, expect, test } from "bun:test";
import { tags, users } from "../../../db/schema";
import { Database, op, QueryBuilder, sql } from "../../../src/index";
import { fakeDatabase } from "../../support/fake-driver";
import {
  Comment,
  Membership,
  Order,
  Page,
  Post,
  registerTestModels,
  Share,
  Tag,
  User,
} from "../../support/models";

beforeAll(registerTestModels);

/** What follows FROM in the statement of the query. */
function tail(query: { toSQL(): { text: string; values: unknown[] } }): [string, ...unknown[]] {
  const { text, values } = query.toSQL();
  return [text.slice(text.indexOf(" FROM ") + 6), ...values];
}

/** The statements that a terminal sends; each is answered with these rows. */
async function sentBy(
  run: () => unknown,
  rows: readonly object[] = [],
): Promise<[string, ...unknown[]][]> {
  const { database, sent } = fakeDatabase(() => rows.map((row) => ({ ...row })));
  await Database.run(database, async () => await run());
  return sent.map(({ text, values }) => [text, ...values]);
}

describe("where", () => {
  const cases: [
    string,
    () => { toSQL(): { text: string; values: unknown[] } },
    [string, ...unknown[]],
  ][] = [
    ["scalar", () => User.where({ name: "Ann" }), ['"users" WHERE "name" = $1', "Ann"]],
    ["null", () => User.where({ age: null }), ['"users" WHERE "age" IS NULL']],
    [
      "keys are AND-ed",
      () => User.where({ active: true, name: "Ann" }),
      ['"users" WHERE "active" = $1 AND "name" = $2', true, "Ann"],
    ],
    ["list", () => User.where({ id: [1, 2] }), ['"users" WHERE "id" = ANY($1)', [1, 2]]],
    ["empty list", () => User.where({ id: [] }), ['"users" WHERE FALSE']],
    [
      "null in a list",
      () => User.where({ age: [1, null] }),
      ['"users" WHERE ("age" = ANY($1) OR "age" IS NULL)', [1]],
    ],
    ["eq null", () => User.where({ age: { eq: null } }), ['"users" WHERE "age" IS NULL']],
    ["ne", () => User.where({ name: { ne: "x" } }), ['"users" WHERE "name" <> $1', "x"]],
    ["ne null", () => User.where({ age: { ne: null } }), ['"users" WHERE "age" IS NOT NULL']],
    [
      "range",
      () => User.where({ age: { gte: 18, lt: 65 } }),
      ['"users" WHERE ("age" >= $1 AND "age" < $2)', 18, 65],
    ],
    [
      "between",
      () => User.where({ age: { between: [18, 65] } }),
      ['"users" WHERE ("age" >= $1 AND "age" <= $2)', 18, 65],
    ],
    ["in", () => User.where({ id: { in: [1] } }), ['"users" WHERE "id" = ANY($1)', [1]]],
    ["not_in", () => User.where({ id: { not_in: [1] } }), ['"users" WHERE "id" <> ALL($1)', [1]]],
    ["not_in empty", () => User.where({ id: { not_in: [] } }), ['"users" WHERE TRUE']],
    [
      "not_in with null",
      () => User.where({ age: { not_in: [1, null] } }),
      ['"users" WHERE ("age" <> ALL($1) AND "age" IS NOT NULL)', [1]],
    ],
    ["like", () => User.where({ name: { like: "A%" } }), ['"users" WHERE "name" LIKE $1', "A%"]],
    ["ilike", () => User.where({ name: { ilike: "a%" } }), ['"users" WHERE "name" ILIKE $1', "a%"]],
    [
      "contains escapes",
      () => User.where({ name: { contains: "50%_\\" } }),
      ['"users" WHERE "name" LIKE $1', "%50\\%\\_\\\\%"],
    ],
    [
      "starts_with",
      () => User.where({ name: { starts_with: "_" } }),
      ['"users" WHERE "name" LIKE $1', "\\_%"],
    ],
    [
      "ends_with",
      () => User.where({ name: { ends_with: "n" } }),
      ['"users" WHERE "name" LIKE $1', "%n"],
    ],
    [
      "matches",
      () => User.where({ name: { matches: "cats dogs" } }),
      ['"users" WHERE to_tsvector("name") @@ websearch_to_tsquery($1)', "cats dogs"],
    ],
    ["array equality", () => User.where({ tags: ["a"] }), ['"users" WHERE "tags" = $1', ["a"]]],
    [
      "array operators",
      () => User.where({ tags: { contains: ["a"], overlaps: ["b"] } }),
      ['"users" WHERE ("tags" @> $1 AND "tags" && $2)', ["a"], ["b"]],
    ],
    [
      "list of arrays",
      () => User.where({ tags: { in: [["a"], ["b"]] } }),
      [
        '"users" WHERE "tags" IN (SELECT "value"::text[] FROM unnest($1::text::text[]) AS "item"("value"))',
        [["a"], ["b"]],
      ],
    ],
    [
      "json literal",
      () => User.where({ settings: { eq: 5 } }),
      ['"users" WHERE "settings" = $1::text::jsonb', { eq: 5 }],
    ],
    [
      "json array literal",
      () => User.where({ settings: [1] }),
      ['"users" WHERE "settings" = $1::text::jsonb', [1]],
    ],
    [
      "json operators",
      () => User.where({ settings: op({ contains: { a: 1 } }) }),
      ['"users" WHERE "settings" @> $1::text::jsonb', { a: 1 }],
    ],
    [
      "json path",
      () => User.where({ settings: op({ matches: "$.a ? (@ == 1)" }) }),
      ['"users" WHERE "settings" @? $1::text::jsonpath', "$.a ? (@ == 1)"],
    ],
    [
      "json column without jsonb",
      () => Page.where({ meta: { a: 1 } }),
      ['"pages" WHERE "meta"::jsonb = $1::text::jsonb', { a: 1 }],
    ],
    [
      "or",
      () => User.where({ or: [{ name: "a" }, { age: 1, active: true }] }),
      ['"users" WHERE ("name" = $1 OR ("age" = $2 AND "active" = $3))', "a", 1, true],
    ],
    [
      "or beside a key",
      () => User.where({ active: true, or: [{ name: "a" }, { name: "b" }] }),
      ['"users" WHERE "active" = $1 AND ("name" = $2 OR "name" = $3)', true, "a", "b"],
    ],
    ["empty or", () => User.where({ or: [] }), ['"users" WHERE FALSE']],
    ["empty and", () => User.where({ and: [] }), ['"users" WHERE TRUE']],
    ["empty children are skipped", () => User.where({ or: [{}] }), ['"users" WHERE FALSE']],
    [
      "not",
      () => User.where({ not: { age: 1 } }),
      ['"users" WHERE ("age" = $1) IS DISTINCT FROM TRUE', 1],
    ],
    ["nothing", () => User.where({}), ['"users"']],
    [
      "fragment",
      () => User.where(sql`lower(${sql.id("name")}) = ${"ann"}`),
      ['"users" WHERE (lower("name") = $1)', "ann"],
    ],
    [
      "fragment as a value",
      () => User.where({ updatedAt: sql`created_at` as never }),
      ['"users" WHERE "updated_at" = (created_at)'],
    ],
    [
      "subquery",
      () => Post.where({ userId: User.where({ active: true }) }),
      ['"posts" WHERE "user_id" IN (SELECT "id" FROM "users" WHERE "active" = $1)', true],
    ],
    [
      "subquery with select",
      () => Post.where({ userId: { not_in: User.select("id").limit(3) } }),
      ['"posts" WHERE "user_id" NOT IN (SELECT "id" FROM "users" LIMIT $1)', 3],
    ],
    [
      "subquery as a scalar",
      () => Post.where({ views: { gt: Post.select("views").limit(1) } }),
      ['"posts" WHERE "views" > (SELECT "views" FROM "posts" LIMIT $1)', 1],
    ],
    [
      "subquery of none()",
      () => Post.where({ userId: User.none() }),
      ['"posts" WHERE "user_id" IN (SELECT "id" FROM "users" WHERE FALSE)'],
    ],
    [
      "some",
      () => User.where({ posts: { some: { title: "x" } } }),
      [
        '"users" WHERE EXISTS (SELECT 1 FROM "posts" WHERE "user_id" = "users"."id" AND "title" = $1)',
        "x",
      ],
    ],
    [
      "none",
      () => User.where({ posts: { none: { title: "x" } } }),
      [
        '"users" WHERE NOT EXISTS (SELECT 1 FROM "posts" WHERE "user_id" = "users"."id" AND "title" = $1)',
        "x",
      ],
    ],
    [
      "every",
      () => User.where({ posts: { every: { views: 1 } } }),
      [
        '"users" WHERE NOT EXISTS (SELECT 1 FROM "posts" WHERE "user_id" = "users"."id" AND ("views" = $1) IS DISTINCT FROM TRUE)',
        1,
      ],
    ],
    [
      "nested association",
      () => User.where({ posts: { some: { taggings: { some: { position: 1 } } } } }),
      [
        '"users" WHERE EXISTS (SELECT 1 FROM "posts" WHERE "user_id" = "users"."id" AND EXISTS (SELECT 1 FROM "taggings" WHERE "post_id" = "posts"."id" AND "position" = $1))',
        1,
      ],
    ],
    [
      "is null",
      () => Post.where({ author: { is: null } }),
      ['"posts" WHERE NOT EXISTS (SELECT 1 FROM "users" WHERE "id" = "posts"."user_id")'],
    ],
    [
      "whereMissing",
      () => User.whereMissing("profile"),
      ['"users" WHERE NOT EXISTS (SELECT 1 FROM "profiles" WHERE "user_id" = "users"."id")'],
    ],
    [
      "whereRaw",
      () => User.where({ active: true }).whereRaw("a = $1 OR b = $1", [1]),
      ['"users" WHERE "active" = $1 AND (a = $2 OR b = $3)', true, 1, 1],
    ],
    [
      "whereRaw leaves text alone",
      () => User.whereRaw("a = '$1' AND b = $$ $1 $$ /* $1 */ AND c = $1", [1]),
      ["\"users\" WHERE (a = '$1' AND b = $$ $1 $$ /* $1 */ AND c = $1)", 1],
    ],
    ["whereRaw ending in a comment", () => User.whereRaw("a -- $1"), ['"users" WHERE (a -- $1\n)']],
  ];
  for (const [name, query, expected] of cases) {
    test(name, () => expect(tail(query())).toEqual(expected));
  }

  test("timestamps compare by millisecond, with the bare column", () => {
    const now = new Date("2024-01-02T03:04:05.678Z");
    expect(tail(User.where({ createdAt: now }))).toEqual([
      '"users" WHERE ("created_at" >= $1::timestamptz AND "created_at" < $1::timestamptz + interval \'1 millisecond\')',
      now,
    ]);
    expect(tail(User.where({ createdAt: { ne: now } }))[0]).toStartWith(
      '"users" WHERE NOT ("created_at" >= $1',
    );
    expect(tail(User.where({ createdAt: { gt: now } }))).toEqual([
      '"users" WHERE "created_at" > $1',
      now,
    ]);
    expect(tail(User.where({ createdAt: [now] }))[0]).toBe(
      '"users" WHERE date_trunc(\'milliseconds\', "created_at") = ANY($1)',
    );
  });

  test("the text depends on the shape, not on the number of values", () => {
    const text = (ids: number[]) => User.where({ id: ids }).limit(ids.length).toSQL().text;
    expect(text([1])).toBe(text([1, 2, 3]));
  });
});

describe("shape", () => {
  const start = 'SELECT "id", "name", "active" FROM "tags"';
  const cases: [
    string,
    () => { toSQL(): { text: string; values: unknown[] } },
    [string, ...unknown[]],
  ][] = [
    ["all columns", () => Tag.all(), [start]],
    [
      "columns under their attribute names",
      () => Membership.all(),
      ['SELECT "user_id" AS "userId", "org_id" AS "orgId", "title" FROM "memberships"'],
    ],
    ["select", () => Tag.select("name"), ['SELECT "name" FROM "tags"']],
    [
      "select with an expression",
      () => Tag.all().select("id", { letters: sql`length("name")` }),
      ['SELECT "id", (length("name")) AS "letters" FROM "tags"'],
    ],
    [
      "order",
      () => Tag.order({ name: "DESC", id: "ASC" }),
      [`${start} ORDER BY "name" DESC, "id" ASC`],
    ],
    [
      "order with nulls",
      () => Tag.order({ name: "DESC NULLS LAST" }),
      [`${start} ORDER BY "name" DESC NULLS LAST`],
    ],
    [
      "order by an expression",
      () => Tag.order(sql`lower(name) DESC`),
      [`${start} ORDER BY (lower(name)) DESC`],
    ],
    [
      "reorder",
      () => Tag.order({ name: "ASC" }).reorder({ id: "DESC" }),
      [`${start} ORDER BY "id" DESC`],
    ],
    [
      "limit and offset are bound",
      () => Tag.limit(2).offset(4),
      [`${start} LIMIT $1 OFFSET $2`, 2, 4],
    ],
    ["the last limit wins", () => Tag.limit(2).limit(3), [`${start} LIMIT $1`, 3]],
    ["distinct", () => Tag.distinct(), ['SELECT DISTINCT "id", "name", "active" FROM "tags"']],
    [
      "distinct on",
      () => Tag.all().distinctOn("active").order({ active: "ASC" }),
      ['SELECT DISTINCT ON ("active") "id", "name", "active" FROM "tags" ORDER BY "active" ASC'],
    ],
    [
      "unscope",
      () => Tag.where({ active: true }).order({ id: "ASC" }).limit(1).unscope("where", "limit"),
      [`${start} ORDER BY "id" ASC`],
    ],
    [
      "merge",
      () => Tag.where({ active: true }).merge(Tag.where({ name: "x" }).limit(2)),
      [`${start} WHERE "active" = $1 AND "name" = $2 LIMIT $3`, true, "x", 2],
    ],
    [
      "joins qualify every column",
      () => Post.joins("author").where({ title: "x" }).select("id"),
      [
        'SELECT "posts"."id" FROM "posts" INNER JOIN "users" ON "users"."id" = "posts"."user_id" WHERE "posts"."title" = $1',
        "x",
      ],
    ],
    [
      "a join is made once",
      () => Post.joins("author").joins("author.profile").select("id"),
      [
        'SELECT "posts"."id" FROM "posts" INNER JOIN "users" ON "users"."id" = "posts"."user_id" INNER JOIN "profiles" ON "profiles"."user_id" = "users"."id"',
      ],
    ],
    [
      "left join",
      () => Post.leftJoins("author").select("id"),
      ['SELECT "posts"."id" FROM "posts" LEFT JOIN "users" ON "users"."id" = "posts"."user_id"'],
    ],
    [
      "raw join",
      () => Post.joins("JOIN users u ON u.id = posts.user_id AND u.age > $1", [3]).select("id"),
      ['SELECT "posts"."id" FROM "posts" JOIN users u ON u.id = posts.user_id AND u.age > $1', 3],
    ],
    [
      "union stands in for the table",
      () =>
        Tag.where({ active: true })
          .union(Tag.where({ name: "x" }))
          .order({ id: "ASC" }),
      [
        'SELECT "id", "name", "active" FROM ((SELECT "id", "name", "active" FROM "tags" WHERE "active" = $1) UNION (SELECT "id", "name", "active" FROM "tags" WHERE "name" = $2)) AS "tags" ORDER BY "id" ASC',
        true,
        "x",
      ],
    ],
    [
      "withCount",
      () => User.select("id").withCount("posts"),
      [
        'SELECT "id", (SELECT count(*) FROM "posts" WHERE "user_id" = "users"."id")::int4 AS "postsCount" FROM "users"',
      ],
    ],
    [
      "scope",
      () => User.scope("active").scope("olderThan", 18).select("id"),
      ['SELECT "id" FROM "users" WHERE "active" = $1 AND "age" > $2', true, 18],
    ],
    [
      "a bare table",
      () => new QueryBuilder(tags).where({ name: "x" } as never),
      [`${start} WHERE "name" = $1`, "x"],
    ],
    [
      "json columns are sorted as json, not as text",
      () => User.select("id").order({ settings: "ASC" }),
      ['SELECT "id" FROM "users" ORDER BY "users"."settings" ASC'],
    ],
  ];
  for (const [name, query, expected] of cases) {
    test(name, () => {
      const { text, values } = query().toSQL();
      expect([text, ...values]).toEqual(expected);
    });
  }

  test("a builder is never changed", () => {
    const base = Tag.where({ active: true });
    const before = base.toSQL();
    base.where({ name: "x" }).order({ id: "ASC" }).limit(1).distinct();
    expect(base.toSQL()).toEqual(before);
  });

  test("json is read as text, so that nothing of it is lost", () => {
    expect(User.all().toSQL().text).toContain('"settings"::text AS "settings"');
  });
});

describe("terminals", () => {
  const columns = '"id", "name", "active"';
  test("count", async () => {
    expect(await sentBy(() => Tag.where({ active: true }).count())).toEqual([
      ['SELECT count(*) AS "count" FROM "tags" WHERE "active" = $1', "true"],
    ]);
  });
  test("count within a limit", async () => {
    expect(await sentBy(() => Tag.limit(3).count())).toEqual([
      [
        'SELECT count(*) AS "count" FROM (SELECT 1 AS "one" FROM "tags" LIMIT $1) AS "counted"',
        "3",
      ],
    ]);
  });
  test("exists", async () => {
    expect(await sentBy(() => Tag.exists({ name: "x" }))).toEqual([
      [
        'SELECT EXISTS (SELECT 1 AS "one" FROM "tags" WHERE "name" = $1 LIMIT $2) AS "exists"',
        "x",
        "1",
      ],
    ]);
  });
  test("first, last and take", async () => {
    expect(await sentBy(() => Tag.first())).toEqual([
      [`SELECT ${columns} FROM "tags" ORDER BY "id" ASC LIMIT $1`, "1"],
    ]);
    expect(await sentBy(() => Tag.order({ name: "ASC NULLS FIRST" }).last())).toEqual([
      [`SELECT ${columns} FROM "tags" ORDER BY "name" DESC NULLS LAST LIMIT $1`, "1"],
    ]);
    expect(await sentBy(() => Tag.take())).toEqual([
      [`SELECT ${columns} FROM "tags" LIMIT $1`, "1"],
    ]);
  });
  test("updateAll", async () => {
    expect(await sentBy(() => Tag.where({ active: true }).updateAll({ name: "x" }))).toEqual([
      ['UPDATE "tags" SET "name" = $1 WHERE "active" = $2', "x", "true"],
    ]);
    expect(
      await sentBy(() => Post.where({ id: 1 }).updateAll({ views: sql`views + ${2}` })),
    ).toEqual([['UPDATE "posts" SET "views" = (views + $1) WHERE "id" = $2', 2, "1"]]);
  });
  test("updateAll and deleteAll keep limit, order and joins", async () => {
    expect(await sentBy(() => Tag.order({ name: "ASC" }).limit(2).deleteAll())).toEqual([
      [
        'DELETE FROM "tags" WHERE "id" IN (SELECT "id" FROM "tags" ORDER BY "name" ASC LIMIT $1)',
        "2",
      ],
    ]);
    expect(await sentBy(() => Membership.all().joins("user").deleteAll())).toEqual([
      [
        'DELETE FROM "memberships" WHERE ("user_id", "org_id") IN (SELECT "memberships"."user_id", "memberships"."org_id" FROM "memberships" INNER JOIN "users" ON "users"."id" = "memberships"."user_id")',
      ],
    ]);
  });
  test("none() sends nothing", async () => {
    expect(
      await sentBy(async () => {
        const none = Tag.none();
        expect(await none).toEqual([]);
        expect(await none.count()).toBe(0);
        expect(await none.exists()).toBe(false);
        expect(await none.first()).toBeNull();
        expect(await none.pluck("name")).toEqual([]);
        expect(await none.updateAll({ name: "x" })).toBe(0);
        expect(await none.deleteAll({ returning: true })).toEqual([]);
      }),
    ).toEqual([]);
  });
  test("one INSERT for any number of rows, one parameter for each column", async () => {
    expect(
      await sentBy(
        () => Tag.createMany([{ name: "a" }, { name: "b" }, { name: "c" }]),
        [1, 2, 3].map((id) => ({ id, active: true })),
      ),
    ).toEqual([
      [
        `INSERT INTO "tags" ("name") SELECT unnest($1::text::text[]) RETURNING "id", "active"`,
        '{"a","b","c"}',
      ],
    ]);
  });
  test("a partial index is inferred from constants", async () => {
    const [statement] = await sentBy(
      () =>
        Share.upsertAll(
          [
            { resourceType: "a", resourceId: 1, userId: 1, level: "owner" },
            { resourceType: "a", resourceId: 2, userId: 1, level: "owner" },
          ],
          {
            conflict: {
              columns: ["resourceType", "resourceId", "userId"],
              where: { level: "owner", sourceShareId: { ne: null } },
            },
          },
        ),
      [1n, 2n].map((id) => ({ id, sourceShareId: null })),
    );
    expect(statement?.[0]).toContain(
      `ON CONFLICT ("resource_type", "resource_id", "user_id") WHERE "level" = 'owner' AND "source_share_id" IS NOT NULL DO UPDATE SET "level" = EXCLUDED."level"`,
    );
  });
  test("an upsert leaves the primary key and the conflict columns alone", async () => {
    const [statement] = await sentBy(() =>
      User.upsert({ id: 7, email: "a@b.c", name: "A" }, { conflict: { columns: ["email"] } }).catch(
        () => {},
      ),
    );
    expect(statement?.[0]).toContain(
      'ON CONFLICT ("email") DO UPDATE SET "name" = EXCLUDED."name" RETURNING',
    );
  });
  test("find by a composite key", async () => {
    const [statement] = await sentBy(() => Membership.find([1, 2]).catch(() => {}));
    expect(statement).toEqual([
      'SELECT "user_id" AS "userId", "org_id" AS "orgId", "title" FROM "memberships" WHERE "user_id" = $1 AND "org_id" = $2',
      "1",
      "2",
    ]);
  });
  test("explain", async () => {
    expect(await sentBy(() => Tag.all().explain({ analyze: true }))).toEqual([
      [`EXPLAIN (ANALYZE) SELECT ${columns} FROM "tags"`],
    ]);
  });
  test("awaiting twice asks twice; then, catch, finally and for await are there", async () => {
    const query = Tag.all();
    expect(
      await sentBy(async () => {
        await query;
        await query;
        await query.catch(() => {});
        await query.finally(() => {});
        for await (const _tag of query) break;
      }),
    ).toHaveLength(5);
  });
});

describe("refusals", () => {
  const cases: [string, () => unknown, RegExp][] = [
    [
      "unknown column",
      () => User.where({ nmae: 1 } as never),
      /unknown column "nmae" on User. Did you mean "name"\?/,
    ],
    [
      "unknown operator",
      () => User.where({ name: { contians: "x" } } as never),
      /unknown operator "contians" for "name" on User. Did you mean "contains"\?/,
    ],
    ["undefined", () => User.where({ name: undefined } as never), /undefined for "name" on User/],
    [
      "undefined in an operator",
      () => User.where({ name: { ne: undefined } } as never),
      /undefined for "name.ne"/,
    ],
    [
      "undefined in a list",
      () => User.where({ id: [undefined] } as never),
      /undefined in the list for "id"/,
    ],
    ["empty operator record", () => User.where({ name: {} }), /empty object for "name"/],
    [
      "operator on the wrong type",
      () => User.where({ active: { ilike: "x" } } as never),
      /"ilike" needs a text column \("active" on User, type boolean\)/,
    ],
    [
      "range on a boolean",
      () => User.where({ active: { gt: true } } as never),
      /"gt" needs a column whose values have an order/,
    ],
    [
      "in without a list",
      () => User.where({ id: { in: 1 } } as never),
      /"in" requires an array or subquery value/,
    ],
    [
      "or without a list",
      () => User.where({ or: {} } as never),
      /"or" expects an array of condition objects/,
    ],
    [
      "or with a bad child",
      () => User.where({ or: [1] } as never),
      /"or" entries must be condition objects/,
    ],
    [
      "not an object",
      () => User.where("x" as never),
      /expects an object of conditions or an sql fragment, got string/,
    ],
    [
      "prototype members are no columns",
      () => User.where({ constructor: 1 } as never),
      /unknown column "constructor"/,
    ],
    [
      "__proto__ is no column",
      () => User.where(JSON.parse('{"__proto__": 1}')),
      /unknown column "__proto__"/,
    ],
    [
      "unknown quantifier",
      () => User.where({ posts: { any: {} } } as never),
      /unknown quantifier "any".*Use some/,
    ],
    [
      "order by an unknown column",
      () => User.order({ ctid: "ASC" } as never),
      /order\(\) received unknown column "ctid"/,
    ],
    [
      "order direction",
      () => User.order({ name: "asc" as never }),
      /order\(\) direction must be "ASC" or "DESC", got "asc"/,
    ],
    [
      "order injection",
      () => User.order({ name: "ASC; DROP TABLE users" as never }),
      /order\(\) direction must be/,
    ],
    [
      "order by a computed value",
      () => User.withCount("posts").order({ postsCount: "DESC" } as never),
      /"postsCount" is a computed value. Sort by it in SQL: order\(sql`"postsCount" DESC`\)/,
    ],
    ["limit", () => User.limit(-1), /limit\(\) requires a non-negative integer, got -1/],
    [
      "limit text",
      () => User.limit("1; DROP TABLE users" as never),
      /limit\(\) requires a non-negative integer/,
    ],
    ["offset", () => User.offset(1.5), /offset\(\) requires a non-negative integer, got 1.5/],
    ["select", () => User.select("nope" as never), /select\(\) received unknown column "nope"/],
    ["select nothing", () => User.all().select(), /select\(\) requires at least one column/],
    [
      "joins",
      () => User.joins("psots"),
      /association "psots" not found on User. Did you mean "posts"\?/,
    ],
    [
      "includes",
      () => User.includes("psots" as never),
      /Association "psots" not found on User. Did you mean "posts"\?/,
    ],
    [
      "nested includes",
      () => User.includes("posts.athor" as never),
      /Association "athor" not found on Post. Did you mean "author"\?/,
    ],
    [
      "includes override",
      () => User.includes("posts", { scope: 1 as never }),
      /override 'scope' must be `false` or a function — got 1/,
    ],
    [
      "unknown scope",
      () => User.all().scope("activ"),
      /Scope "activ" not found on User. Did you mean "active"\?/,
    ],
    ["merge with no query", () => User.all().merge({} as never), /expects a query, got {}/],
    [
      "unscope of an unknown part",
      () => User.all().unscope("wher" as never),
      /unscope\(\) does not know "wher". Did you mean "where"\?/,
    ],
    ["abortable", () => User.all().abortable({} as never), /expects an AbortSignal/],
    [
      "a separator of sql.join",
      () => sql.join([1, 2], ") OR (" as never),
      /sql.join\(\) does not know the separator/,
    ],
    ["raw with an open quote", () => User.whereRaw("name = 'x"), /never closed/],
    [
      "raw with two statements",
      () => User.whereRaw("1 = 1; DROP TABLE users"),
      /without a semicolon/,
    ],
    [
      "raw closing the parenthesis",
      () => User.whereRaw("1 = 1) OR (1 = 1"),
      /unbalanced parentheses/,
    ],
    [
      "raw placeholder without a value",
      () => User.whereRaw("a = $2", [1]),
      /uses \$2, but 1 value was given/,
    ],
    [
      "raw value without a placeholder",
      () => User.whereRaw("a = 1", [1]),
      /has 1 values, but uses only 0/,
    ],
    ["undefined in raw", () => User.whereRaw("a = $1", [undefined]), /value of \$1 is undefined/],
    ["a value inside a quote", () => sql`name = '${1}'`, /inside a quote or comment/],
    [
      "subquery of a composite key",
      () => Post.where({ id: Membership.all() as never }),
      /composite primary key/,
    ],
    [
      "subquery of two columns",
      () => Post.where({ id: User.select("id", "age") }),
      /exactly one column/,
    ],
    [
      "merge of another table",
      () => User.all().merge(Post.all() as never),
      /merge\(\) needs a query on User/,
    ],
    [
      "union of another table",
      () => User.all().union(Post.all() as never),
      /union\(\) needs queries on User/,
    ],
  ];
  for (const [name, run, message] of cases) {
    test(name, () => expect(run).toThrow(message));
  }

  const rejections: [string, () => PromiseLike<unknown>, RegExp][] = [
    ["find(undefined)", () => User.find(undefined as never), /undefined for "id"/],
    ["find with operators", () => User.find({ ne: 1 } as never), /expects a value for "id"/],
    [
      "a partial composite key",
      () => Membership.find(1 as never),
      /expects all of "userId", "orgId"/,
    ],
    [
      "findBy with operators",
      () => User.findBy({ email: { ne: "x" } } as never),
      /takes values, not operators \("email" is an object\)/,
    ],
    ["findBy undefined", () => User.findBy({ email: undefined } as never), /undefined for "email"/],
    [
      "findBy an unknown name",
      () => User.findBy({ emial: "x" } as never),
      /unknown column "emial" on User. Did you mean "email"\?/,
    ],
    ["pluck nothing", () => User.all().pluck(), /pluck\(\) requires at least one column/],
    [
      "pluck an unknown column",
      () => User.pluck("xmin" as never),
      /pluck\(\) received unknown column "xmin"/,
    ],
    ["updateAll with nothing", () => User.all().updateAll({}), /needs at least one column to set/],
    [
      "updateAll of undefined only",
      () => User.all().updateAll({ name: undefined } as never),
      /needs at least one column to set/,
    ],
    [
      "updateAll of an unknown column",
      () => User.all().updateAll({ ctid: 1 } as never),
      /unknown column "ctid"/,
    ],
    [
      "updateAll of a generated column",
      () => Share.all().updateAll({ label: "x" } as never),
      /cannot write "label" of Share: the database computes it/,
    ],
    [
      "updateAll of an identity column",
      () => Share.all().updateAll({ id: 1n } as never),
      /cannot write "id" of Share: the database numbers it/,
    ],
    [
      "createMany of an unknown column",
      () => User.createMany([{ nmae: "x" } as never]),
      /unknown column "nmae" on User. Did you mean "name"\?/,
    ],
    [
      "empty conflict columns",
      () => Tag.upsert({ name: "x" }, { conflict: { columns: [] } }),
      /conflict.columns needs at least one column/,
    ],
    [
      "unknown conflict column",
      () => Tag.upsert({ name: "x" }, { conflict: { columns: ["nope" as never] } }),
      /unknown column "nope"/,
    ],
    [
      "a wrong conflict action",
      () =>
        Tag.upsert({ name: "x" }, { conflict: { columns: ["name"], action: "replace" as never } }),
      /action must be "ignore" or "update"/,
    ],
    [
      "a foreign cursor",
      () => User.all().paginate({ first: 1, after: "nonsense" }),
      /does not belong to this query/,
    ],
    [
      "a cursor of another order",
      () => User.order({ name: "ASC" }).paginate({ first: 1, after: btoa('["id ASC LAST","1"]') }),
      /does not belong to this query/,
    ],
    [
      "a cursor that somebody wrote",
      () => User.order({ name: "ASC" }).paginate({ first: 1, after: btoa('["name ASC LAST",1]') }),
      /does not belong to this query/,
    ],
    [
      "a misspelt option of paginate",
      () => User.all().paginate({ first: 1, afer: "x" } as never),
      /paginate\(\) has no option "afer". Did you mean "after"\?/,
    ],
    [
      "both ways of paginate",
      () => User.all().paginate({ first: 1, before: "x" } as never),
      /takes { first, after } or { last, before }, not both/,
    ],
    ["no options of paginate", () => User.all().paginate(undefined as never), /expects options/],
    [
      "a misspelt option of createMany",
      () => Tag.createMany([{ name: "x" }], { conflct: "ignore" } as never),
      /createMany\(\) has no option "conflct". Did you mean "conflict"\?/,
    ],
    [
      "a misspelt part of conflict",
      () => Tag.upsert({ name: "x" }, { conflict: { columns: ["name"], were: {} } } as never),
      /conflict has no option "were". Did you mean "where"\?/,
    ],
    [
      "two conflict targets",
      () =>
        Tag.upsert({ name: "x" }, { conflict: { columns: ["name"], constraint: "x" } } as never),
      /columns or a constraint, not both/,
    ],
    ["upsert without a conflict", () => Tag.upsert({ name: "x" }, {} as never), /needs { conflict/],
    [
      "a misspelt option of updateAll",
      () => User.all().updateAll({ age: 1 }, { retuning: true } as never),
      /updateAll\(\) has no option "retuning". Did you mean "returning"\?/,
    ],
    [
      "returning",
      () => User.all().deleteAll({ returning: "id" } as never),
      /returning expects true or a list of columns, got id/,
    ],
    [
      "a misspelt option of explain",
      () => User.all().explain({ analyse: true } as never),
      /explain\(\) has no option "analyse". Did you mean "analyze"\?/,
    ],
    ["copyFrom of no rows", () => Tag.copyFrom(5 as never), /expects an iterable of rows, got 5/],
    [
      "a misspelt option of copyFrom",
      () => Tag.copyFrom([], { colums: [] } as never),
      /copyFrom\(\) has no option "colums". Did you mean "columns"\?/,
    ],
    [
      "a query in a list",
      () => User.where({ id: [User.all() as never] }).first(),
      /a query inside the list for "id". A query stands for the whole list/,
    ],
    [
      "a wrong value",
      () => User.where({ age: "abc" as never }).first(),
      /Wrong value for column "age" \(integer\): abc is not an integer/,
    ],
    [
      "a value out of range",
      () => User.where({ age: 3_000_000_000 }).first(),
      /not in the range of an integer/,
    ],
    ["NUL in text", () => User.where({ name: "a\0b" }).first(), /NUL/],
    [
      "an invalid date",
      () => User.where({ createdAt: { gt: new Date("x") } }).first(),
      /not a valid Date/,
    ],
  ];
  for (const [name, run, message] of rejections) {
    test(name, async () => {
      const { database, sent } = fakeDatabase();
      await expect(Database.run(database, async () => await run())).rejects.toThrow(message);
      expect(sent).toEqual([]);
    });
  }
});

test("models of the same table share no state", () => {
  expect(new QueryBuilder(users).tableDefinition).toBe(User.tableDefinition as typeof users);
  expect(Order.where({ total: "1.50" }).toSQL().values).toEqual(["1.50"]);
  expect(Comment.all().includedAssociationNames).toEqual([]);
});
