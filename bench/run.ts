/**
 * `bun run bench`: the workloads over all libraries, on the embedded server.
 * Options: --only name,name   --workload name,name   --quick   --rounds N   --turn MILLISECONDS
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installPeers } from "./install";
import { libraries } from "./libraries";
import { measure, type Outcome } from "./measure";
import { startWorker, type Worker } from "./pool";
import { table } from "./report";
import { pinned, startServer } from "./server";
import { type WorkloadName, workloadNames } from "./workloads";

const { values: given } = parseArgs({
  options: {
    only: { type: "string" },
    workload: { type: "string" },
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    turn: { type: "string" },
  },
});

installPeers();

const names = Object.keys(libraries);
const wanted = new Set(given.only?.split(",") ?? names);
for (const name of ["bare", "bare again"]) wanted.add(name);
const unknown = [...wanted].find((name) => !names.includes(name));
if (unknown !== undefined)
  throw new Error(`No library "${unknown}". There are: ${names.join(", ")}.`);
const chosen = given.workload?.split(",") ?? workloadNames;
const rounds = Number(given.rounds ?? (given.quick ? 10 : 40));
const turnMs = Number(given.turn ?? (given.quick ? 20 : 30));

await using server = await startServer();
const workers: Worker[] = [];
for (const name of names.filter((each) => wanted.has(each))) {
  try {
    workers.push(await startWorker(name, server.url, pinned(1)));
  } catch (error) {
    console.error(`Left out: ${error instanceof Error ? error.message : error}`);
  }
}
const outcomes = new Map<WorkloadName, Outcome>();
for (const workload of workloadNames) {
  if (!chosen.includes(workload)) continue;
  const outcome = await measure(server.sql, workers, workload, { rounds, turnMs });
  for (const [name, reason] of Object.entries(outcome.refused)) {
    console.error(`${workload}: ${name} refused: ${reason}`);
  }
  outcomes.set(workload, outcome);
  const ours = outcome.ratios["baked-orm"];
  console.error(`${workload}: ${ours ? ours.median.toFixed(3) : "-"}`);
}
for (const worker of workers) await worker.end();

const measured = workers.map(({ name }) => name);
console.log(`\n${table(outcomes, measured)}\n`);
const results = join(import.meta.dir, "results");
await mkdir(results, { recursive: true });
const result = {
  date: new Date().toISOString(),
  bun: Bun.version,
  postgres: server.version,
  rounds,
  libraries: measured,
  workloads: Object.fromEntries(outcomes),
};
await Bun.write(join(results, "workloads.json"), `${JSON.stringify(result, null, 2)}\n`);
