/** Writes schema.ts beside this file from tables.ts: `bun test/support/library/generate.ts`. */
import { join } from "node:path";
import { introspect } from "../../../src/introspect";
import { createDatabase } from "../database";
import { removeRun } from "../run";
import { TABLES } from "./tables";

export const SCHEMA_FILE = join(import.meta.dir, "schema.ts");

/** The text that bake would write for the tables. */
export async function librarySchema(): Promise<string> {
  await using database = await createDatabase();
  await database.sql.unsafe(TABLES);
  const { text } = await introspect(
    (statement, values) => database.sql.unsafe(statement, [...(values ?? [])]),
    { schemas: ["public"], version: "1" },
  );
  return text;
}

if (import.meta.main) {
  await Bun.write(SCHEMA_FILE, await librarySchema());
  await removeRun();
}
