/** Keys that collide: what the catalog says of their index, and what a record of an upsert holds after it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { connect, disconnect, Model } from "../../src/index";
import type { TableDefinition } from "../../src/schema/table";
import { createDatabase, type TestDatabase } from "../support/database";
import { generatedSchema } from "../support/introspection";
import { runFolder } from "../support/run";

interface Case {
  /** Type of the column, and what makes its index. */
  readonly type: string;
  readonly index?: string;
  /** A key that is there, and one that collides with it. */
  readonly keys: readonly [there: unknown, given: unknown];
  /** What is told of the index; the key comes back then. */
  readonly inexact: boolean;
}

const day = new Date("2026-01-02T00:00:00Z");
const uuid = "0190163d-8694-739b-aea5-966c26f8ad91";

const cases: Record<string, Case> = {
  plain_text: { type: "text", keys: ["a", "a"], inexact: false },
  short_text: { type: "varchar(5)", keys: ["a", "a"], inexact: false },
  whole: { type: "int", keys: [1, 1], inexact: false },
  big: { type: "bigint", keys: [1n, 1n], inexact: false },
  truth: { type: "boolean", keys: [true, true], inexact: false },
  identifier: { type: "uuid", keys: [uuid, uuid], inexact: false },
  day: { type: "date", keys: [day, day], inexact: false },
  moment: { type: "timestamptz", keys: [day, day], inexact: false },
  label: { type: "mood", keys: ["sad", "sad"], inexact: false },
  by_c: {
    type: "text",
    index: 'CREATE UNIQUE INDEX ON by_c (key COLLATE "C")',
    keys: ["a", "a"],
    inexact: false,
  },
  partial: {
    type: "text",
    index: "CREATE UNIQUE INDEX ON partial (key) WHERE true",
    keys: ["a", "a"],
    inexact: false,
  },
  pattern: {
    type: "text",
    index: "CREATE UNIQUE INDEX ON pattern (key text_pattern_ops)",
    keys: ["a", "a"],
    inexact: false,
  },
  column_folds: { type: "text COLLATE folded", keys: ["A", "a"], inexact: true },
  index_folds: {
    type: "text",
    index: "CREATE UNIQUE INDEX ON index_folds (key COLLATE folded)",
    keys: ["A", "a"],
    inexact: true,
  },
  column_folds_index_not: {
    type: "text COLLATE folded",
    index: 'CREATE UNIQUE INDEX ON column_folds_index_not (key COLLATE "C")',
    keys: ["a", "a"],
    inexact: false,
  },
  case_ignored: { type: "citext", keys: ["A", "a"], inexact: true },
  digits: { type: "numeric", keys: ["1.50", "1.5"], inexact: true },
  double: { type: "float8", keys: [0, -0], inexact: true },
};

let database: TestDatabase;
let tables: Map<string, TableDefinition>;
let sent: string[] = [];
const folder = runFolder("upsert-keys");

beforeAll(async () => {
  database = await createDatabase();
  const statements = Object.entries(cases).flatMap(([name, { type, index }]) => [
    `CREATE TABLE ${name} (id serial PRIMARY KEY, key ${type}, n int)`,
    index ?? `ALTER TABLE ${name} ADD UNIQUE (key)`,
  ]);
  await database.sql.unsafe(
    [
      "CREATE EXTENSION citext",
      "CREATE TYPE mood AS ENUM ('sad', 'glad')",
      "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
      ...statements,
      "CREATE TABLE both_ways (id serial PRIMARY KEY, key text UNIQUE, n int)",
      "CREATE UNIQUE INDEX both_ways_folded ON both_ways (key COLLATE folded)",
      "CREATE TABLE pairs (id serial PRIMARY KEY, a int, b text, c numeric, n int)",
      "CREATE UNIQUE INDEX pairs_exact ON pairs (b, a) INCLUDE (c)",
      "CREATE UNIQUE INDEX pairs_loose ON pairs (a, c)",
      "CREATE INDEX pairs_any ON pairs (c)",
      "CREATE UNIQUE INDEX pairs_lower ON pairs (lower(b), a)",
      "CREATE TABLE keyed (key text COLLATE folded, part text, n int, PRIMARY KEY (key, part))",
      'CREATE UNIQUE INDEX keyed_too ON keyed (key COLLATE "C", part)',
    ].join(";\n"),
  );
  const { schema } = await generatedSchema(database, join(folder, "schema.ts"));
  tables = new Map(Object.values(schema.tables).map((table) => [table.tableName, table]));
  await connect(database.url, { onQuery: ({ text }) => void sent.push(text) });
});
afterAll(async () => {
  await disconnect();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

type Loose = Record<string, unknown> & { toJSON(): object };

function modelOf(name: string) {
  const table = tables.get(name);
  if (!table) throw new Error(`no table ${name}`);
  class Any extends Model(table) {}
  return Any as unknown as {
    upsertAll(rows: readonly object[], options: object): Promise<Loose[]>;
    all(): { order(by: object): Promise<Loose[]> };
  };
}

/** Upserts each of the rows; gives what RETURNING named, and expects the records to be what the table holds. */
async function upserted(name: string, rows: readonly object[], conflict: object) {
  const model = modelOf(name);
  sent = [];
  const records = await model.upsertAll(rows, { conflict });
  const [, returning = ""] = /RETURNING (.*)$/.exec(sent[0] ?? "") ?? [];
  const read = await model.all().order({ n: "ASC" });
  expect(records.map((each) => each.toJSON())).toStrictEqual(read.map((each) => each.toJSON()));
  return returning;
}

const flags = (name: string) =>
  Object.fromEntries(
    Object.entries(tables.get(name)?.indexes ?? {}).map(([key, { inexact }]) => [
      key,
      inexact ?? false,
    ]),
  );

describe("a key of", () => {
  for (const [name, { keys, inexact }] of Object.entries(cases)) {
    const [there, given] = keys;
    test(`${name} ${inexact ? "comes back, since it may be written differently" : "is known"}`, async () => {
      expect(Object.values(flags(name))).toEqual([inexact]);
      const conflict = { columns: ["key"], ...(name === "partial" ? { where: {} } : {}) };
      expect(await upserted(name, [{ key: there, n: 0 }], conflict)).toBe(
        inexact ? '"id", "key"' : '"id"',
      );
      await upserted(name, [{ key: given, n: 1 }], conflict);
    });
  }
});

test("a second index that takes more for equal", async () => {
  expect(flags("both_ways")).toEqual({ both_ways_folded: true, both_ways_key_key: false });
  await upserted("both_ways", [{ key: "A", n: 0 }], { columns: ["key"] });
  const returning = await upserted("both_ways", [{ key: "a", n: 1 }], { columns: ["key"] });
  expect(returning).toBe('"id", "key"');
  // By name it is one index that finds the row.
  const named = await upserted("both_ways", [{ key: "A", n: 2 }], {
    constraint: "both_ways_key_key",
  });
  expect(named).toBe('"id"');
});

test("keys of several columns, in whatever order", async () => {
  expect(flags("pairs")).toEqual({
    pairs_any: false,
    pairs_exact: false,
    pairs_loose: true,
    pairs_lower: false,
  });
  const row = { a: 1, b: "x", c: "1.50" };
  const exact = { columns: ["a", "b"] };
  expect(await upserted("pairs", [{ ...row, n: 0 }], exact)).toBe('"id"');
  expect(await upserted("pairs", [{ ...row, n: 1 }], exact)).toBe('"id"');
  const loose = { columns: ["a", "c"] };
  expect(await upserted("pairs", [{ ...row, c: "1.5", n: 2 }], loose)).toBe('"id", "a", "c"');
});

test("of a primary key nothing is told", async () => {
  const conflict = { columns: ["key", "part"] };
  await upserted("keyed", [{ key: "A", part: "b", n: 0 }], conflict);
  expect(await upserted("keyed", [{ key: "a", part: "b", n: 1 }], conflict)).toBe('"key", "part"');
});

test("a name that is no index's", async () => {
  const upsert = modelOf("pairs").upsertAll([{ a: 1, b: "y", n: 0 }], {
    conflict: { constraint: "constructor" },
  });
  expect(upsert).rejects.toThrow('constraint "constructor"');
});
