/** Imports that lead from one file of the package to another. */
import { dirname, resolve } from "node:path";
import type { BunPlugin } from "bun";
import { partOf } from "./files";
import { fileOf, type Module, moduleOf, source } from "./modules";
import { parts } from "./parts";

const shortNames = new Map<string, string>();

/** The name under which other files know an export: short, there are hundreds, and different for all modules. */
export function linkName(module: Module, name: string): string {
  const key = `${module}.${name}`;
  const short = shortNames.get(key) ?? `$${shortNames.size.toString(36)}`;
  shortNames.set(key, short);
  return short;
}

export async function exportsOf(module: Module): Promise<Readonly<Record<string, unknown>>> {
  return await import(fileOf(module));
}

/** In place of a module that is loaded late: functions that load it when they are called. */
async function lateModule(module: Module, part: string): Promise<string> {
  const lines = Object.entries(await exportsOf(module)).map(([name, value]) => {
    if (typeof value === "string") return `export const ${name} = ${JSON.stringify(value)};`;
    if (typeof value === "function" && !/^class\b/.test(String(value))) {
      return `export function ${name}(...args) { return $${part}().${linkName(module, name)}(...args); }`;
    }
    throw new Error(`${module} exports ${name}, which is no function: it cannot be loaded late.`);
  });
  return lines.join("\n");
}

/** In place of a module of another file that is loaded already, or is loaded with this one. */
async function linkedModule(module: Module, file: string): Promise<string> {
  const names = Object.keys(await exportsOf(module));
  const list = names.map((name) => `${linkName(module, name)} as ${name}`);
  return `export { ${list.join(", ")} } from "./${file}.js";`;
}

/** Packages that the library takes with `require()`, when they are needed. */
const packages = ["pluralize"];

/** A bundler sees the require(); Bun, which knows none in such a module, takes the other. */
const loader = (name: string, path: string) =>
  `let $$${name};const $${name}=()=>$$${name}??=typeof require==="function"?require("${path}"):import.meta.require("${path}");`;

/** What the code of a package that is taken late calls. */
export const packageLoaders = packages.map((name) => loader(name, name)).join("");

/** The same for parts, and packages, in the file `here`. */
export function loaders(here: string): string {
  const others = Object.keys(parts).filter((part) => part !== here);
  return others.map((part) => loader(part, `./${part}.js`)).join("") + packageLoaders;
}

/**
 * For the build of the file `here`: what is in other files stays there.
 * @param files by module; what has none is a part of the file
 * @param laterFile the file of a module that is imported with `import()`
 */
export function linkFiles(
  files: ReadonlyMap<Module, string>,
  here: string,
  laterFile: (module: Module) => string,
): BunPlugin {
  return {
    name: "link files",
    setup(build) {
      build.onResolve({ filter: /^\.\/[\w-]+\.js$/ }, ({ path }) => ({ path, external: true }));
      build.onResolve({ filter: /^\.\.?\// }, ({ path, importer, kind }) => {
        if (!importer.startsWith(source)) return undefined;
        const module = moduleOf(resolve(dirname(importer), path));
        const file = files.get(module);
        if (file === here) return undefined;
        if (kind === "dynamic-import") return { path: `./${laterFile(module)}.js`, external: true };
        if (file === undefined) return undefined;
        return { path: module, namespace: "elsewhere" };
      });
      build.onResolve({ filter: new RegExp(`^(${packages.join("|")})$`) }, ({ path, kind }) =>
        kind === "require-call" ? { path, namespace: "package" } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: "package" }, ({ path }) => ({
        contents: `module.exports = $${path}();`,
        loader: "js",
      }));
      build.onLoad({ filter: /.*/, namespace: "elsewhere" }, async ({ path: module }) => {
        const file = files.get(module) ?? "";
        const contents =
          partOf.get(module) === file
            ? await lateModule(module, file)
            : await linkedModule(module, file);
        return { contents, loader: "js" };
      });
    },
  };
}

/** The names that other files import in the text of a built one. */
export function importedLinks(text: string): string[] {
  const lists = text.matchAll(/\b(?:import|export)\s*\{([^}]*)\}\s*from\s*"\.\/\w+\.js"/g);
  return [...lists].flatMap(([, list = ""]) =>
    list.split(",").map((each) => each.trim().split(/\s/)[0] ?? ""),
  );
}
