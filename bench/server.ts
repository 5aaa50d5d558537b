/** The embedded PostgreSQL of a benchmark: in a temporary folder, filled, gone afterwards. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { ensureLocalServer, stopLocalServer } from "../src/local/index";
import { rows, tables } from "./data";

export interface BenchServer extends AsyncDisposable {
  readonly url: string;
  readonly version: string;
  /** For resetting and looking, from the driver's process. */
  readonly sql: SQL;
}

/** `taskset` arguments for one core: server and clients must not push each other about. */
export function pinned(core: number): string[] {
  return Bun.which("taskset") && navigator.hardwareConcurrency > 1
    ? ["taskset", "-c", String(core)]
    : [];
}

export async function startServer(): Promise<BenchServer> {
  const directory = await mkdtemp(join(tmpdir(), "baked-bench-"));
  const { url, pid } = await ensureLocalServer({
    directory,
    database: "bench",
    durable: false,
    announce: () => {},
  });
  // Sessions are children of the postmaster and inherit its core.
  if (pinned(0).length > 0) Bun.spawnSync(["taskset", "-a", "-p", "-c", "0", String(pid)]);
  const sql = new SQL(url, { max: 1 });
  const stop = async () => {
    await sql.close({ timeout: 0 });
    await stopLocalServer(directory);
    await rm(directory, { recursive: true, force: true });
  };
  // Ctrl-C: the server is a process of its own, and would go on.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => stop().finally(() => process.exit(130)));
  }
  await sql.unsafe(tables);
  await script(sql, rows);
  const [row] = await sql<{ version: string }[]>`select version() as version`;
  return {
    url,
    sql,
    version: /^\S+ \S+/.exec(row?.version ?? "")?.[0] ?? "",
    [Symbol.asyncDispose]: stop,
  };
}

/** Statement by statement: some of them refuse to run with others. */
export async function script(sql: SQL, text: string): Promise<void> {
  for (const statement of text.split(";")) {
    if (statement.trim() !== "") await sql.unsafe(statement);
  }
}
