/** One side of growth: `bun worker.ts <bare|baked-orm>` with BENCH_URL, told what to run over IPC. */
import { serve, tell } from "../child";
import { median } from "../statistics";
import { side as bare } from "./bare";
import { side as ours } from "./ours";
import type { GrowthReply, GrowthRequest } from "./protocol";

const LEAST_RUNS = 3;

const side = process.argv[2] === "bare" ? bare : ours;
await side.connect(process.env.BENCH_URL ?? "");

async function timed(run: () => unknown, milliseconds: number): Promise<number[]> {
  const times: number[] = [];
  for (let spent = 0; spent < milliseconds || times.length < LEAST_RUNS; ) {
    const start = performance.now();
    await run();
    const took = performance.now() - start;
    times.push(took);
    spent += took;
  }
  return times;
}

serve<GrowthRequest, GrowthReply>(async (request) => {
  if (request.kind === "end") {
    await side.close();
    return undefined;
  }
  const prepare = side.cases[request.case];
  if (!prepare) throw new Error(`No case "${request.case}".`);
  const run = await prepare(request.size);
  await timed(run, request.milliseconds / 2);
  Bun.gc(true);
  const cpu = process.cpuUsage();
  const times = await timed(run, request.milliseconds);
  const { user, system } = process.cpuUsage(cpu);
  return {
    kind: "measured",
    wallMs: median(times),
    cpuMs: (user + system) / 1_000 / times.length,
  };
});
tell({ kind: "ready", cases: Object.keys(side.cases) });
