/**
 * One run of the suite: the folder for all it writes, shared by the workers of `bun test --parallel`,
 * and the guardian that cleans up when the run ends, however it ends.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { stopLocalServer } from "../../src/local/index";

/** Whether this process is one of several that `bun test --parallel` started. */
export const isWorker = process.env.BUN_TEST_WORKER_ID !== undefined;

/** The process whose end is the end of the run. */
const run = isWorker ? process.ppid : process.pid;

/** Databases of this run begin so, and those of no other. */
export const databasePrefix = `bt${createHash("sha256").update(`${hostname()} ${run}`).digest("hex").slice(0, 6)}_`;

const folder = join(temporaryFolder(), `baked-test-${run}`);

/** A folder inside the run's, which is made, and guarded, at the first call. */
export function runFolder(name: string): string {
  try {
    mkdirSync(folder, { mode: 0o755 });
    startGuardian();
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
  const path = join(folder, name);
  mkdirSync(path, { recursive: true, mode: 0o755 });
  return path;
}

/** Stops every server of a run's folder and removes it. */
export async function removeRun(path: string = folder): Promise<void> {
  if (!existsSync(path)) return;
  const projects = readdirSync(join(path)).map((name) => join(path, name));
  for (const project of projects) {
    for (const server of [project, join(project, ".bake/postgres")]) await stopLocalServer(server);
  }
  rmSync(path, { recursive: true, force: true });
}

/** Started through a shell, so that it is not our child: the runner ends those after each file. */
function startGuardian(): void {
  const guardian = join(import.meta.dir, "guardian.ts");
  const words = [process.execPath, guardian, String(run), folder, databasePrefix];
  Bun.spawnSync(["/bin/sh", "-c", '"$@" & ', "sh", ...words], {
    detached: true,
    cwd: join(import.meta.dir, "../.."),
    stdio: ["ignore", "ignore", "ignore"],
  });
}

/** Memory when there is plenty: creating a database there takes a fifth of the time. */
function temporaryFolder(): string {
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    if (bavail * bsize > 2 ** 30) return "/dev/shm";
  } catch {
    // Not Linux.
  }
  return tmpdir();
}
