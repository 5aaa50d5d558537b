/** `bake console`: a prompt with top-level await, the models loaded and the database connected. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { loadModule } from "../../connection/load-module";
import { evaluate } from "../evaluate";
import { CommandError, EXIT } from "../failure";
import { loadLibrary } from "../library";
import { note, print, printError } from "../output";
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
    Object.assign(globalThis, library, models);
    await converse();
  } finally {
    await library.disconnect();
  }
  return EXIT.success;
}

/** Reads from a terminal or a pipe until its end or `.exit`; each line waits for the `await` of the one before. */
async function converse(): Promise<void> {
  const isTerminal = process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    ...(isTerminal ? { output: process.stdout } : undefined),
    prompt: "bake> ",
  });
  const prompt = (isNew: boolean) => {
    lines.setPrompt(isNew ? "bake> " : "....> ");
    if (isTerminal) lines.prompt();
  };
  let code = "";
  prompt(true);
  for await (const line of lines) {
    if (code === "" && /^\s*\.(exit|quit)\s*$/.test(line)) break;
    // An empty line gives up what cannot be completed.
    code = code !== "" && line === "" ? "" : `${code}${line}\n`;
    const result = await evaluate(code);
    if (result.kind !== "incomplete") code = "";
    if (result.kind === "value" && result.value !== undefined) print(Bun.inspect(result.value));
    if (result.kind === "error") printError(`Uncaught ${result.message}`);
    prompt(code === "");
  }
  lines.close();
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
