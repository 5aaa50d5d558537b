/** The catalog of a real database: types, keys, indexes, constraints, views, partitions. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ConfigurationError } from "../../src/errors";
import {
  type Catalog,
  type CatalogTable,
  emitSchema,
  introspect,
  readCatalog,
} from "../../src/introspect";
import { createDatabase } from "../support/database";
import { typecheck } from "../support/typecheck";

let database: Awaited<ReturnType<typeof createDatabase>>;
const query = (text: string, values: readonly unknown[] = []) =>
  database.sql.unsafe(text, [...values]);

beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/** Makes a schema with its own tables, reads it, and leaves it for the others to ignore. */
async function catalogOf(schema: string, ...statements: string[]): Promise<Catalog> {
  await query(`CREATE SCHEMA ${schema}; SET search_path = ${schema}; ${statements.join(";")};
    SET search_path = public`);
  return readCatalog(query, { schemas: [schema] });
}

function tableIn(catalog: Catalog, name: string): CatalogTable {
  const found = catalog.tables.find((table) => table.name === name);
  if (!found) throw new Error(`no table ${name}`);
  return found;
}

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

describe("columns", () => {
  test("identity, generated, defaults, NOT NULL and comments", async () => {
    const [{ version } = { version: 0 }] = await query(
      "SELECT current_setting('server_version_num')::int AS version",
    );
    const kind = Number(version) >= 180000 ? "virtual" : "stored";
    const catalog = await catalogOf(
      "columns",
      `CREATE TABLE items (id int GENERATED ALWAYS AS IDENTITY, "by" bigint GENERATED BY DEFAULT AS IDENTITY,
        serial serial, name text NOT NULL, gone text, price numeric DEFAULT 1.5 + 1,
        stored numeric GENERATED ALWAYS AS (price * 2) STORED,
        derived numeric GENERATED ALWAYS AS (price * 3) ${kind})`,
      "ALTER TABLE items DROP COLUMN gone",
      "ALTER TABLE items ADD COLUMN last boolean",
      "COMMENT ON TABLE items IS 'Things.'",
      "COMMENT ON COLUMN items.last IS 'The last one.'",
    );
    const items = tableIn(catalog, "items");
    expect(items.comment).toBe("Things.");
    expect(items.columns.map(({ type: _, ...column }) => column)).toEqual([
      { name: "id", nullable: false, identity: "always" },
      { name: "by", nullable: false, identity: "by default" },
      { name: "serial", nullable: false, default: "nextval('columns.items_serial_seq'::regclass)" },
      { name: "name", nullable: false },
      { name: "price", nullable: true, default: "(1.5 + (1)::numeric)" },
      { name: "stored", nullable: true, generated: "stored" },
      { name: "derived", nullable: true, generated: kind },
      { name: "last", nullable: true, comment: "The last one." },
    ]);
  });
});

describe("keys, indexes and constraints", () => {
  test("composite and cross-schema foreign keys pair their columns in order", async () => {
    await query(
      "CREATE SCHEMA away; CREATE TABLE away.places (zone int, id int, PRIMARY KEY (id, zone))",
    );
    const catalog = await catalogOf(
      "keys",
      "CREATE TABLE pairs (b int, a int, c int, PRIMARY KEY (a, b))",
      `CREATE TABLE links (x int, y int, z int, place_zone int, place_id int,
        CONSTRAINT "same name" FOREIGN KEY (y, x) REFERENCES pairs (b, a),
        FOREIGN KEY (place_id, place_zone) REFERENCES away.places (id, zone))`,
      `CREATE TABLE others (x int, y int,
        CONSTRAINT "same name" FOREIGN KEY (x, y) REFERENCES pairs (a, b))`,
    );
    expect(tableIn(catalog, "pairs").primaryKey).toEqual(["a", "b"]);
    expect(tableIn(catalog, "links").foreignKeys).toEqual([
      {
        name: "links_place_id_place_zone_fkey",
        columns: ["place_id", "place_zone"],
        references: { schema: "away", name: "places", columns: ["id", "zone"] },
      },
      {
        name: "same name",
        columns: ["y", "x"],
        references: { schema: "keys", name: "pairs", columns: ["b", "a"] },
      },
    ]);
    expect(tableIn(catalog, "others").foreignKeys).toEqual([
      {
        name: "same name",
        columns: ["x", "y"],
        references: { schema: "keys", name: "pairs", columns: ["a", "b"] },
      },
    ]);
  });

  test("indexes with their expressions and predicates, constraints with their columns", async () => {
    const catalog = await catalogOf(
      "indexes",
      `CREATE TABLE bookings (id int PRIMARY KEY, room int, email text, during int4range,
        deleted_at timestamptz,
        CONSTRAINT one_email UNIQUE NULLS NOT DISTINCT (room, email),
        CONSTRAINT positive CHECK (room > 0 AND id > 0), CONSTRAINT never CHECK (1 = 1),
        CONSTRAINT apart EXCLUDE USING gist (during WITH &&))`,
      "CREATE INDEX by_lower ON bookings (lower(email), room DESC) INCLUDE (deleted_at)",
      "CREATE UNIQUE INDEX alive ON bookings (email) WHERE deleted_at IS NULL",
      "CREATE INDEX by_room ON bookings USING hash (room)",
    );
    const bookings = tableIn(catalog, "bookings");
    expect(bookings.primaryKeyName).toBe("bookings_pkey");
    expect(bookings.indexes).toEqual([
      { name: "alive", columns: ["email"], unique: true, where: "(deleted_at IS NULL)" },
      { name: "by_lower", columns: ["lower(email)", "room"], unique: false },
      { name: "by_room", columns: ["room"], unique: false },
      {
        name: "one_email",
        columns: ["room", "email"],
        unique: true,
        constraint: true,
        nullsNotDistinct: true,
      },
    ]);
    expect(bookings.checks).toEqual([
      { name: "never", columns: [], expression: "(1 = 1)" },
      { name: "positive", columns: ["room", "id"], expression: "((room > 0) AND (id > 0))" },
    ]);
    expect(bookings.exclusions).toEqual([
      { name: "apart", columns: ["during"], expression: "EXCLUDE USING gist (during WITH &&)" },
    ]);
  });

  test("an invalid index promises nothing", async () => {
    const catalog = await catalogOf(
      "invalid",
      "CREATE TABLE parted (id int) PARTITION BY LIST (id)",
      "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1)",
      "CREATE UNIQUE INDEX incomplete ON ONLY parted (id)",
      "CREATE INDEX complete ON parted (id)",
    );
    expect(tableIn(catalog, "parted").indexes.map(({ name }) => name)).toEqual(["complete"]);
  });
});

describe("relations", () => {
  let catalog: Catalog;
  beforeAll(async () => {
    await query(
      "CREATE EXTENSION postgres_fdw; CREATE SERVER there FOREIGN DATA WRAPPER postgres_fdw",
    );
    await query("CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw");
    catalog = await catalogOf(
      "relations",
      "CREATE TABLE schema_migrations (version text PRIMARY KEY)",
      "CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL)",
      "CREATE VIEW simple AS SELECT id, name, upper(name) AS loud FROM people",
      "CREATE VIEW counted AS SELECT count(*) AS total FROM people",
      "CREATE MATERIALIZED VIEW cached AS SELECT id FROM people",
      "CREATE UNIQUE INDEX cached_id ON cached (id)",
      "CREATE FOREIGN TABLE remote (id int NOT NULL) SERVER there",
      "CREATE FOREIGN TABLE file (line text) SERVER files OPTIONS (filename '/dev/null')",
      "CREATE TABLE events (id int, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
      "CREATE TABLE events_old PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2020-01-01') PARTITION BY LIST (id)",
      "CREATE TABLE events_old_1 PARTITION OF events_old FOR VALUES IN (1)",
      "CREATE TABLE notes (event_id int, event_at date, FOREIGN KEY (event_id, event_at) REFERENCES events)",
      "CREATE TABLE child (more text) INHERITS (people)",
      "CREATE TABLE nothing ()",
      "CREATE SEQUENCE numbers",
      "CREATE EXTENSION pg_stat_statements SCHEMA relations",
    );
  });

  test("each kind once, partitions and what extensions made left out, sorted by name", () => {
    expect(catalog.tables.map(({ name, kind, readOnly }) => [name, kind, readOnly])).toEqual([
      ["cached", "materialized view", true],
      ["child", "table", false],
      ["counted", "view", true],
      ["events", "table", false],
      ["file", "foreign table", true],
      ["notes", "table", false],
      ["nothing", "table", false],
      ["people", "table", false],
      ["remote", "foreign table", false],
      ["simple", "view", false],
    ]);
  });

  test("any column of a view may be null, and one that is computed cannot be written", () => {
    expect(
      tableIn(catalog, "simple").columns.map(({ name, nullable, readOnly }) => [
        name,
        nullable,
        readOnly,
      ]),
    ).toEqual([
      ["id", true, undefined],
      ["name", true, undefined],
      ["loud", true, true],
    ]);
  });

  test("a foreign key to a partitioned table is there once", () => {
    expect(tableIn(catalog, "notes").foreignKeys.map(({ references }) => references)).toEqual([
      { schema: "relations", name: "events", columns: ["id", "at"] },
    ]);
  });

  test("indexes of a materialized view are known", () => {
    expect(tableIn(catalog, "cached").indexes.map(({ name }) => name)).toEqual(["cached_id"]);
  });

  test("the file type-checks, and reading twice gives the same text", async () => {
    const options = { schemas: ["relations"], version: "1" };
    const { text } = await introspect(query, options);
    expect(text).toContain("// --- Materialized view: relations.cached ---");
    expect(text).toContain("export class NothingRow {}");
    expect(await typecheck({ "schema.ts": text })).toBe("");
    expect((await introspect(query, options)).text).toBe(text);
  });
});

describe("schemas", () => {
  test("come in the order asked for, and qualify what clashes", async () => {
    await query(`CREATE SCHEMA one; CREATE SCHEMA two; CREATE TABLE two.users (id int PRIMARY KEY);
      CREATE TABLE one.users (id int REFERENCES two.users); CREATE TABLE one.zebras (id int)`);
    const of = async (...schemas: string[]) => {
      const { text } = await introspect(query, { schemas, version: "none" });
      return text.match(/(?<=^export const )\w+/gm);
    };
    expect(await of("one", "two")).toEqual(["users", "zebras", "two_users"]);
    expect(await of("two", "one")).toEqual(["users", "one_users", "zebras"]);
    expect(await of("one", "one")).toEqual(["users", "zebras"]);
  });

  test("one that does not exist is an error that names the near one", async () => {
    await query("CREATE SCHEMA billing");
    const reading = readCatalog(query, { schemas: ["public", "biling"] });
    await expect(reading).rejects.toThrow(ConfigurationError);
    await expect(reading).rejects.toThrow(
      'The database has no schema "biling". Did you mean "billing"? Create it in a migration, or correct "schemas" in baked.config.ts.',
    );
  });

  test("an empty schema is an empty file that type-checks", async () => {
    await query("CREATE SCHEMA bare");
    const { text } = await introspect(query, { schemas: ["bare"], version: "none" });
    expect(await typecheck({ "schema.ts": text })).toBe("");
  });

  test("everything is read in one round trip", async () => {
    let trips = 0;
    const counted = (text: string, values?: readonly unknown[]) => {
      trips++;
      return query(text, values);
    };
    await introspect(counted, { schemas: ["types", "relations", "keys"], version: "none" });
    expect(trips).toBe(1);
  });
});
