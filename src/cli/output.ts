/** What the commands print: results on stdout, everything else on stderr, colours only on a terminal. */
type Style = "green" | "yellow" | "red" | "dim";

const isColored = { stdout: false, stderr: false };

/** Finds out where the output goes; until then it is plain. */
export async function detectColors(): Promise<void> {
  [isColored.stdout, isColored.stderr] = await Promise.all([wantsColor(1), wantsColor(2)]);
}

async function wantsColor(descriptor: number): Promise<boolean> {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return TERM !== undefined && TERM !== "dumb" && (await isTerminal(descriptor));
}

// Touching process.stdout, or importing node:tty or node:fs, costs as much time as starting Bun does. /dev/null
// passes for a terminal here, which nobody sees.
async function isTerminal(descriptor: number): Promise<boolean> {
  try {
    return (await Bun.file(descriptor).stat()).isCharacterDevice();
  } catch {
    return false;
  }
}

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

// Bun's console.error paints what it is given, and process.stderr takes longer to load than Bun to start.
function writeError(text: string): void {
  const errors = Bun.stderr.writer();
  errors.write(`${text}\n`);
  errors.flush();
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
  // A hint on a line of its own follows a blank.
  const [first = "", ...rest] = text.split("\n").map((line) => line.trimEnd());
  writeError([styledError("red", first), ...rest].join("\n"));
}
