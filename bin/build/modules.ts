/** The modules of src, and who imports whom. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

export const root = resolve(import.meta.dir, "../..");
export const source = join(root, "src");

/** Its path below src, without extension; a folder stands for its index. */
export type Module = string;

export const moduleOf = (file: string): Module =>
  relative(source, file)
    .replace(/\.tsx?$/, "")
    .replace(/\/index$/, "");

export function fileOf(module: Module): string {
  const found = [".ts", ".tsx", "/index.ts"]
    .map((end) => join(source, module + end))
    .find((file) => existsSync(file));
  if (found) return found;
  throw new Error(`There is no module ${module}.`);
}

interface Imports {
  /** What it needs to be loaded. */
  readonly now: readonly Module[];
  /** What it loads with `import()`. */
  readonly later: readonly Module[];
}

const transpiler = new Bun.Transpiler({ loader: "tsx" });
const known = new Map<Module, Imports>();

function importsOf(module: Module): Imports {
  const before = known.get(module);
  if (before) return before;
  const file = fileOf(module);
  const imports = transpiler
    .scanImports(readFileSync(file, "utf8"))
    .filter(({ path }) => path.startsWith(".") && !path.endsWith(".json"))
    .map(({ kind, path }) => ({ kind, module: moduleOf(resolve(dirname(file), path)) }));
  const ofKind = (wanted: string) =>
    imports.filter(({ kind }) => kind === wanted).map((each) => each.module);
  const found = { now: ofKind("import-statement"), later: ofKind("dynamic-import") };
  known.set(module, found);
  return found;
}

/** `start` and all that they import, as far as `isIn` agrees. */
export function reach(
  start: readonly Module[],
  isIn: (module: Module) => boolean,
): ReadonlySet<Module> {
  const found = new Set<Module>();
  const visit = (module: Module) => {
    if (found.has(module) || !isIn(module)) return;
    found.add(module);
    importsOf(module).now.forEach(visit);
  };
  start.forEach(visit);
  return found;
}

/** What is loaded with `import()` by a program that starts with these modules, sooner or later. */
export function laterImports(start: readonly Module[]): Module[] {
  const later = new Set<Module>();
  const seen = new Set<Module>();
  const visit = (module: Module) => {
    if (seen.has(module)) return;
    seen.add(module);
    const imports = importsOf(module);
    for (const each of imports.later) later.add(each);
    for (const each of [...imports.now, ...imports.later]) visit(each);
  };
  start.forEach(visit);
  return [...later];
}
