/** Very many owners: no statement grows with their number. */
import { beforeAll, expect, test } from "bun:test";
import { libraryDatabase } from "../../support/library/database";
import { Person } from "../../support/library/models";

const db = libraryDatabase();
const MANY = 100_000;

beforeAll(async () => {
  await db.select("INSERT INTO people (name) SELECT 'many' FROM generate_series(1, $1::int)", [
    MANY,
  ]);
  await db.select("ANALYZE people");
});

test.each(["articles", "labels", "latestArticles"])(
  "100,000 owners and their %s: one statement",
  async (name) => {
    const query = Person.all().includes(name as never);
    const statements = await db.statements(async () => {
      const people = await query.toArray();
      expect(people.length).toBeGreaterThan(MANY);
      expect(people.every((person) => person.isLoaded(name as never))).toBe(true);
    });
    expect(statements.length).toBe(2);
  },
  30_000,
);

test("20,000 owners asked side by side: one statement", async () => {
  const people = await Person.limit(20_000);
  const statements = await db.statements(() =>
    Promise.all(people.map((person) => person.load("badges"))),
  );
  expect(statements.length).toBe(1);
}, 30_000);
