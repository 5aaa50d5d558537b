/**
 * Writes what was measured into the documents: docs/benchmark.svg, and the tables between the marks of README.md and
 * docs/performance.md. `bun run bench` first, on a quiet machine; then `bun run bench:publish`.
 */
import { join } from "node:path";
import { chart } from "./chart";
import { growthReport } from "./growth/index";
import { loadReport } from "./load/index";
import { dependencies } from "./package.json";
import { processLines } from "./process/index";
import { entries, markdown, processTable } from "./report";
import { type About, type Kept, keptResult } from "./results";
import { soakReport } from "./soak/index";
import { targets, titles } from "./workloads";

const root = join(import.meta.dir, "..");

const shown = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));

/** Columns of the tables for readers; noise and tuning are in the JSON. */
const columns = [
  "baked-orm",
  "published 0.14.3",
  "drizzle",
  "drizzle prepared",
  "drizzle rqb",
  "kysely",
  "prisma 7",
  "mikro-orm 7",
  "typeorm 1",
];

function ratios({ workloads }: Kept<"workloads">, more: readonly string[]): string {
  const names = [...columns.slice(0, 1), ...more, ...columns.slice(1)];
  const lines = entries(workloads).map(([workload, outcome]) => [
    titles[workload],
    ...names.map((name) => {
      const ratio = outcome.ratios[name]?.median;
      if (ratio === undefined) return "-";
      return name === "baked-orm" ? `**${shown(ratio)}**` : shown(ratio);
    }),
    ...(more.length > 0 ? [shown(targets[workload])] : []),
  ]);
  return markdown([["", ...names, ...(more.length > 0 ? ["target"] : [])], ...lines]);
}

/** What the floor's own code differs from itself by tells how much the other figures can be believed. */
function noise({ workloads, passes, peerPasses }: Kept<"workloads">): string {
  const apart = entries(workloads).map(([, { ratios }]) =>
    Math.abs((ratios["bare again"]?.median ?? 1) - 1),
  );
  const percent = Math.round(100 * Math.max(...apart));
  return `${count(passes, "pass", "passes")} in fresh processes (${peerPasses} for other libraries); the floor's own code differs from itself by up to ${percent} %`;
}

function when({ date, bun, postgres, load, cores }: About): string {
  const busy =
    load > cores / 2 ? `, on a busy machine (load ${load.toFixed(0)} on ${cores} cores)` : "";
  return `Measured ${date.slice(0, 10)} with Bun ${bun} and ${postgres}${busy}`;
}

function versions(): string {
  const peers = ["drizzle-orm", "kysely", "prisma", "@mikro-orm/core", "typeorm", "postgres"];
  const known: Readonly<Record<string, string>> = dependencies;
  return peers.map((name) => `${name} ${known[name]}`).join(", ");
}

function readmeSection(kept: Kept<"workloads">): string {
  return `![Ratios of wall time to bare Bun.sql](docs/benchmark.svg)

Wall time as a ratio to hand-written Bun.sql that returns raw rows; 1 is as fast, less is faster.

${ratios(kept, [])}

${when(kept)}, medians of ${noise(kept)}. ${versions()}.`;
}

const count = (number: number, one: string, many: string) =>
  number === 1 ? `one ${one}` : `${number} ${many}`;

function workloadSection(kept: Kept<"workloads">): string {
  return `${ratios(kept, ["bare again", "tuned", "postgres.js"])}

${when(kept)}, ${kept.rounds} rounds, ${noise(kept)}. ${versions()}. "bare again" is the floor's own code in another process; "tuned"
is Bun.sql with hydration by hand.`;
}

/** Puts text between the marks of a document. Throws when the document has no such marks. */
function fill(document: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [document.indexOf(open), document.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`There is no ${open} ... ${close} to fill.`);
  return `${document.slice(0, start + open.length)}\n\n${content}\n\n${document.slice(end)}`;
}

async function rewrite(file: string, sections: Readonly<Record<string, string>>): Promise<void> {
  const path = join(root, file);
  let document = await Bun.file(path).text();
  for (const [name, content] of Object.entries(sections)) document = fill(document, name, content);
  await Bun.write(path, document);
  console.log(`${file}: ${Object.keys(sections).join(", ")}`);
}

const sections: Record<string, string> = {};
const workloads = await keptResult("workloads");
if (workloads) {
  sections.workloads = workloadSection(workloads);
  await Bun.write(join(root, "docs/benchmark.svg"), chart(workloads));
  await rewrite("README.md", { benchmark: readmeSection(workloads) });
}
const whole = await keptResult("process");
if (whole) sections.process = `${processTable(processLines(whole))}\n\n${when(whole)}.`;
const growth = await keptResult("growth");
if (growth) sections.growth = `${growthReport(growth.cases)}\n\n${when(growth)}.`;
const load = await keptResult("load");
if (load) sections.load = `${loadReport(load.points)}\n\n${when(load)}.`;
const soak = await keptResult("soak");
if (soak) sections.soak = `${soakReport(soak)}\n\n${when(soak)}.`;
if (Object.keys(sections).length === 0) throw new Error("Nothing was measured: `bun run bench`.");
await rewrite("docs/performance.md", sections);
// Tables are aligned as every other document is.
Bun.spawnSync([join(root, "node_modules/.bin/biome"), "format", "--write", "README.md", "docs"], {
  cwd: root,
});
