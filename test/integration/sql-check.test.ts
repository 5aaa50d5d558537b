/** What `bake sql check` says of statements, against what query() gives for them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ReservedSQL } from "bun";
import { typesByOid } from "../../src/check/catalog";
import { Describer } from "../../src/check/describer";
import { type Nullability, nullabilities } from "../../src/check/nullability";
import { givenType } from "../../src/check/values";
import { resolveConfig } from "../../src/connection/config";
import { resolveDatabase } from "../../src/connection/resolve-database";
import { connect, disconnect, query } from "../../src/index";
import { withSession } from "../../src/migrate/session";
import { createDatabase, embeddedUrl, type TestDatabase } from "../support/database";

let database: TestDatabase;
let describer: Describer;

const targetOf = (url: string) => {
  const target = resolveDatabase(resolveConfig({ database: url }, ".", undefined), {});
  if (!target) throw new Error("no database");
  return target;
};

beforeAll(async () => {
  database = await createDatabase();
  await database.sql.unsafe(`
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE TYPE place AS (street text, number int);
    CREATE DOMAIN positive AS int CHECK (VALUE > 0);
    CREATE DOMAIN small AS positive;
    CREATE TABLE a (id int PRIMARY KEY, name text, required text NOT NULL);
    CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a);
    CREATE TABLE parted (id int NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
    CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    CREATE VIEW seen AS SELECT a.id, b.a_id FROM a LEFT JOIN b ON a_id = a.id`);
  await connect(database.url);
  describer = await Describer.open(targetOf(database.url));
});
afterAll(async () => {
  await describer[Symbol.asyncDispose]();
  await disconnect();
  await database.drop();
});

async function described(text: string) {
  const found = await describer.describe(text);
  if ("message" in found) throw new Error(found.message);
  return found;
}

const inSession = <R>(work: (sql: ReservedSQL) => Promise<R>) =>
  withSession(targetOf(database.url), work);

describe("the TypeScript type of a column is the type of query()'s value", () => {
  const values: Readonly<Record<string, string>> = {
    ...{ int2: "1", int4: "1", int8: "1", oid: "1", xid: "1", float4: "0.5", float8: "0.5" },
    ...{ numeric: "1.5", money: "1", bool: "true", text: "x", varchar: "x", bpchar: "x" },
    ...{ name: "x", '"char"': "x", uuid: "2723baea-3015-429d-b087-e8eae0000000" },
    ...{ date: "2026-01-01", timestamp: "2026-01-01", timestamptz: "2026-01-01" },
    ...{ time: "10:00", timetz: "10:00", interval: "1 day", json: '{"a":1}', jsonb: "[1]" },
    ...{ bytea: "\\x00", inet: "1.1.1.1", cidr: "1.1.1.0/24", bit: "1", varbit: "1" },
    ...{ point: "(1,2)", int4range: "[1,2)", int4multirange: "{}", tsvector: "x", xml: "<a/>" },
    ...{ regclass: "pg_class", pg_lsn: "0/0", xid8: "1", tid: "(0,1)", int2vector: "1 2" },
    ...{ mood: "ok", place: "(x,1)", positive: "1", small: "1" },
  };
  const literal = (value: unknown): string => {
    if (value instanceof Date) return "Date";
    if (value instanceof Uint8Array) return "Uint8Array";
    if (Array.isArray(value)) return `${literal(value[0])}[]`;
    return typeof value === "object" ? "unknown" : typeof value;
  };
  const arrays = Object.entries(values).map(([type, value]) => {
    const item = /[,{}\\" ]/.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : value;
    return [`${type}[]`, `{${item}}`] as const;
  });

  test.each([...Object.entries(values), ...arrays])("%s", async (type, value) => {
    const text = `SELECT CAST('${value}' AS ${type}) AS value WHERE 1 = $1`;
    const { columns } = await described(text);
    const types = await inSession((sql) => typesByOid(sql, [columns[0]?.type ?? 0]));
    const facts = types.get(columns[0]?.type ?? 0);
    expect(facts).toBeDefined();
    const expected = facts ? givenType(facts) : "";
    const isEnum = type === "mood";
    for (const rows of [await query(text, [1]), await query(text.replace("1 = $1", "true"))]) {
      const real = literal(rows[0]?.value);
      const isJson = expected.startsWith("unknown");
      expect(isJson ? "unknown" : isEnum ? "string" : expected).toBe(isJson ? "unknown" : real);
    }
    if (isEnum) expect(expected).toBe('"sad" | "ok"');
  });
});

describe("nulls", () => {
  const cases: readonly (readonly [text: string, nulls: readonly Nullability[]])[] = [
    ["SELECT id, name, required FROM a", ["never", "yes", "never"]],
    ["SELECT name FROM a WHERE name IS NOT NULL", ["maybe"]],
    ["SELECT a.id, b.id FROM a LEFT JOIN b ON a_id = a.id", ["never", "yes"]],
    ["SELECT a.id, b.id FROM a LEFT JOIN b ON a_id = a.id WHERE b.id > 1", ["never", "never"]],
    ["SELECT a.id, b.id FROM a RIGHT JOIN b ON a_id = a.id + 1", ["yes", "never"]],
    ["SELECT a.id, b.id FROM a FULL JOIN b ON a_id = a.id", ["yes", "yes"]],
    ["SELECT x.id, y.id FROM a x LEFT JOIN a y ON y.name = x.name", ["maybe", "maybe"]],
    [
      "SELECT a.id, q.id FROM a LEFT JOIN (SELECT id FROM b OFFSET 0) q ON q.id = a.id",
      ["never", "yes"],
    ],
    [
      "WITH q AS MATERIALIZED (SELECT id FROM b) SELECT a.id, q.id FROM a LEFT JOIN q ON q.id = a.id",
      ["never", "yes"],
    ],
    [
      "WITH q AS MATERIALIZED (SELECT b.id FROM a LEFT JOIN b ON a_id = a.id) SELECT id FROM q",
      ["yes"],
    ],
    ["SELECT a.id, parted.id FROM a LEFT JOIN parted ON parted.id = a.id", ["never", "yes"]],
    ["SELECT id, day FROM parted", ["never", "never"]],
    ["SELECT id, a_id FROM seen", ["maybe", "maybe"]],
    ["SELECT id FROM a UNION SELECT NULL", ["maybe"]],
    ["SELECT id, count(*) FROM a GROUP BY ROLLUP (id)", ["maybe", "maybe"]],
    [
      "SELECT count(*), 1 AS one, coalesce(max(id), 0), max(id) FROM a",
      ["never", "never", "never", "maybe"],
    ],
    ["SELECT 1 AS one UNION ALL SELECT NULL", ["maybe"]],
    [
      "SELECT q.n FROM a LEFT JOIN (SELECT count(*) AS n, a_id FROM b GROUP BY a_id) q ON q.a_id = a.id",
      ["maybe"],
    ],
    ["INSERT INTO a VALUES ($1, $2, $3) RETURNING id, name", ["never", "yes"]],
    ["UPDATE a SET name = $1 FROM b WHERE a_id = a.id RETURNING b.id", ["never"]],
    ["DELETE FROM a RETURNING required", ["never"]],
    ["WITH gone AS (DELETE FROM a RETURNING id) SELECT id FROM gone", ["never"]],
    ["SELECT id FROM a WHERE id = $1 AND $2::text IS NULL", ["never"]],
    ["SELECT (SELECT id FROM a LIMIT 1)", ["maybe"]],
    ["DELETE FROM a", []],
  ];

  const nullsOf = async (text: string) => {
    const { columns, parameters } = await described(text);
    return await inSession(async (sql) => {
      const types = await typesByOid(sql, parameters);
      const names = parameters.map((oid) => types.get(oid)?.shown ?? "");
      return await nullabilities(sql, text, columns, names);
    });
  };

  test.each(cases)("%s", async (text, nulls) => expect(await nullsOf(text)).toEqual([...nulls]));

  test("OLD and NEW of RETURNING, and NOT NULL that does not hold yet", async () => {
    const [{ server_version_num: version } = { server_version_num: "0" }] = await query<{
      server_version_num: string;
    }>("SHOW server_version_num");
    // Both came with PostgreSQL 18.
    if (Number(version) < 180_000) return;
    const text = "INSERT INTO a VALUES ($1, $2, $3) RETURNING old.id, new.id";
    expect(await nullsOf(text)).toEqual(["maybe", "maybe"]);
    await query("CREATE TABLE late (id int)");
    await query("ALTER TABLE late ADD CONSTRAINT late_id NOT NULL id NOT VALID");
    expect(await nullsOf("SELECT id FROM late")).toEqual(["yes"]);
  });
});

describe("the session that describes", () => {
  test("goes on after a refusal, with places counted in characters", async () => {
    expect(await describer.describe("SELECT 'é', nme FROM a")).toMatchObject({
      code: "42703",
      position: 13,
    });
    expect(await describer.describe("SELECT 1; SELECT 2")).toMatchObject({ code: "42601" });
    expect(await described("SELECT $1::int8, $2::mood[]")).toMatchObject({
      parameters: { length: 2 },
    });
  });

  test("takes the types that the driver declares", async () => {
    const text = "SELECT $1 AS value";
    const [untyped, typed] = [await describer.describe(text), await describer.describe(text, [23])];
    expect([untyped, typed]).toMatchObject([{ parameters: [25] }, { parameters: [23] }]);
    const wrong = await describer.describe("SELECT FROM a WHERE name = $1", [23]);
    expect(wrong).toMatchObject({ message: "operator does not exist: text = integer" });
  });

  test("is refused with the wrong password", async () => {
    const wrong = new URL(await embeddedUrl());
    wrong.password = "wrong";
    await expect(Describer.open(targetOf(wrong.href))).rejects.toThrow(
      "password authentication failed",
    );
  });
});
