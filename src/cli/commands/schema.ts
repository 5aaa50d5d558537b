/** `bake db schema`: writes db/schema.ts, or with --check tells whether it is up to date. */

import type { RunQuery } from "../../migrate/runner";
import { SchemaMigrations } from "../../migrate/schema-migrations";
import { withSession } from "../../migrate/session";
import { EXIT } from "../failure";
import { print, printDone, printError } from "../output";
import { openProject } from "../project";
import { generateSchema, schemaText } from "../schema-file";

export async function schema(options: { check?: boolean }): Promise<number> {
  const { config, target, show } = await openProject();
  const path = show(config.schemaPath);
  return withSession(await target(), async (sql) => {
    const applied = await (await SchemaMigrations.open(sql)).applied();
    const version =
      applied
        .map((row) => row.version)
        .sort()
        .at(-1) ?? "none";
    const query: RunQuery = async (text, values) => [
      ...(await sql.unsafe(text, [...(values ?? [])])),
    ];
    if (!options.check) {
      await generateSchema(config, query, version);
      printDone(`Generated ${path}`);
      return EXIT.success;
    }
    const { diffSchema, readSchemaFile } = await import("../../introspect");
    const [current, wanted] = await Promise.all([
      readSchemaFile(config.schemaPath),
      schemaText(config, query, version),
    ]);
    if (current === wanted) {
      print(`${path} is up to date.`);
      return EXIT.success;
    }
    print(`--- ${path}\n+++ the database\n${diffSchema(current ?? "", wanted)}`.trimEnd());
    printError(
      current === undefined
        ? `${path} does not exist. Write it with \`bake db schema\`.`
        : `${path} is out of date. Write it anew with \`bake db schema\`.`,
    );
    return EXIT.failure;
  });
}
