/**
 * What the types cost: TypeScript's own count of instantiations for one made-up application of 100 and 250
 * tables, on baked-orm and on drizzle. `bun bench/types/measure.ts [100 250]`
 */
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { buildDeclarations } from "../../bin/build/declarations";
import { bakedApplication, drizzleApplication } from "./application";

const root = resolve(import.meta.dir, "../..");
const folder = join(import.meta.dir, ".generated");

/** What the checker may cost an application of 100 tables. */
export const BUDGET = 150_000;

export interface Cost {
  readonly instantiations: number;
  readonly types: number;
  readonly seconds: number;
  readonly megabytes: number;
}

/** Writes the application and checks it; throws with the messages when it does not compile. */
export async function costOf(name: string, files: Readonly<Record<string, string>>): Promise<Cost> {
  const project = join(folder, name);
  await rm(project, { recursive: true, force: true });
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      noUnusedLocals: false,
      paths: { "baked-orm": [join(root, "dist/index.d.ts")] },
    },
    include: ["**/*.ts"],
    exclude: [],
  };
  for (const [file, text] of Object.entries({
    ...files,
    "tsconfig.json": JSON.stringify(config),
  })) {
    await mkdir(dirname(join(project, file)), { recursive: true });
    await writeFile(join(project, file), text);
  }
  const run = Bun.spawn(
    [
      join(root, "node_modules/.bin/tsc"),
      "-p",
      project,
      "--extendedDiagnostics",
      "--singleThreaded",
    ],
    { cwd: project, stdout: "pipe", stderr: "pipe" },
  );
  const output = await new Response(run.stdout).text();
  if ((await run.exited) !== 0) throw new Error(`${name} does not compile:\n${output}`);
  const number = (label: string) =>
    Number(new RegExp(`^${label}:\\s+([\\d.]+)`, "m").exec(output)?.[1] ?? Number.NaN);
  return {
    instantiations: number("Instantiations"),
    types: number("Types"),
    seconds: number("Total time"),
    megabytes: Math.round(number("Memory used") / 1024),
  };
}

/** Costs by the name of the application, such as "drizzle, 100 tables". */
export async function typeCosts(counts: readonly number[]): Promise<Record<string, Cost>> {
  // As the package ships them: the applications compile against these.
  await buildDeclarations(join(root, "dist"));
  const hasDrizzle = existsSync(join(import.meta.dir, "../node_modules/drizzle-orm"));
  if (!hasDrizzle) console.error("drizzle is not installed: `cd bench && bun install`.");
  const costs: Record<string, Cost> = {};
  for (const count of counts) {
    costs[`baked-orm, ${count} tables`] = await costOf(`baked-${count}`, bakedApplication(count));
    if (!hasDrizzle) continue;
    costs[`drizzle, ${count} tables`] = await costOf(`drizzle-${count}`, drizzleApplication(count));
  }
  return costs;
}

if (import.meta.main) {
  const counts = Bun.argv.slice(2).map(Number).filter(Number.isInteger);
  console.table(await typeCosts(counts.length > 0 ? counts : [100, 250]));
}
