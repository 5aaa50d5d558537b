/** A unified diff of two texts, by Myers' shortest edit script. Pure. */

type Edit = readonly [kind: " " | "-" | "+", line: string];

/** Furthest line of the old text reached on each diagonal (old index minus new index). */
type Reach = ReadonlyMap<number, number>;

/** Beyond so many edits the texts have little in common, and the search would cost its square. */
const mostEdits = 1000;

const at = (reach: Reach, diagonal: number) => reach.get(diagonal) ?? -1;

/** Whether the path with `depth` edits comes to `diagonal` by adding a line, not by removing one. */
const isAddition = (reach: Reach, diagonal: number, depth: number) =>
  diagonal === -depth || (diagonal !== depth && at(reach, diagonal - 1) < at(reach, diagonal + 1));

/** The state before each number of edits, up to the first that leads from `a` to `b`. */
function search(a: readonly string[], b: readonly string[]): Reach[] | undefined {
  const reach = new Map<number, number>([[1, 0]]);
  const trace: Reach[] = [];
  for (let depth = 0; depth <= mostEdits; depth++) {
    trace.push(new Map(reach));
    for (let diagonal = -depth; diagonal <= depth; diagonal += 2) {
      let x = isAddition(reach, diagonal, depth)
        ? at(reach, diagonal + 1)
        : at(reach, diagonal - 1) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      reach.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return trace;
    }
  }
  return undefined;
}

function edits(a: readonly string[], b: readonly string[]): Edit[] {
  const trace = search(a, b);
  if (!trace) return [...a.map((line): Edit => ["-", line]), ...b.map((line): Edit => ["+", line])];
  const script: Edit[] = [];
  let x = a.length;
  let y = b.length;
  for (const [depth, reach] of [...trace.entries()].reverse()) {
    const adds = isAddition(reach, x - y, depth);
    const diagonal = x - y + (adds ? 1 : -1);
    const fromX = depth === 0 ? 0 : at(reach, diagonal);
    const fromY = depth === 0 ? 0 : fromX - diagonal;
    while (x > fromX && y > fromY) {
      x--;
      y--;
      script.push([" ", a[x] ?? ""]);
    }
    if (depth > 0) script.push(adds ? ["+", b[fromY] ?? ""] : ["-", a[fromX] ?? ""]);
    x = fromX;
    y = fromY;
  }
  return script.reverse();
}

const context = 3;

/** Groups of changes that are nearer than twice the context, each with its context. */
function hunks(script: readonly Edit[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const [index, [kind]] of script.entries()) {
    if (kind === " ") continue;
    const from = Math.max(0, index - context);
    const to = Math.min(script.length, index + context + 1);
    const last = found.at(-1);
    if (last && from <= last.to) last.to = to;
    else found.push({ from, to });
  }
  return found;
}

/**
 * What must change in `oldText` to give `newText`, as a unified diff; empty when they are equal.
 * @example diffSchema("a\nb\n", "a\nc\n"); // "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
 */
export function diffSchema(oldText: string, newText: string): string {
  if (oldText === newText) return "";
  const lines = (text: string) => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));
  const script = edits(lines(oldText), lines(newText));
  const count = (part: readonly Edit[], without: "+" | "-") =>
    part.filter(([kind]) => kind !== without).length;
  const range = (before: number, length: number) =>
    `${length === 0 ? before : before + 1},${length}`;
  return hunks(script)
    .map(({ from, to }) => {
      const before = script.slice(0, from);
      const body = script.slice(from, to);
      const removed = range(count(before, "+"), count(body, "+"));
      const added = range(count(before, "-"), count(body, "-"));
      const printed = body.map(([kind, line]) => `${kind}${line}\n`).join("");
      return `@@ -${removed} +${added} @@\n${printed}`;
    })
    .join("");
}
