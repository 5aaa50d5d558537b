/** Finds the TypeScript of the project. */
import { existsSync } from "node:fs";
import { ConfigurationError } from "../errors";
import type { Compiler } from "./compiler";

/**
 * Opens the project of a tsconfig file with the TypeScript that is installed there.
 * Throws ConfigurationError when there is none, or when it cannot be used.
 */
export async function openCompiler(root: string, config: string): Promise<Compiler> {
  if (!existsSync(config)) {
    throw new ConfigurationError(`There is no ${config}: it names the files to check.`, {
      hint: "Write a tsconfig.json, or name another with --project.",
    });
  }
  const version = await installedVersion(root);
  try {
    if (Number.parseInt(version, 10) >= 7) {
      const { TypeScript7 } = await import("./typescript-7");
      return await TypeScript7.open(root, config, `TypeScript ${version}`);
    }
    const { TypeScript5 } = await import("./typescript-5");
    return await TypeScript5.open(root, config, `TypeScript ${version}`);
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    // The API of TypeScript 7 is not yet declared stable: a later version may have another.
    throw new ConfigurationError(`TypeScript ${version} cannot read ${config}: ${reason}.`, {
      hint: "Known to work: TypeScript 5.9, 6.0 and 7.0.",
      cause: error,
    });
  }
}

async function installedVersion(root: string): Promise<string> {
  let path: string;
  try {
    path = Bun.resolveSync("typescript/package.json", root);
  } catch (cause) {
    throw new ConfigurationError("TypeScript is not installed in this project.", {
      hint: "Statements are found and their values typed by it: `bun add -d typescript`.",
      cause,
    });
  }
  const { version }: { version: string } = await Bun.file(path).json();
  return version;
}
