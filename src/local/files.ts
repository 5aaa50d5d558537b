/**
 * What lies in a server's directory: password, lock, log, data. Imports nothing of ours.
 * As root the data may live elsewhere (see home.ts); `location` then says where.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The paths of one server. `home` holds `data`, and is `directory` unless the data had to move. */
export interface ServerFiles {
  readonly directory: string;
  readonly lock: string;
  readonly log: string;
  readonly password: string;
  readonly location: string;
  readonly home: string;
  readonly data: string;
}

/**
 * The folder of a project's server.
 *
 * @param project folder of the project; the current one
 * @example
 * await stopLocalServer(localDirectory("/srv/shop"));
 */
export function localDirectory(project: string = process.cwd()): string {
  return resolve(project, ".bake", "postgres");
}

/** The project a server's folder belongs to; the current folder's when it lies somewhere else. */
export function projectOf(directory: string): string {
  const bake = dirname(resolve(directory));
  return basename(bake) === ".bake" ? dirname(bake) : process.cwd();
}

/** The paths as they are now; reads `location`, creates nothing. */
export function serverFiles(directory: string): ServerFiles {
  const absolute = resolve(directory);
  const location = join(absolute, "location");
  return withHome(absolute, readText(location)?.trim() || absolute);
}

/** The paths of a server whose data lie in `home`. */
export function withHome(directory: string, home: string): ServerFiles {
  return {
    directory,
    lock: join(directory, "lock"),
    log: join(directory, "postgres.log"),
    password: join(directory, "password"),
    location: join(directory, "location"),
    home,
    data: join(home, "data"),
  };
}

/** Creates the directory, and keeps a `.bake` folder out of version control. */
export function createDirectory(directory: string): void {
  for (const folder of [dirname(directory), directory]) createFolder(folder);
  const bake = dirname(directory);
  const ignore = join(bake, ".gitignore");
  if (basename(bake) === ".bake" && !existsSync(ignore)) writeFileSync(ignore, "*\n");
}

/** Creates a folder others may enter whatever the umask: the server can run as another user. */
export function createFolder(folder: string): void {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
}

/** The stored password, or undefined when there is none. */
export function readPassword(files: ServerFiles): string | undefined {
  return readText(files.password)?.trim() || undefined;
}

/** Makes up a password and stores it for the owner's eyes only. */
export function createPassword(files: ServerFiles): string {
  const password = randomBytes(24).toString("base64url");
  const fresh = `${files.password}.${process.pid}`;
  writeFileSync(fresh, `${password}\n`, { mode: 0o600 });
  renameSync(fresh, files.password);
  return password;
}

/** A short stable name for a path. */
export function pathHash(path: string): string {
  return createHash("sha256").update(path).digest("hex").slice(0, 12);
}

/** The text of a file, or undefined when there is no such file. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/** Whether a system error has one of the codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    codes.includes(error.code)
  );
}

/** Sets the last log aside and opens a new one; both are kept small this way. */
export function openLog(files: ServerFiles): number {
  if (existsSync(files.log)) renameSync(files.log, `${files.log}.old`);
  return openSync(files.log, "a", 0o600);
}

/** The last lines of a text file, indented for a message; empty when there is none. */
export function lastLines(file: string, count = 12): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, 8192));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return indent(buffer.toString("utf8"), count);
  } finally {
    closeSync(descriptor);
  }
}

/** The last `count` lines of a text, indented for a message. */
export function indent(text: string, count = 12): string {
  const lines = text.trimEnd().split("\n").slice(-count);
  return lines.map((line) => `  ${line}`).join("\n");
}
