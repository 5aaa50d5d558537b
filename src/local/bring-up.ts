/** Brings up a server that does not answer, from whatever state its folder is in. */
import { serverAccount } from "./account";
import { type Binaries, repairBinaries } from "./binaries";
import { checkCluster, createCluster, hasCluster, resetPassword } from "./cluster";
import { createPassword, readPassword, type ServerFiles } from "./files";
import { type Environment, reachableBinaries, reachableHome } from "./home";
import { clearRemains, endPostmaster, findPostmaster, type Postmaster } from "./postmaster";
import { startPostmaster, waitUntilReady } from "./start";

/** How a server is brought up; all have defaults. */
export interface BringUpOptions {
  /** Whether data must outlive a crash of the machine; true. Tests are faster without. */
  durable?: boolean;
  /** Told one line when a server is started; writes to standard error. */
  announce?: (line: string) => void;
  /** Environment the server's programs are run with; `process.env`. */
  environment?: Environment;
}

/** A server that takes connections, and where it lives. */
export interface Running {
  readonly files: ServerFiles;
  readonly postmaster: Postmaster;
  readonly password: string;
  /** False when a command that died had started it already. */
  readonly started: boolean;
}

/** Brings up a server that does not answer, whatever state its folder is in. Holds the lock. */
export async function bringUp(
  initial: ServerFiles,
  found: Binaries,
  options: BringUpOptions,
): Promise<Running> {
  const announce = options.announce ?? ((line: string) => process.stderr.write(`${line}\n`));
  const { durable = true, environment = process.env } = options;
  repairBinaries(found);
  const account = serverAccount(initial.data, announce);
  const files = reachableHome(initial, account, environment, announce);
  const binaries = reachableBinaries(found, account, environment);
  const tools = { binaries, account, environment };

  const known = readPassword(files);
  const left = findPostmaster(files) && (await waitUntilReady(files));
  if (left && known) return { files, postmaster: left, password: known, started: false };
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
  const postmaster = await startPostmaster(files, tools, durable);
  return { files, postmaster, password, started: true };
}
