/** Pages of a walk that differ in values only share a text; it is the one that each would have alone. */
import { afterEach, expect, test } from "bun:test";
import fc from "fast-check";
import { posts } from "../../../db/schema";
import { Database, setDefaultDatabase } from "../../../src/connection/database";
import { Model, type QueryBuilder } from "../../../src/index";
import { runStatement } from "../../../src/plugin";
import { parameter, selectItem } from "../../../src/sql/build";
import { FakeDriver } from "../../support/fake-driver";

/** A class that has walked nothing yet, so that no text of its pages is kept. */
function freshModel() {
  return class Post extends Model(posts, {}) {};
}

type Post = InstanceType<ReturnType<typeof freshModel>>;
type Step = (query: QueryBuilder<Post>) => QueryBuilder<Post>;

afterEach(() => setDefaultDatabase(undefined));

const PAGES = 4;
const noValues = Object.fromEntries(Object.keys(posts.columns).map((name) => [name, null]));

/** What is sent to walk the query, when the pages end with these values. */
async function sentFor(
  model: ReturnType<typeof freshModel>,
  steps: readonly Step[],
  what: "findInBatches" | "inBatches",
  values: readonly (string | null)[],
  isEmptied = false,
) {
  let next = 0;
  const value = () => values[next++ % values.length] ?? null;
  // The key is never NULL; which of the columns it is depends on the order.
  const row = () => ({
    ...noValues,
    id: 1 + next,
    title: value() ?? "",
    body: value(),
    keyset_0: value(),
    keyset_1: value(),
    keyset_2: value(),
  });
  const driver = new FakeDriver(({ text, values: sent }) => {
    const limit = Number(sent[Number(/LIMIT \$(\d+)/.exec(text)?.[1]) - 1]);
    // Who asks for the end finds none when all rows were deleted meanwhile.
    if (isEmptied && limit === 1) return [];
    return driver.sent.length > PAGES ? [] : [row(), row()].slice(0, limit);
  });
  setDefaultDatabase(new Database(driver));
  const query = steps.reduce<QueryBuilder<Post>>((each, step) => step(each), model.all());
  for await (const _batch of query[what]({ batchSize: 2 }));
  return driver.sent.map(({ text, values: sent }) => ({ text, values: sent }));
}

const verb = (step: Step) => step;
const way = fc.constantFrom("ASC", "DESC");

const step: fc.Arbitrary<Step> = fc.oneof(
  way.map((id) => verb((query) => query.order({ id }))),
  way.map((title) => verb((query) => query.order({ title }))),
  way.map((body) => verb((query) => query.order({ body }))),
  fc
    .constantFrom("ASC NULLS FIRST", "DESC NULLS LAST")
    .map((body) => verb((query) => query.order({ body }))),
  fc.string().map((title) => verb((query) => query.where({ title }))),
  fc.constant(verb((query) => query.where({ body: null }))),
  fc.integer({ min: 3, max: 20 }).map((count) => verb((query) => query.limit(count))),
  fc.integer({ min: 1, max: 20 }).map((count) => verb((query) => query.offset(count))),
  fc.constant(verb((query) => query.distinct())),
);

test("any walk has the texts and the values that a class gives it which walked nothing before", async () => {
  const kept = freshModel();
  let longest = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 4 }),
      fc.constantFrom("findInBatches", "inBatches"),
      fc.array(fc.option(fc.constantFrom("1", "22", "b")), { minLength: 1, maxLength: 7 }),
      fc.boolean(),
      async (steps, what, values, isEmptied) => {
        const sent = await sentFor(kept, steps, what, values, isEmptied);
        expect(sent).toEqual(await sentFor(freshModel(), steps, what, values, isEmptied));
        longest = Math.max(longest, sent.length);
      },
    ),
    { numRuns: 400 },
  );
  expect(longest).toBeGreaterThan(PAGES);
});

test("the pages of a walk have one text from the second on", async () => {
  const sent = await sentFor(freshModel(), [], "findInBatches", ["1"]);
  const [, , ...pages] = sent.filter(({ text }) => text.includes("LIMIT $"));
  expect(new Set(pages.map(({ text }) => text)).size).toBe(1);
  expect(pages.length).toBeGreaterThan(1);
});

test("a statement with values where nobody looks for them is printed each time", async () => {
  const driver = new FakeDriver();
  setDefaultDatabase(new Database(driver));
  const query = freshModel().where({ title: "a" });
  const { statement } = query.state;
  for (const value of [1, 2]) {
    const columns = [selectItem(parameter(value, posts.columns.views), "value")];
    await runStatement(query, { ...statement, columns }, "sample", ["sampled"]);
  }
  expect(driver.sent.map(({ values }) => values)).toEqual([
    ["1", "a"],
    ["2", "a"],
  ]);
});
