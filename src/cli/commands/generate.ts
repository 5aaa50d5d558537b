/** `bake db generate`: writes a migration from the template that its name asks for. */
import { join } from "node:path";
import { createMigration } from "../../migrate/create";
import { checkMigrationName, migrationTemplate } from "../../migrate/templates";
import { EXIT } from "../failure";
import { printDone } from "../output";
import { openProject } from "../project";

export async function generate(name: string): Promise<number> {
  checkMigrationName(name);
  const { config, show } = await openProject();
  const { file } = await createMigration(config.migrationsPath, name, migrationTemplate(name));
  printDone(`Created ${show(join(config.migrationsPath, file))}`);
  return EXIT.success;
}
