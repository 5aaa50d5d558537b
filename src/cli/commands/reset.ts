/** `bake db reset`: an empty database, migrated and seeded. */
import { existsSync } from "node:fs";
import { quoteIdentifier } from "../../sql/writer";
import { confirmLoss } from "../confirm";
import { EXIT } from "../failure";
import { inMaintenance } from "../maintenance";
import { printDone } from "../output";
import { openProject } from "../project";
import { refused } from "./create";
import { type DropOptions, describeSource, dropDatabase } from "./drop";
import { runMigrations } from "./migrate";
import { runSeeds, seedsFile } from "./seed";

export async function reset(options: DropOptions): Promise<number> {
  const project = await openProject();
  const target = await project.target({ create: false });
  const { database } = target;
  const source = describeSource(target);
  await confirmLoss({ database, verb: "DROP and rebuild", source, isSure: options.yes === true });
  await dropDatabase(target, database, options.force === true);
  await inMaintenance(target, database, async (sql) => {
    try {
      await sql.unsafe(`CREATE DATABASE ${quoteIdentifier(database)}`);
    } catch (error) {
      throw refused(`create "${database}"`, error);
    }
  });
  printDone(`Created database ${database}`);
  await runMigrations(project, target, "up");
  if (existsSync(seedsFile(project.config))) await runSeeds(project);
  return EXIT.success;
}
