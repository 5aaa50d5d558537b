/** Builds files out of texts that import sources, and remembers what they take from each other. */
import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { BunPlugin } from "bun";
import { exportsOf, importedLinks, linkName } from "./links";
import { fileOf, type Module } from "./modules";

export interface BuildOptions {
  readonly plugins: BunPlugin[];
  readonly banner?: string;
  /** Whether what several of these files share goes into more files. Default true. */
  readonly splitting?: boolean;
}

export class Builder implements Disposable {
  readonly #work: string;
  readonly #links = new Set<string>();

  constructor(readonly output: string) {
    this.#work = join(output, ".build");
    mkdirSync(this.#work, { recursive: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.#work, { recursive: true });
  }

  /** Builds one file of each text, under the text's name. */
  build = async (
    texts: Readonly<Record<string, string>>,
    { plugins, banner = "", splitting = true }: BuildOptions,
  ): Promise<void> => {
    const entrypoints = Object.keys(texts).map((name) => join(this.#work, `${name}.ts`));
    await Promise.all(Object.values(texts).map((text, n) => Bun.write(entrypoints[n] ?? "", text)));
    const { outputs } = await Bun.build({
      entrypoints,
      root: this.#work,
      outdir: this.output,
      target: "bun",
      packages: "external",
      naming: { entry: "[name].js", chunk: "chunk-[hash].js" },
      // Names stay: they are in messages and stacks.
      minify: { whitespace: true, syntax: true, identifiers: false },
      sourcemap: "linked",
      splitting,
      banner,
      plugins,
    });
    for (const each of outputs) {
      for (const link of importedLinks(await each.text())) this.#links.add(link);
    }
  };

  /** A text: all that a module exports. */
  whole = (module: Module): string => `export * from "${this.#pathOf(module)}";`;

  /** A text: what files built before take from this one, and all exports of the modules that `isOpen` names. */
  linked = async (
    files: ReadonlyMap<Module, string>,
    here: string,
    isOpen: (module: Module) => boolean = () => false,
  ): Promise<string> => {
    const lines: string[] = [];
    for (const [module, file] of files) {
      if (file !== here) continue;
      const list = Object.keys(await exportsOf(module))
        .map((name) => [name, linkName(module, name)] as const)
        .filter(([, link]) => isOpen(module) || this.#links.has(link))
        .map(([name, link]) => `${name} as ${link}`);
      if (list.length > 0) lines.push(`export { ${list} } from "${this.#pathOf(module)}";`);
    }
    return lines.join("\n");
  };

  #pathOf(module: Module): string {
    return relative(this.#work, fileOf(module));
  }
}
