/** `bake db seed`: runs db/seeds.ts with the database connected. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ResolvedConfig } from "../../connection/config";
import { loadModule } from "../../connection/load-module";
import { CommandError, EXIT } from "../failure";
import { loadLibrary } from "../library";
import { printDone } from "../output";
import { openProject, type Project } from "../project";

export async function seed(): Promise<number> {
  const project = await openProject();
  const file = seedsFile(project.config);
  if (!existsSync(file)) {
    throw new CommandError(`There is no ${project.show(file)}.`, {
      hint: "Write your seeds there: a script that creates records, or a function as its default export.",
    });
  }
  await runSeeds(project);
  return EXIT.success;
}

export function seedsFile(config: ResolvedConfig): string {
  return join(config.root, "db", "seeds.ts");
}

/** Throws CommandError with what the seeds threw. */
export async function runSeeds(project: Project): Promise<void> {
  const { config, show } = project;
  const file = seedsFile(config);
  // Before connect(): the embedded server may have to be started, and that is told once.
  await project.target();
  const { connect, disconnect } = await loadLibrary(config.root);
  await connect();
  const fail = (reason: string, cause: unknown) =>
    new CommandError(`${show(file)} failed: ${reason}`, { cause });
  try {
    const exports = await loadModule(file, fail);
    if (typeof exports.default === "function") {
      try {
        await exports.default();
      } catch (error) {
        throw fail(error instanceof Error ? error.message : String(error), error);
      }
    }
  } finally {
    await disconnect();
  }
  printDone(`Seeded ${show(file)}`);
}
