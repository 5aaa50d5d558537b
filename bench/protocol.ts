/** What the driver and its worker processes say to each other. */
import type { WorkloadName } from "./workloads";

export type Request =
  | { readonly kind: "check"; readonly workload: WorkloadName; readonly runs: number }
  | { readonly kind: "run"; readonly workload: WorkloadName; readonly runs: number }
  | { readonly kind: "end" };

/** How long some runs took. */
export interface Timing {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export type Reply =
  | { readonly kind: "ready"; readonly workloads: readonly WorkloadName[] }
  | { readonly kind: "checked"; readonly result: string }
  | ({ readonly kind: "timed" } & Timing)
  | { readonly kind: "failed"; readonly error: string };
