/** What a browser downloads for an application's models: minified, then gzip. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");

export interface Bundle {
  readonly minified: number;
  readonly gzip: number;
}

interface Entry {
  readonly module: string;
  readonly external?: string[];
  /** Everything the module exports, instead of what an application with models imports. */
  readonly isWhole?: boolean;
}

const polyfilled = join(root, "src/frontend/index.ts");
const native = join(root, "src/frontend/native.ts");
const published = "baked-orm-published/frontend";
const external = ["temporal-polyfill", "@js-temporal/polyfill"];

const entries: Readonly<Record<string, Entry>> = {
  "baked-orm, with a polyfill": { module: polyfilled },
  "baked-orm, Temporal native": { module: native },
  "baked-orm, with a polyfill, all exports": { module: polyfilled, isWhole: true },
  "baked-orm, Temporal native, all exports": { module: native, isWhole: true },
  "published 0.14.3": { module: published },
  "published 0.14.3, without its polyfill": { module: published, external },
};

function program({ module, isWhole }: Entry): string {
  const resolved = JSON.stringify(Bun.resolveSync(module, join(root, "bench")));
  if (isWhole) return `import * as api from ${resolved}; globalThis.api = { ...api };`;
  const names = "FrontendModel, registerModels, hydrate";
  return `import { ${names} } from ${resolved}; globalThis.api = { ${names} };`;
}

async function bundle(entry: Entry): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), "baked-bench-bundle-"));
  try {
    const file = join(folder, "entry.ts");
    await Bun.write(file, program(entry));
    const built = await Bun.build({
      entrypoints: [file],
      target: "browser",
      minify: true,
      ...(entry.external ? { external: entry.external } : undefined),
    });
    const text = (await built.outputs[0]?.text()) ?? "";
    return { minified: text.length, gzip: Bun.gzipSync(text, { level: 9 }).length };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function bundles(): Promise<Record<string, Bundle>> {
  const sizes: Record<string, Bundle> = {};
  for (const [name, entry] of Object.entries(entries)) {
    try {
      sizes[name] = await bundle(entry);
    } catch (error) {
      const words = error instanceof AggregateError ? error.errors.join("; ") : String(error);
      console.error(`Left out: bundle of ${name}: ${words}`);
    }
  }
  return sizes;
}
