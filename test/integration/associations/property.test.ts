/** Random include trees and scopes over generated data: eager = lazy = SQL, at every level. */
import { beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { QueryBuilder } from "../../../src/index";
import { libraryDatabase } from "../../support/library/database";
import { type LibraryModel, library, type Row, valueKeys } from "../../support/library/library";
import { MEANINGS, type Meaning } from "../../support/library/oracle";

const db = libraryDatabase({ rows: false });

/** A tree of associations, each with the levels below it. */
interface Tree {
  readonly meaning: Meaning;
  readonly below: readonly Tree[];
}

const owners = [
  "Person",
  "Article",
  "Note",
  "Label",
  "Section",
  "Booking",
  "Seat",
  "Group",
  "Remark",
];

function treesFrom(owner: string, depth: number): fc.Arbitrary<Tree[]> {
  const choices = MEANINGS.filter((meaning) => meaning.owner === owner);
  if (depth === 0 || choices.length === 0) return fc.constant([]);
  const tree = fc
    .constantFrom(...choices)
    .chain((meaning) => treesFrom(meaning.target, depth - 1).map((below) => ({ meaning, below })));
  return fc.uniqueArray(tree, { maxLength: 3, selector: ({ meaning }) => meaning.name });
}

function pathsOf(trees: readonly Tree[], prefix = ""): string[] {
  return trees.flatMap(({ meaning, below }) => {
    const path = `${prefix}${meaning.name}`;
    return below.length === 0 ? [path] : pathsOf(below, `${path}.`);
  });
}

/** A scope, and the SQL it stands for. */
interface Scope {
  readonly where: "none" | "some" | "raw";
  readonly order: "ASC" | "DESC";
  readonly limit: number | undefined;
  readonly offset: number | undefined;
}

const scopes: fc.Arbitrary<Scope> = fc.record({
  where: fc.constantFrom("none", "some", "raw"),
  order: fc.constantFrom("ASC", "DESC"),
  limit: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
  offset: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
});

const attribute = (name: string) =>
  name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());

function applied(target: string, scope: Scope) {
  const { key } = library(target);
  return (query: QueryBuilder<never>) => {
    let result = query as unknown as QueryBuilder<unknown>;
    const names = key.map(attribute);
    const [first = ""] = key;
    if (scope.where === "some") result = result.whereNot({ [attribute(first)]: null } as never);
    if (scope.where === "raw") result = result.whereRaw(`length("${first}"::text) < $1::int`, [4]);
    result = result.order(Object.fromEntries(names.map((name) => [name, scope.order])) as never);
    if (scope.limit !== undefined) result = result.limit(scope.limit);
    if (scope.offset !== undefined) result = result.offset(scope.offset);
    return result;
  };
}

/** SQL for one owner; with a scope in place of the association's own. */
async function meant(meaning: Meaning, owner: Row, scope?: Scope): Promise<string[]> {
  const { from, order, limit = "", bare = from } = meaning;
  const [ownerEntry, target] = [library(meaning.owner), library(meaning.target)];
  const where = ownerEntry.key.map((name, index) => `${name} = $${index + 1}`).join(" AND ");
  const values = ownerEntry.key.map((name) => String(owner[attribute(name)]));
  const keys = target.key.map((name) => `t.${name}`);
  let rows = `SELECT t.* FROM ${from}${order ? ` ORDER BY ${order}` : ""} ${limit}`;
  if (scope) {
    const filter = scope.where === "raw" ? `WHERE length(${keys[0]}::text) < 4` : "";
    rows = `SELECT t.* FROM (SELECT t.* FROM ${bare}) t ${filter}
      ORDER BY ${keys.map((key) => `${key} ${scope.order}`).join(", ")}
      LIMIT ${scope.limit ?? "ALL"} OFFSET ${scope.offset ?? 0}`;
  }
  const found = await db.select(
    `SELECT ${keys.join(", ")} FROM (SELECT * FROM ${ownerEntry.table} WHERE ${where}) owner
      CROSS JOIN LATERAL (${rows}) t`,
    values,
  );
  return found.map((row) => target.key.map((name) => String(row[name])).join("/"));
}

const recordsIn = (value: unknown): Row[] =>
  (Array.isArray(value) ? value : value === null ? [] : [value]) as Row[];

/** Compares a level that is loaded with SQL, and with the same loaded lazily by fresh records; then those below. */
async function compare(
  records: readonly Row[],
  fresh: readonly Row[],
  trees: readonly Tree[],
): Promise<void> {
  for (const { meaning, below } of trees) {
    const target = library(meaning.target);
    const tidy = (value: unknown) => {
      const keys = valueKeys(target, value);
      return meaning.order ? keys : keys.sort();
    };
    const next: [Row[], Row[]] = [[], []];
    for (const [index, record] of records.entries()) {
      const want = await meant(meaning, record);
      const lazy = await fresh[index]?.load(meaning.name);
      expect(tidy(record[meaning.name])).toEqual(meaning.order ? want : want.sort());
      expect(tidy(lazy)).toEqual(tidy(record[meaning.name]));
      const byKey = new Map(recordsIn(lazy).map((each) => [valueKeys(target, each)[0], each]));
      for (const each of recordsIn(record[meaning.name])) {
        const same = byKey.get(valueKeys(target, each)[0]);
        if (same) {
          next[0].push(each);
          next[1].push(same);
        }
      }
    }
    // A sample is enough: the same records come again and again.
    await compare(next[0].slice(0, 6), next[1].slice(0, 6), below);
  }
}

/** Rows by the numbers that fast-check chose. */
async function generate(seed: number): Promise<void> {
  await db.clean();
  await db.select(`SELECT setseed(${((seed % 1000) / 1000).toFixed(3)})`);
  const pick = (max: number, nulls = 0.2) =>
    `CASE WHEN random() >= ${nulls} THEN 1 + floor(random() * ${max})::int END`;
  await db.sql.unsafe(`
    SELECT setseed(${((seed % 1000) / 1000).toFixed(3)});
    INSERT INTO people (name, mentor_id) SELECT 'p', CASE WHEN n > 1 AND random() < 0.7 THEN 1 + floor(random() * (n - 1))::int END FROM generate_series(1, 6) n;
    INSERT INTO passports (person_id, number) SELECT n, 'n' FROM generate_series(1, 6) n WHERE random() < 0.6;
    INSERT INTO badges (person_id, title, weight) SELECT ${pick(6)}, 'b', floor(random() * 3)::int FROM generate_series(1, 9);
    INSERT INTO articles (title, person_id, editor_id, views, active) SELECT 'a' || n, ${pick(6)}, ${pick(6)}, floor(random() * 3)::int, random() < 0.6 FROM generate_series(1, 15) n;
    INSERT INTO notes (body, article_id) SELECT 'n', ${pick(15, 0)} FROM generate_series(1, 20);
    INSERT INTO labels (name, active) SELECT 'l' || n, random() < 0.7 FROM generate_series(1, 5) n;
    INSERT INTO article_labels (article_id, label_id, discarded_at) SELECT ${pick(15, 0)}, id, CASE WHEN random() < 0.3 THEN now() END FROM labels, generate_series(1, 5);
    INSERT INTO remarks (body, subject_type, subject_id, person_id)
      SELECT 'r', type, CASE type WHEN 'Label' THEN (SELECT id::text FROM labels ORDER BY md5(id::text || n) LIMIT 1) ELSE (1 + floor(random() * 16)::int)::text END, ${pick(6)}
      FROM (SELECT n, (ARRAY['Article', 'Person', 'Label', NULL])[1 + floor(random() * 4)::int] AS type FROM generate_series(1, 20) n) t;
    INSERT INTO seats (floor, number, person_id) SELECT f, n, ${pick(6)} FROM generate_series(1, 2) f, generate_series(1, 3) n;
    INSERT INTO bookings (day, seat_floor, seat_number) SELECT '2024-01-01', f, CASE WHEN f IS NOT NULL THEN 1 + floor(random() * 3)::int END FROM (SELECT ${pick(2)} AS f FROM generate_series(1, 10)) t;
    INSERT INTO sections (name, parent_id) SELECT 's' || floor(random() * 3)::int, CASE WHEN n > 1 AND random() < 0.8 THEN 1 + floor(random() * (n - 1))::int END FROM generate_series(1, 12) n;
    INSERT INTO groups (name) VALUES ('g'), ('h');
    INSERT INTO group_people SELECT g, p FROM generate_series(1, 2) g, generate_series(1, 6) p WHERE random() < 0.5`);
}

beforeAll(() => generate(1), 30_000);

test("include trees", async () => {
  const cases = fc
    .constantFrom(...owners)
    .chain((owner) => fc.tuple(fc.constant(owner), treesFrom(owner, 3), fc.nat({ max: 999 })));
  await fc.assert(
    fc.asyncProperty(cases, async ([owner, trees, seed]) => {
      if (trees.length === 0) return;
      await generate(seed);
      const { model }: { model: LibraryModel } = library(owner);
      let query = model.all();
      for (const path of pathsOf(trees)) query = query.includes(path);
      const records = await query;
      const fresh = new Map(
        (await model.all()).map((row) => [valueKeys(library(owner), row)[0], row]),
      );
      const partners = records.map((row) => fresh.get(valueKeys(library(owner), row)[0]) as Row);
      await compare(records, partners, trees);
    }),
    { numRuns: 25 },
  );
}, 120_000);

test("scopes in place of the association's own", async () => {
  const cases = fc.tuple(fc.constantFrom(...MEANINGS), scopes, fc.nat({ max: 999 }));
  await generate(7);
  await fc.assert(
    fc.asyncProperty(cases, async ([meaning, scope]) => {
      // A hasOne's first record is chosen by the scope itself; its SQL is written for its own order only.
      if (meaning.isOne) return;
      const { model } = library(meaning.owner);
      const target = library(meaning.target);
      const records = await model.includes(meaning.name, { scope: applied(meaning.target, scope) });
      for (const record of records) {
        const want = await meant(meaning, record, scope);
        expect(valueKeys(target, record[meaning.name])).toEqual(want);
      }
    }),
    { numRuns: 120 },
  );
}, 120_000);
