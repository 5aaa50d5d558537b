/** Worker processes, one per library, and the questions the driver puts to them. */
import type { Subprocess } from "bun";
import type { Reply, Request, Timing } from "./protocol";
import type { WorkloadName } from "./workloads";

export interface Worker {
  readonly name: string;
  readonly workloads: ReadonlySet<WorkloadName>;
  check(workload: WorkloadName, runs: number): Promise<string>;
  run(workload: WorkloadName, runs: number): Promise<Timing>;
  end(): Promise<void>;
}

export class WorkerError extends Error {}

/** Starts the process of a library. Throws WorkerError when it cannot be loaded. */
export async function startWorker(name: string, url: string, prefix: string[]): Promise<Worker> {
  let settle: ((reply: Reply) => void) | undefined;
  const child: Subprocess = Bun.spawn({
    cmd: [...prefix, process.execPath, `${import.meta.dir}/worker.ts`, name],
    cwd: import.meta.dir,
    env: { ...process.env, BENCH_URL: url, NODE_ENV: "production" },
    stdio: ["ignore", "inherit", "inherit"],
    ipc: (message: Reply) => settle?.(message),
  });
  const reply = () =>
    new Promise<Reply>((resolve, reject) => {
      settle = resolve;
      child.exited.then((code) => reject(new WorkerError(`${name} ended with code ${code}.`)));
    });
  const ask = async (request: Request) => {
    const answered = reply();
    child.send(request);
    const got = await answered;
    if (got.kind === "failed") throw new WorkerError(`${name}: ${got.error}`);
    return got;
  };
  const ready = await reply();
  if (ready.kind !== "ready") {
    child.kill();
    throw new WorkerError(`${name}: ${ready.kind === "failed" ? ready.error : ready.kind}`);
  }
  return {
    name,
    workloads: new Set(ready.workloads),
    async check(workload, runs) {
      const got = await ask({ kind: "check", workload, runs });
      return got.kind === "checked" ? got.result : "";
    },
    async run(workload, runs) {
      const got = await ask({ kind: "run", workload, runs });
      if (got.kind !== "timed") throw new WorkerError(`${name}: ${got.kind}`);
      return got;
    },
    async end() {
      child.send({ kind: "end" } satisfies Request);
      await child.exited;
    },
  };
}
