/** Results as `bun run bench` keeps them in bench/results, read back for the chart and the documents. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { GrowthResult } from "./growth/index";
import type { LoadPoint } from "./load/index";
import type { Effort, Outcome } from "./measure";
import type { ProcessResult } from "./process/index";
import type { SoakResult } from "./soak/index";
import type { WorkloadName } from "./workloads";

/** When and on what a result was measured. */
export interface About {
  readonly date: string;
  readonly bun: string;
  readonly postgres: string;
  /** What else ran when it began: the load average, and how many cores there were for it. */
  readonly load: number;
  readonly cores: number;
}

/** What each file holds besides that. */
interface Kinds {
  readonly workloads: Effort & {
    readonly passes: number;
    /** In how many of them the peers took part. */
    readonly peerPasses: number;
    readonly libraries: readonly string[];
    readonly workloads: Readonly<Partial<Record<WorkloadName, Outcome>>>;
  };
  readonly process: ProcessResult;
  readonly growth: { readonly cases: readonly GrowthResult[] };
  readonly load: { readonly points: readonly LoadPoint[] };
  readonly soak: SoakResult;
}

export type Kind = keyof Kinds;
export type Kept<Name extends Kind> = About & Kinds[Name];

const fileOf = (name: string) => join(import.meta.dir, "results", `${name}.json`);

/** @param isPart a run of some libraries or workloads only; it must not take the place of the whole */
export async function keepResult<Name extends Kind>(
  name: Name,
  result: Kept<Name>,
  isPart = false,
): Promise<void> {
  const text = JSON.stringify(result, null, 2);
  await Bun.write(fileOf(isPart ? `${name}-part` : name), `${text}\n`);
}

/** Undefined when it was not measured yet. */
export async function keptResult<Name extends Kind>(name: Name): Promise<Kept<Name> | undefined> {
  const file = fileOf(name);
  return existsSync(file) ? ((await Bun.file(file).json()) as Kept<Name>) : undefined;
}
