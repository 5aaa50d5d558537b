/** Worker processes, one per library, and the questions the driver puts to them. */
import { join } from "node:path";
import { startChild } from "./child";
import type { Reply, Request, Timing } from "./protocol";
import type { WorkloadName } from "./workloads";

export interface Worker {
  readonly name: string;
  readonly workloads: ReadonlySet<WorkloadName>;
  check(workload: WorkloadName, runs: number): Promise<string>;
  run(workload: WorkloadName, runs: number): Promise<Timing>;
  end(): Promise<void>;
}

/** Starts the process of a library. Throws ChildError when it cannot be loaded. */
export async function startWorker(name: string, url: string, prefix: string[]): Promise<Worker> {
  const file = join(import.meta.dir, "worker.ts");
  const child = startChild<Request, Reply>(file, [name], url, prefix);
  try {
    const { workloads } = await child.hear("ready");
    return {
      name,
      workloads: new Set(workloads),
      check: async (workload, runs) =>
        (await child.ask({ kind: "check", workload, runs }, "checked")).result,
      run: (workload, runs) => child.ask({ kind: "run", workload, runs }, "timed"),
      end: () => child.end({ kind: "end" }),
    };
  } catch (error) {
    child.kill();
    throw error;
  }
}

/** The libraries that start; the others are named and left out. */
export async function startWorkers(
  names: readonly string[],
  url: string,
  prefix: string[],
): Promise<Worker[]> {
  const workers: Worker[] = [];
  for (const name of names) {
    try {
      workers.push(await startWorker(name, url, prefix));
    } catch (error) {
      console.error(`Left out: ${error instanceof Error ? error.message : error}`);
    }
  }
  return workers;
}
