/**
 * `bun run build`: the declarations that the package gives to TypeScript. Imports in our sources name no extension;
 * Node's resolution wants one, so it is added here. The code itself is published as it is.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Glob } from "bun";

const root = resolve(import.meta.dir, "..");
const output = join(root, "dist");

/** `from "./x"`, `import "./x"`, `import("./x")` and `declare module "./x"`. */
const relativeSpecifier = /\b(from|import|import\(|declare module)(\s*)"(\.\.?\/[^"]+)"/g;

rmSync(output, { recursive: true, force: true });
const compiler = Bun.spawnSync(
  [join(root, "node_modules/.bin/tsc"), "-p", join(root, "tsconfig.build.json")],
  { cwd: root, stdio: ["ignore", "inherit", "inherit"] },
);
if (compiler.exitCode !== 0) process.exit(compiler.exitCode);

for (const name of new Glob("**/*.d.ts").scanSync({ cwd: output })) {
  const file = join(output, name);
  const text = readFileSync(file, "utf8");
  const withExtensions = text.replace(
    relativeSpecifier,
    (match, keyword: string, space: string, specifier: string) => {
      const target = resolve(dirname(file), specifier);
      if (existsSync(`${target}.d.ts`)) return `${keyword}${space}"${specifier}.js"`;
      if (existsSync(join(target, "index.d.ts")))
        return `${keyword}${space}"${specifier}/index.js"`;
      // An example in a comment.
      return match;
    },
  );
  if (withExtensions !== text) writeFileSync(file, withExtensions);
}
