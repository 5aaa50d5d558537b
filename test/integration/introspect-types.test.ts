/** The types of a real database, and what they are in TypeScript. */
import { beforeAll, describe, expect, test } from "bun:test";
import { type Catalog, emitSchema } from "../../src/introspect";
import { introspectionDatabase, tableIn } from "../support/introspection";
import { typecheck } from "../support/typecheck";

const { query, catalogOf } = introspectionDatabase();

describe("types", () => {
  /** Type in SQL, `type` of the definition, type in TypeScript. */
  const types: readonly [sql: string, type: string, typeScript: string][] = [
    ["smallint", "smallint", "number"],
    ["integer", "integer", "number"],
    ["bigint", "bigint", "bigint"],
    ["oid", "oid", "number"],
    ["real", "real", "number"],
    ["double precision", "double precision", "number"],
    ["numeric", "numeric", "string"],
    ["numeric(10,2)", "numeric(10,2)", "string"],
    ["money", "money", "string"],
    ["boolean", "boolean", "boolean"],
    ["text", "text", "string"],
    ["varchar", "character varying", "string"],
    ["varchar(20)", "character varying(20)", "string"],
    ["char(3)", "character(3)", "string"],
    ['"char"', '"char"', "string"],
    ["name", "name", "string"],
    ["uuid", "uuid", "string"],
    ["xml", "xml", "string"],
    ["json", "json", "unknown"],
    ["jsonb", "jsonb", "unknown"],
    ["jsonpath", "jsonpath", "string"],
    ["bytea", "bytea", "Uint8Array"],
    ["date", "date", "Date"],
    ["timestamp", "timestamp without time zone", "Date"],
    ["timestamptz(3)", "timestamp(3) with time zone", "Date"],
    ["time", "time without time zone", "string"],
    ["timetz", "time with time zone", "string"],
    ["interval", "interval", "string"],
    ["interval day to second", "interval day to second", "string"],
    ["inet", "inet", "string"],
    ["cidr", "cidr", "string"],
    ["macaddr", "macaddr", "string"],
    ["macaddr8", "macaddr8", "string"],
    ["bit(3)", "bit(3)", "string"],
    ["bit varying(5)", "bit varying(5)", "string"],
    ["point", "point", "string"],
    ["line", "line", "string"],
    ["lseg", "lseg", "string"],
    ["box", "box", "string"],
    ["path", "path", "string"],
    ["polygon", "polygon", "string"],
    ["circle", "circle", "string"],
    ["tsvector", "tsvector", "string"],
    ["tsquery", "tsquery", "string"],
    ["int4range", "int4range", "string"],
    ["tstzrange", "tstzrange", "string"],
    ["nummultirange", "nummultirange", "string"],
    ["pg_lsn", "pg_lsn", "string"],
    ["regclass", "regclass", "string"],
    ["int2vector", "int2vector", "string"],
    ["text[]", "ARRAY", "string[]"],
    ["varchar(20)[]", "ARRAY", "string[]"],
    ["int8[][]", "ARRAY", "bigint[][]"],
    ["jsonb[]", "ARRAY", "unknown[]"],
    ["timestamptz[]", "ARRAY", "Date[]"],
    ["mood", "USER-DEFINED", "Mood"],
    ["mood[]", "ARRAY", "Mood[]"],
    ["elsewhere.colour", "USER-DEFINED", "Colour"],
    ["address", "USER-DEFINED", "AddressComposite"],
    ["address[]", "ARRAY", "AddressComposite[]"],
    ["email", "text", "string"],
    ["short_code", "character varying(8)", "string"],
    ["good_mood", "USER-DEFINED", "Mood"],
    ["mood_list", "ARRAY", "Mood[]"],
    ["mood_list[]", "ARRAY", "Mood[][]"],
    ["price_range", "USER-DEFINED", "string"],
    ["price_multirange", "USER-DEFINED", "string"],
    ["elsewhere.citext", "USER-DEFINED", "string"],
    ["elsewhere.hstore", "USER-DEFINED", "string"],
    ["elsewhere.ltree[]", "ARRAY", "string[]"],
    ["row_of_table", "USER-DEFINED", "RowOfTableComposite"],
  ];
  let catalog: Catalog;
  let text: string;

  beforeAll(async () => {
    await query(`CREATE SCHEMA elsewhere;
      CREATE TYPE elsewhere.colour AS ENUM ('red', 'green');
      CREATE TYPE elsewhere.unused AS ENUM ('x');
      CREATE EXTENSION citext SCHEMA elsewhere;
      CREATE EXTENSION hstore SCHEMA elsewhere;
      CREATE EXTENSION ltree SCHEMA elsewhere`);
    const columns = types.map(([sql], index) => `c${index + 1} ${sql}`);
    catalog = await catalogOf(
      "types",
      "CREATE TYPE mood AS ENUM ('sad', 'ok')",
      "ALTER TYPE mood ADD VALUE 'fair' BEFORE 'ok'",
      "CREATE TYPE unused AS ENUM ('a')",
      "CREATE TYPE place AS (latitude float8, longitude float8)",
      "CREATE TYPE address AS (street_name text, moods mood[], location place, dropped int, since date)",
      "ALTER TYPE address DROP ATTRIBUTE dropped",
      "CREATE DOMAIN email AS text CHECK (VALUE ~ '@')",
      "CREATE DOMAIN inner_code AS varchar(8) NOT NULL DEFAULT 'none'",
      "CREATE DOMAIN short_code AS inner_code",
      "CREATE DOMAIN good_mood AS mood",
      "CREATE DOMAIN mood_list AS mood[]",
      "CREATE TYPE price_range AS RANGE (subtype = numeric)",
      "CREATE TABLE row_of_table (id int, label text)",
      `CREATE TABLE everything (${columns.join(", ")})`,
    );
    text = emitSchema(catalog, { version: "none" });
  });

  test.each(types.map(([sql, type, typeScript], index) => [sql, type, typeScript, index + 1]))(
    "%s has type %s and is %s",
    (_sql, type, typeScript, number) => {
      const column = tableIn(catalog, "everything").columns[Number(number) - 1];
      expect(column?.type.type).toBe(String(type));
      const declared = new RegExp(`^  declare c${number}: (.*?)( \\| null)?;$`, "m").exec(text);
      expect(declared?.[1]).toBe(String(typeScript));
    },
  );

  test("only json and jsonb are unknown", () => {
    const unknown = text.match(/^ {2}declare c\d+: unknown.*$/gm) ?? [];
    expect(unknown).toHaveLength(types.filter(([sql]) => /^jsonb?(\[\])?$/.test(sql)).length);
  });

  test("enums of the schema, and those its columns use, in the order of their labels", () => {
    expect(catalog.enums.map(({ schema, name, labels }) => [schema, name, labels])).toEqual([
      ["types", "mood", ["sad", "fair", "ok"]],
      ["types", "unused", ["a"]],
      ["elsewhere", "colour", ["red", "green"]],
    ]);
  });

  test("composites after what they are made of, without dropped fields", () => {
    const names = catalog.composites.map(({ name }) => name);
    expect(names.indexOf("place")).toBeLessThan(names.indexOf("address"));
    expect(names.toSorted()).toEqual(["address", "place", "row_of_table"]);
    const address = catalog.composites.find(({ name }) => name === "address");
    expect(address?.fields.map(({ name }) => name)).toEqual([
      "street_name",
      "moods",
      "location",
      "since",
    ]);
  });

  test("a domain gives its name, its NOT NULL and its DEFAULT, from however deep", () => {
    const index = types.findIndex(([sql]) => sql === "short_code");
    expect(tableIn(catalog, "everything").columns[index]).toMatchObject({
      nullable: false,
      default: "'none'::character varying",
      type: { type: "character varying(8)", pgType: { schema: "types", name: "short_code" } },
    });
  });

  test("the file type-checks, with Date and with Temporal, and says what is where", async () => {
    const temporal = emitSchema(catalog, { version: "none", temporal: true });
    const use = `import type { InsertOf } from "baked-orm";
      import { everything, MoodValues } from "./schema";
      import { everything as exact } from "./temporal";
      export const values: readonly ["sad", "fair", "ok"] = everything.columns.c${types.findIndex(([sql]) => sql === "mood") + 1}.enumValues;
      export const moods: readonly ("sad" | "fair" | "ok")[] = MoodValues;
      export const row: InsertOf<typeof everything> = {};
      export const later: InsertOf<typeof exact>["c${types.findIndex(([sql]) => sql === "date") + 1}"] = null;
    `;
    expect(await typecheck({ "schema.ts": text, "temporal.ts": temporal, "use.ts": use })).toBe("");
    expect(temporal).toContain("Temporal.Instant[]");
  });
});
