/** What the commands print: results on stdout, everything else on stderr, colours only on a terminal. */
import { fstatSync } from "node:fs";

type Style = "green" | "yellow" | "red" | "dim";

function wantsColor(descriptor: number): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return TERM !== undefined && TERM !== "dumb" && isTerminal(descriptor);
}

// Touching process.stdout, or importing node:tty, costs as much time as starting Bun does. /dev/null passes for a
// terminal here, which nobody sees.
function isTerminal(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}

const isColored = { stdout: wantsColor(1), stderr: wantsColor(2) };

// Four codes by hand: loading a library for them takes longer than most commands do.
const codes: Record<Style, readonly [on: number, off: number]> = {
  green: [32, 39],
  yellow: [33, 39],
  red: [31, 39],
  dim: [2, 22],
};

function paint(style: Style, text: string): string {
  const [on, off] = codes[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** `text` in a style, where stdout shows colours. */
export function styled(style: Style, text: string): string {
  return isColored.stdout ? paint(style, text) : text;
}

function styledError(style: Style, text: string): string {
  return isColored.stderr ? paint(style, text) : text;
}

// Bun's console.error paints on a terminal what it is given.
function writeError(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A line of the result. */
export function print(text: string): void {
  console.log(text);
}

/** A line that says what was done: its first word stands out. */
export function printDone(text: string): void {
  print(text.replace(/^\S+/, (word) => styled("green", word)));
}

/** A remark that is no result: progress, notes. */
export function note(text: string): void {
  writeError(styledError("dim", text));
}

/** Something to look at, although the command goes on. */
export function warn(text: string): void {
  writeError(styledError("yellow", text));
}

/** Why the command failed; the first line stands out. */
export function printError(text: string): void {
  const [first = "", ...rest] = text.split("\n");
  writeError([styledError("red", first), ...rest].join("\n"));
}
