/** db/schema.ts: what it should say, and writing it. */
import type { ResolvedConfig } from "../connection/config";
import type { RunQuery } from "../migrate/runner";
import { CommandError } from "./failure";

/** The text that db/schema.ts should have. */
export async function schemaText(
  config: ResolvedConfig,
  query: RunQuery,
  version: string,
): Promise<string> {
  const { introspect } = await import("../introspect");
  const { schemas, temporal } = config;
  return (await introspect(query, { schemas, version, temporal })).text;
}

/** Writes db/schema.ts from the database, if it changed. Throws CommandError when it cannot be written. */
export async function generateSchema(
  config: ResolvedConfig,
  query: RunQuery,
  version: string,
): Promise<void> {
  const { writeSchemaFile } = await import("../introspect");
  const text = await schemaText(config, query, version);
  try {
    await writeSchemaFile(config.schemaPath, text);
  } catch (error) {
    throw new CommandError(`${config.schemaPath} cannot be written: ${error}.`, { cause: error });
  }
}
