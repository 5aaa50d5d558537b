/**
 * Where data and programs can lie so that the server's account reaches them. Only root needs this:
 * a project under /root (0700) is closed to the user PostgreSQL runs as.
 */
import { cpSync, existsSync, lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { ConfigurationError } from "../errors";
import { type Account, canEnter } from "./account";
import { type Binaries, program } from "./binaries";
import { createFolder, pathHash, projectOf, type ServerFiles, withHome } from "./files";

/** Environment variables that matter here. */
export type Environment = Record<string, string | undefined>;

/**
 * The files with a `home` the account can enter, moved out of the project when it must be.
 *
 * @throws ConfigurationError when existing data cannot be reached, or no folder can be.
 */
export function reachableHome(
  files: ServerFiles,
  account: Account,
  environment: Environment,
  announce: (line: string) => void,
): ServerFiles {
  if (canEnter(account, files.home)) return files;
  if (existsSync(files.data)) {
    throw new ConfigurationError(
      `The data in ${files.data} cannot be reached by the user PostgreSQL runs as (uid ${account.uid}).`,
      { hint: "Let others pass through the folders above it (chmod o+x), or move the project." },
    );
  }
  const name = `${basename(projectOf(files.directory)) || "project"}-${pathHash(files.directory)}`;
  const home = join(stateFolder(account, environment), name);
  createFolder(home);
  writeFileSync(files.location, `${home}\n`);
  announce(`${files.directory} is closed to the user PostgreSQL runs as: the data go to ${home}`);
  return withHome(files.directory, home);
}

/** The programs, copied to where the account can run them when it cannot where they are. */
export function reachableBinaries(
  binaries: Binaries,
  account: Account,
  environment: Environment,
): Binaries {
  if (canEnter(account, dirname(program(binaries, "postgres")))) return binaries;
  const state = stateFolder(account, environment);
  const folder = join(state, `postgresql-${binaries.version}-${process.arch}`);
  if (!existsSync(folder)) {
    const copy = `${folder}.${process.pid}`;
    cpSync(binaries.folder, copy, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(copy, folder);
    } catch (error) {
      // Another project's command may have been quicker with the same copy.
      rmSync(copy, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  return { ...binaries, folder };
}

/** The first folder for state, outside the project, that the account can enter. */
function stateFolder(account: Account, environment: Environment): string {
  const { XDG_STATE_HOME } = environment;
  const parents = [XDG_STATE_HOME, process.platform === "linux" ? "/var/lib" : undefined, tmpdir()];
  for (const parent of parents) {
    if (!parent || !canEnter(account, parent)) continue;
    const folder = join(parent, "baked-orm");
    try {
      createFolder(folder);
    } catch {
      continue;
    }
    // In a shared folder someone else may have taken the name first, to read our data.
    const status = lstatSync(folder);
    if (status.isDirectory() && status.uid === process.getuid?.()) return folder;
  }
  throw new ConfigurationError(
    `No folder for PostgreSQL's data can be reached by the user it runs as (uid ${account.uid}).`,
    { hint: "Set XDG_STATE_HOME to a folder that other users can enter." },
  );
}
