/** Every type there and back: written as a parameter, read as a column, compared, in arrays too. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { connect, Database, disconnect, openDatabase, QueryBuilder } from "../../src/index";
import { codecOf } from "../../src/schema/codecs";
import type { ColumnType, TableDefinition } from "../../src/schema/table";
import { createDatabase, type TestDatabase } from "../support/database";

let database: TestDatabase;

const mood: ColumnType = {
  type: "USER-DEFINED",
  pgType: ["public", "mo od"],
  enumValues: ["ok", "so so", "ba,d"],
};
const address: ColumnType = {
  type: "USER-DEFINED",
  pgType: ["public", "address"],
  fields: {
    street: { type: "text", columnName: "street" },
    houseNumber: { type: "integer", columnName: "house_number" },
    since: { type: "date", columnName: "since" },
  },
};

const text = fc
  .string({ maxLength: 20 })
  .filter((value) => !value.includes("\0") && value.isWellFormed());
const instant = fc.date({
  min: new Date("0001-01-01T00:00:00Z"),
  max: new Date("9999-12-31T00:00:00Z"),
  noInvalidDate: true,
});
const day = instant.map((date) => new Date(date.toISOString().slice(0, 10)));
const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter(
    (value) =>
      value !== null &&
      !JSON.stringify(value).includes("\\u0000") &&
      JSON.stringify(value).isWellFormed(),
  );

const types: Record<
  string,
  { type: ColumnType; sql: string; values: fc.Arbitrary<unknown>; list?: boolean }
> = {
  text: { type: { type: "text" }, sql: "text", values: text },
  varchar: { type: { type: "character varying(50)" }, sql: "varchar(50)", values: text },
  int2: {
    type: { type: "smallint" },
    sql: "int2",
    values: fc.integer({ min: -32768, max: 32767 }),
  },
  int4: { type: { type: "integer" }, sql: "int4", values: fc.integer() },
  int8: {
    type: { type: "bigint" },
    sql: "int8",
    values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  },
  numeric: {
    type: { type: "numeric" },
    sql: "numeric",
    values: fc.oneof(
      fc.integer().map(String),
      fc.constantFrom("1.50", "NaN", "-0.000001", "12345678901234567890.123456789"),
    ),
  },
  float8: { type: { type: "double precision" }, sql: "float8", values: fc.double() },
  float4: {
    type: { type: "real" },
    sql: "float4",
    values: fc.oneof(
      fc.constantFrom(0.1, 1.5, -3.25e10, Number.NaN, Number.POSITIVE_INFINITY),
      fc.float().map((value) => Number(value.toPrecision(6))),
    ),
  },
  bool: { type: { type: "boolean" }, sql: "bool", values: fc.boolean() },
  uuid: { type: { type: "uuid" }, sql: "uuid", values: fc.uuid() },
  timestamptz: {
    type: { type: "timestamp with time zone" },
    sql: "timestamptz",
    values: fc.oneof(instant, fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)),
  },
  timestamp: { type: { type: "timestamp without time zone" }, sql: "timestamp", values: instant },
  date: { type: { type: "date" }, sql: "date", values: day },
  bc: {
    type: { type: "date" },
    sql: "date",
    values: fc.constantFrom(new Date("-000043-03-15T00:00:00Z")),
  },
  json: { type: { type: "json" }, sql: "json", values: json },
  jsonb: {
    type: { type: "jsonb" },
    sql: "jsonb",
    values: json.filter((value) => !/[eE]|-0\b|\d{16}/.test(JSON.stringify(value))),
  },
  bytea: { type: { type: "bytea" }, sql: "bytea", values: fc.uint8Array({ maxLength: 30 }) },
  interval: {
    type: { type: "interval" },
    sql: "interval",
    values: fc.constantFrom("P1Y2M3DT4H5M6.7S", "PT0S", "P-1D"),
  },
  time: {
    type: { type: "time without time zone" },
    sql: "time",
    values: fc.constantFrom("10:00:00", "23:59:59.123456"),
  },
  inet: { type: { type: "inet" }, sql: "inet", values: fc.ipV4() },
  range: {
    type: { type: "int4range" },
    sql: "int4range",
    values: fc.constantFrom("[1,5)", "empty", "(,10)"),
  },
  enum: { type: mood, sql: '"mo od"', values: fc.constantFrom("ok", "so so", "ba,d") },
  composite: {
    type: address,
    sql: "address",
    values: fc.record({
      street: fc.option(text),
      houseNumber: fc.option(fc.integer()),
      since: fc.option(day),
    }),
  },
};

const columns = Object.entries(types).flatMap(([name, { type, sql }]) => [
  { name, type, sql, values: types[name]?.values ?? fc.constant(null) },
  {
    name: `${name}List`,
    type: { type: "ARRAY", element: type } satisfies ColumnType,
    sql: `${sql}[]`,
    values: fc.array(fc.option(types[name]?.values ?? fc.constant(null), { freq: 4 }), {
      maxLength: 4,
    }),
  },
]);

const table: TableDefinition<Record<string, unknown>> = {
  tableName: "every_type",
  columns: {
    id: { type: "integer", nullable: false, columnName: "id", default: "serial" },
    ...Object.fromEntries(
      columns.map(({ name, type }) => [name, { ...type, nullable: true, columnName: `c_${name}` }]),
    ),
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: class {
    [name: string]: unknown;
  },
};

beforeAll(async () => {
  database = await createDatabase();
  await database.sql.unsafe(`CREATE TYPE "mo od" AS ENUM ('ok', 'so so', 'ba,d');
    CREATE TYPE address AS (street text, house_number int, since date);
    CREATE TABLE every_type (id serial PRIMARY KEY, ${columns.map(({ name, sql }) => `"c_${name}" ${sql}`).join(", ")})`);
  await connect(database.url);
});
afterAll(async () => {
  await disconnect();
  await database.drop();
});

const row = fc.record(
  Object.fromEntries(columns.map(({ name, values }) => [name, fc.option(values, { freq: 6 })])),
);

function expectSame(
  found: Record<string, unknown> | undefined,
  given: Record<string, unknown>,
): void {
  for (const { name, type } of columns) {
    const [value, wanted] = [found?.[name], given[name]];
    const same =
      wanted === null ? value === null : value != null && codecOf(type).equals(value, wanted);
    if (!same) expect({ [name]: value }).toEqual({ [name]: wanted });
  }
}

describe("values of every type", () => {
  test("come back as they were, written in bulk and one by one", async () => {
    const { Model } = await import("../../src/index");
    class Every extends Model(table) {}
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 2, maxLength: 4 }), async (rows) => {
        const made = await Every.createMany(rows as never);
        const found = await Every.find(made.map((record) => record.id as number) as never);
        for (const [index, record] of (found as unknown as Record<string, unknown>[]).entries()) {
          expectSame(record, rows[index] ?? {});
        }
        for (const record of found as unknown as InstanceType<typeof Every>[])
          expect(record.changedAttributes()).toEqual({});
        const one = await Every.create(rows[0] as never);
        const again = (await Every.find(one.id as never)) as unknown as Record<string, unknown>;
        expectSame(again, rows[0] ?? {});
        expectSame(one as unknown as Record<string, unknown>, rows[0] ?? {});
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test("match themselves in where(), in every position", async () => {
    await fc.assert(
      fc.asyncProperty(row, async (given) => {
        await database.sql`TRUNCATE every_type`;
        const { Model } = await import("../../src/index");
        class Every extends Model(table) {}
        await Every.create(given as never);
        for (const { name, type } of columns) {
          const value = given[name];
          const isJson = /json/.test(JSON.stringify(type)) && type.type === "ARRAY";
          if (isJson && type.element?.type === "json") continue;
          const query = new QueryBuilder(table).where({ [name]: value } as never);
          expect({ [name]: value, found: await query.count() }).toEqual({
            [name]: value,
            found: 1,
          });
          if (value === null || type.type === "ARRAY") continue;
          const list = new QueryBuilder(table).where({
            [name]: codecOf(type).asText ? value : { in: [value] },
          } as never);
          if (type.fields === undefined)
            expect({ [name]: value, found: await list.count() }).toEqual({
              [name]: value,
              found: 1,
            });
        }
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});

describe("values that do not fit are refused before they are sent", () => {
  const wrong: [string, unknown, RegExp][] = [
    ["int4", 1.5, /1.5 is not an integer/],
    ["int4", "abc", /abc is not an integer/],
    ["int2", 40_000, /40000 is not in the range of a smallint/],
    ["int8", 1.5, /not a bigint/],
    ["int8", 2n ** 63n, /9223372036854775808n is not in the range of a bigint/],
    ["numeric", "1,5", /not a numeric/],
    ["bool", "yes", /not a boolean/],
    ["timestamptz", new Date("x"), /not a valid Date/],
    ["jsonb", { big: 1n }, /1n at "big" is not JSON/],
    ["jsonb", { nan: Number.NaN }, /NaN at "nan" is not JSON/],
    ["jsonb", () => 1, /not JSON/],
    ["bytea", "text", /not a Uint8Array/],
    ["text", "a\0b", /NUL/],
    ["text", Symbol("x"), /not text/],
    ["int4List", 5, /5 is not an array/],
    ["composite", 5, /not an object with street, houseNumber, since/],
  ];
  for (const [name, value, message] of wrong) {
    test(`${name}: ${String(value)}`, async () => {
      const query = new QueryBuilder(table).updateAll({ [name]: value } as never);
      await expect(query).rejects.toThrow(message);
      await expect(query).rejects.toThrow(`column "c_${name}"`);
    });
  }
});

test("temporal columns keep microseconds", async () => {
  const temporalTable = {
    tableName: "moments",
    columns: {
      id: { type: "integer", nullable: false, columnName: "id", default: "serial" },
      at: { type: "timestamp with time zone", nullable: true, columnName: "at", temporal: true },
      day: { type: "date", nullable: true, columnName: "day", temporal: true },
      days: {
        type: "ARRAY",
        element: { type: "date" },
        nullable: true,
        columnName: "days",
        temporal: true,
      },
      span: { type: "interval", nullable: true, columnName: "span", temporal: true },
    },
    primaryKey: ["id"],
    indexes: {},
    foreignKeys: {},
    rowClass: class {
      declare id: number;
      declare at: Temporal.Instant | null;
      declare day: Temporal.PlainDate | null;
      declare days: Temporal.PlainDate[] | null;
      declare span: Temporal.Duration | null;
    },
  } as const satisfies TableDefinition<unknown>;
  await database.sql.unsafe(
    "CREATE TABLE moments (id serial PRIMARY KEY, at timestamptz, day date, days date[], span interval)",
  );
  const { Model } = await import("../../src/index");
  class Moment extends Model(temporalTable) {}
  const at = Temporal.Instant.from("2024-01-02T03:04:05.678901Z");
  const made = await Moment.create({
    at,
    day: Temporal.PlainDate.from("2024-02-29"),
    days: [Temporal.PlainDate.from("2024-02-29")],
    span: Temporal.Duration.from("P1DT2H"),
  });
  const found = await Moment.findBy({ at });
  expect(found?.id).toBe(made.id);
  expect(String(found?.at)).toBe("2024-01-02T03:04:05.678901Z");
  expect(String(found?.day)).toBe("2024-02-29");
  expect(String(found?.days?.[0])).toBe("2024-02-29");
  expect(String(found?.span)).toBe("P1DT2H");
  expect(found?.changed()).toBe(false);
  expect(await Moment.order({ at: "DESC" }).pluck("at")).toEqual([at]);
});

test("two databases side by side", async () => {
  const other = await createDatabase();
  await other.sql.unsafe("CREATE TABLE every_type (id serial PRIMARY KEY)");
  const second = await openDatabase(other.url);
  const count = () =>
    new QueryBuilder({ ...table, columns: { id: table.columns.id as never } }).count();
  await Database.run(second, async () => expect(await count()).toBe(0));
  await second.close();
  await other.drop();
});
