/** The chart of the README: for each workload a line, for each library a mark at its ratio to bare Bun.sql. */
import { entries } from "./report";
import type { Kept } from "./results";
import { titles } from "./workloads";

/** Libraries of the chart in the order of the legend: mark and colour; both carry the meaning. */
const marks: Readonly<Record<string, { shape: Shape; colour: string }>> = {
  "baked-orm": { shape: "disc", colour: "var(--ours)" },
  "published 0.14.3": { shape: "ring", colour: "#b07d2b" },
  "postgres.js": { shape: "bar", colour: "#7a8594" },
  drizzle: { shape: "up", colour: "#5a9e3a" },
  "drizzle rqb": { shape: "down", colour: "#5a9e3a" },
  kysely: { shape: "square", colour: "#2f8fb5" },
  "prisma 7": { shape: "diamond", colour: "#8a6fd1" },
  "mikro-orm 7": { shape: "plus", colour: "#c0568f" },
  "typeorm 1": { shape: "cross", colour: "#d0642f" },
};

type Shape = "disc" | "ring" | "bar" | "up" | "down" | "square" | "diamond" | "plus" | "cross";

const paths: Readonly<Record<Exclude<Shape, "disc" | "ring">, string>> = {
  bar: "M0-6V6",
  up: "M0-5L5 4H-5Z",
  down: "M0 5L5-4H-5Z",
  square: "M-4-4H4V4H-4Z",
  diamond: "M0-5.5L5.5 0L0 5.5L-5.5 0Z",
  plus: "M-5 0H5M0-5V5",
  cross: "M-4-4L4 4M-4 4L4-4",
};

const WIDTH = 900;
const LEFT = 320;
const RIGHT = 30;
const TOP = 112;
const ROW = 30;
const LANES = [-8, 8, -3, 3];
const TICKS = [0.25, 0.5, 1, 2, 4, 8, 16];

function mark(name: string, x: number, y: number): string {
  const { shape, colour } = marks[name] ?? { shape: "bar", colour: "currentColor" };
  const at = `transform="translate(${x.toFixed(1)} ${y.toFixed(1)})"`;
  switch (shape) {
    case "disc":
      return `<circle ${at} r="6.5" fill="${colour}"/>`;
    case "ring":
      return `<circle ${at} r="4.5" fill="none" stroke="${colour}" stroke-width="2"/>`;
    case "bar":
    case "plus":
    case "cross":
      return `<path ${at} d="${paths[shape]}" fill="none" stroke="${colour}" stroke-width="2.2"/>`;
    default:
      return `<path ${at} d="${paths[shape]}" fill="${colour}"/>`;
  }
}

const text = (x: number, y: number, words: string, rest = "") =>
  `<text x="${x}" y="${y}"${rest}>${words.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text>`;

/** Light and dark: the picture follows the reader's setting, also inside an <img>. */
const style = `
  :root { --ink: #1f2328; --dim: #59636e; --line: #d1d9e0; --ours: #d1242f; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #f0f6fc; --dim: #9198a1; --line: #3d444d; --ours: #ff7b72; }
  }
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--ink); }
  .dim { fill: var(--dim); font-size: 12px; }
  .title { font-size: 15px; font-weight: 600; }
  .line { stroke: var(--line); }
  .floor { stroke: var(--dim); stroke-dasharray: 4 3; }`;

export function chart({ date, bun, postgres, workloads }: Kept<"workloads">): string {
  // The base of "build" is not a query.
  const rows = entries(workloads).filter(([name]) => name !== "build");
  const names = Object.keys(marks);
  const all = rows.flatMap(([, { ratios }]) => names.map((name) => ratios[name]?.median ?? 1));
  const least = Math.min(...all) / 1.15;
  const greatest = Math.max(...all) * 1.1;
  const scale = (WIDTH - LEFT - RIGHT) / Math.log2(greatest / least);
  const x = (ratio: number) => LEFT + Math.log2(ratio / least) * scale;
  const bottom = TOP + rows.length * ROW;
  const parts: string[] = [
    text(16, 28, "Wall time, as a ratio to hand-written Bun.sql", ' class="title"'),
    text(16, 46, "left is faster; logarithmic; 1 is Bun.sql returning raw rows", ' class="dim"'),
  ];
  for (const [index, name] of names.entries()) {
    const [column, line] = [index % 5, Math.floor(index / 5)];
    parts.push(mark(name, 24 + column * 150, 68 + line * 22));
    parts.push(text(38 + column * 150, 72.5 + line * 22, name));
  }
  for (const tick of TICKS) {
    if (tick < least || tick > greatest) continue;
    const at = x(tick).toFixed(1);
    const kind = tick === 1 ? "floor" : "line";
    parts.push(`<path class="${kind}" d="M${at} ${TOP - 4}V${bottom}"/>`);
    parts.push(text(x(tick), bottom + 18, String(tick), ' class="dim" text-anchor="middle"'));
  }
  for (const [index, [workload, { ratios }]] of rows.entries()) {
    const middle = TOP + index * ROW + ROW / 2;
    parts.push(`<path class="line" d="M16 ${TOP + index * ROW}H${WIDTH - RIGHT + 14}"/>`);
    parts.push(text(16, middle + 4.5, titles[workload]));
    // Ours last, on top of the others.
    for (const name of [...names].reverse()) {
      const ratio = ratios[name];
      if (!ratio) continue;
      // In lanes, so that equals do not hide each other.
      const lane = LANES[names.indexOf(name) % LANES.length] ?? 0;
      parts.push(mark(name, x(ratio.median), name === "baked-orm" ? middle : middle + lane));
    }
  }
  const about = `${date.slice(0, 10)}, Bun ${bun}, ${postgres}, loopback; medians`;
  parts.push(text(16, bottom + 40, about, ' class="dim"'));
  const height = bottom + 54;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Ratios of wall time to bare Bun.sql, by workload and library">
<style>${style}
</style>
${parts.join("\n")}
</svg>
`;
}
