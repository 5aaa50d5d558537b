/**
 * `bun run bench`: measured on the embedded server, as tables on the console and JSON in bench/results.
 *
 *   (nothing)        the workloads over all libraries, then import, command line, memory, bundle and types
 *   --only a,b       these libraries; bare Bun.sql is always there
 *   --workload a,b   these workloads, and nothing of the second table
 *   --quick          one pass, fewer rounds
 *   --passes N       fresh processes N times      --rounds N   --turn MILLISECONDS
 *   --peer-passes N  the first of the passes that peers take part in, too
 *   --growth         how time grows with the size of the work
 *   --load           throughput and latency under many callers
 *   --soak           mixed operations for --minutes (30), at constant memory
 *   --all            all of it
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { growth, growthReport } from "./growth/index";
import { installPeers } from "./install";
import { libraries } from "./libraries";
import { load, loadReport } from "./load/index";
import { FLOOR, measure, NEAR, type Pass, summary } from "./measure";
import { startWorkers } from "./pool";
import { measureProcess, processLines } from "./process/index";
import { processTable, workloadTable } from "./report";
import { keepResult } from "./results";
import { pinned, startServer } from "./server";
import { soak, soakReport } from "./soak/index";
import { type WorkloadName, workloadNames } from "./workloads";

const { values: given } = parseArgs({
  options: {
    only: { type: "string" },
    workload: { type: "string" },
    quick: { type: "boolean", default: false },
    passes: { type: "string" },
    "peer-passes": { type: "string" },
    rounds: { type: "string" },
    turn: { type: "string" },
    growth: { type: "boolean", default: false },
    load: { type: "boolean", default: false },
    soak: { type: "boolean", default: false },
    minutes: { type: "string", default: "30" },
    all: { type: "boolean", default: false },
  },
});
const { quick, all } = given;

/** Names of a list on the command line. Throws with what there is when one is unknown. */
function chosen<Name extends string>(list: string | undefined, known: readonly Name[]): Name[] {
  if (list === undefined) return [...known];
  // The comma in "select 1,000" is part of the name.
  const wanted = list.split(/,(?!\d{3}\b)/);
  const unknown = wanted.find((name) => !(known as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`No "${unknown}". There are: ${known.join(", ")}.`);
  return known.filter((name) => wanted.includes(name));
}

const everyLibrary = Object.keys(libraries);
const wanted = new Set([...FLOOR, ...chosen(given.only, everyLibrary)]);
const names = everyLibrary.filter((name) => wanted.has(name));
const workloads = chosen(given.workload, workloadNames);
const passCount = Number(given.passes ?? (quick ? 1 : 5));
// A peer's ratio is far from 1, and a pass of all takes three times as long.
const peerPasses = Number(given["peer-passes"] ?? 2);
const effort = {
  rounds: Number(given.rounds ?? (quick ? 9 : 18)),
  turnMs: Number(given.turn ?? (quick ? 20 : 80)),
  leadInMs: quick ? 50 : 200,
  warmUpMs: quick ? 1_000 : 4_000,
};

if (installPeers()) {
  // Anew: this process has looked for the peers in vain, and remembers that there are none.
  const [, ...words] = process.argv;
  const { exitCode } = Bun.spawnSync([process.execPath, ...words], {
    stdio: ["inherit", "inherit", "inherit"],
  });
  process.exit(exitCode);
}
await using server = await startServer();
const core = pinned(1);

const [busy = 0] = loadavg();
const about = () => ({
  date: new Date().toISOString(),
  bun: Bun.version,
  postgres: server.version,
  load: busy,
  cores: navigator.hardwareConcurrency,
});

async function runWorkloads(): Promise<void> {
  const passes: Partial<Record<WorkloadName, Pass[]>> = {};
  const measured = new Set<string>();
  const isPart = given.only !== undefined || given.workload !== undefined;
  for (let pass = 0; pass < passCount; pass++) {
    const taking = pass < peerPasses ? names : names.filter((name) => NEAR.has(name));
    const workers = await startWorkers(taking, server.url, core);
    for (const { name } of workers) measured.add(name);
    for (const workload of workloads) {
      const result = await measure(server.sql, workers, workload, effort);
      for (const [name, reason] of Object.entries(result.refused)) {
        console.error(`${workload}: ${name} refused: ${reason}`);
      }
      passes[workload] = [...(passes[workload] ?? []), result];
      const ours = summary([result]).ratios["baked-orm"]?.median;
      console.error(`pass ${pass + 1}, ${workload}: ${ours?.toFixed(3) ?? "-"}`);
    }
    await Promise.all(workers.map((worker) => worker.end()));
    const outcomes = Object.fromEntries(
      workloads.map((workload) => [workload, summary(passes[workload] ?? [])]),
    );
    const counts = { passes: pass + 1, peerPasses: Math.min(pass + 1, peerPasses), ...effort };
    const result = { ...counts, libraries: [...measured], workloads: outcomes };
    // After each pass: one that is interrupted leaves those before it.
    await keepResult("workloads", { ...about(), ...result }, isPart || pass + 1 < passCount);
    if (pass + 1 === passCount) console.log(`\n${workloadTable(outcomes, [...measured])}\n`);
  }
}

async function runProcess(): Promise<void> {
  // One of each: memory does not depend on which of a library's interfaces is used.
  const twins = ["bare again", "drizzle prepared", "drizzle rqb"];
  const walking = names.filter((name) => !twins.includes(name));
  const result = await measureProcess(server, walking, {
    rounds: quick ? 7 : 25,
    tables: quick ? [100] : [100, 250],
  });
  console.log(`\n${processTable(processLines(result))}\n`);
  await keepResult("process", { ...about(), ...result }, given.only !== undefined);
}

const isOnly = given.growth || given.load || given.soak;
if (all || !isOnly) {
  await runWorkloads();
  if (given.workload === undefined) await runProcess();
}
if (all || given.growth) {
  const result = await growth(server, { quick });
  console.log(`\n${growthReport(result)}\n`);
  await keepResult("growth", { ...about(), cases: result });
}
if (all || given.load) {
  const result = await load(server, { seconds: quick ? 0.5 : 2 });
  console.log(`\n${loadReport(result)}\n`);
  await keepResult("load", { ...about(), points: result });
}
if (all || given.soak) {
  const result = await soak(server, Number(given.minutes));
  console.log(`\n${soakReport(result)}\n`);
  await keepResult("soak", { ...about(), ...result });
}
