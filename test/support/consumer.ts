/** An application that installed the packed tarball: nothing of this repository's sources is in its reach. */
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import packageJson from "../../package.json";
import { type CommandOptions, type CommandResult, repository, runBun } from "./cli";
import { cleanEnvironment } from "./environment";
import { runFolder } from "./run";

/** Packs the package as `npm publish` would; gives the tarball's path. */
export async function packTarball(): Promise<string> {
  const folder = runFolder("tarball");
  const packed = await runBun(["pm", "pack", "--destination", folder], { cwd: repository });
  if (packed.exitCode !== 0) throw new Error(`bun pm pack failed:\n${packed.stderr}`);
  return join(folder, `${packageJson.name}-${packageJson.version}.tgz`);
}

/** The paths inside a tarball, without their common first folder. */
export async function filesOf(tarball: string): Promise<string[]> {
  const archive = new Bun.Archive(await Bun.file(tarball).bytes());
  const files = await archive.files();
  return [...files.keys()].map((path) => path.replace(/^package\//, "")).sort();
}

export interface Consumer {
  readonly directory: string;
  write(file: string, text: string): void;
  /** Runs `bun` in its folder. */
  bun(words: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Runs a TypeScript compiler over one of its tsconfig files. */
  tsc(typescript: string, config: string): Promise<{ exitCode: number; output: string }>;
}

/** Development packages of the application; they bring what they depend on from where they really are. */
const tools = ["typescript", "typescript-5.9", "@types/bun", "@types/react", "react", "react-dom"];

const installed = (name: string) => realpathSync(join(repository, "node_modules", name));

/** Makes the application and installs the tarball into it; its dependencies come from the registry or Bun's cache. */
export async function installTarball(tarball: string): Promise<Consumer> {
  const directory = runFolder(`consumer-${crypto.randomUUID().slice(0, 8)}`);
  const write = (file: string, text: string) => {
    const path = join(directory, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const dependencies = { "baked-orm": `file:${tarball}` };
  write("package.json", JSON.stringify({ name: "consumer", type: "module", dependencies }));
  const bun = (words: readonly string[], options: CommandOptions = {}) =>
    runBun(words, { cwd: directory, ...options });
  const done = await bun(["install", "--no-save", "--prefer-offline"]);
  if (done.exitCode !== 0) throw new Error(`bun install failed:\n${done.stderr}`);
  for (const name of tools) {
    const link = join(directory, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(installed(name), link, "dir");
  }
  const tsc = async (typescript: string, config: string) => {
    const child = Bun.spawn(
      [join(directory, "node_modules", typescript, "bin/tsc"), "-p", config, "--listFiles"],
      { cwd: directory, env: cleanEnvironment(), stdout: "pipe", stderr: "pipe" },
    );
    const [output, errors, exitCode] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { exitCode, output: output + errors };
  };
  return { directory, write, bun, tsc };
}
