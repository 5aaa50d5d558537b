/**
 * The server process as its `postmaster.pid` and the system tell of it: is it there, is it ours,
 * is it ready; and how to end it.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readlinkSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConnectionError } from "../errors";
import { hasCode, readText, type ServerFiles } from "./files";

/** What the pid file of a live server says. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

/** Above every system's highest process number, so never alive. */
const nobody = 2_147_483_646;

/** The live server of a data folder, or undefined. A number reused by another program does not count. */
export function findPostmaster(files: ServerFiles): Postmaster | undefined {
  const found = readPidFile(files);
  return found && belongsTo(found.pid, files.data) ? found : undefined;
}

function readPidFile(files: ServerFiles): Postmaster | undefined {
  const lines = readText(pidFile(files))?.split("\n");
  const pid = Number.parseInt(lines?.[0] ?? "", 10);
  if (!(pid > 0)) return undefined;
  const port = Number.parseInt(lines?.[3] ?? "", 10);
  return { pid, port, status: lines?.[7]?.trim() ?? "" };
}

function pidFile(files: ServerFiles): string {
  return join(files.data, "postmaster.pid");
}

/** Whether a process is a server of this data folder; PostgreSQL makes the folder its working one. */
function belongsTo(pid: number, data: string): boolean {
  if (!isRunning(pid)) return false;
  if (process.platform === "linux") return workingFolder(pid) === realpathSync(data);
  if (process.platform === "win32") return true;
  const { stdout } = spawnSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], {
    encoding: "utf8",
  });
  return stdout.includes("postgres") && stdout.includes(data);
}

/** Undefined for a dead process, for a zombie, and for one we may not look at. */
function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Whether a process is there and not a zombie, which has no folder to work in. */
export function isRunning(pid: number): boolean {
  if (process.platform === "linux") return workingFolder(pid) !== undefined;
  return isTaken(pid);
}

/** Whether the system uses the number for any process, visible to us or not. */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

/**
 * Makes the way free for a new server after one that died. A pid file whose number now belongs to
 * another program would stop PostgreSQL: the number is replaced, the rest stays, because PostgreSQL
 * finds the shared memory of the dead server through it. Sessions that outlived their server
 * (they notice its death late when busy) are ended.
 */
export async function clearRemains(files: ServerFiles): Promise<void> {
  const text = readText(pidFile(files));
  if (text === undefined) return;
  const stale = readPidFile(files);
  if (stale && isTaken(stale.pid)) {
    writeFileSync(pidFile(files), text.replace(/^\s*\d+/, String(nobody)));
  }
  if (process.platform !== "linux") return;
  for (const signal of [undefined, "SIGQUIT", "SIGKILL"] as const) {
    for (const pid of orphans(files)) if (signal) sendSignal(pid, signal);
    if (await settled(() => orphans(files).length === 0, 200)) return;
  }
}

function orphans(files: ServerFiles): number[] {
  const data = realpathSync(files.data);
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && workingFolder(pid) === data && isServerProgram(pid));
}

/** Spares a user's shell that stands in the data folder. */
function isServerProgram(pid: number): boolean {
  return /^[^\0]*postgres/.test(readText(`/proc/${pid}/cmdline`) ?? "");
}

/**
 * Ends a live server: open sessions are cut, transactions rolled back, all data written.
 *
 * @throws ConnectionError when it does not end.
 */
export async function endPostmaster({ log }: ServerFiles, { pid }: Postmaster): Promise<void> {
  // Windows knows no signals: the process is ended hard, and recovers at its next start.
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    sendSignal(pid, signal);
    if (await settled(() => !isRunning(pid), 15_000)) return;
  }
  throw new ConnectionError(`The local PostgreSQL (process ${pid}) does not stop.`, {
    hint: `Look at ${log}, and end the process by hand.`,
  });
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between.
  }
}

/** Waits until a condition holds; false when it does not within the time. */
export async function settled(condition: () => boolean, milliseconds: number): Promise<boolean> {
  for (const deadline = Date.now() + milliseconds; Date.now() < deadline; await Bun.sleep(10)) {
    if (condition()) return true;
  }
  return condition();
}
