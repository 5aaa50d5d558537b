/** Throughput and latency with many callers on pools of several sizes, alone and beside a slow query. */
import { join } from "node:path";
import { startChild } from "../child";
import { markdown } from "../report";
import { type BenchServer, pinned } from "../server";
import { shuffled } from "../statistics";
import type { Latency, LoadReply, LoadRequest } from "./worker";

const CALLERS = [1, 10, 50, 200];
const POOLS = [1, 10, 50];
const SLOW_MS = 200;
const SIDES = ["bare", "baked-orm", "baked-orm find"];

export interface LoadPoint {
  readonly callers: number;
  readonly pool: number;
  /** Milliseconds of the slow query beside the quick ones; 0: none. */
  readonly slowMs: number;
  readonly sides: Readonly<Record<string, Latency>>;
}

export async function load(
  server: BenchServer,
  { seconds }: { readonly seconds: number },
): Promise<LoadPoint[]> {
  const points: LoadPoint[] = [];
  const children = SIDES.map((name) => ({
    name,
    child: startChild<LoadRequest, LoadReply>(
      join(import.meta.dir, "worker.ts"),
      [name],
      server.url,
      pinned(1),
    ),
  }));
  try {
    for (const { child } of children) await child.hear("ready");
    for (const slowMs of [0, SLOW_MS]) {
      for (const pool of POOLS) {
        // On one connection a quick query has nowhere else to go.
        if (slowMs > 0 && pool === 1) continue;
        for (const callers of CALLERS) {
          const sides: Record<string, Latency> = {};
          for (const { name, child } of shuffled(children)) {
            const request = { kind: "run", callers, pool, slowMs, seconds } as const;
            const { kind: _kind, ...latency } = await child.ask(request, "measured");
            sides[name] = latency;
          }
          points.push({ callers, pool, slowMs, sides });
          console.error(`load: ${callers} callers, pool of ${pool}, slow query ${slowMs} ms`);
        }
      }
    }
  } finally {
    for (const { child } of children) child.kill();
  }
  return points;
}

/**
 * Whether quick queries waited behind the slow one: the longest took as long as half of it, and more than twice of what
 * the longest took without it.
 */
export function waitsBehindSlow(
  { callers, pool, slowMs, sides }: LoadPoint,
  side: string,
  points: readonly LoadPoint[],
): boolean {
  if (slowMs === 0) return false;
  const alone = points.find(
    (point) => point.slowMs === 0 && point.callers === callers && point.pool === pool,
  );
  const longest = sides[side]?.max ?? 0;
  return longest > slowMs / 2 && longest > 2 * (alone?.sides[side]?.max ?? 0);
}

export function loadReport(points: readonly LoadPoint[]): string {
  const shown = (latency: Latency | undefined) => {
    if (latency === undefined) return "-";
    const { perSecond, p50, p95, p99, max, cpuUs } = latency;
    const times = [p50, p95, p99, max].map((each) => each.toFixed(2)).join(" / ");
    return `${Math.round(perSecond).toLocaleString("en")}/s; ${times}; ${Math.round(cpuUs)} us`;
  };
  const lines = points.map((point) => [
    String(point.callers),
    String(point.pool),
    point.slowMs === 0 ? "" : `${point.slowMs} ms`,
    ...SIDES.map(
      (side) =>
        `${shown(point.sides[side])}${waitsBehindSlow(point, side, points) ? " WAITS" : ""}`,
    ),
  ]);
  const heads = SIDES.map((side) => `${side}: p50 / p95 / p99 / max ms; CPU`);
  return markdown([["callers", "pool", "slow query", ...heads], ...lines]);
}
