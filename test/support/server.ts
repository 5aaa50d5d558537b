/**
 * The PostgreSQL of one test run: the embedded one, started when first asked for and shared by all
 * workers of the run, or the one BAKED_TEST_URL names.
 */
import { mkdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureLocalServer, stopLocalServer } from "../../src/local/index";

/** Whether this process is one of several that `bun test --parallel` started. */
export const isWorker = process.env.BUN_TEST_WORKER_ID !== undefined;

/** The process whose end is the end of the run. */
const run = isWorker ? process.ppid : process.pid;
const directory = join(temporaryFolder(), `baked-test-${run}`);

/** Databases of this process begin so; short, and unlike those of any other run. */
export const databasePrefix = `bt_${crypto.randomUUID().slice(0, 6)}_`;

let url: Promise<string> | undefined;

/** The URL of the server's maintenance database; starts the server at the first call of the run. */
export function serverUrl(): Promise<string> {
  url ??= start();
  return url;
}

/** Ends the embedded server, if this process used it, and removes all it wrote. */
export async function stopServer(): Promise<void> {
  if (!url || process.env.BAKED_TEST_URL) return;
  url = undefined;
  await stopLocalServer(directory);
  rmSync(directory, { recursive: true, force: true });
}

async function start(): Promise<string> {
  const external = process.env.BAKED_TEST_URL;
  if (external) {
    startGuardian("", external);
    return external;
  }
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const server = await ensureLocalServer({
    directory,
    database: "postgres",
    durable: false,
    announce: () => {},
  });
  if (server.started) startGuardian(directory, "");
  return server.url;
}

/**
 * Cleans up when the run ends without us: a parallel run, Ctrl-C, kill. Started through a shell, so
 * that it is not our child: the runner ends those after each file.
 */
function startGuardian(folder: string, external: string): void {
  const guardian = join(import.meta.dir, "guardian.ts");
  const words = [process.execPath, guardian, String(run), folder, databasePrefix];
  Bun.spawnSync(["/bin/sh", "-c", '"$@" & ', "sh", ...words], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore"],
    env: { ...process.env, GUARDED_URL: external },
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
