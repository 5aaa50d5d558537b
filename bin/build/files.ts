/** Which file of the package each module of the library is in. */
import { type Module, reach } from "./modules";
import { parts } from "./parts";

/** What is needed at once. */
export const CORE = "core";
/** What several parts share and the core does not need. */
export const COMMON = "common";

/** What the entries for browsers share and the core does not need, when they are used on the server. */
export const BROWSER = "browser";

/** Modules that are loaded late -> their part. */
export const partOf: ReadonlyMap<Module, string> = new Map(
  Object.entries(parts).flatMap(([part, modules]) => modules.map((module) => [module, part])),
);

/** Module -> file. Modules of the command line have none. */
export function assignFiles(): ReadonlyMap<Module, string> {
  const files = new Map<Module, string>(partOf);
  const take = (file: string, start: readonly Module[]) => {
    for (const module of reach(start, (each) => !files.has(each))) files.set(module, file);
  };
  take(CORE, ["index"]);
  for (const [module, wanting] of sharedBy(files)) {
    const [part = COMMON, ...others] = wanting;
    files.set(module, others.length === 0 ? part : COMMON);
  }
  take(BROWSER, ["frontend/native"]);
  return files;
}

/** What parts need besides their own modules -> the parts that need it. */
function sharedBy(files: ReadonlyMap<Module, string>): ReadonlyMap<Module, ReadonlySet<string>> {
  const shared = new Map<Module, Set<string>>();
  for (const [part, modules] of Object.entries(parts)) {
    const isFree = (module: Module) => !files.has(module) || partOf.get(module) === part;
    for (const module of reach(modules, isFree)) {
      if (!files.has(module)) shared.set(module, (shared.get(module) ?? new Set()).add(part));
    }
  }
  return shared;
}
