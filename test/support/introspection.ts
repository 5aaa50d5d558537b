/** A database of its own for a test file about introspection. */
import { afterAll, beforeAll } from "bun:test";
import { type Catalog, type CatalogTable, introspect, readCatalog } from "../../src/introspect";
import type { SchemaDefinition } from "../../src/schema/table";
import { createDatabase, type TestDatabase } from "./database";

/** Registers the hooks; gives the means to run SQL and to read a schema made of some statements. */
export function introspectionDatabase() {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());

  const query = (
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Record<string, unknown>[]> => database.sql.unsafe(text, [...values]);

  /** Makes a schema with its own tables, and reads it. */
  async function catalogOf(schema: string, ...statements: string[]): Promise<Catalog> {
    await query(`CREATE SCHEMA ${schema}; SET search_path = ${schema}; ${statements.join(";")};
      SET search_path = public`);
    return readCatalog(query, { schemas: [schema] });
  }

  async function serverVersion(): Promise<number> {
    const [row] = await query("SELECT current_setting('server_version_num') AS version");
    return Number(row?.version);
  }

  return { query, catalogOf, serverVersion };
}

/** The text that `bake` writes of a database, and what it exports; `file` is where it may stand. */
export async function generatedSchema(
  { sql }: TestDatabase,
  file: string,
  { schemas = ["public"], temporal = false }: { schemas?: string[]; temporal?: boolean } = {},
): Promise<{ text: string; schema: SchemaDefinition }> {
  const query = async (text: string, values: readonly unknown[] = []) =>
    await sql.unsafe(text, [...values]);
  const { text } = await introspect(query, { schemas, version: "1", temporal });
  // The file needs the types of the package only.
  await Bun.write(file, text.replace(/^import type .*$/gm, ""));
  return { text, schema: (await import(file)).default };
}

/** The table of that name; throws when the catalog has none. */
export function tableIn(catalog: Catalog, name: string): CatalogTable {
  const found = catalog.tables.find((table) => table.name === name);
  if (!found) throw new Error(`The catalog has no table ${JSON.stringify(name)}.`);
  return found;
}
