/** Every association: eager = lazy = batched = counted = as a condition = SQL written by hand, for each owner there is. */
import { beforeAll, describe, expect, test } from "bun:test";
import { transaction } from "../../../src/index";
import { libraryDatabase } from "../../support/library/database";
import { librarySchema, SCHEMA_FILE } from "../../support/library/generate";
import {
  type LibraryModel,
  library,
  type Row,
  rowKey,
  valueKeys,
} from "../../support/library/library";
import { MEANINGS, type Meaning } from "../../support/library/oracle";

const db = libraryDatabase();

/** By owner's key: the keys of what belongs to it. */
let expected: Map<Meaning, Map<string, string[]>>;

async function meant(meaning: Meaning): Promise<Map<string, string[]>> {
  const { owner, target, from, order, limit = "", isOne } = meaning;
  const found = new Map<string, string[]>();
  const keys = library(target)
    .key.map((name) => `t.${name}`)
    .join(", ");
  const owners = await db.select(`SELECT * FROM ${library(owner).table}`);
  for (const row of owners) {
    const conditions = library(owner)
      .key.map((name, index) => `${name} = $${index + 1}`)
      .join(" AND ");
    const text = `SELECT ${keys} FROM (SELECT * FROM ${library(owner).table} WHERE ${conditions}) owner
      CROSS JOIN LATERAL (SELECT t.* FROM ${from}${order ? ` ORDER BY ${order}` : ""} ${limit}) t`;
    const rows = await db.select(
      text,
      library(owner).key.map((name) => String(row[name])),
    );
    expect(isOne && rows.length > 1).not.toBe(true);
    found.set(
      rowKey(library(owner), row),
      rows.map((each) => rowKey(library(target), each)),
    );
  }
  return found;
}

beforeAll(async () => {
  expected = new Map();
  for (const meaning of MEANINGS) expected.set(meaning, await meant(meaning));
});

/** In the order that is promised, else sorted. */
function comparable(meaning: Meaning, keys: readonly string[]): string[] {
  return meaning.order ? [...keys] : [...keys].sort();
}

function check(meaning: Meaning, records: readonly Row[], read: (record: Row) => unknown): void {
  const { owner, target } = meaning;
  const wanted = expected.get(meaning);
  const mismatch = records.flatMap((record) => {
    const key = valueKeys(library(owner), record)[0] ?? "";
    const got = comparable(meaning, valueKeys(library(target), read(record)));
    const want = comparable(meaning, wanted?.get(key) ?? []);
    return got.join() === want.join() ? [] : [{ key, got, want }];
  });
  expect(mismatch).toEqual([]);
  expect(records.length).toBe(wanted?.size ?? -1);
}

test("the schema of these tests is the one bake writes", async () => {
  expect(await Bun.file(SCHEMA_FILE).text()).toBe(await librarySchema());
});

test("the data has owners with none, with one and with several", () => {
  for (const meaning of MEANINGS) {
    const sizes = [...(expected.get(meaning)?.values() ?? [])].map((keys) => keys.length);
    expect({
      meaning: `${meaning.owner}.${meaning.name}`,
      some: sizes.some((size) => size > 0),
    }).toEqual({ meaning: `${meaning.owner}.${meaning.name}`, some: true });
  }
});

describe.each(MEANINGS.map((meaning) => [`${meaning.owner}.${meaning.name}`, meaning] as const))(
  "%s",
  (_title, meaning) => {
    const { name } = meaning;
    const model = (): LibraryModel => library(meaning.owner).model;

    test("eager", async () => {
      const records = await model().includes(name);
      check(meaning, records, (record) => record[name]);
    });

    test("eager inside a transaction", async () => {
      const records = await transaction(async () => await model().includes(name).toArray());
      check(meaning, records, (record) => record[name]);
    });

    test("lazy, one by one without batching", async () => {
      const records = await model().all().autoBatch(false);
      for (const record of records) {
        expect(record.isLoaded(name)).toBe(false);
        const value = await record.load(name);
        expect(record.isLoaded(name)).toBe(true);
        expect(record[name]).toBe(value);
      }
      check(meaning, records, (record) => record[name]);
    });

    test("lazy in a loop: two statements at most", async () => {
      const records = await model().all();
      const statements = await db.statements(async () => {
        for (const record of records) await record.load(name);
      });
      check(meaning, records, (record) => record[name]);
      expect(statements.length).toBeLessThanOrEqual(3);
    });

    test("lazy side by side: one statement", async () => {
      const records = await model().all();
      const statements = await db.statements(() =>
        Promise.all(records.map((record) => record.load(name))),
      );
      check(meaning, records, (record) => record[name]);
      expect(statements.length).toBe(1);
    });

    test("counted", async () => {
      const records = await model().all();
      const counts = new Map<Row, number>();
      for (const record of records) counts.set(record, await record.loadCount(name));
      const wanted = expected.get(meaning);
      expect(records.map((record) => counts.get(record))).toEqual(
        records.map(
          (record) => wanted?.get(valueKeys(library(meaning.owner), record)[0] ?? "")?.length,
        ),
      );
      expect(records.some((record) => record.isLoaded(name))).toBe(false);
    });

    test("as a condition", async () => {
      const wanted = [...(expected.get(meaning) ?? [])];
      const having = await model().all().whereAssociated(name);
      expect(having.flatMap((record) => valueKeys(library(meaning.owner), record)).sort()).toEqual(
        wanted.flatMap(([key, keys]) => (keys.length > 0 ? [key] : [])).sort(),
      );
      const missing = await model().all().whereMissing(name);
      expect(missing.length).toBe(wanted.filter(([, keys]) => keys.length === 0).length);
    });

    test("as a condition on one of its records", async () => {
      const { key } = library(meaning.target);
      const wanted = [...(expected.get(meaning) ?? [])];
      const some = [...new Set(wanted.flatMap(([, keys]) => keys))].slice(0, 8);
      for (const target of some) {
        const parts = target.split("/");
        const conditions = Object.fromEntries(key.map((name, index) => [name, parts[index]]));
        const found = await model()
          .all()
          .where({ [name]: { some: conditions } });
        expect(found.flatMap((record) => valueKeys(library(meaning.owner), record)).sort()).toEqual(
          wanted.flatMap(([owner, keys]) => (keys.includes(target) ? [owner] : [])).sort(),
        );
      }
    });

    test("counted with the rows", async () => {
      const records = await model().all().withCount(name, "howMany");
      const wanted = expected.get(meaning);
      expect(records.map((record) => record.howMany)).toEqual(
        records.map(
          (record) => wanted?.get(valueKeys(library(meaning.owner), record)[0] ?? "")?.length,
        ),
      );
    });

    test("joined and counted in SQL", async () => {
      const wanted = [...(expected.get(meaning)?.values() ?? [])].flat();
      // A join gives a row for each way, which is more where a target is found by several ways.
      const joined = await model().joins(name).count();
      if (meaning.name === "labelsEachTime" || joined === wanted.length) {
        expect(joined).toBe(wanted.length);
      } else expect(joined).toBeGreaterThan(wanted.length);
      const left = await model().leftJoins(name).count();
      expect(left).toBeGreaterThanOrEqual(joined);
    });
  },
);
