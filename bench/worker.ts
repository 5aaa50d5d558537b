/** One library in a process of its own: `bun worker.ts <library>` with BENCH_URL, told what to run over IPC. */
import { canonical } from "./canonical";
import { serve, tell } from "./child";
import { libraries } from "./libraries";
import type { Reply, Request } from "./protocol";
import { type Library, ordered, type Workload, type WorkloadName } from "./workloads";

const CONNECTIONS = 10;

let library: Library;
/** Runs of each workload so far, so that no run repeats another. */
const counters = new Map<WorkloadName, number>();

function workloadOf(name: WorkloadName): Workload {
  const workload = library.workloads[name];
  if (!workload) throw new Error(`No workload "${name}".`);
  return workload;
}

async function check(name: WorkloadName, runs: number): Promise<string> {
  const workload = workloadOf(name);
  await workload.prepare?.();
  let result: unknown;
  for (let index = 0; index < runs; index++) result = await workload.run(index);
  counters.set(name, runs);
  const plain = workload.plain ? workload.plain(result) : result;
  return JSON.stringify(canonical(plain, ordered.has(name)));
}

async function time(name: WorkloadName, runs: number): Promise<Reply> {
  const workload = workloadOf(name);
  const first = counters.get(name) ?? 0;
  // The heap is left as it is, as in a server: after a collection that is asked for, a turn would measure the page faults
  // of memory that was just given back.
  counters.set(name, first + runs);
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let index = first; index < first + runs; index++) await workload.run(index);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { kind: "timed", wallMs, cpuMs: (user + system) / 1_000 };
}

async function answer(request: Request): Promise<Reply | undefined> {
  switch (request.kind) {
    case "check":
      return { kind: "checked", result: await check(request.workload, request.runs) };
    case "run":
      return await time(request.workload, request.runs);
    case "end":
      await library.close();
      return undefined;
  }
}

try {
  const name = process.argv[2] ?? "";
  const load = libraries[name];
  if (load === undefined) throw new Error(`No library "${name}".`);
  ({ library } = await load());
  await library.connect(process.env.BENCH_URL ?? "", CONNECTIONS);
  serve<Request, Reply>(answer);
  tell({ kind: "ready", workloads: Object.keys(library.workloads) as WorkloadName[] });
} catch (error) {
  tell({ kind: "failed", error: Bun.inspect(error) });
}
