/** Commands run as processes in interleaved rounds, timed from outside. */
import { pinned } from "../server";
import { median, shuffled } from "../statistics";

export interface Command {
  readonly name: string;
  readonly cmd: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Startup {
  /** Time to that of the floor in the same round. */
  readonly ratio: number;
  readonly min: number;
  readonly max: number;
  readonly wallMs: number;
  readonly overFloorMs: number;
}

/** Runs a command to its end. Throws with what it printed when it fails. */
export function runOnce({ name, cmd, cwd, env }: Command): void {
  const run = Bun.spawnSync([...pinned(1), ...cmd], {
    cwd: cwd ?? import.meta.dir,
    env: { ...process.env, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (run.success) return;
  const words = `${run.stderr}${run.stdout}`.trim().split("\n").slice(-3).join(" ");
  throw new Error(`${name} ended with code ${run.exitCode}: ${words}`);
}

/** Commands that run; what does not (a tool that wants to download something) is named and left out. */
export function running(commands: readonly Command[]): Command[] {
  return commands.filter((command) => {
    try {
      runOnce(command);
      return true;
    } catch (error) {
      console.error(`Left out: ${error instanceof Error ? error.message : error}`);
      return false;
    }
  });
}

/** The first command is the floor. */
export function timed(commands: readonly Command[], rounds: number): Record<string, Startup> {
  const taking = running(commands);
  const times = new Map<string, number[]>(taking.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const command of shuffled(taking)) {
      const start = performance.now();
      runOnce(command);
      times.get(command.name)?.push(performance.now() - start);
    }
  }
  const floor = times.get(taking[0]?.name ?? "") ?? [];
  return Object.fromEntries(
    [...times].map(([name, own]) => {
      const ratios = own.map((time, round) => time / (floor[round] ?? Number.NaN));
      const result: Startup = {
        ratio: median(ratios),
        min: Math.min(...ratios),
        max: Math.max(...ratios),
        wallMs: median(own),
        overFloorMs: median(own.map((time, round) => time - (floor[round] ?? Number.NaN))),
      };
      return [name, result];
    }),
  );
}
