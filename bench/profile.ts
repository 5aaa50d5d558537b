/**
 * Where the time of one workload goes: `bun run bench:profile <library> <workload> [seconds]`.
 * Writes a profile for a browser's developer tools and the same as text into bench/results.
 */
import { join } from "node:path";
import { reset } from "./data";
import { installPeers } from "./install";
import { libraries } from "./libraries";
import { pinned, script, startServer } from "./server";
import { type WorkloadName, workloadNames } from "./workloads";

const [library = "", workload = "", seconds = "5"] = Bun.argv.slice(2);

function check(name: string, known: readonly string[]): void {
  if (!known.includes(name)) throw new Error(`No "${name}". There are: ${known.join(", ")}.`);
}

/** The profiled process: the workload in a loop. */
async function loop(url: string): Promise<void> {
  const loaded = await libraries[library]?.();
  const { connect, close, workloads } = loaded?.library ?? {};
  await connect?.(url, 10);
  const run = workloads?.[workload as WorkloadName];
  if (!run) throw new Error(`${library} has no workload "${workload}".`);
  await run.prepare?.();
  const end = performance.now() + Number(seconds) * 1_000;
  let index = 0;
  for (; performance.now() < end; index++) await run.run(index);
  console.log(`${index} runs`);
  await close?.();
}

if (process.env.BENCH_URL !== undefined) await loop(process.env.BENCH_URL);
else {
  check(library, Object.keys(libraries));
  check(workload, workloadNames);
  installPeers();
  await using server = await startServer();
  await script(server.sql, reset[workload] ?? "");
  const folder = join(import.meta.dir, "results");
  const flags = ["--cpu-prof", "--cpu-prof-md", "--cpu-prof-dir", folder];
  const child = Bun.spawn(
    [...pinned(1), process.execPath, ...flags, import.meta.path, library, workload, seconds],
    {
      env: { ...process.env, BENCH_URL: server.url, NODE_ENV: "production" },
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  if ((await child.exited) !== 0) throw new Error(`The profiled process failed.`);
  console.log(`The profile is in ${folder}.`);
}
