/** Loads that differ in keys only share a text; whatever a scope does, the text is the one it would have alone. */
import { afterEach, expect, test } from "bun:test";
import fc from "fast-check";
import { posts, profiles, users } from "../../../db/schema";
import { Database, setDefaultDatabase } from "../../../src/connection/database";
import { belongsTo, hasMany, hasOne, Model, type QueryBuilder, sql } from "../../../src/index";
import { FakeDriver } from "../../support/fake-driver";

type Query = QueryBuilder<unknown>;
type Scope = (query: Query) => Query;

/** Classes that have loaded nothing yet, so that nothing is kept of theirs. */
function freshModels() {
  class Author extends Model(users, {}) {}
  class Post extends Model(posts, { author: belongsTo(() => Author, { foreignKey: "userId" }) }) {}
  class Profile extends Model(profiles, {}) {}
  class User extends Model(users, {
    posts: hasMany(() => Post),
    firstPost: hasOne(() => Post),
    latest: hasMany(() => Post, {
      defaultScope: (query) => query.order({ createdAt: "DESC" }).limit(3),
    }),
    profile: hasOne(() => Profile),
  }) {}
  return { User, Post };
}

type Models = ReturnType<typeof freshModels>;

afterEach(() => setDefaultDatabase(undefined));

/** What is sent to load an association of owners with these ids. */
async function sentFor(
  { User, Post }: Models,
  name: string,
  ids: readonly number[],
  scope?: Scope | false,
) {
  const rows = ids.map((id) => ({ id, userId: id }));
  const driver = new FakeDriver(() => (driver.sent.length === 1 ? rows : []));
  setDefaultDatabase(new Database(driver));
  const owners = name === "author" ? Post.select("id", "userId") : User.select("id");
  const options = scope === undefined ? [] : [{ scope }];
  await (owners as unknown as { includes(...args: unknown[]): Query }).includes(name, ...options);
  return driver.sent.slice(1).map(({ text, values }) => ({ text, values }));
}

/** One key is bound by itself, more as a list. */
const listed = (ids: readonly number[]) => (ids.length > 1 ? `{${ids.join(",")}}` : `${ids}`);

const posted = (step: (query: QueryBuilder<InstanceType<Models["Post"]>>) => unknown): Scope =>
  step as unknown as Scope;

const step: fc.Arbitrary<Scope> = fc.oneof(
  fc.string().map((title) => posted((query) => query.where({ title }))),
  fc.array(fc.integer()).map((views) => posted((query) => query.where({ views }))),
  fc.constantFrom("ASC", "DESC").map((way) => posted((query) => query.order({ createdAt: way }))),
  fc.constant(posted((query) => query.order({ userId: "ASC" }))),
  fc.nat(9).map((count) => posted((query) => query.limit(count))),
  fc.nat(9).map((count) => posted((query) => query.offset(count))),
  fc.constant(posted((query) => query.distinct())),
  fc.constant(posted((query) => query.where(sql`true`))),
  fc.constant(posted((query) => query.unscope("where"))),
  fc.constant(posted((query) => query.none())),
);

test("any scope's load has the text and the values that classes give it which loaded nothing before", async () => {
  const kept = freshModels();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("posts", "firstPost", "latest"),
      fc.uniqueArray(fc.integer({ min: 1 }), { minLength: 1, maxLength: 4 }),
      fc.option(fc.array(step, { maxLength: 4 }), { nil: undefined }),
      async (name, ids, steps) => {
        const scope: Scope | undefined =
          steps && ((query) => steps.reduce<Query>((each, next) => next(each), query));
        const sent = await sentFor(kept, name, ids, scope);
        expect(sent).toEqual(await sentFor(freshModels(), name, ids, scope));
      },
    ),
    { numRuns: 300 },
  );
});

test.each(["posts", "firstPost", "latest", "profile", "author"])(
  "the text of %s is the same for other keys",
  async (name) => {
    const models = freshModels();
    for (const [first, second] of [
      [
        [1, 2],
        [3, 4, 5],
      ],
      [[1], [2]],
    ] as const) {
      const [before] = await sentFor(models, name, first);
      const [after] = await sentFor(models, name, second);
      expect(after?.text).toBe(before?.text as string);
      expect(before?.values[0]).toBe(listed(first));
      expect(after?.values[0]).toBe(listed(second));
    }
  },
);

test("a scope that counts rows at times is asked once, and has either form", async () => {
  const models = freshModels();
  let calls = 0;
  let isLimited = true;
  const scope = posted((query) => {
    calls++;
    return isLimited ? query.limit(2) : query;
  });
  const texts: (string | undefined)[] = [];
  for (const limited of [true, true, false, false, true]) {
    isLimited = limited;
    calls = 0;
    const [sent] = await sentFor(models, "posts", [1, 2], scope);
    texts.push(`${calls} ${/LATERAL/.test(sent?.text ?? "") ? "lateral" : "flat"}`);
  }
  expect(texts).toEqual(["2 lateral", "1 lateral", "2 flat", "1 flat", "2 lateral"]);
});
