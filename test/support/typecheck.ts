/** Type-checks files the way a strict consumer would, with `baked-orm` standing for the schema types. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");

const compilerOptions = {
  target: "ESNext",
  module: "Preserve",
  moduleResolution: "bundler",
  lib: ["ESNext"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  noEmit: true,
  skipLibCheck: true,
};

const facade = `export type * from "${root}/src/schema/table";
export type * from "${root}/src/schema/shapes";
export type { Temporal } from "${root}/node_modules/temporal-polyfill";
`;

/**
 * Writes the files into a temporary folder and runs tsc over them; gives its output, empty when clean.
 * @param use called with the folder before it is removed, for instance to import a file.
 */
export async function typecheck(
  files: Readonly<Record<string, string>>,
  use?: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "baked-types-"));
  try {
    const config = {
      compilerOptions: { ...compilerOptions, paths: { "baked-orm": ["./baked-orm.ts"] } },
      include: ["*.ts"],
    };
    await Bun.write(join(folder, "tsconfig.json"), JSON.stringify(config));
    await Bun.write(join(folder, "baked-orm.ts"), facade);
    for (const [name, text] of Object.entries(files)) await Bun.write(join(folder, name), text);
    const run = Bun.spawn([join(root, "node_modules/.bin/tsc"), "-p", folder], {
      cwd: folder,
      stdout: "pipe",
      stderr: "pipe",
    });
    const [output, errors] = await Promise.all([
      new Response(run.stdout).text(),
      new Response(run.stderr).text(),
      run.exited,
    ]);
    await use?.(folder);
    return output + errors;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
