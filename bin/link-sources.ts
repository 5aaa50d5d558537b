/** Gives a project this repository as its `baked-orm`, without building the package. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import packageJson from "../package.json";

const root = resolve(import.meta.dir, "..");

/** "./dist/frontend/index.d.ts" -> "./src/frontend/index.ts". */
const sourceOf = (declaration: string) =>
  declaration.replace(/^\.\/dist\/(.*)\.d\.ts$/, "./src/$1.ts");

/** Puts a package into the project's node_modules whose entries are the sources. */
export function linkSources(project: string): void {
  const folder = join(project, "node_modules", packageJson.name);
  if (existsSync(folder)) return;
  const exports = Object.entries(packageJson.exports).map(([entry, files]) => [
    entry,
    typeof files === "string" ? files : sourceOf(files.types),
  ]);
  const { name, version, type } = packageJson;
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(root, "src"), join(folder, "src"), "dir");
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name, version, type, exports: Object.fromEntries(exports) }),
  );
}
