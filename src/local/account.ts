/**
 * Whom the server runs as. PostgreSQL refuses root, so root hands it to an unprivileged account.
 */
import { spawnSync } from "node:child_process";
import { chownSync, statSync } from "node:fs";
import { ConfigurationError } from "../errors";

/** User and group given to a child process; empty when we are not root and nothing changes. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const preferred = "postgres";

/**
 * The account for a server: nobody else when we are not root; the owner of existing data; else the
 * user `postgres`, which is created when the machine has none.
 *
 * @throws ConfigurationError when root finds no user to run the server as.
 */
export function serverAccount(data: string, announce: (line: string) => void): Account {
  if (process.getuid?.() !== 0) return {};
  const owner = statSync(data, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = lookUp(preferred) ?? create(announce) ?? lookUp("nobody");
  if (!account) {
    throw new ConfigurationError(
      "PostgreSQL does not run as root, and there is no unprivileged user to run it as.",
      { hint: `Create one (useradd --system ${preferred}), or run the command as another user.` },
    );
  }
  // A project copied or chowned by root took its data along: give them back to the server.
  if (owner) runQuietly("chown", ["-R", `${account.uid}:${account.gid}`, data]);
  return account;
}

/** Gives a folder to the account. */
export function giveTo(account: Account, path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) {
    chownSync(path, account.uid, account.gid);
  }
}

/** Whether the account can enter a folder, every folder above it included. */
export function canEnter(account: Account, folder: string): boolean {
  if (account.uid === undefined) return true;
  const options = { ...account, cwd: "/", stdio: "ignore" } as const;
  return spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", folder], options).status === 0;
}

function lookUp(name: string): Account | undefined {
  const uid = identify("-u", name);
  const gid = identify("-g", name);
  return uid && gid ? { uid, gid } : undefined;
}

/** Number of a user or group; root's 0 is as good as none. */
function identify(flag: string, name: string): number | undefined {
  const { status, stdout } = spawnSync("id", [flag, name], { encoding: "utf8" });
  const number = Number.parseInt(stdout ?? "", 10);
  return status === 0 && number > 0 ? number : undefined;
}

function create(announce: (line: string) => void): Account | undefined {
  // `useradd` of most Linux systems, else the `adduser` of BusyBox.
  const made =
    runQuietly("useradd", ["--system", "--user-group", "--no-create-home", preferred]) ||
    runQuietly("adduser", ["-S", "-D", "-H", preferred]);
  if (made) announce(`Created the user "${preferred}", because PostgreSQL does not run as root.`);
  return made ? lookUp(preferred) : undefined;
}

function runQuietly(command: string, words: readonly string[]): boolean {
  return spawnSync(command, words, { stdio: "ignore" }).status === 0;
}
