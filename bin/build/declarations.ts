/**
 * The declarations that the package gives to TypeScript. Imports in our sources name no extension; Node's resolution
 * wants one, so it is added here.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Glob } from "bun";
import { root } from "./modules";

/** `from "./x"`, `import "./x"`, `import("./x")` and `declare module "./x"`. */
const relativeSpecifier = /\b(from|import|import\(|declare module)(\s*)"(\.\.?\/[^"]+)"/g;

/** Writes them into a folder. Throws when the sources do not compile. */
export async function buildDeclarations(output: string): Promise<void> {
  const compiler = Bun.spawn(
    [
      join(root, "node_modules/.bin/tsc"),
      ...["-p", join(root, "tsconfig.build.json"), "--outDir", output],
    ],
    { cwd: root, stdio: ["ignore", "inherit", "inherit"] },
  );
  if ((await compiler.exited) !== 0) throw new Error("The sources do not compile.");
  for (const name of new Glob("**/*.d.ts").scanSync({ cwd: output })) {
    const file = join(output, name);
    const text = readFileSync(file, "utf8");
    const withExtensions = addExtensions(dirname(file), text);
    if (withExtensions !== text) writeFileSync(file, withExtensions);
  }
}

function addExtensions(folder: string, text: string): string {
  return text.replace(
    relativeSpecifier,
    (match, keyword: string, space: string, specifier: string) => {
      const target = resolve(folder, specifier);
      if (existsSync(`${target}.d.ts`)) return `${keyword}${space}"${specifier}.js"`;
      if (existsSync(join(target, "index.d.ts")))
        return `${keyword}${space}"${specifier}/index.js"`;
      // An example in a comment.
      return match;
    },
  );
}
