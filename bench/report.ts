/** The tables, as text. */
import type { Outcome } from "./measure";
import type { ProcessLine } from "./process/index";
import { targets, titles, type WorkloadName } from "./workloads";

const shown = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(1));

/** Rows are workloads, columns libraries; each cell the median ratio to bare Bun.sql with its range. */
export function workloadTable(
  outcomes: Readonly<Partial<Record<WorkloadName, Outcome>>>,
  names: readonly string[],
): string {
  const header = ["", ...names, "target"];
  const lines = entries(outcomes).map(([workload, { ratios, refused }]) => [
    titles[workload],
    ...names.map((name) => {
      const ratio = ratios[name];
      if (!ratio) return refused[name] === undefined ? "-" : "refused";
      return `${shown(ratio.median)} (${shown(ratio.min)}-${shown(ratio.max)}, cpu ${shown(ratio.cpuRatio)})`;
    }),
    `${shown(targets[workload])}${verdict(ratios["baked-orm"]?.median, targets[workload])}`,
  ]);
  return markdown([header, ...lines]);
}

export function processTable(lines: readonly ProcessLine[]): string {
  const rows = lines.map(({ title, ours, target, others, shown: print }) => [
    title,
    ours === undefined ? "-" : print(ours),
    Object.entries(others)
      .map(([name, value]) => `${name} ${print(value)}`)
      .join(", "),
    target === undefined ? "" : `${print(target)}${verdict(ours, target)}`,
  ]);
  return markdown([["", "baked-orm", "others", "target"], ...rows]);
}

export function entries<Value>(
  record: Readonly<Partial<Record<WorkloadName, Value>>>,
): [WorkloadName, Value][] {
  return Object.entries(record) as [WorkloadName, Value][];
}

function verdict(ours: number | undefined, target: number): string {
  if (ours === undefined) return "";
  return ours <= target ? " met" : " MISSED";
}

export function markdown([header = [], ...lines]: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [row(header), row(header.map(() => "---")), ...lines.map(row)].join("\n");
}
