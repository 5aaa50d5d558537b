/** What the commands print: results on stdout, everything else on stderr, colours only on a terminal. */

type Style = "green" | "yellow" | "red" | "dim";

function wantsColor(stream: { isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return stream.isTTY === true && TERM !== "dumb";
}

const isColored = { stdout: wantsColor(process.stdout), stderr: wantsColor(process.stderr) };

// Most runs of a CI job or a script have no use for it.
const colors =
  isColored.stdout || isColored.stderr
    ? (await import("picocolors")).default.createColors(true)
    : undefined;

/** `text` in a style, where stdout shows colours. */
export function styled(style: Style, text: string): string {
  return isColored.stdout && colors ? colors[style](text) : text;
}

function styledError(style: Style, text: string): string {
  return isColored.stderr && colors ? colors[style](text) : text;
}

/** A line of the result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A line that says what was done: its first word stands out. */
export function printDone(text: string): void {
  print(text.replace(/^\S+/, (word) => styled("green", word)));
}

/** A remark that is no result: progress, notes. */
export function note(text: string): void {
  process.stderr.write(`${styledError("dim", text)}\n`);
}

/** Something to look at, although the command goes on. */
export function warn(text: string): void {
  process.stderr.write(`${styledError("yellow", text)}\n`);
}

/** Why the command failed; the first line stands out. */
export function printError(text: string): void {
  const [first = "", ...rest] = text.split("\n");
  process.stderr.write(`${[styledError("red", first), ...rest].join("\n")}\n`);
}
