/** The soak: mixed operations for a long time, at constant memory. */
import { join } from "node:path";
import { startChild } from "../child";
import { type BenchServer, pinned } from "../server";
import { median, slope } from "../statistics";
import type { Sample, SoakReply, SoakRequest } from "./worker";

export interface TimedSample extends Sample {
  readonly minute: number;
}

/** One measure of memory over the second and the last third of the time; the first third is warm-up. */
interface Trend {
  readonly before: number;
  readonly after: number;
  readonly perHour: number;
}

export interface SoakResult {
  readonly minutes: number;
  readonly operations: number;
  readonly verdict: "constant" | "grows";
  readonly rssMb: Trend;
  readonly heapMb: Trend;
  readonly objects: Trend;
  readonly samples: readonly TimedSample[];
}

// Pages of the allocator come and go; a leak of one object in each operation would show far above this.
const TOLERANCE = 0.05;
const SAMPLES_EACH_MINUTE = 4;

function trend(samples: readonly TimedSample[], of: "rssMb" | "heapMb" | "objects"): Trend {
  const third = Math.floor(samples.length / 3);
  const settled = samples.slice(third);
  return {
    before: median(samples.slice(third, 2 * third).map((sample) => sample[of])),
    after: median(samples.slice(2 * third).map((sample) => sample[of])),
    perHour: slope(settled.map((sample) => [sample.minute / 60, sample[of]])),
  };
}

const isConstant = ({ before, after }: Trend) => after <= before * (1 + TOLERANCE);

export async function soak(server: BenchServer, minutes: number): Promise<SoakResult> {
  const child = startChild<SoakRequest, SoakReply>(
    join(import.meta.dir, "worker.ts"),
    [],
    server.url,
    pinned(1),
  );
  const samples: TimedSample[] = [];
  try {
    await child.hear("ready");
    const start = performance.now();
    while (performance.now() - start < minutes * 60_000) {
      await Bun.sleep(60_000 / SAMPLES_EACH_MINUTE);
      const { kind: _kind, ...sample } = await child.ask({ kind: "sample" }, "sample");
      const minute = (performance.now() - start) / 60_000;
      samples.push({ minute, ...sample });
      if (samples.length % SAMPLES_EACH_MINUTE === 1) console.error(line(samples));
    }
    await child.end({ kind: "end" });
  } finally {
    child.kill();
  }
  const [rssMb, heapMb, objects] = [
    trend(samples, "rssMb"),
    trend(samples, "heapMb"),
    trend(samples, "objects"),
  ];
  const verdict = [rssMb, heapMb, objects].every(isConstant) ? "constant" : "grows";
  const operations = samples.at(-1)?.operations ?? 0;
  return { minutes, operations, verdict, rssMb, heapMb, objects, samples };
}

function line(samples: readonly TimedSample[]): string {
  const { minute, rssMb, heapMb, objects, operations } = samples.at(-1) as TimedSample;
  return `${minute.toFixed(1)} min: RSS ${rssMb.toFixed(1)} MB, heap ${heapMb.toFixed(1)} MB, ${objects} objects, ${operations} operations`;
}

export function soakReport({ minutes, operations, verdict, ...trends }: SoakResult): string {
  const shown = ({ before, after, perHour }: Trend, unit: string) =>
    `${before.toFixed(1)} -> ${after.toFixed(1)}${unit}, ${perHour >= 0 ? "+" : ""}${perHour.toFixed(1)}${unit} an hour`;
  return `Memory is ${verdict === "constant" ? "constant" : "GROWING"} over ${operations} operations in ${minutes} minutes (second third -> last third, slope):
  RSS ${shown(trends.rssMb, " MB")}; heap ${shown(trends.heapMb, " MB")}; objects ${shown(trends.objects, "")}`;
}
