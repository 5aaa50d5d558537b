/** Writes the schema files of the tests from the SQL beside them, by the code under test. */
import { join } from "node:path";
import { introspect } from "../../../src/introspect";
import { createDatabase } from "../database";

/** The SQL of a test schema, and the file that describes it. */
export function schemaFiles(name: string): { sql: string; file: string } {
  return {
    sql: join(import.meta.dir, `${name}.sql`),
    file: join(import.meta.dir, `${name}.ts`),
  };
}

/** What the schema file of that name should contain. */
export async function generated(name: string): Promise<string> {
  await using database = await createDatabase();
  await database.sql.unsafe(await Bun.file(schemaFiles(name).sql).text());
  const { text } = await introspect(
    (query, values) => database.sql.unsafe(query, values === undefined ? [] : [...values]),
    { schemas: ["public"], version: "test" },
  );
  return text;
}

if (import.meta.main) {
  await Bun.write(schemaFiles("life").file, await generated("life"));
}
