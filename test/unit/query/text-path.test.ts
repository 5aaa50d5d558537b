/** Queries that differ in values only share a text; all others have the text they would have alone. */
import { afterEach, expect, test } from "bun:test";
import fc from "fast-check";
import { users } from "../../../db/schema";
import { Database, setDefaultDatabase } from "../../../src/connection/database";
import { Model, type QueryBuilder, sql } from "../../../src/index";
import { compile } from "../../../src/sql/compiler";
import { FakeDriver } from "../../support/fake-driver";

class User extends Model(users) {}

type Query = QueryBuilder<User>;
type Step = (query: Query) => Query;

/** Steps of a builder, each with random values. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.integer().map((id) => (query: Query) => query.where({ id })),
  fc.option(fc.string()).map((name) => (query: Query) => query.where({ name: name as string })),
  fc.array(fc.integer()).map((ids) => (query: Query) => query.where({ id: ids })),
  fc.array(fc.integer()).map((ids) => (query: Query) => query.where({ id: { not_in: ids } })),
  fc
    .constantFrom("gt", "lte", "ne")
    .chain((operator) =>
      fc.integer().map((id) => (query: Query) => query.where({ id: { [operator]: id } })),
    ),
  fc.date({ noInvalidDate: true }).map((createdAt) => (query: Query) => query.where({ createdAt })),
  fc
    .constantFrom("ASC", "DESC", "DESC NULLS LAST")
    .map((direction) => (query: Query) => query.order({ name: direction as "ASC" })),
  fc.nat().map((count) => (query: Query) => query.limit(count)),
  fc.nat().map((count) => (query: Query) => query.offset(count)),
  fc.constant((query: Query) => query.distinct()),
  fc.constant((query: Query) => query.select("id", "name") as unknown as Query),
  fc.constant((query: Query) => query.where(sql`true`)),
  fc.constant((query: Query) => query.unscope("where", "limit")),
);

afterEach(() => setDefaultDatabase(undefined));

test("any queries have the text and the values that the compiler gives them", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
      const query = steps.reduce<Query>((each, next) => next(each), User.all());
      const { text, parameters } = compile(query.state.statement);
      const shown = query.toSQL();
      expect(shown.text).toBe(text);
      expect(shown.values).toEqual(parameters.map(({ value }) => value));
    }),
    { numRuns: 2_000 },
  );
});

/** What ends a query, with random values. */
const terminal: fc.Arbitrary<(query: Query) => Promise<unknown>> = fc.oneof(
  fc
    .constantFrom("toArray", "first", "last", "take", "sole", "count", "exists")
    .map((name) => (query: Query) => query[name as "first"]()),
  fc.constant((query: Query) => query.pluck("id", "name")),
  fc.boolean().map((distinct) => (query: Query) => query.count("name", { distinct })),
  fc.integer().map((id) => (query: Query) => query.count("name", { filter: { id } })),
  fc.constantFrom("sum", "avg").map((name) => (query: Query) => query[name as "sum"]("id")),
  fc.constantFrom("min", "max").map((name) => (query: Query) => query[name as "max"]("name")),
  fc
    .constantFrom("COUNT(*)", "count(DISTINCT id)", "id", "count")
    .map(
      (text) => (query: Query) =>
        (query as never as ReturnType<Query["group"]>).aggregate({ n: text, most: { max: "id" } }),
    ),
  fc
    .integer()
    .map(
      (value) => (query: Query) =>
        (query as never as ReturnType<Query["group"]>).aggregate({ n: sql`sum(id + ${value})` }),
    ),
);

const groupStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .constantFrom(["name"], ["id", "name"], ["name", "id"])
    .map((names) => (query: Query) => query.group(...(names as ["name"])) as unknown as Query),
  fc
    .constantFrom(["day"], ["month"], ["day", { as: "n" }], ["day", { timeZone: "Asia/Tokyo" }])
    .map(
      ([period, options]) =>
        (query: Query) =>
          query.groupByPeriod("createdAt", period as "day", options as object) as unknown as Query,
    ),
  fc
    .constantFrom("ASC", "DESC")
    .chain((direction) =>
      fc
        .constantFrom("n", "count", "createdAt")
        .map((name) => (query: Query) => query.order({ [name]: direction } as never)),
    ),
  fc.integer().map((n) => (query: Query) => (query as never as Having).having({ count: n })),
);
interface Having {
  having(conditions: object): Query;
}

test("terminals and groups have the text and the values of a query that is the first of its kind", async () => {
  const driver = new FakeDriver();
  setDefaultDatabase(new Database(driver));
  const sentBy = async (
    model: typeof User,
    steps: readonly Step[],
    end: (query: Query) => unknown,
  ) => {
    driver.sent.length = 0;
    try {
      await end(steps.reduce<Query>((each, next) => next(each), model.all()));
    } catch (error) {
      return [String(error).replaceAll(model.name, "User"), ...driver.sent];
    }
    return [...driver.sent];
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(step, groupStep), { maxLength: 5 }),
      terminal,
      async (steps, end) => {
        class Fresh extends Model(users) {}
        const first = await sentBy(Fresh as unknown as typeof User, steps, end);
        expect(await sentBy(User, steps, end)).toEqual(first);
      },
    ),
    { numRuns: 1_500 },
  );
}, 60_000);

test("the text of the same steps is the very same string, and terminals have their own", async () => {
  const driver = new FakeDriver();
  setDefaultDatabase(new Database(driver));
  const query = (name: string) => User.where({ name }).order({ id: "ASC" });
  await query("a").toArray();
  await query("b");
  await query("c").first();
  await query("d").count();
  const [first, second, third, fourth] = driver.texts();
  expect(second).toBe(first as string);
  expect(first).toEndWith('WHERE "name" = $1 ORDER BY "id" ASC');
  expect(third).toEndWith('ORDER BY "id" ASC LIMIT $2');
  expect(fourth).toStartWith("SELECT count(*)");
});
