/** One workload over all libraries: compared first, then timed in interleaved rounds, in several passes. */
import type { SQL } from "bun";
import { canonical } from "./canonical";
import { contents, reset } from "./data";
import type { Worker } from "./pool";
import { script } from "./server";
import { median, shuffled } from "./statistics";
import { type WorkloadName, writing } from "./workloads";

/** A library's time to that of bare Bun.sql in the same round. */
export interface Ratio {
  /** Of the passes' medians. */
  readonly median: number;
  /** Least and greatest: of the passes' medians, or of the rounds where there was one pass. */
  readonly min: number;
  readonly max: number;
  /** The median of each pass: processes differ for their whole life, rounds of one process do not show it. */
  readonly passes: readonly number[];
  /** Median milliseconds of one run. */
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Median CPU time of the client's process, to that of bare Bun.sql. */
  readonly cpuRatio: number;
  /** The second half of the rounds to the first: below 1 the code was not warm yet. */
  readonly drift: number;
}

export interface Outcome {
  readonly ratios: Readonly<Record<string, Ratio>>;
  /** Libraries that failed, or gave another result. */
  readonly refused: Readonly<Record<string, string>>;
}

export interface Effort {
  readonly rounds: number;
  /** Milliseconds one library's turn should take. */
  readonly turnMs: number;
  /** Milliseconds it runs before each turn, untimed. */
  readonly leadInMs: number;
  /** Milliseconds each library runs the workload before it is timed. */
  readonly warmUpMs: number;
}

/** What one run took in one library's turn of a round, in milliseconds. */
interface Turn {
  readonly round: number;
  readonly wall: number;
  readonly cpu: number;
}

/** One workload measured in one set of processes. */
export interface Pass {
  readonly times: ReadonlyMap<string, readonly Turn[]>;
  readonly refused: Readonly<Record<string, string>>;
}

const CHECK_RUNS = 3;
export const FLOOR = ["bare", "bare again"];
/** What is compared within a few percent takes part in every round; the others are far off. */
export const NEAR: ReadonlySet<string> = new Set([...FLOOR, "tuned", "baked-orm"]);
/** In each of so many rounds the others take part in one. */
const FAR_EVERY = 3;

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

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
        ? JSON.stringify(canonical([...(await sql.unsafe(contents[name] ?? ""))], true))
        : result;
      expected ??= found;
      if (found === expected) agreed.push(worker);
      else refused[worker.name] = difference(expected, found);
    } catch (error) {
      refused[worker.name] = reason(error);
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

/** Runs until the compiler has seen the code; tells how many milliseconds one run takes. */
async function warmUp(
  run: (count: number) => Promise<number>,
  { turnMs, warmUpMs }: Effort,
): Promise<number> {
  let each = 0;
  for (let spent = 0, count = 1; spent < warmUpMs; ) {
    const wallMs = await run(count);
    spent += wallMs;
    each = wallMs / count;
    count = Math.max(1, Math.min(count * 4, Math.ceil(turnMs / each)));
  }
  return each;
}

/** Measures a workload once, in the processes given. */
export async function measure(
  sql: SQL,
  workers: readonly Worker[],
  name: WorkloadName,
  effort: Effort,
): Promise<Pass> {
  const refused: Record<string, string> = {};
  const times = new Map<string, Turn[]>();
  // What was written before is not to be written out during this.
  await script(sql, "checkpoint");
  const turn = async (worker: Worker, count: number) => {
    await script(sql, reset[name] ?? "");
    return await worker.run(name, count);
  };
  /** By library the milliseconds of one run. */
  const taking = new Map<Worker, number>();
  /** What fails when it is timed is out of it; the others go on. */
  const attempt = async (worker: Worker, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      refused[worker.name] = reason(error);
      taking.delete(worker);
      times.delete(worker.name);
    }
  };
  for (const worker of await agreeing(sql, workers, name, refused)) {
    await attempt(worker, async () => {
      const run = async (count: number) => (await turn(worker, count)).wallMs;
      taking.set(worker, await warmUp(run, effort));
      times.set(worker.name, []);
    });
  }
  for (let round = 0; round < effort.rounds; round++) {
    for (const [worker, each] of shuffled([...taking])) {
      if (round % FAR_EVERY > 0 && !NEAR.has(worker.name)) continue;
      const count = Math.max(1, Math.round(effort.turnMs / each));
      await attempt(worker, async () => {
        // Others had the processor meanwhile, and what an idle process gave back to the system comes a page at a time.
        await turn(worker, Math.ceil(effort.leadInMs / each));
        const { wallMs, cpuMs } = await turn(worker, count);
        times.get(worker.name)?.push({ round, wall: wallMs / count, cpu: cpuMs / count });
      });
    }
  }
  return { times, refused };
}

/** The ratios of one library in one pass, for each round that it took part in. */
function ratiosOf({ times }: Pass, name: string, of: "wall" | "cpu"): number[] {
  const floor = FLOOR.flatMap((each) => times.get(each) ?? []);
  return (times.get(name) ?? []).map((turn) => {
    const bare = floor.filter(({ round }) => round === turn.round);
    return (turn[of] * bare.length) / bare.reduce((sum, each) => sum + each[of], 0);
  });
}

/** Ratios over the passes that a library took part in. One that was refused in any of them is refused. */
export function summary(passes: readonly Pass[]): Outcome {
  const refused: Record<string, string> = Object.assign({}, ...passes.map((pass) => pass.refused));
  const names = new Set(passes.flatMap(({ times }) => [...times.keys()]));
  const ratios: Record<string, Ratio> = {};
  for (const name of names) {
    if (refused[name] !== undefined) continue;
    const own = passes.filter(({ times }) => times.has(name));
    const rounds = own.map((pass) => ratiosOf(pass, name, "wall"));
    const medians = rounds.map(median);
    const spread = medians.length > 1 ? medians : (rounds[0] ?? []);
    const halves = rounds.map((each) => {
      const half = each.length >> 1;
      return median(each.slice(half)) / median(each.slice(0, half));
    });
    const turns = own.flatMap(({ times }) => times.get(name) ?? []);
    ratios[name] = {
      median: median(medians),
      min: Math.min(...spread),
      max: Math.max(...spread),
      passes: medians,
      wallMs: median(turns.map(({ wall }) => wall)),
      cpuMs: median(turns.map(({ cpu }) => cpu)),
      cpuRatio: median(own.map((pass) => median(ratiosOf(pass, name, "cpu")))),
      drift: median(halves),
    };
  }
  return { ratios, refused };
}
