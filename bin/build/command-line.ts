/**
 * The code of `bake`. It shares none with the library: a command needs a few modules of it, and whatever works on
 * models loads the copy that the project itself imports.
 */
import type { Builder } from "./builder";
import { linkFiles, packageLoaders } from "./links";
import { laterImports, type Module, reach } from "./modules";

/** What every command needs, and the one that is run most often. */
const CLI = "cli";
const eager: readonly Module[] = ["cli/main", "cli/commands/status"];

const start = `#!/usr/bin/env bun
import { main } from "./${CLI}.js";
process.exitCode = await main(process.argv.slice(2));
`;

const laterFile = (module: Module): string =>
  module === "index" ? module : `bake-${module.replaceAll("/", "-")}`;

export async function buildCommandLine({ build, whole, linked }: Builder): Promise<void> {
  const files = new Map([...reach(eager, () => true)].map((module) => [module, CLI]));
  const into = (here: string) => ({
    banner: packageLoaders,
    plugins: [linkFiles(files, here, laterFile)],
  });
  const later = laterImports(["cli/main"]).filter(
    (module) => !files.has(module) && module !== "index",
  );
  await build(Object.fromEntries(later.map((each) => [laterFile(each), whole(each)])), into(""));
  await build(
    { [CLI]: `${whole("cli/main")}\n${await linked(files, CLI)}` },
    { ...into(CLI), splitting: false },
  );
  await build({ bake: start }, { plugins: [linkFiles(files, "bake", laterFile)] });
}
