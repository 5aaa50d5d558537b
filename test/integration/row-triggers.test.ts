/** What may change a row on its way to its table: read from the catalog, and true of the records. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { connect, disconnect, Model, type ModelStatic } from "../../src/index";
import { introspect, readCatalog } from "../../src/introspect";
import type { TableDefinition } from "../../src/schema/table";
import { createDatabase, type TestDatabase } from "../support/database";
import { generatedSchema } from "../support/introspection";
import { runFolder } from "../support/run";

/** Raises `n`, which is how one sees that a trigger ran. */
const functions = `
CREATE FUNCTION raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := NEW.n + 100; RETURN NEW; END $$;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION through() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE below SET n = NEW.n + 100 WHERE id = OLD.id; NEW.n := NEW.n + 100; RETURN NEW; END $$`;

const columns = "id int PRIMARY KEY, n int";
const trigger = (
  name: string,
  table: string,
  when: string,
  run = "FOR EACH ROW EXECUTE FUNCTION raise()",
) => `CREATE TRIGGER ${name} ${when} ON ${table} ${run}`;

/** Each table with what makes it, and what is to be told of it: undefined where nobody can tell. */
const cases: Record<string, { sql: string[]; told: readonly string[] | undefined }> = {
  plain: { sql: [`CREATE TABLE plain (${columns})`], told: [] },
  stamped: {
    sql: [
      `CREATE TABLE stamped (${columns})`,
      trigger("zeta", "stamped", "BEFORE UPDATE"),
      trigger('"Alpha one"', "stamped", "BEFORE INSERT OR UPDATE OF n"),
    ],
    told: ["Alpha one", "zeta"],
  },
  /** Nothing of all this changes a row. */
  harmless: {
    sql: [
      `CREATE TABLE harmless (${columns}, parent int REFERENCES harmless ON UPDATE CASCADE)`,
      trigger("deleted", "harmless", "BEFORE DELETE"),
      trigger("after", "harmless", "AFTER UPDATE"),
      trigger("each", "harmless", "BEFORE UPDATE", "FOR EACH STATEMENT EXECUTE FUNCTION nothing()"),
      "CREATE CONSTRAINT TRIGGER checked AFTER UPDATE ON harmless FOR EACH ROW EXECUTE FUNCTION nothing()",
      trigger("off", "harmless", "BEFORE UPDATE"),
      "ALTER TABLE harmless DISABLE TRIGGER off",
    ],
    told: [],
  },
  always: {
    sql: [
      `CREATE TABLE always (${columns})`,
      trigger("replica", "always", "BEFORE UPDATE"),
      trigger("ever", "always", "BEFORE UPDATE"),
      "ALTER TABLE always ENABLE REPLICA TRIGGER replica",
      "ALTER TABLE always ENABLE ALWAYS TRIGGER ever",
    ],
    told: ["ever", "replica"],
  },
  ruled: {
    sql: [
      `CREATE TABLE ruled (${columns})`,
      "CREATE TABLE ruled_log (id int)",
      "CREATE RULE log AS ON UPDATE TO ruled DO ALSO INSERT INTO ruled_log VALUES (OLD.id)",
    ],
    told: undefined,
  },
  elsewhere: {
    sql: [
      `CREATE TABLE elsewhere (${columns})`,
      "CREATE RULE log AS ON INSERT TO elsewhere DO ALSO NOTHING",
      "CREATE RULE off AS ON UPDATE TO elsewhere DO ALSO NOTHING",
      "ALTER TABLE elsewhere DISABLE RULE off",
    ],
    told: undefined,
  },
  born: {
    sql: [`CREATE TABLE born (${columns})`, trigger("inserted", "born", "BEFORE INSERT")],
    told: ["inserted"],
  },
  parted: {
    sql: [
      "CREATE TABLE parted (id int, n int, PRIMARY KEY (id, n)) PARTITION BY RANGE (n)",
      "CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (MINVALUE) TO (10)",
      "CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (10) TO (MAXVALUE)",
    ],
    told: [],
  },
  /** A trigger of the whole has a copy on each part. */
  parted_stamped: {
    sql: [
      "CREATE TABLE parted_stamped (id int PRIMARY KEY, n int) PARTITION BY RANGE (id)",
      "CREATE TABLE parted_stamped_1 PARTITION OF parted_stamped DEFAULT",
      trigger("whole", "parted_stamped", "BEFORE UPDATE"),
    ],
    told: ["whole"],
  },
  /** The part of a part, and one that a row comes to. */
  moved: {
    sql: [
      "CREATE TABLE moved (id int, n int, extra int) PARTITION BY LIST (id)",
      "CREATE TABLE moved_1 PARTITION OF moved FOR VALUES IN (1) PARTITION BY RANGE (n)",
      "CREATE TABLE moved_1_1 PARTITION OF moved_1 FOR VALUES FROM (0) TO (10)",
      "CREATE SCHEMA far",
      "CREATE TABLE far.moved_1_2 PARTITION OF moved_1 FOR VALUES FROM (10) TO (1000)",
      trigger("arrived", "far.moved_1_2", "BEFORE INSERT"),
      trigger("changed", "moved_1_1", "BEFORE UPDATE"),
    ],
    told: ["arrived", "changed"],
  },
  elder: {
    sql: [
      `CREATE TABLE elder (${columns})`,
      "CREATE TABLE heir (more int) INHERITS (elder)",
      "CREATE TABLE heir_of_heir () INHERITS (heir)",
      trigger("of_heir", "heir_of_heir", "BEFORE UPDATE"),
      trigger("of_insert", "heir_of_heir", "BEFORE INSERT"),
    ],
    told: ["of_heir", "of_insert"],
  },
  heir: { sql: [], told: ["of_heir", "of_insert"] },
  abroad: {
    sql: [
      "CREATE EXTENSION postgres_fdw",
      "CREATE SERVER there FOREIGN DATA WRAPPER postgres_fdw",
      "CREATE TABLE abroad (id int, n int) PARTITION BY LIST (id)",
      "CREATE TABLE abroad_1 PARTITION OF abroad FOR VALUES IN (1)",
      "CREATE FOREIGN TABLE abroad_2 PARTITION OF abroad FOR VALUES IN (2) SERVER there",
      "CREATE FOREIGN TABLE foreign_one (id int, n int) SERVER there",
    ],
    told: undefined,
  },
  foreign_one: { sql: [], told: undefined },
  below: {
    sql: [
      `CREATE TABLE below (${columns})`,
      "CREATE VIEW seen AS SELECT * FROM below",
      "CREATE VIEW instead AS SELECT * FROM below",
      trigger("through", "instead", "INSTEAD OF UPDATE", "FOR EACH ROW EXECUTE FUNCTION through()"),
      "CREATE MATERIALIZED VIEW kept AS SELECT * FROM below",
    ],
    told: [],
  },
  seen: { sql: [], told: undefined },
  instead: { sql: [], told: undefined },
  kept: { sql: [], told: undefined },
  computed: {
    sql: [`CREATE TABLE computed (${columns}, twice int GENERATED ALWAYS AS (n * 2) STORED)`],
    told: [],
  },
};

let database: TestDatabase;
let tables: Map<string, TableDefinition>;
let text: string;
const folder = runFolder("row-triggers");
const query = async (statement: string, values: readonly unknown[] = []) =>
  await database.sql.unsafe(statement, [...values]);

beforeAll(async () => {
  database = await createDatabase();
  const statements = Object.values(cases).flatMap(({ sql }) => sql);
  await query([functions, ...statements].join(";\n"));
  const generated = await generatedSchema(database, join(folder, "schema.ts"));
  ({ text } = generated);
  tables = new Map(Object.values(generated.schema.tables).map((table) => [table.tableName, table]));
  await connect(database.url);
});
afterAll(async () => {
  await disconnect();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const tableNamed = (name: string): TableDefinition => {
  const found = tables.get(name);
  if (!found) throw new Error(`no table ${name}`);
  return found;
};

describe("the catalog says", () => {
  for (const [name, { told }] of Object.entries(cases)) {
    test(name, () => expect(tableNamed(name).rowTriggers).toEqual(told as never));
  }

  test("the same twice, and in the file where it can be read", async () => {
    expect(text).toContain('  tableName: "stamped",\n  rowTriggers: ["Alpha one", "zeta"],\n');
    expect(text).toContain('  kind: "view",\n  columns: {');
    expect((await introspect(query, { schemas: ["public"], version: "1" })).text).toBe(text);
    const far = await readCatalog(query, { schemas: ["far"] });
    expect(far.tables).toEqual([]);
  });
});

type Loose = Record<string, unknown> & {
  update(attributes: object): Promise<void>;
  changed(): boolean;
};

/** A model of a table, or of a view by the key of what lies below. */
function modelOf(name: string, table = tableNamed(name)) {
  const withKey = table.primaryKey.length > 0 ? table : { ...table, primaryKey: ["id"] };
  class Any extends Model(withKey) {}
  return Any as unknown as ModelStatic<never> & {
    find(key: unknown): Promise<Loose>;
    findBy(conditions: object): Promise<Loose>;
    create(attributes: object): Promise<Loose>;
    createMany(rows: readonly object[]): Promise<Loose[]>;
    all(): { order(by: object): Promise<Loose[]> };
  };
}

/** Without the entry: as a file of an older version. */
function older(name: string): TableDefinition {
  const { rowTriggers: _, ...table } = tableNamed(name);
  return table;
}

/** Updates row 1 and compares the record with the row. */
async function updated(name: string, attributes: object, table?: TableDefinition) {
  const model = modelOf(name, table);
  const record = await model.findBy({ id: 1 });
  await record.update(attributes);
  expect(record.changed()).toBe(false);
  const read = await model.findBy({ id: 1 });
  const values = ({ id, n, twice, extra }: Loose) => ({ id, n, twice, extra });
  expect(values(record)).toEqual(values(read));
  return record.n;
}

describe("a record is what its row is", () => {
  const insert = async (name: string) => {
    await query(`DELETE FROM ${name}; INSERT INTO ${name} (id, n) VALUES (1, 1)`);
  };

  const plain = ["plain", "elsewhere", "harmless", "parted", "below", "seen", "ruled"];
  for (const name of plain) {
    test(`${name}: nothing changes it`, async () => {
      await insert(name === "seen" ? "below" : name);
      expect(await updated(name, { n: 7 })).toBe(7);
    });
  }

  test("elder: where a row of an heir has no trigger, and where it has one", async () => {
    await query("DELETE FROM elder; INSERT INTO elder (id, n) VALUES (1, 1)");
    expect(await updated("elder", { n: 7 })).toBe(7);
    await query("DELETE FROM elder; INSERT INTO heir_of_heir (id, n) VALUES (1, 1)");
    expect(await updated("elder", { n: 7 })).toBe(107);
    expect(await updated("heir", { n: 8 })).toBe(108);
  });

  test("triggers of the table, of its parts, of the place a row moves to", async () => {
    await query("INSERT INTO stamped (id, n) VALUES (1, 1)");
    expect(await updated("stamped", { n: 7 })).toBe(207);
    await query("INSERT INTO always (id, n) VALUES (1, 1)");
    expect(await updated("always", { n: 7 })).toBe(107);
    await insert("parted_stamped");
    expect(await updated("parted_stamped", { n: 7 })).toBe(107);
    await query("INSERT INTO moved (id, n, extra) VALUES (1, 1, 0)");
    // Raised where it was, and so moved, and raised where it came to.
    expect(await updated("moved", { extra: 3 })).toBe(201);
    await query("DELETE FROM moved; INSERT INTO moved (id, n, extra) VALUES (1, 1, 0)");
    expect(await updated("moved", { n: 20 })).toBe(220);
  });

  test("a view whose trigger writes something else", async () => {
    await insert("below");
    expect(await updated("instead", { n: 7 })).toBe(107);
  });

  test("a column that is computed", async () => {
    await insert("computed");
    expect(await updated("computed", { n: 7 })).toBe(7);
    const version = Number((await query("SHOW server_version_num"))[0]?.server_version_num);
    if (version < 180_000) return;
    await query(`CREATE TABLE virtual (${columns}, twice int GENERATED ALWAYS AS (n * 2) VIRTUAL);
      INSERT INTO virtual VALUES (1, 1)`);
    const definition = tableNamed("computed");
    const { twice, ...rest } = definition.columns;
    if (!twice) throw new Error("no column");
    const virtual = { ...rest, twice: { ...twice, generated: "virtual" as const } };
    await updated("virtual", { n: 7 }, { ...definition, tableName: "virtual", columns: virtual });
  });

  test("of new rows, one by one and many at once", async () => {
    for (const [name, { told }] of Object.entries(cases)) {
      if (told === undefined || name === "moved" || name === "heir") continue;
      await query(`DELETE FROM ${name}`);
      const model = modelOf(name);
      const made = await model.createMany([
        { id: 1, n: 7 },
        { id: 2, n: 8 },
      ]);
      made.push(await model.create({ id: 3, n: 9 }));
      const read = await model.all().order({ id: "ASC" });
      const values = ({ id, n, twice }: Loose) => ({ id, n, twice });
      expect(made.map(values)).toEqual(read.map(values));
      const stamps = told.filter((each) => ["Alpha one", "inserted"].includes(each)).length;
      expect(made.map(({ n }) => n)).toEqual([7, 8, 9].map((n) => n + stamps * 100));
    }
  });

  test("whatever there is, when the file does not say", async () => {
    for (const name of ["plain", "stamped", "computed", "elder"]) {
      await query(`DELETE FROM ${name}; INSERT INTO ${name} (id, n) VALUES (1, 1)`);
      const n = await updated(name, { n: 7 }, older(name));
      expect(n).toBe(name === "stamped" ? 207 : 7);
    }
    // A trigger that came after a file without the entry.
    await query(`CREATE TABLE late (${columns}); INSERT INTO late VALUES (1, 1)`);
    await query(trigger("late", "late", "BEFORE UPDATE"));
    expect(await updated("late", { n: 7 }, { ...older("plain"), tableName: "late" })).toBe(107);
  });
});
