/** The arithmetic of the benchmark: what its tables say must follow from what was measured. */
import { describe, expect, test } from "bun:test";
import { canonical } from "../../../bench/canonical";
import { chart } from "../../../bench/chart";
import { type LoadPoint, loadReport, waitsBehindSlow } from "../../../bench/load/index";
import { type Pass, summary } from "../../../bench/measure";
import { processLines } from "../../../bench/process/index";
import { processTable, workloadTable } from "../../../bench/report";
import { median, quantile, shuffled, slope } from "../../../bench/statistics";

describe("statistics", () => {
  test("quantiles lie between the values", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([0, 10], 0.95)).toBe(9.5);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });

  test("the slope of a line, and of a cloud around it", () => {
    expect(
      slope([
        [0, 1],
        [1, 3],
        [2, 5],
      ]),
    ).toBe(2);
    expect(
      slope([
        [0, 0],
        [1, 1.5],
        [2, 1.5],
        [3, 3],
      ]),
    ).toBeCloseTo(0.9);
  });

  test("shuffling keeps every value", () => {
    const values = Array.from({ length: 50 }, (_, n) => n);
    expect(shuffled(values).sort((a, b) => a - b)).toEqual(values);
  });
});

/** The times of a pass, in milliseconds of one run. */
function pass(times: Record<string, number[]>, refused: Record<string, string> = {}): Pass {
  const turns = Object.entries(times).map(
    ([name, list]) => [name, list.map((wall, round) => ({ round, wall, cpu: wall }))] as const,
  );
  return { times: new Map(turns), refused };
}

describe("ratios", () => {
  const slow = pass({ bare: [1, 2], "bare again": [3, 2], "baked-orm": [2, 4] });
  const quick = pass({ bare: [1, 1], "bare again": [1, 1], "baked-orm": [1, 1] });

  test("are to the mean of both floors in the same round", () => {
    const { ratios } = summary([slow]);
    expect(ratios["baked-orm"]).toMatchObject({ median: 1.5, min: 1, max: 2, passes: [1.5] });
    expect(ratios.bare).toMatchObject({ median: 0.75, min: 0.5, max: 1 });
  });

  test("of several passes are the median of their medians", () => {
    const { ratios } = summary([slow, quick, quick]);
    expect(ratios["baked-orm"]).toMatchObject({ median: 1, min: 1, max: 1.5, passes: [1.5, 1, 1] });
  });

  test("of a library that takes part in some rounds and passes only", () => {
    const all = pass({ bare: [1, 2, 4], "bare again": [1, 2, 4], drizzle: [] });
    const some = new Map([...all.times, ["drizzle", [{ round: 2, wall: 6, cpu: 8 }]] as const]);
    const { ratios } = summary([{ times: some, refused: {} }, quick]);
    expect(ratios.drizzle).toMatchObject({ median: 1.5, passes: [1.5], wallMs: 6, cpuRatio: 2 });
    expect(ratios.bare?.passes).toEqual([1, 1]);
  });

  test("later rounds that are quicker show as drift", () => {
    const warming = pass({ bare: [1, 1, 1, 1], "baked-orm": [4, 4, 2, 2] });
    expect(summary([warming]).ratios["baked-orm"]?.drift).toBe(0.5);
  });

  test("a library refused in one pass has none", () => {
    const { ratios, refused } = summary([slow, pass({ bare: [1] }, { "baked-orm": "why" })]);
    expect(ratios["baked-orm"]).toBeUndefined();
    expect(refused["baked-orm"]).toBe("why");
    expect(workloadTable({ find: { ratios, refused } }, ["baked-orm"])).toContain("refused");
  });

  test("a target is met or missed", () => {
    const table = (own: number) =>
      workloadTable({ find: summary([pass({ bare: [1], "baked-orm": [own] })]) }, [
        "bare",
        "baked-orm",
      ]);
    expect(table(1.05)).toContain("1.10 met");
    expect(table(1.5)).toContain("1.10 MISSED");
  });

  test("become a chart that is XML, with a mark for each library", () => {
    const effort = { rounds: 1, turnMs: 1, leadInMs: 1, warmUpMs: 1, passes: 1, peerPasses: 1 };
    const about = {
      date: "2026-11-25T00:00:00Z",
      bun: "1.4.5",
      postgres: "PostgreSQL 18.4",
      load: 0,
      cores: 2,
    };
    const find = summary([pass({ bare: [1], "baked-orm": [1], drizzle: [3] })]);
    const svg = chart({ ...about, ...effort, libraries: [], workloads: { find, build: find } });
    expect(svg).toContain("find by primary key");
    expect(svg).not.toContain("build the SQL");
    expect(svg).not.toContain("NaN");
    const tags = [...svg.matchAll(/<(\/?)(svg|style|text)\b/g)];
    expect(tags.filter(([, slash]) => slash === "").length).toBe(tags.length / 2);
  });
});

test("the second table names what is missing", () => {
  const types = { instantiations: 200_000, types: 1, seconds: 1, megabytes: 1 };
  const started = { ratio: 2, min: 1, max: 3, wallMs: 1, overFloorMs: 1 };
  const table = processTable(
    processLines({
      imports: { empty: { ...started, ratio: 1 }, "baked-orm": started },
      cli: {},
      memory: { bare: { megabytes: 20, min: 20, max: 20 } },
      bundles: { "baked-orm, with a polyfill": { minified: 1, gzip: 23_000 } },
      types: { "baked-orm, 100 tables": types, "drizzle, 100 tables": types },
    }),
  );
  expect(table).toContain("| import, over an empty program | 2.00x | empty 1.00x | 2.20x met |");
  expect(table).toContain("| 23.0 kB |  | 24.0 kB met |");
  expect(table).toContain("| 200 k | drizzle, 100 tables 200 k | 150 k MISSED |");
});

test("a quick query waits behind a slow one when its longest time says so", () => {
  const latency = (max: number) => ({ perSecond: 1, p50: 1, p95: 1, p99: 1, max, cpuUs: 1 });
  const point = (slowMs: number, bare: number, ours: number): LoadPoint => ({
    callers: 10,
    pool: 10,
    slowMs,
    sides: { bare: latency(bare), "baked-orm": latency(ours) },
  });
  const points = [point(0, 5, 80), point(200, 198, 120)];
  const waits = (side: string) => points.map((each) => waitsBehindSlow(each, side, points));
  expect(waits("bare")).toEqual([false, true]);
  // Long, but hardly longer than without the slow query: the machine was busy.
  expect(waits("baked-orm")).toEqual([false, false]);
  expect(loadReport(points)).toContain("198.00; 1 us WAITS");
});

test("results of libraries are compared in one form", () => {
  const ours = { createdAt: new Date(0), id: 5n, posts: [{ id: "b" }, { id: "a" }] };
  const theirs = { posts: [{ id: "a" }, { id: "b" }], id: "5", created_at: new Date(0) };
  expect(JSON.stringify(canonical(ours))).toBe(JSON.stringify(canonical(theirs)));
  expect(canonical({ id: 6 })).not.toEqual(canonical(ours));
  const backwards = [{ id: 2 }, { id: 1 }];
  expect(canonical(backwards)).toEqual([{ id: "1" }, { id: "2" }]);
  expect(canonical(backwards, true)).toEqual([{ id: "2" }, { id: "1" }]);
});
