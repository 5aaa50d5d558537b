/** How time grows with the work: each case at its size, ten times and a hundred times of it. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Child, startChild } from "../child";
import { bakeProject, generatedFolder } from "../process/cli";
import { buildPackage } from "../process/package";
import { type Command, runOnce } from "../process/spawn";
import { markdown } from "../report";
import { type BenchServer, pinned, script } from "../server";
import { median, slope } from "../statistics";
import { growthCases } from "./cases";
import { growthTables, numbers } from "./data";
import type { GrowthReply, GrowthRequest } from "./protocol";

interface Side {
  readonly wallMs: readonly number[];
  readonly cpuMs: readonly number[];
  /** Powers of the size by which the time grows: of all sizes, and from the second to the third. */
  readonly slope: number;
  readonly lastSlope: number;
  /** The same of the client's CPU time, which other processes disturb less. */
  readonly lastCpuSlope: number | undefined;
}

export interface GrowthResult {
  readonly name: string;
  readonly unit: string;
  readonly sizes: readonly number[];
  readonly work: 0 | 1;
  readonly ours: Side;
  readonly bare?: Side;
  /** Time grows faster than the work, and faster than bare Bun.sql's. */
  readonly isTooSteep: boolean;
}

// Ten times the work may take 1.41 times ten: caches and the collector are paid for by the row, too.
const TOLERANCE = 0.15;

function power(sizes: readonly number[], times: readonly number[]): number {
  return slope(sizes.map((size, at) => [Math.log10(size), Math.log10(times[at] ?? Number.NaN)]));
}

function sideOf(
  sizes: readonly number[],
  wallMs: readonly number[],
  cpuMs: readonly number[],
): Side {
  const last = (times: readonly number[]) => power(sizes.slice(-2), times.slice(-2));
  return {
    wallMs,
    cpuMs,
    slope: power(sizes, wallMs),
    lastSlope: last(wallMs),
    lastCpuSlope: cpuMs.length > 0 ? last(cpuMs) : undefined,
  };
}

/** By the clock, and by the client's own time where that is known. */
function isTooSteep(work: number, ours: Side, bare: Side | undefined): boolean {
  const exceeds = (own: number, floor = 0) => own > Math.max(work, floor) + TOLERANCE;
  return (
    exceeds(ours.lastSlope, bare?.lastSlope) &&
    (ours.lastCpuSlope === undefined || exceeds(ours.lastCpuSlope, bare?.lastCpuSlope))
  );
}

type GrowthChild = Child<GrowthRequest, GrowthReply>;

async function measured(
  child: GrowthChild,
  name: string,
  sizes: readonly number[],
  milliseconds: number,
): Promise<Side> {
  const wallMs: number[] = [];
  const cpuMs: number[] = [];
  for (const size of sizes) {
    const reply = await child.ask({ kind: "run", case: name, size, milliseconds }, "measured");
    wallMs.push(reply.wallMs);
    cpuMs.push(reply.cpuMs);
  }
  return sideOf(sizes, wallMs, cpuMs);
}

function started(server: BenchServer, name: string): GrowthChild {
  const file = join(import.meta.dir, "worker.ts");
  return startChild<GrowthRequest, GrowthReply>(file, [name], server.url, pinned(1));
}

async function growthOfQueries(server: BenchServer, milliseconds: number): Promise<GrowthResult[]> {
  await script(server.sql, growthTables);
  const bare = started(server, "bare");
  const ours = started(server, "baked-orm");
  try {
    const { cases: known } = await bare.hear("ready");
    await ours.hear("ready");
    const results: GrowthResult[] = [];
    for (const { name, unit, sizes, work } of growthCases) {
      console.error(`growth: ${name}`);
      const floor = known.includes(name)
        ? await measured(bare, name, sizes, milliseconds)
        : undefined;
      const own = await measured(ours, name, sizes, milliseconds);
      const flag = isTooSteep(work, own, floor);
      const both = { ours: own, ...(floor ? { bare: floor } : undefined) };
      results.push({ name, unit, sizes, work, ...both, isTooSteep: flag });
    }
    return results;
  } finally {
    bare.kill();
    ours.kill();
  }
}

/** Commands of `bake` in a project with this many migrations, each of which made a table. */
async function growthOfCommands(
  server: BenchServer,
  sizes: readonly number[],
): Promise<GrowthResult[]> {
  const commands: Readonly<Record<string, readonly string[]>> = {
    "`bake db status`": ["db", "status"],
    "`bake db schema`": ["db", "schema"],
  };
  const times = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
  await buildPackage();
  try {
    for (const size of sizes) {
      console.error(`growth: ${size} migrations`);
      const tables = numbers(size).map((number) => `many_${number}`);
      const { bake } = await bakeProject(server, `growth_${size}`, tables);
      for (const [name, args] of Object.entries(commands)) {
        const command: Command = { ...bake, name, cmd: [...bake.cmd, ...args] };
        const own = numbers(5).map(() => {
          const start = performance.now();
          runOnce(command);
          return performance.now() - start;
        });
        times.get(name)?.push(median(own));
      }
    }
  } finally {
    await rm(generatedFolder, { recursive: true, force: true });
  }
  return [...times].map(([name, wallMs]) => {
    const ours = sideOf(sizes, wallMs, []);
    const unit = "migrations and tables";
    return { name, unit, sizes, work: 1, ours, isTooSteep: isTooSteep(1, ours, undefined) };
  });
}

export async function growth(
  server: BenchServer,
  { quick }: { readonly quick: boolean },
): Promise<GrowthResult[]> {
  const queries = await growthOfQueries(server, quick ? 100 : 500);
  const commands = await growthOfCommands(server, quick ? [10, 100] : [10, 100, 1_000]);
  return [...queries, ...commands];
}

export function growthReport(results: readonly GrowthResult[]): string {
  const times = (side: Side | undefined) =>
    side?.wallMs.map((each) => each.toPrecision(3)).join(" / ") ?? "-";
  const slopes = (side: Side | undefined) =>
    side
      ? `${side.slope.toFixed(2)}, last ${side.lastSlope.toFixed(2)}, CPU ${side.lastCpuSlope?.toFixed(2) ?? "-"}`
      : "-";
  const lines = results.map(({ name, unit, sizes, work, ours, bare, isTooSteep: flag }) => [
    name,
    `${sizes.map((size) => size.toLocaleString("en")).join(" / ")} ${unit}`,
    times(ours),
    times(bare),
    `${slopes(ours)}${flag ? " TOO STEEP" : ""}`,
    slopes(bare),
    String(work),
  ]);
  const header = ["", "sizes", "baked-orm, ms", "bare, ms", "slope", "slope of bare", "work"];
  return markdown([header, ...lines]);
}
