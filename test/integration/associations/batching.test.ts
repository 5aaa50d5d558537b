/** No N+1 by default: records loaded together load for each other, and nobody can tell but by the statements. */
import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import {
  connect,
  disconnect,
  hasMany,
  Model,
  query,
  RecordNotFoundError,
  StrictLoadingError,
  transaction,
} from "../../../src/index";
import { libraryDatabase } from "../../support/library/database";
import { Article, Badge, Label, Person, Seat } from "../../support/library/models";
import { articles, people } from "../../support/library/schema";

const db = libraryDatabase();

/** The articles of a person, as SQL has them now. */
async function articleIds(person: Person): Promise<number[]> {
  const rows = await db.select("SELECT id::int FROM articles WHERE person_id = $1 ORDER BY id", [
    person.id,
  ]);
  return rows.map(({ id }) => Number(id));
}

const ids = (records: readonly { readonly id: unknown }[]) =>
  records.map(({ id }) => Number(id)).sort((a, b) => a - b);

describe("statements", () => {
  test("one load alone is one statement for one key", async () => {
    const people = await Person.all();
    const statements = await db.statements(async () => {
      await people[1]?.load("articles");
    });
    expect(statements.length).toBe(1);
    expect(statements[0]).toContain('"person_id" = $1');
  });

  test("a loop is two, whatever the number", async () => {
    const people = await Person.all();
    const statements = await db.statements(async () => {
      for (const person of people) await person.load("articles");
    });
    expect(people.length).toBeGreaterThan(10);
    expect(statements.length).toBe(2);
    expect(statements[1]).toContain('"person_id" = ANY($1)');
  });

  test("calls of one tick are one, mixed names one each", async () => {
    const people = await Person.all();
    expect(
      (await db.statements(() => Promise.all(people.map((p) => p.load("articles"))))).length,
    ).toBe(1);
    const statements = await db.statements(() =>
      Promise.all(people.flatMap((p) => [p.load("badges"), p.load("groups")])),
    );
    expect(statements.length).toBe(2);
  });

  test("loops within loops: two for each level", async () => {
    const people = await Person.all();
    let notes = 0;
    const statements = await db.statements(async () => {
      for (const person of people) {
        for (const article of await person.load("articles")) {
          notes += (await article.load("notes")).length;
          await article.load("author");
        }
      }
    });
    const [want] = await db.select(
      "SELECT count(*)::int AS count FROM notes JOIN articles a ON a.id = article_id WHERE person_id IS NOT NULL",
    );
    expect(notes).toBe(Number(want?.count));
    // The articles of the first person come alone, those of the others together.
    expect(statements.length).toBeLessThanOrEqual(5);
  });

  test("below one record: its children are a group", async () => {
    const person = await Person.find(2);
    const statements = await db.statements(async () => {
      for (const article of await person.load("articles")) await article.load("notes");
    });
    expect(statements.length).toBe(3);
  });

  test("below includes(): the children of all owners are a group", async () => {
    const people = await Person.includes("articles");
    const statements = await db.statements(async () => {
      for (const { articles } of people)
        for (const article of articles) await article.load("notes");
    });
    expect(statements.length).toBe(2);
  });

  test("counts are batched as records are", async () => {
    const people = await Person.all();
    const counts: number[] = [];
    const statements = await db.statements(async () => {
      for (const person of people) counts.push(await person.loadCount("articles"));
    });
    expect(statements.length).toBe(2);
    const want = await db.select(
      "SELECT (SELECT count(*)::int FROM articles WHERE person_id = p.id) AS count FROM people p ORDER BY id",
    );
    const byId = people.map((person, index) => [person.id, counts[index]] as const);
    expect(byId.sort(([a], [b]) => a - b).map(([, count]) => count)).toEqual(
      want.map(({ count }) => Number(count)),
    );
  });

  test("autoBatch(false): each for itself", async () => {
    const people = await Person.all().autoBatch(false);
    const statements = await db.statements(async () => {
      for (const person of people) await person.load("articles");
    });
    expect(statements.length).toBe(people.length);
  });

  test("concurrent loads of one record are one statement and one list", async () => {
    const [first, second] = await Person.limit(2);
    if (!first || !second) throw new Error("no people");
    const statements = await db.statements(async () => {
      const [a, b] = await Promise.all([first.load("articles"), first.load("articles")]);
      expect(a).toBe(b);
    });
    expect(statements.length).toBe(1);
  });
});

describe("nobody can tell", () => {
  test("what was loaded ahead is not shown before it is asked for", async () => {
    const people = await Person.all();
    await people[0]?.load("articles");
    await people[1]?.load("articles");
    for (const person of people.slice(2)) {
      expect(person.isLoaded("articles")).toBe(false);
      expect((person as { articles?: unknown }).articles).toBeUndefined();
      expect(person.serialize({ include: ["articles"] } as never)).not.toHaveProperty("articles");
    }
  });

  test("rows written in the meantime are there: by a model, in bulk, by query(), in a transaction", async () => {
    const writes = [
      (personId: number) => Article.create({ title: "new", personId }),
      (personId: number) => Article.createMany([{ title: "new", personId }]),
      (personId: number) =>
        query("INSERT INTO articles (title, person_id) VALUES ('new', $1)", [personId]),
      (personId: number) =>
        transaction(async () => {
          await Article.create({ title: "new", personId });
        }),
      (personId: number) => Article.where({ title: "new" }).limit(1).updateAll({ personId }),
      (personId: number) => Article.where({ personId, title: "new" }).deleteAll(),
    ];
    for (const write of writes) {
      for (const person of await Person.order({ id: "ASC" })) {
        await write(person.id);
        expect(ids(await person.load("articles"))).toEqual(await articleIds(person));
      }
    }
    await db.select("DELETE FROM articles WHERE title = 'new'");
  });

  test("writing in the loop does not load the group again and again", async () => {
    const people = await Person.all();
    let rows = 0;
    const counting = await connectionCounting(async () => {
      for (const person of people) {
        await person.load("articles");
        await Article.create({ title: "new", personId: 1 });
      }
    });
    rows = counting;
    const [all] = await db.select("SELECT count(*)::int AS count FROM articles");
    expect(rows).toBeLessThan(people.length * Number(all?.count));
    await db.select("DELETE FROM articles WHERE title = 'new'");
  });

  test("writing elsewhere in the loop keeps it at two", async () => {
    const people = await Person.all();
    const statements = await db.statements(async () => {
      for (const person of people) {
        await person.load("articles");
        person.seenAt = new Date();
        await person.save();
      }
    });
    expect(statements.filter((text) => text.startsWith("SELECT")).length).toBe(2);
  });

  test("a key that changes in the meantime is the key that counts", async () => {
    const list = await Article.where({ personId: { ne: null } }).order({ id: "ASC" });
    await list[0]?.load("author");
    await list[1]?.load("author");
    for (const article of list) {
      article.personId = ((article.personId ?? 0) % 9) + 1;
      expect((await article.load("author"))?.id).toBe(article.personId);
    }
  });

  test("what a transaction rolls back was never there", async () => {
    const people = await Person.order({ id: "ASC" });
    await expect(
      transaction(async () => {
        await Article.createMany(people.map(({ id }) => ({ title: "gone", personId: id })));
        await people[0]?.load("articles");
        await people[1]?.load("articles");
        throw new Error("back");
      }),
    ).rejects.toThrow("back");
    for (const person of people.slice(2)) {
      expect(ids(await person.load("articles"))).toEqual(await articleIds(person));
    }
  });

  test("inside a transaction its own rows are seen, outside not before the commit", async () => {
    const people = await Person.order({ id: "ASC" });
    await people[0]?.load("badges");
    await people[1]?.load("badges");
    await transaction(async () => {
      await Badge.create({ title: "inside", personId: 5 });
      const person = people.find(({ id }) => id === 5);
      expect((await person?.load("badges"))?.some(({ title }) => title === "inside")).toBe(true);
    });
    await Badge.where({ title: "inside" }).deleteAll();
  });

  test("each record has instances of its own, as if loaded alone", async () => {
    const list = await Article.where({ personId: 2 });
    const authors = await Promise.all(list.map((article) => article.load("author")));
    expect(authors.length).toBeGreaterThan(1);
    expect(new Set(authors).size).toBe(authors.length);
    const people = await Person.where({ id: { lte: 6 } });
    const labels = (await Promise.all(people.map((person) => person.load("labels")))).flat();
    expect(new Set(labels).size).toBe(labels.length);
  });

  test("a record that cannot be loaded is its own trouble", async () => {
    const whole = await Person.order({ id: "ASC" }).limit(4);
    const parts = (await Person.select("name").limit(2)) as unknown as Person[];
    for (const part of parts) await expect(part.load("articles")).rejects.toThrow('without "id"');
    const results = await Promise.allSettled(whole.map((person) => person.load("articles")));
    expect(results.every(({ status }) => status === "fulfilled")).toBe(true);
  });

  test("a statement that fails for one is tried for each", async () => {
    class Picky extends Model(people, {
      articles: hasMany(() => Article, {
        foreignKey: "personId",
        defaultScope: (q) => q.whereRaw("10 / (person_id - 3) IS NOT NULL"),
      }),
    }) {}
    const people3 = await Picky.where({ id: [2, 3, 4] }).order({ id: "ASC" });
    const results = await Promise.allSettled(people3.map((person) => person.load("articles")));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  test("limits, orders and scopes are those of each record", async () => {
    for (const name of ["latestArticles", "secondArticle", "activeArticles", "topBadge"] as const) {
      const together = await Person.order({ id: "ASC" });
      const apart = await Person.order({ id: "ASC" }).autoBatch(false);
      for (const [index, person] of together.entries()) {
        const keys = (value: unknown) =>
          [value].flat().map((record) => (record as { id?: unknown } | null)?.id);
        expect(keys(await person.load(name))).toEqual(keys(await apart[index]?.load(name)));
      }
    }
  });

  test("what was loaded ahead is not kept for ever", async () => {
    const list = await Person.order({ id: "ASC" });
    await list[0]?.load("badges");
    await list[1]?.load("badges");
    const now = performance.now();
    const clock = spyOn(performance, "now").mockImplementation(() => now + 60_000);
    try {
      // Behind the library's back.
      await db.select("INSERT INTO badges (person_id, title) VALUES (6, 'behind')");
      const person = list.find(({ id }) => id === 6);
      expect((await person?.load("badges"))?.some(({ title }) => title === "behind")).toBe(true);
    } finally {
      clock.mockRestore();
      await db.select("DELETE FROM badges WHERE title = 'behind'");
    }
  });
});

/** How many rows the statements of `work` gave. */
async function connectionCounting(work: () => Promise<void>): Promise<number> {
  let rows = 0;
  await disconnect();
  await connect(db.url, {
    onQuery: (entry) => {
      if (entry.text.startsWith("SELECT")) rows += entry.rows ?? 0;
    },
  });
  await work();
  await disconnect();
  await connect(db.url, { onQuery: db.record });
  return rows;
}

describe("find() in one tick", () => {
  test("is one statement, each call with a record of its own", async () => {
    const statements = await db.statements(async () => {
      const found = await Promise.all([1, "2", 3, 1].map((id) => Person.find(id)));
      expect(found.map(({ id }) => id)).toEqual([1, 2, 3, 1]);
      expect(found[0]).not.toBe(found[3] as Person);
    });
    expect(statements.length).toBe(1);
    expect(statements[0]).toContain("= ANY($1)");
  });

  test("a missing one is missing for its own call", async () => {
    const results = await Promise.allSettled([1, 999, 3].map((id) => Person.find(id)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((results[1] as PromiseRejectedResult).reason).toBeInstanceOf(RecordNotFoundError);
    expect((results[1] as PromiseRejectedResult).reason.message).toContain("999");
  });

  test("a key that does not fit fails for its own call", async () => {
    const results = await Promise.allSettled([1, "abc", 99999999999].map((id) => Person.find(id)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    const label = await Label.first();
    const labels = await Promise.allSettled(
      [label?.id as string, "no uuid"].map((id) => Label.find(id)),
    );
    expect(labels.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });

  test("several tables, and composite keys, do not mix", async () => {
    const [person, article, seat, other] = await Promise.all([
      Person.find(1),
      Article.find(1n),
      Seat.find([1, 2]),
      Person.where({ name: { ne: "x" } }).find(2),
    ]);
    expect([person.id, article.id, seat.floor, seat.number, other.id]).toEqual([1, 1n, 1, 2, 2]);
  });

  test("inside a transaction each goes by itself, in order", async () => {
    const statements = await db.statements(() =>
      transaction(async () => {
        await Promise.all([Person.find(1), Person.find(2)]);
      }),
    );
    expect(statements.length).toBe(2);
  });

  test("what was found together loads together", async () => {
    const found = await Promise.all([1, 2, 3, 4].map((id) => Person.find(id)));
    const statements = await db.statements(async () => {
      for (const person of found) await person.load("articles");
    });
    expect(statements.length).toBe(2);
  });
});

describe("nPlusOne", () => {
  afterEach(async () => {
    await disconnect();
    await connect(db.url, { onQuery: db.record });
  });

  const line = /batching\.test\.ts:\d+:\d+/;

  test("raise: the second record of many is an error that names the line", async () => {
    await disconnect();
    await connect(db.url, { nPlusOne: "raise" });
    const list = await Person.all().autoBatch(false);
    await list[0]?.load("articles");
    const failed = await list[1]?.load("articles").catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(StrictLoadingError);
    expect((failed as Error).message).toMatch(
      /^N\+1: "articles" is loaded for one Person after another, at .*batching\.test\.ts:\d+:\d+\./,
    );
    // With batching on there is nothing to report.
    for (const person of await Person.all()) await person.load("articles");
  });

  test("warn: once for each query, with the line", async () => {
    await disconnect();
    await connect(db.url, { nPlusOne: "warn" });
    const warn = spyOn(console, "warn").mockImplementation(() => {});
    try {
      for (const person of await Person.all().autoBatch(false)) await person.load("articles");
      expect(warn).toHaveBeenCalledTimes(1);
      expect(String(warn.mock.calls[0]?.[0])).toMatch(line);
    } finally {
      warn.mockRestore();
    }
  });
});

describe("a transaction and one nested in it", () => {
  test("share no batch: neither waits for the other, and each sees its own rows", async () => {
    await transaction(async () => {
      const list = await Person.order({ id: "ASC" });
      const [first, second, third, fourth] = list as [Person, Person, Person, Person];
      const inner = () =>
        transaction(async () => {
          const before = await third.load("articles");
          await Article.create({ title: "inner", personId: fourth.id });
          return [before.length, (await fourth.load("articles")).length];
        });
      const expected = await Promise.all(list.slice(0, 4).map(articleCount));
      const [one, nested, two] = await Promise.all([
        first.load("articles"),
        inner(),
        second.load("articles"),
      ]);
      expect([one.length, two.length]).toEqual([expected[0], expected[1]] as number[]);
      expect(nested).toEqual([expected[2], Number(expected[3]) + 1] as number[]);
    });
  });

  test("what was loaded in it is forgotten when it is rolled back", async () => {
    const undo = async (person: Person) => {
      await Article.create({ title: "gone", personId: person.id });
      await person.load("articles");
      const [again] = await Person.where({ id: person.id }).includes("articles");
      expect(again?.articles.length).toBe((await articleCount(person)) as number);
      throw new Error("undo");
    };
    const [person, other] = await Person.order({ id: "ASC" });
    if (!person || !other) throw new Error("no people");
    const before = await articleCount(person);
    await expect(transaction(() => undo(person))).rejects.toThrow("undo");
    expect(person.isLoaded("articles")).toBe(false);
    expect((await person.load("articles")).length).toBe(before);
    await transaction(async () => {
      await expect(transaction(() => undo(other))).rejects.toThrow("undo");
      expect((await other.load("articles")).length).toBe(await articleCount(other));
    });
    expect(other.isLoaded("articles")).toBe(true);
  });
});

/** As the calling code sees it, inside a transaction as well. */
async function articleCount({ id }: Person): Promise<number> {
  return await Article.where({ personId: id }).count();
}

describe("memory", () => {
  beforeEach(() => Bun.gc(true));

  test("records that were picked out of their result still load together", async () => {
    const picked = (await Person.all()).filter(({ id }) => id % 2 === 0);
    for (let attempt = 0; attempt < 5; attempt++) {
      await Bun.sleep(1);
      Bun.gc(true);
    }
    const statements = await db.statements(async () => {
      for (const person of picked) await person.load("articles");
    });
    expect(picked.length).toBeGreaterThan(3);
    expect(statements.length).toBe(2);
  });

  test("a group does not keep its records", async () => {
    const references: WeakRef<object>[] = [];
    const load = async () => {
      const list = await Person.all();
      for (const person of list) references.push(new WeakRef(person));
      await list[0]?.load("articles");
      return list[0];
    };
    const kept = await load();
    for (let attempt = 0; attempt < 20; attempt++) {
      await Bun.sleep(1);
      Bun.gc(true);
      if (references.filter((reference) => reference.deref()).length < references.length / 2) break;
    }
    expect(references.filter((reference) => reference.deref()).length).toBeLessThan(
      references.length / 2,
    );
    expect(ids((await kept?.load("articles")) ?? [])).toEqual(await articleIds(kept as Person));
  });
});

test("records of two queries do not mix", async () => {
  class Other extends Model(articles) {}
  expect((await Other.limit(1)).length).toBe(1);
  const [a, b] = [await Person.limit(3), await Person.limit(3)];
  const statements = await db.statements(async () => {
    await a[0]?.load("badges");
    await b[0]?.load("badges");
  });
  expect(statements.length).toBe(2);
  expect(statements.every((text) => text.includes('"person_id" = $1'))).toBe(true);
});
