/** Rows of tables with hostile names, written and read through models. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { belongsTo, connect, disconnect, Model, type ModelStatic } from "../../src/index";
import type { SchemaDefinition, TableDefinition } from "../../src/schema/table";
import { createDatabase, type TestDatabase } from "../support/database";
import {
  hostileNames,
  hostileSchema,
  hostileStatements,
  hostileTable,
  hostileTypes,
} from "../support/hostile";
import { generatedSchema } from "../support/introspection";
import { runFolder } from "../support/run";

let database: TestDatabase;
let schema: SchemaDefinition;
const folder = runFolder("hostile-models");

beforeAll(async () => {
  database = await createDatabase();
  await database.sql.unsafe(hostileStatements().join(";\n"));
  const schemas = [hostileSchema, hostileTypes];
  ({ schema } = await generatedSchema(database, join(folder, "schema.ts"), { schemas }));
  await connect(database.url);
});
afterAll(async () => {
  await disconnect();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

type Fields = Record<string, unknown>;
/** The tables are known at run time only, so their records are objects of anything. */
type Loose = Record<"create" | "find" | "createMany", (value: unknown) => Promise<never>>;
const loose = (model: ModelStatic<never>) => model as unknown as Loose;

const tableOf = (name: string): TableDefinition => {
  const found = Object.values(schema.tables).find((table) => table.tableName === name);
  if (!found) throw new Error(`no table ${JSON.stringify(name)}`);
  return found;
};

const attributeOf = (table: TableDefinition, column: string): string => {
  const found = Object.entries(table.columns).find(([, { columnName }]) => columnName === column);
  if (!found) throw new Error(`no column ${JSON.stringify(column)}`);
  return found[0];
};

describe("one table for each name", () => {
  for (const [index, name] of hostileNames.entries()) {
    test(JSON.stringify(name), async () => {
      const next = hostileNames[(index + 1) % hostileNames.length] ?? "";
      const table = tableOf(name);
      const [own, other, key] = [name, next, "the key"].map((column) =>
        attributeOf(table, column),
      ) as [string, string, string];
      class Hostile extends Model(table) {}
      const model = loose(Hostile as never);
      const made: Fields & {
        save(): Promise<void>;
        update(values: Fields): Promise<void>;
        destroy(): Promise<void>;
      } = await model.create({ [own]: name, [other]: 5 });
      expect([made[own], made[other]]).toEqual([name, 5]);
      const defaulted: Fields =
        (await (model.createMany([{ [other]: 1 }, { [other]: 2 }]) as Promise<Fields[]>))[0] ?? {};
      expect(defaulted[own]).toBe(next);
      await made.update({ [own]: next, [other]: 6 });
      const found: Fields = await model.find(made[key]);
      expect([found[own], found[other]]).toEqual([next, 6]);
      // Columns of these two names are out of where()'s reach: they are its grouping keys.
      const where = Object.fromEntries(
        Object.entries({ [own]: [name, next], [other]: { gte: 6 } }).filter(
          ([attribute]) => !["or", "and"].includes(attribute),
        ),
      );
      const query = Hostile.where(where as never)
        .order({ [other]: "DESC" } as never)
        .limit(1);
      const plucked: unknown[] = await query.pluck(other as never, own as never);
      expect(plucked).toEqual([[6, next]]);
      const same = Hostile.where({ [key]: made[key] } as never);
      expect(await same.updateAll({ [other]: 7 } as never)).toBe(1);
      const json = JSON.parse(JSON.stringify(found));
      expect(json[own]).toBe(next);
      await made.destroy();
      expect(await Hostile.count()).toBe(2);
    });
  }
});

test("a table with a column of every name, a composite of every name, and an array domain", async () => {
  const table = tableOf(hostileTable);
  class Every extends Model(table) {}
  const values: Fields = Object.fromEntries(
    hostileNames.map((name) => [attributeOf(table, name), name]),
  );
  const composite = attributeOf(table, "composed*/");
  const fields = Object.keys(table.columns[composite]?.fields ?? {});
  expect(fields.length).toBe(hostileNames.length);
  values[composite] = Object.fromEntries(
    fields.map((field, index) => [field, hostileNames[index]]),
  );
  values[attributeOf(table, "domain/*")] = ["class", 'quo"te', "a,b;c"];
  const made: Fields & { isNewRecord: boolean; changed(): boolean } = await loose(
    Every as never,
  ).create(values);
  expect(made.isNewRecord).toBe(false);
  const found: Fields & { changed(): boolean } = await loose(Every as never).find(
    made[attributeOf(table, "the key")],
  );
  expect({ ...found }).toMatchObject(values);
  expect(found.changed()).toBe(false);
});

test("a foreign key between hostile tables", async () => {
  const [from, to] = [tableOf("class"), tableOf("delete")];
  class Target extends Model(to) {}
  class Source extends Model(from, { target: belongsTo<Target>(() => Target as never) }) {}
  const key = attributeOf(to, "the key");
  const target: Fields = await loose(Target as never).create({});
  const source: { load(name: string): Promise<Fields> } = await loose(Source as never).create({
    [attributeOf(from, "to")]: target[key],
  });
  expect((await source.load("target"))[key]).toBe(target[key]);
});
