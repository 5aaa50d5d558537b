/** Every type: after a write a record has what its row has, though mostly nothing was read back. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { connect, disconnect, Model, type ModelStatic } from "../../src/index";
import { stateOf } from "../../src/model/state";
import { codecOf } from "../../src/schema/codecs";
import type { TableDefinition } from "../../src/schema/table";
import { createDatabase, type TestDatabase } from "../support/database";
import { everyType, typeStatements } from "../support/every-type";
import { generatedSchema } from "../support/introspection";
import { runFolder } from "../support/run";

/** Types of which values are stored as they are given; of all others the row is read back. */
const exact = [
  "bool",
  "int2",
  "int4",
  "int8",
  "float8",
  "numeric",
  "numeric(12,4)",
  "text",
  "varchar(12)",
  "uuid",
  "date",
  "timestamp",
  "timestamp(3)",
  "timestamptz",
  "mood",
];
/** As JavaScript holds them; of Temporal there is none for timestamp(3), which rounds what it is given. */
const withTemporal = exact.filter((type) => type !== "timestamp(3)");

type Loose = Record<string, unknown> & {
  update(attributes: object): Promise<void>;
  changed(): boolean;
};
type LooseModel = ModelStatic<never> & {
  find(key: number): Promise<Loose>;
  create(attributes: object): Promise<Loose>;
  createMany(rows: readonly object[]): Promise<Loose[]>;
};

let database: TestDatabase;
let serverVersion: number;
let sent: string[] = [];
const folder = runFolder("stored-values");
const seed = Number(process.env.STORED_SEED ?? Math.floor(Math.random() * 2 ** 31));

beforeAll(async () => {
  database = await createDatabase();
  const [row] = await database.sql`SELECT current_setting('server_version_num')::int AS version`;
  serverVersion = row.version;
  const columns = Object.keys(everyType(3, serverVersion)).map(
    (type, index) => `c${index} ${type}`,
  );
  await database.sql.unsafe(
    [...typeStatements, `CREATE TABLE wides (id int PRIMARY KEY, ${columns.join(", ")})`].join(";"),
  );
  await connect(database.url, { onQuery: ({ text }) => void sent.push(text) });
});
afterAll(async () => {
  await disconnect();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function modelOf(temporal: boolean): Promise<LooseModel> {
  const file = join(folder, `schema-${temporal}.ts`);
  const { schema } = await generatedSchema(database, file, { temporal });
  const { wides } = schema.tables as { wides: TableDefinition };
  class Wide extends Model(wides) {}
  return Wide as unknown as LooseModel;
}

/** Writes the value into an empty row through a record, and into new rows; gives the UPDATE. */
async function check(model: LooseModel, name: string, value: unknown): Promise<string | undefined> {
  const statement = await checkUpdate(model, name, value);
  if (statement !== undefined) await checkInsert(model, name, value);
  return statement;
}

async function checkInsert(model: LooseModel, name: string, value: unknown): Promise<void> {
  await database.sql`DELETE FROM wides WHERE id IN (2, 3)`;
  const made = await model.createMany([
    { id: 2, [name]: value },
    { id: 3, [name]: value },
  ]);
  for (const record of made) await checkRecord(model, record, name);
  await database.sql`DELETE FROM wides WHERE id IN (2, 3)`;
  await checkRecord(model, await model.create({ id: 2, [name]: value }), name);
}

async function checkUpdate(
  model: LooseModel,
  name: string,
  value: unknown,
): Promise<string | undefined> {
  await database.sql`DELETE FROM wides WHERE id = 2`;
  await database.sql`INSERT INTO wides (id) VALUES (2)`;
  const record = await model.find(2);
  sent = [];
  try {
    await record.update({ [name]: value });
  } catch (error) {
    // A value that does not fit changes nothing.
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
  const statement = sent.find((text) => text.startsWith("UPDATE"));
  const read = await checkRecord(model, record, name);
  if (statement !== undefined && !statement.includes("RETURNING")) {
    expect(record[name]).toEqual(read[name]);
    expect(typeof record[name]).toBe(typeof read[name]);
  }
  return statement;
}

/** Whether the record, and what it holds for stored, are what its row is; gives the row. */
async function checkRecord(model: LooseModel, record: Loose, name: string): Promise<Loose> {
  const read = await model.find(record.id as number);
  const column = (model as unknown as { tableDefinition: TableDefinition }).tableDefinition.columns[
    name
  ];
  if (!column) throw new Error(`no column ${name}`);
  const codec = codecOf(column);
  const same = (a: unknown, b: unknown) =>
    a === null || b === null ? a === b : codec.equals(a, b) || codec.encode(a) === codec.encode(b);
  expect(same(record[name], read[name])).toBe(true);
  expect(same(stateOf(record).was(name), read[name])).toBe(true);
  expect(record.changed()).toBe(false);
  return read;
}

const RUNS = 12;

for (const temporal of [false, true]) {
  describe(`${temporal ? "with Temporal" : "with Date"}, seed ${seed}`, () => {
    test("values as they are read", async () => {
      const model = await modelOf(temporal);
      const without = new Set<string>();
      const expected = temporal ? withTemporal : exact;
      for (const [index, [type, texts]] of Object.entries(
        everyType(temporal ? 6 : 3, serverVersion),
      ).entries()) {
        const name = `c${index}`;
        const numRuns = expected.includes(type) ? 200 : RUNS;
        for (const [run, text] of fc.sample(texts, { numRuns, seed }).entries()) {
          // A dozen may all be of the kind that is returned, infinite dates for instance: then some more.
          if (run >= RUNS && without.has(type)) break;
          await database.sql.unsafe(
            `INSERT INTO wides (id, ${name}) VALUES (1, $1::text::${type})
             ON CONFLICT (id) DO UPDATE SET ${name} = EXCLUDED.${name}`,
            [text],
          );
          const { [name]: value } = await model.find(1);
          const statement = await check(model, name, value);
          if (statement && !statement.includes("RETURNING")) without.add(type);
        }
      }
      expect([...without]).toEqual(expected);
    }, 60_000);

    test("values as nobody should give them", async () => {
      const model = await modelOf(temporal);
      const types = Object.keys(everyType(3, serverVersion));
      const values: unknown[] = [
        ...[
          "",
          " 1 ",
          "01",
          "+1.50",
          "1.",
          ".5",
          "-0",
          "1e2",
          "NaN",
          "infinity",
          "t",
          "yes",
          "ab   ",
        ],
        ...[
          "\ud800",
          "x\udfff",
          "0B5F1C9E-0000-4000-8000-00000000ABCD",
          "2024-02-29",
          "12:00",
          "{}",
        ],
        ...[
          0,
          -0,
          1,
          -1,
          1.5,
          1e21,
          Number.NaN,
          Number.POSITIVE_INFINITY,
          true,
          false,
          1n,
          -(2n ** 63n),
        ],
        ...[new Date(0), new Date("2024-02-29"), new Date(-1e14), new Date(8.64e15), new Date(1.5)],
        ...[new Date("2024-02-29T23:59:59.999Z"), new Date("0000-01-01"), new Date(Number.NaN)],
        ...[[], {}, [1], new Uint8Array([1]), null],
      ];
      for (const type of exact) {
        for (const value of values) await check(model, `c${types.indexOf(type)}`, value);
      }
    }, 60_000);
  });
}
