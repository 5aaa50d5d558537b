/**
 * The code of the library. To import its sources is to read and translate some 160 files, and most of what they hold
 * is needed by few programs, or later. Here they become one file of what is needed at once, and one for each of the
 * parts that are loaded by the first call into them.
 */
import { join } from "node:path";
import type { Builder } from "./builder";
import { assignFiles, BROWSER, COMMON, CORE, partOf } from "./files";
import { exportsOf, linkFiles, linkName, loaders } from "./links";
import type { Module } from "./modules";
import { parts } from "./parts";

/** What the library imports with `import()`. */
const later: readonly Module[] = ["connection/load-module", "local"];

const laterFile = (module: Module): string => module.replaceAll("/", "-");

export async function buildLibrary({ output, build, whole, linked }: Builder): Promise<void> {
  const files = assignFiles();
  const into = (here: string) => ({
    banner: loaders(here),
    plugins: [linkFiles(files, here, laterFile)],
  });
  /** An entry of the package that is a part of a file from which others take, too. */
  async function entry(name: string, module: Module, file: string): Promise<void> {
    const names = Object.keys(await exportsOf(module));
    const list = names.map((each) => `${linkName(module, each)} as ${each}`);
    await Bun.write(join(output, `${name}.js`), `// @bun\nexport{${list}}from"./${file}.js";\n`);
    await build({ [file]: await linked(files, file, (each) => each === module) }, into(file));
  }
  // First those that take from others, last the one from which all take.
  await build(Object.fromEntries(later.map((each) => [laterFile(each), whole(each)])), into(""));
  await build({ react: whole("react") }, into("react"));
  await build({ frontend: whole("frontend") }, into("frontend"));
  await entry("native", "frontend/native", BROWSER);
  for (const part of Object.keys(parts)) {
    const text = await linked(files, part, (module) => partOf.has(module));
    await build({ [part]: text }, into(part));
  }
  await build({ [COMMON]: await linked(files, COMMON) }, into(COMMON));
  await entry("index", "index", CORE);
}
