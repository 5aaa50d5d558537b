/** One workload over all libraries: compared first, then timed in interleaved rounds. */
import type { SQL } from "bun";
import { canonical } from "./canonical";
import { contents, reset } from "./data";
import type { Worker } from "./pool";
import { script } from "./server";
import { type WorkloadName, writing } from "./workloads";

export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Median milliseconds of one run. */
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Median CPU time of the client's process, to that of bare Bun.sql. */
  readonly cpuRatio: number;
}

export interface Outcome {
  readonly ratios: Readonly<Record<string, Ratio>>;
  /** Libraries that failed, or gave another result. */
  readonly refused: Readonly<Record<string, string>>;
}

export interface Rounds {
  readonly rounds: number;
  /** Milliseconds one library's turn should take. */
  readonly turnMs: number;
}

const CHECK_RUNS = 3;
const WARM_UP_MS = 400;
const FLOOR = ["bare", "bare again"];

/** Runs and compares; the results that differ from bare Bun.sql are refused. */
async function agreeing(
  sql: SQL,
  workers: readonly Worker[],
  name: WorkloadName,
  refused: Record<string, string>,
): Promise<Worker[]> {
  let expected: string | undefined;
  const agreed: Worker[] = [];
  for (const worker of workers) {
    if (!worker.workloads.has(name)) continue;
    try {
      await script(sql, reset[name] ?? "");
      const result = await worker.check(name, CHECK_RUNS);
      const found = writing.has(name)
        ? JSON.stringify(canonical([...(await sql.unsafe(contents[name] ?? ""))]))
        : result;
      expected ??= found;
      if (found === expected) agreed.push(worker);
      else refused[worker.name] = difference(expected, found);
    } catch (error) {
      refused[worker.name] = error instanceof Error ? error.message : String(error);
    }
  }
  return agreed;
}

function difference(expected: string, found: string): string {
  let at = 0;
  while (at < found.length && found[at] === expected[at]) at++;
  const near = (text: string) => text.slice(Math.max(0, at - 60), at + 60);
  return `another result: ...${near(found)}... instead of ...${near(expected)}...`;
}

export async function measure(
  sql: SQL,
  workers: readonly Worker[],
  name: WorkloadName,
  { rounds, turnMs }: Rounds,
): Promise<Outcome> {
  const refused: Record<string, string> = {};
  const taking = await agreeing(sql, workers, name, refused);
  const restore = async () => {
    await script(sql, reset[name] ?? "");
  };
  const runs = new Map<Worker, number>();
  for (const worker of taking) {
    // Until the compiler has seen the code; the last time tells how many runs make a turn.
    let each = 0;
    for (let spent = 0, count = 1; spent < WARM_UP_MS; ) {
      await restore();
      const { wallMs } = await worker.run(name, count);
      spent += wallMs;
      each = wallMs / count;
      count = Math.max(1, Math.min(count * 4, Math.ceil(turnMs / each)));
    }
    runs.set(worker, Math.max(1, Math.round(turnMs / each)));
  }
  const walls = new Map<Worker, number[]>(taking.map((worker) => [worker, []]));
  const cpus = new Map<Worker, number[]>(taking.map((worker) => [worker, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < taking.length; turn++) {
      const worker = taking[(round * 5 + turn) % taking.length] as Worker;
      const count = runs.get(worker) ?? 1;
      await restore();
      const { wallMs, cpuMs } = await worker.run(name, count);
      walls.get(worker)?.push(wallMs / count);
      cpus.get(worker)?.push(cpuMs / count);
    }
  }
  const floor = taking.filter((worker) => FLOOR.includes(worker.name));
  const mean = (times: Map<Worker, number[]>, round: number) =>
    floor.reduce((sum, worker) => sum + (times.get(worker)?.[round] ?? 0), 0) / floor.length;
  const ratios: Record<string, Ratio> = {};
  for (const worker of taking) {
    const wall = walls.get(worker) ?? [];
    const cpu = cpus.get(worker) ?? [];
    const each = wall.map((time, round) => time / mean(walls, round));
    ratios[worker.name] = {
      median: median(each),
      min: Math.min(...each),
      max: Math.max(...each),
      wallMs: median(wall),
      cpuMs: median(cpu),
      cpuRatio: median(cpu.map((time, round) => time / mean(cpus, round))),
    };
  }
  return { ratios, refused };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
