/** Peak growth of memory while 100,000 rows are walked in batches, each time in a fresh process. */
import { join } from "node:path";
import { type BenchServer, pinned } from "../server";
import { median, shuffled } from "../statistics";

export interface Growth {
  readonly megabytes: number;
  readonly min: number;
  readonly max: number;
}

export function memory(
  server: BenchServer,
  names: readonly string[],
  rounds: number,
): Record<string, Growth> {
  const grown = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of shuffled([...grown.keys()])) {
      const worker = join(import.meta.dir, "memory-worker.ts");
      const run = Bun.spawnSync([...pinned(1), process.execPath, worker, name], {
        env: { ...process.env, BENCH_URL: server.url, NODE_ENV: "production" },
        stdio: ["ignore", "pipe", "pipe"],
      });
      if (run.success) grown.get(name)?.push(Number(run.stdout.toString()));
      else {
        console.error(`Left out: ${name}: ${run.stderr.toString().trim().split("\n").at(-1)}`);
        grown.delete(name);
      }
    }
  }
  return Object.fromEntries(
    [...grown].map(([name, own]) => [
      name,
      { megabytes: median(own), min: Math.min(...own), max: Math.max(...own) },
    ]),
  );
}
