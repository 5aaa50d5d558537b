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

/** Quick queries beside a slow one: hardly any may take as long as half of it. */
export function waitsBehindSlow({ slowMs, sides }: LoadPoint, side: string): boolean {
  return slowMs > 0 && (sides[side]?.p99 ?? 0) > slowMs / 2;
}

export function loadReport(points: readonly LoadPoint[]): string {
  const shown = (latency: Latency | undefined) =>
    latency === undefined
      ? "-"
      : `${Math.round(latency.perSecond)}/s; ${[latency.p50, latency.p95, latency.p99].map((each) => each.toFixed(2)).join(" / ")}; ${Math.round(latency.cpuUs)} us`;
  const lines = points.map((point) => [
    String(point.callers),
    String(point.pool),
    point.slowMs === 0 ? "" : `${point.slowMs} ms`,
    ...SIDES.map(
      (side) =>
        `${shown(point.sides[side])}${waitsBehindSlow(point, side) ? " WAITS BEHIND THE SLOW QUERY" : ""}`,
    ),
  ]);
  const header = [
    "callers",
    "pool",
    "slow query",
    ...SIDES.map((side) => `${side}: p50 / p95 / p99 ms; CPU`),
  ];
  return markdown([header, ...lines]);
}
