/** How far memory grows while 100,000 rows are walked: `bun memory-worker.ts <library>` with BENCH_URL. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { libraries } from "../libraries";

const name = process.argv[2] ?? "";
const load = libraries[name];
if (load === undefined) throw new Error(`No library "${name}".`);
const { library } = await load();
await library.connect(process.env.BENCH_URL ?? "", 10);

const statusFile = "/proc/self/status";

/** Forgets the peak that loading the library reached, where the system can. */
function resetPeak(): void {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // Then the peak is that of the whole process.
  }
}

function peakMb(): number {
  const line = existsSync(statusFile)
    ? /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(statusFile, "utf8"))
    : null;
  return Number(line?.[1] ?? process.resourceUsage().maxRSS) / 1024;
}

Bun.gc(true);
resetPeak();
const before = process.memoryUsage.rss() / 2 ** 20;
await library.workloads.walk?.run(0);
console.log(JSON.stringify(peakMb() - before));
await library.close();
