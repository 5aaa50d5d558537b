/** What comes from a request stays a value or is refused, in every position of every method. */
import { beforeAll, describe, expect, test } from "bun:test";
import { query, sql } from "../../../src/index";
import { blogDatabase } from "../../support/blog";
import { Post, registerTestModels, Tag, User } from "../../support/models";

const attacks = [
  "'; DROP TABLE users; --",
  '"; DROP TABLE users; --',
  "1 OR 1=1",
  "x') OR ('1'='1",
  "\\'; DELETE FROM users; --",
  "$1",
  "$$; DROP TABLE users; $$",
  "/* */ DROP TABLE users",
  "%",
  "{}",
  '{"a","b"}',
  "a\nb;--",
  "Robert'); DROP TABLE students;--",
];

blogDatabase();

beforeAll(async () => {
  registerTestModels();
  await User.create({ name: "Ann", email: "ann@x", passwordDigest: "secret" });
});

const intact = async () =>
  expect(await query("SELECT count(*)::int AS n FROM users")).toEqual([{ n: 1 }]);

// biome-ignore lint/suspicious/noExplicitAny: a request body has no type; that is the point of these tests
const untyped = (value: unknown): any => value;

describe("values are bound", () => {
  for (const attack of attacks) {
    test(JSON.stringify(attack), async () => {
      const none: (() => PromiseLike<unknown>)[] = [
        () => User.where({ name: attack }),
        () => User.where({ name: [attack, `${attack}x`] }),
        () => User.where({ name: { starts_with: attack } }),
        () => User.where({ name: { contains: `${attack}?` } }),
        () => User.where({ name: { in: [attack] } }),
        () => User.where({ tags: [attack] }),
        () => User.where({ tags: { contains: [attack] } }),
        () => User.where({ settings: { [attack]: attack } }),
        () => User.where({ or: [{ name: attack }, { email: attack }] }),
        () => User.where({ posts: { some: { title: attack } } }),
        () => User.whereRaw("name = $1", [attack]),
        () => User.where(sql`name = ${attack}`),
        () => User.where(sql`name IN (${sql.list([attack, attack])})`),
        () => User.findBySql("SELECT * FROM users WHERE name = $1", [attack]),
        () => query("SELECT 1 FROM users WHERE name = $1", [attack]),
        () => Tag.where({ name: User.select("name").where({ email: attack }) }),
      ];
      for (const run of none) expect(await run()).toEqual([]);
      expect(await User.findBy({ name: attack })).toBeNull();
      expect(await User.where({ name: attack }).updateAll({ name: attack })).toBe(0);
      expect(await User.where({ name: attack }).deleteAll()).toBe(0);
      const tag = await Tag.create({ name: attack });
      expect((await Tag.findBy({ name: attack }))?.id).toBe(tag.id);
      await Tag.createMany([{ name: `${attack}1` }, { name: `${attack}2`, active: false }]);
      await Tag.upsert({ name: attack, active: false }, { conflict: { columns: ["name"] } });
      await Tag.upsertAll([{ name: attack }], {
        conflict: { columns: ["name"], where: { name: attack } },
      }).catch((error: Error) =>
        expect(error.message).toContain("no unique or exclusion constraint"),
      );
      await Tag.copyFrom([{ name: `${attack}3` }]);
      expect(await Tag.where({ name: { starts_with: attack } }).deleteAll()).toBe(4);
      await intact();
    });
  }
});

describe("names and keywords are from closed sets", () => {
  for (const attack of attacks) {
    test(JSON.stringify(attack), async () => {
      const refused: (() => unknown)[] = [
        () => User.where(untyped({ [attack]: 1 })),
        () => User.where(untyped({ name: { [attack]: 1 } })),
        () => User.where(untyped({ posts: { [attack]: {} } })),
        () => User.order(untyped({ [attack]: "ASC" })),
        () => User.order(untyped({ name: attack })),
        () => User.order(untyped(attack)),
        () => User.select(untyped(attack)),
        () => User.all().distinctOn(untyped(attack)),
        () => User.limit(untyped(attack)),
        () => User.offset(untyped(attack)),
        () => User.includes(untyped(attack)),
        () => User.withCount(untyped(attack)),
        () => User.whereMissing(untyped(attack)),
        () => User.all().scope(attack),
      ];
      for (const run of refused) expect(run).toThrow();
      const rejected: (() => PromiseLike<unknown>)[] = [
        () => User.all().pluck(untyped(attack)),
        () => User.all().updateAll(untyped({ [attack]: 1 })),
        () => User.all().updateAll({ name: "x" }, { returning: [untyped(attack)] }),
        () => User.createMany([untyped({ [attack]: 1 })]),
        () => Tag.upsert({ name: "x" }, { conflict: { columns: [untyped(attack)] } }),
        () => Tag.upsert({ name: "x" }, { conflict: { constraint: attack } }),
        () =>
          Tag.upsert({ name: "x" }, { conflict: { columns: ["name"], where: { [attack]: 1 } } }),
        () => User.all().paginate({ first: 1, after: attack }),
        () => User.all().paginate({ first: untyped(attack) }),
        () => User.find(untyped({ [attack]: 1 })),
        () => User.findBy(untyped({ [attack]: 1 })),
        () => User.findBy(untyped({ name: { [attack]: 1 } })),
        () => User.copyFrom([untyped({ [attack]: 1 })]),
      ];
      for (const run of rejected) await expect(Promise.resolve(run())).rejects.toThrow();
      // An alias may be any name: it is quoted.
      const [row] = await User.all().select("id", { [attack]: sql`1` });
      expect(row).toBeDefined();
      await intact();
    });
  }
});

test("operators in a request body do not widen find and findBy", async () => {
  for (const value of [{ ne: "x" }, { gt: "" }, { like: "%" }, { in: ["ann@x"] }]) {
    await expect(User.findBy(untyped({ email: "ann@x", name: value }))).rejects.toThrow(
      "takes values, not operators",
    );
    await expect(User.find(untyped(value))).rejects.toThrow("expects a value");
  }
});

test("a forged cursor is bound too", async () => {
  const real = await User.order({ name: "ASC" }).paginate({ first: 1 });
  expect(real.next).toBeNull();
  const forged = Buffer.from(
    JSON.stringify(["name ASC LAST,id ASC LAST", "'; DROP TABLE users; --", "1"]),
  ).toString("base64url");
  expect(
    (await User.order({ name: "ASC" }).paginate({ first: 5, after: forged })).records.length,
  ).toBe(1);
  await intact();
});

test("secrets stay out of errors", async () => {
  const digest = "hunter2-hunter2";
  const error: Error = await User.where({ passwordDigest: digest })
    .whereRaw("nope")
    .then(untyped, (caught) => caught);
  expect(Bun.inspect(error)).not.toContain(digest);
  const wrong: Error = await Post.where({ id: untyped("not a number") }).then(
    untyped,
    (caught) => caught,
  );
  expect(wrong.message).toContain("not a number");
});
