/** Runs the real `bin/bake` as a user would, in a project of its own. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { linkSources } from "../../bin/link-sources";
import { stopLocalServer } from "../../src/local/index";
import { cleanEnvironment } from "./environment";
import { runFolder } from "./run";

/** The folder of this package. */
export const repository = resolve(import.meta.dir, "../..");

/** What a command did. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how a command runs; variables set to undefined are removed. */
export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  stdin?: string;
}

/** Runs `bake` with an environment that names no database but those given. */
export function runBake(
  words: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return runBun([join(repository, "bin/bake"), ...words], options);
}

/** Runs `bun` with the given words. */
export async function runBun(
  words: readonly string[],
  { cwd = process.cwd(), env = {}, stdin = "" }: CommandOptions = {},
): Promise<CommandResult> {
  const child = Bun.spawn([process.execPath, ...words], {
    cwd,
    env: cleanEnvironment({ ...process.env, NODE_ENV: undefined, NO_COLOR: "1" }, env),
    stdin: new Blob([stdin]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, stdout, stderr };
}

/** A project in a temporary folder, with this package installed in it. */
export interface TemporaryProject extends AsyncDisposable {
  readonly directory: string;
  read(file: string): string;
  write(file: string, text: string): void;
  /** Stops the project's local server, if it has one, and removes the folder. */
  remove(): Promise<void>;
}

/** Creates a project from a map of relative paths to texts. */
export function temporaryProject(files: Record<string, string> = {}): TemporaryProject {
  const directory = runFolder(`project-${crypto.randomUUID().slice(0, 8)}`);
  const write = (file: string, text: string) => {
    const path = join(directory, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  linkSources(directory);
  const remove = async () => {
    await stopLocalServer(join(directory, ".bake/postgres"));
    rmSync(directory, { recursive: true, force: true });
  };
  return {
    directory,
    read: (file) => readFileSync(join(directory, file), "utf8"),
    write,
    remove,
    [Symbol.asyncDispose]: remove,
  };
}
