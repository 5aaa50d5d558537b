/** The table of the first kind, as text. */
import type { Outcome } from "./measure";
import { targets, titles, type WorkloadName } from "./workloads";

const shown = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(1));

/** Rows are workloads, columns libraries; each cell the median ratio to bare Bun.sql with its range. */
export function table(
  outcomes: ReadonlyMap<WorkloadName, Outcome>,
  names: readonly string[],
): string {
  const header = ["", ...names, "target"];
  const lines = [...outcomes].map(([workload, { ratios, refused }]) => [
    titles[workload],
    ...names.map((name) => {
      const ratio = ratios[name];
      if (!ratio) return refused[name] === undefined ? "-" : "refused";
      return `${shown(ratio.median)} (${shown(ratio.min)}-${shown(ratio.max)}, cpu ${shown(ratio.cpuRatio)})`;
    }),
    `${shown(targets[workload])}${verdict(workload, ratios["baked-orm"]?.median)}`,
  ]);
  return markdown([header, ...lines]);
}

function verdict(workload: WorkloadName, ours: number | undefined): string {
  if (ours === undefined) return "";
  return ours <= targets[workload] ? " met" : " MISSED";
}

export function markdown([header = [], ...lines]: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [row(header), row(header.map(() => "---")), ...lines.map(row)].join("\n");
}
