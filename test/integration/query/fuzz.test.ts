/** Random queries: PostgreSQL accepts each, placeholders and parameters agree, nothing is changed by use. */
import { beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { op, type QueryBuilder, sql } from "../../../src/index";
import { prepare } from "../../../src/query/pipeline";
import { compile } from "../../../src/sql/compiler";
import { mapSelect } from "../../../src/sql/transform";
import { blogDatabase } from "../../support/blog";
import { Post, registerTestModels, User } from "../../support/models";

const blog = blogDatabase();
beforeAll(registerTestModels);

const text = fc
  .string({ maxLength: 12 })
  .filter((value) => !value.includes("\0") && value.isWellFormed());
const int = fc.integer({ min: -1000, max: 1000 });
const date = fc.date({
  min: new Date("1900-01-01"),
  max: new Date("2100-01-01"),
  noInvalidDate: true,
});

const condition: fc.Arbitrary<object> = fc.letrec<{ node: object }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ name: text }),
    fc.record({
      age: fc.oneof(int, fc.constant(null), fc.array(fc.oneof(int, fc.constant(null)))),
    }),
    fc.record({ age: fc.record({ gte: int, lt: int }, { requiredKeys: ["gte"] }) }),
    fc.record({
      name: fc
        .constantFrom("contains", "like", "ilike", "starts_with", "ends_with", "matches", "ne")
        .chain((name) => text.map((value) => ({ [name]: value }))),
    }),
    fc.record({
      createdAt: fc.oneof(
        date,
        fc.array(date),
        date.map((ne) => ({ ne })),
        fc.tuple(date, date).map((between) => ({ between })),
      ),
    }),
    fc.record({
      tags: fc.oneof(
        fc.array(text),
        fc.array(text).map((overlaps) => ({ overlaps })),
        fc.array(fc.array(text), { maxLength: 3 }).map((list) => ({ in: list })),
      ),
    }),
    fc.record({
      settings: fc.oneof(
        fc
          .jsonValue()
          .filter((value) => value !== null && !JSON.stringify(value).includes("\\u0000")),
        fc.constant(op({ contains: { a: 1 } })),
      ),
    }),
    fc.record({ visits: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }) }),
    fc.record({ score: fc.oneof(int.map(String), int) }),
    fc.record({ role: fc.constantFrom("admin", "member") }),
    fc.record({ rating: fc.double({ noNaN: true }) }),
    fc.record({ bornOn: date }),
    fc.record({ or: fc.array(tie("node"), { maxLength: 3 }) }),
    fc.record({ and: fc.array(tie("node"), { maxLength: 3 }) }),
    fc.record({ not: tie("node") }),
    fc.record({
      posts: fc
        .constantFrom("some", "none", "every")
        .chain((name) => text.map((title) => ({ [name]: { title } }))),
    }),
    fc.record({ id: int.map((views) => Post.select("userId").where({ views }).limit(3)) }),
  ),
})).node;

type Step = (query: QueryBuilder<User>) => QueryBuilder<User>;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: condition.map(
      (where): Step =>
        (query) =>
          query.where(where as never),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("ASC", "DESC", "DESC NULLS LAST", "ASC NULLS FIRST").map(
      (direction): Step =>
        (query) =>
          query.order({ age: direction as "ASC", settings: "ASC" }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(50).map(
      (count): Step =>
        (query) =>
          query.limit(count),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(50).map(
      (count): Step =>
        (query) =>
          query.offset(count),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((query) => query.joins("posts.taggings")) },
  { weight: 1, arbitrary: fc.constant<Step>((query) => query.leftJoins("profile")) },
  {
    weight: 1,
    arbitrary: fc.constant<Step>(
      (query) => query.withCount("posts", "howMany") as unknown as QueryBuilder<User>,
    ),
  },
  {
    weight: 1,
    arbitrary: text.map(
      (value): Step =>
        (query) =>
          query.whereRaw("users.name <> $1 OR '$1' = $1", [value]),
    ),
  },
  {
    weight: 1,
    arbitrary: text.map(
      (value): Step =>
        (query) =>
          query.where(sql`upper(${value}) = 'X -- $9'`),
    ),
  },
  {
    weight: 1,
    arbitrary: condition.map(
      (where): Step =>
        (query) =>
          query.union(User.where(where as never)),
    ),
  },
);

test("every random query is valid SQL with as many placeholders as parameters", async () => {
  const connection = await blog.sql.reserve();
  let name = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      const query = steps.reduce((current, apply) => apply(current), User.all());
      const { source, statement } = query.state;
      const before = JSON.stringify(statement, (_key, value) =>
        typeof value === "bigint" ? `${value}n` : value,
      );
      const compiled = prepare(source, statement, "toArray");
      const placeholders = new Set(
        compiled.text.replace(/'(?:[^']|'')*'/g, "").match(/\$\d+/g) ?? [],
      );
      expect(placeholders.size).toBe(compiled.parameters.length);
      await connection.unsafe(`PREPARE fuzz_${++name} AS ${compiled.text}`);
      await connection.unsafe(`DEALLOCATE fuzz_${name}`);
      // A rewrite that changes nothing loses nothing.
      expect(compile(mapSelect(statement, (expression) => expression)).text).toBe(compiled.text);
      expect(
        JSON.stringify(statement, (_key, value) =>
          typeof value === "bigint" ? `${value}n` : value,
        ),
      ).toBe(before);
    }),
    { numRuns: 250 },
  );
  connection.release();
}, 30_000);

test("every random query runs", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 4 }), async (steps) => {
      const query = steps.reduce((current, apply) => apply(current), User.all());
      expect(await query.toArray()).toEqual([]);
      expect(await query.count()).toBe(0);
    }),
    { numRuns: 100 },
  );
}, 30_000);
