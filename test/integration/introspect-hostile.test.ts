/** A database in which everything bears a name that most tools break on. */
import { beforeAll, expect, test } from "bun:test";
import { FrontendModel } from "../../src/frontend";
import { introspect } from "../../src/introspect";
import { reservedAttributes } from "../../src/schema/reserved";
import type { SchemaDefinition } from "../../src/schema/table";
import { quoteIdentifier } from "../../src/sql/writer";
import {
  hostileNames,
  hostileSchema,
  hostileStatements,
  hostileTable,
  hostileTypes,
} from "../support/hostile";
import { introspectionDatabase } from "../support/introspection";
import { typecheck } from "../support/typecheck";

const options = { schemas: [hostileSchema, hostileTypes], version: 'it\'s\n*/ "1"' };
const { query } = introspectionDatabase();

let text: string;
let diagnostics: string;
let schema: SchemaDefinition;

beforeAll(async () => {
  await query(hostileStatements().join(";\n"));
  text = (await introspect(query, options)).text;
  const files = {
    "schema.ts": text,
    "use.ts": `import type { InsertOf, RowOf } from "baked-orm";
      import schema from "./schema";
      type Tables = typeof schema.tables;
      export const rows: { [K in keyof Tables]?: RowOf<Tables[K]> } = {};
      export const inserts: { [K in keyof Tables]: InsertOf<Tables[K]> | null } | null = null;
      // @ts-expect-error what is wrong is still refused
      export const wrong: InsertOf<Tables["class_"]> = { class: 1 };
    `,
  };
  diagnostics = await typecheck(files, async (folder) => {
    schema = (await import(`${folder}/schema.ts`)).default;
  });
});

const tables = () => Object.values(schema.tables);
const tableOf = (name: string) => {
  const found = tables().find((table) => table.tableName === name);
  if (!found) throw new Error(`no table ${JSON.stringify(name)}`);
  return found;
};

test("the fixture is hostile enough", () => {
  expect(new Set(hostileNames).size).toBe(hostileNames.length);
  expect(hostileNames.length).toBeGreaterThan(80);
});

test("the file type-checks under every strict flag", () => {
  expect(diagnostics).toBe("");
});

test("the file is the same from run to run", async () => {
  expect((await introspect(query, options)).text).toBe(text);
});

test("every table is there, in its schema, under its own name", () => {
  expect(
    tables()
      .map((table) => table.tableName)
      .toSorted(),
  ).toEqual([...hostileNames, hostileTable].toSorted());
  for (const table of tables()) expect(table.schema).toBe(hostileSchema);
  expect(schema.version).toBe(options.version);
});

test("every column has an attribute of its own, and keeps its name", () => {
  const { columns } = tableOf(hostileTable);
  expect(Object.values(columns).map((column) => column.columnName)).toEqual([
    "the key",
    ...hostileNames,
    "composed*/",
    "domain/*",
  ]);
  for (const attribute of Object.keys(columns)) {
    expect(attribute).toMatch(/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u);
    expect(reservedAttributes.has(attribute)).toBeFalse();
  }
});

test("labels, fields and element types survive", () => {
  const { columns } = tableOf(hostileTable);
  const byName = (name: string) =>
    Object.values(columns).find((column) => column.columnName === name);
  for (const name of hostileNames) {
    expect(byName(name)?.enumValues).toEqual(hostileNames);
    expect(byName(name)?.pgType).toEqual([hostileTypes, name]);
  }
  const fields = Object.values(byName("composed*/")?.fields ?? {});
  expect(fields.map((field) => field.columnName)).toEqual([...hostileNames]);
  expect(byName("domain/*")).toMatchObject({
    type: "ARRAY",
    pgType: [hostileTypes, "a domain"],
    element: { type: "USER-DEFINED", pgType: [hostileTypes, "first name"] },
  });
});

test("constraints and indexes keep their names, and speak in attributes", () => {
  for (const [index, name] of hostileNames.entries()) {
    const table = tableOf(name);
    const attributeOf = (column: string | undefined) =>
      Object.keys(table.columns).find((key) => table.columns[key]?.columnName === column) ?? "";
    const other = hostileNames[(index + 1) % hostileNames.length];
    expect(Object.entries(table.checks ?? {}).map(([key, { columns }]) => [key, columns])).toEqual([
      [name, [attributeOf(other)]],
    ]);
    expect(Object.values(table.foreignKeys)).toEqual([
      {
        columns: ["to"],
        references: { schema: hostileSchema, table: String(other), columns: ["theKey"] },
      },
    ]);
    const [unique] = Object.values(table.indexes);
    expect(unique?.columns[0]).toBe(name);
    expect(unique?.unique).toBeTrue();
  }
});

test("the printed defaults and expressions are SQL that PostgreSQL accepts back", async () => {
  for (const name of hostileNames) {
    const table = tableOf(name);
    const [check] = Object.values(table.checks ?? {});
    const [index] = Object.values(table.indexes);
    const preset = Object.values(table.columns).find((column) => column.columnName === name);
    const from = `${quoteIdentifier(hostileSchema)}.${quoteIdentifier(name)}`;
    const rows = await query(
      `SELECT ${preset?.default}::text AS preset FROM ${from}
       WHERE ${check?.expression} AND ${index?.where} AND ${index?.columns[1]} > 0
       UNION ALL SELECT ${preset?.default}::text`,
    );
    expect(rows[0]?.preset).toBe(
      hostileNames[(hostileNames.indexOf(name) + 1) % hostileNames.length],
    );
  }
});

test("every table can be made a model, since no attribute is a member of one", () => {
  for (const table of tables()) expect(() => FrontendModel(table)).not.toThrow();
});

test("renamed columns and tables say so", () => {
  expect(text).toContain('/** Renamed from "first name": not an identifier. */');
  expect(text).toContain('Renamed from "errors": every record has a member "errors".');
  expect(text).toContain('Renamed from "fooBar": "fooBar" is the attribute of column "foo_bar".');
  expect(text).toContain('Renamed from "class": a reserved word.');
});
