/** `bake console`: a prompt with top-level await, the models loaded and the database connected. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { start } from "node:repl";
import { loadModule } from "../../connection/load-module";
import { CommandError, EXIT } from "../failure";
import { loadLibrary } from "../library";
import { note } from "../output";
import { openProject, type Project } from "../project";

export async function runConsole(): Promise<number> {
  const project = await openProject();
  const target = await project.target();
  const library = await loadLibrary(project.config.root);
  await library.connect();
  try {
    const models = await loadModels(project);
    const names = Object.keys(models).sort();
    note(`Connected to ${target.database} (${target.source}).`);
    note(names.length > 0 ? `Models: ${names.join(", ")}` : "There are no models yet.");
    const repl = start({ prompt: "bake> ", useGlobal: false });
    Object.assign(repl.context, library, models);
    await new Promise<void>((resolve) => {
      repl.once("exit", resolve);
    });
  } finally {
    await library.disconnect();
  }
  return EXIT.success;
}

/** The classes that the files of modelsPath export. Throws CommandError for a file that cannot be imported. */
async function loadModels({ config, show }: Project): Promise<Record<string, unknown>> {
  const models: Record<string, unknown> = {};
  if (!existsSync(config.modelsPath)) return models;
  const files = [...new Bun.Glob("**/*.ts").scanSync({ cwd: config.modelsPath })].sort();
  for (const name of files) {
    if (/\.(d|test|spec)\.ts$/.test(name)) continue;
    const file = join(config.modelsPath, name);
    const exports = await loadModule(
      file,
      (reason, cause) =>
        new CommandError(`${show(file)} could not be loaded: ${reason}`, { cause }),
    );
    for (const [key, value] of Object.entries(exports)) {
      if (typeof value === "function" && key !== "default") models[key] = value;
    }
  }
  return models;
}
