/** Tables of so many columns that their rows come as arrays: their records are those of any other table. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { belongsTo, connect, disconnect, hasMany, Model, transaction } from "../../src/index";
import { hooks } from "../../src/query/hooks";
import type { TableDefinition } from "../../src/schema/table";
import { createDatabase, type TestDatabase } from "../support/database";
import { generatedSchema } from "../support/introspection";
import { runFolder } from "../support/run";

const kinds = [
  ["integer", "7"],
  ["bigint", "9007199254740993"],
  ["numeric", "'1.50'"],
  ["timestamptz", "'2024-02-29 12:00:00.123456+00'"],
  ["jsonb", `'{"a": [1, 2]}'`],
  ["text[]", "'{a,NULL}'"],
  ["bytea", "'\\x00ff'"],
  ["boolean", "null"],
] as const;
const WIDTH = 80;
const kindOf = (index: number) => kinds[index % kinds.length] as (typeof kinds)[number];
const each = (text: (index: number) => string) => Array.from({ length: WIDTH }, (_, n) => text(n));

type Fields = Record<string, unknown>;
interface Loose extends Fields {
  changed(name?: string): boolean;
  changedAttributes(): Fields;
  save(): Promise<void>;
  reload(): Promise<void>;
  toJSON(): Fields;
  load(name: string): Promise<unknown>;
}
interface LooseQuery extends PromiseLike<Loose[]> {
  first(): Promise<Loose>;
  order(by: object): LooseQuery;
  select(...names: readonly string[]): LooseQuery;
  includes(...names: readonly string[]): LooseQuery;
}
interface LooseModel {
  find(key: number): Promise<Loose>;
  all(): LooseQuery;
  where(conditions: object): LooseQuery;
  create(attributes: object): Promise<Loose>;
}

let database: TestDatabase;
let Wide: LooseModel;
let names: readonly string[];
const folder = runFolder("wide-tables");

beforeAll(async () => {
  database = await createDatabase();
  const columns = each((n) => `c${n} ${kindOf(n)[0]}`).join(", ");
  await database.sql.unsafe(`
    CREATE TABLE wide (id int PRIMARY KEY, wide_id int REFERENCES wide, ${columns});
    INSERT INTO wide SELECT n, nullif(n - 1, 0), ${each((n) => kindOf(n)[1]).join(", ")}
      FROM generate_series(1, 3) n`);
  const { schema } = await generatedSchema(database, join(folder, "schema.ts"));
  const { wide } = schema.tables as { wide: TableDefinition };
  names = Object.keys(wide.columns);
  class Made extends Model(wide, {
    parent: belongsTo<unknown>("Made", { foreignKey: "wideId" }),
    children: hasMany<unknown>("Made", { foreignKey: "wideId" }),
  }) {}
  Wide = Made as unknown as LooseModel;
  await connect(database.url);
});

afterAll(async () => {
  await disconnect();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const fieldsOf = (record: Loose) => Object.fromEntries(names.map((name) => [name, record[name]]));

/** Of chosen columns the rows come with their names. */
const named = async () =>
  (
    await Wide.all()
      .order({ id: "ASC" })
      .select(...names)
  ).map(fieldsOf);

test("its records are those of rows with names, whichever way they are read", async () => {
  const expected = await named();
  expect(expected.map(({ id, c1 }) => [id, c1])).toEqual([1, 2, 3].map((n) => [n, 2n ** 53n + 1n]));
  const all = await Wide.all().order({ id: "ASC" });
  expect(all.map(fieldsOf)).toEqual(expected);
  expect(all.map((record) => Object.keys(record))).toEqual(expected.map(() => [...names]));
  expect(fieldsOf(await Wide.find(2))).toEqual(expected[1] as Fields);
  expect((await Promise.all([Wide.find(3), Wide.find(1)])).map(fieldsOf)).toEqual([
    expected[2] as Fields,
    expected[0] as Fields,
  ]);
  await transaction(async () => {
    expect(fieldsOf(await Wide.all().order({ id: "DESC" }).first())).toEqual(expected[2] as Fields);
    expect((await Wide.all().order({ id: "ASC" })).map(fieldsOf)).toEqual(expected);
  });
});

test("they know what was changed, in place too, and write no more than that", async () => {
  const record = await Wide.find(1);
  expect(record.changed()).toBe(false);
  const {
    c3: date,
    c4: json,
    c6: bytes,
  } = record as Loose & { c3: Date; c4: { a: number[] }; c6: Uint8Array };
  date.setUTCFullYear(2001);
  json.a.push(3);
  bytes[0] = 9;
  record.c0 = 8;
  expect(Object.keys(record.changedAttributes())).toEqual(["c0", "c3", "c4", "c6"]);
  await record.save();
  expect(record.changed()).toBe(false);
  expect(fieldsOf(await Wide.find(1))).toEqual(fieldsOf(record));
  const [row] = await database.sql`SELECT c0, c3, c11 FROM wide WHERE id = 1`;
  expect(row.c0).toBe(8);
  expect(row.c3.getUTCFullYear()).toBe(2001);
  expect(row.c11.getUTCFullYear()).toBe(2024);
  await database.sql`UPDATE wide SET c0 = 7 WHERE id = 1`;
  await record.reload();
  expect(record.c0).toBe(7);
});

test("they are created, and rolled back", async () => {
  const made = await Wide.create({ id: 10, c0: 1, c1: 2n });
  expect(fieldsOf(await Wide.find(10))).toEqual(fieldsOf(made));
  const failed = transaction(async () => {
    const record = await Wide.find(10);
    record.c0 = 5;
    await record.save();
    throw new Error("back");
  });
  await expect(failed).rejects.toThrow("back");
  expect((await Wide.find(10)).c0).toBe(1);
});

test("they load their associations, and are loaded as such", async () => {
  const [, second] = await Wide.where({ id: [1, 2] })
    .order({ id: "ASC" })
    .includes("children");
  const [child] = (second as Loose).children as [Loose];
  expect(fieldsOf(child)).toEqual(fieldsOf(await Wide.find(3)));
  expect(child.parent).toBe(second);
  const parent = await (await Wide.find(3)).load("parent");
  expect(fieldsOf(parent as Loose)).toEqual(fieldsOf(second as Loose));
});

test("a hook that has the columns in another order is no danger", async () => {
  const expected = await named();
  hooks.push((statement) =>
    statement.kind === "select"
      ? { ...statement, columns: [...statement.columns].reverse() }
      : statement,
  );
  try {
    expect((await Wide.all().order({ id: "ASC" })).map(fieldsOf)).toEqual(expected);
  } finally {
    hooks.pop();
  }
});
