/** Bundles for the browser, as an application would make them: with Bun and with Vite, minified. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "vite";

const root = resolve(import.meta.dir, "../..");

/** What an application imports, and the file it is in here. */
const entries = {
  "baked-orm/frontend": join(root, "src/frontend/index.ts"),
  "baked-orm/frontend/native": join(root, "src/frontend/native.ts"),
  "baked-orm/react": join(root, "src/react/index.ts"),
} as const;

/** The two bundlers of the promise. */
export type Bundler = "Bun" | "Vite";

function withEntry<Result>(source: string, work: (file: string) => Promise<Result>) {
  const folder = mkdtempSync(join(tmpdir(), "baked-bundle-"));
  const file = join(folder, "entry.ts");
  let text = source;
  for (const [name, path] of Object.entries(entries)) {
    text = text.replaceAll(`"${name}"`, JSON.stringify(path));
  }
  writeFileSync(file, text);
  return work(file).finally(() => rmSync(folder, { recursive: true, force: true }));
}

/**
 * One minified file for the browser.
 *
 * @param source of the application; names of this package's entries stand for the files in src/
 * @param external packages that stay imports
 */
export async function bundle(
  bundler: Bundler,
  source: string,
  external: string[] = [],
): Promise<string> {
  const build = bundler === "Bun" ? bundleWithBun : bundleWithVite;
  return await withEntry(source, (entry) => build(entry, external));
}

async function bundleWithBun(entry: string, external: string[]): Promise<string> {
  const built = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    minify: true,
    external,
  });
  if (built.logs.length > 0) throw new AggregateError(built.logs, "Bun.build has something to say");
  return (await built.outputs[0]?.text()) ?? "";
}

async function bundleWithVite(entry: string, external: string[]): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "silent",
    root: resolve(entry, ".."),
    build: { write: false, modulePreload: false, rollupOptions: { input: entry, external } },
  });
  const chunks = [built].flat().flatMap((result) => ("output" in result ? result.output : []));
  if (chunks.length !== 1) throw new Error(`Vite made ${chunks.length} files.`);
  const [chunk] = chunks;
  return chunk && "code" in chunk ? chunk.code : "";
}
