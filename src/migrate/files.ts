/** The folder of migrations: which files are migrations, in which order, and the next free timestamp. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MigrationError } from "../errors";

/** One file of the migrations folder: `{version}.{name}.ts`. */
export interface Migration {
  readonly version: string;
  readonly name: string;
  /** The file's name, without its folder. */
  readonly file: string;
}

export interface MigrationFolder {
  /** In order of version. */
  readonly migrations: readonly Migration[];
  /** Files that look as if they were meant to run, but are no migrations. */
  readonly ignored: readonly string[];
}

const migrationName = /^(\d{14})\.(.+)\.ts$/;

/** Reads the folder; a missing folder has no migrations. */
export async function discoverMigrations(directory: string): Promise<MigrationFolder> {
  const migrations: Migration[] = [];
  const ignored: string[] = [];
  for (const entry of await entries(directory)) {
    const [, version, name] = migrationName.exec(entry) ?? [];
    if (version && name && !name.endsWith(".d")) migrations.push({ version, name, file: entry });
    else if (!entry.startsWith(".") && !/^readme/i.test(entry)) ignored.push(entry);
  }
  const order = ({ file }: Migration, other: Migration) => (file < other.file ? -1 : 1);
  return { migrations: migrations.sort(order), ignored: ignored.sort() };
}

async function entries(directory: string): Promise<string[]> {
  try {
    const found = await readdir(directory, { withFileTypes: true });
    return found.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new MigrationError(`The migrations folder ${directory} cannot be read: ${error}.`, {
      cause: error,
    });
  }
}

/** Throws MigrationError when two files have one timestamp, which happens when branches are merged. */
export function refuseConflicts(migrations: readonly Migration[]): void {
  const byVersion = Map.groupBy(migrations, ({ version }) => version);
  const conflicts = [...byVersion].filter(([, files]) => files.length > 1);
  if (conflicts.length === 0) return;
  const lines = conflicts.flatMap(([version, files]) => [
    `Conflict Multiple migrations share timestamp ${version}:`,
    ...files.map(({ file }) => `  - ${file}`),
  ]);
  throw new MigrationError(
    `${lines.join("\n")}\nMigration timestamp conflict detected. Rename one of the conflicting migrations to resolve.`,
  );
}

/** `YYYYMMDDhhmmss` in UTC. */
export function timestampOf(time: Date): string {
  return time.toISOString().replace(/\D/g, "").slice(0, 14);
}

/**
 * Writes a migration under the next free timestamp, so that a second one in the same second gets another,
 * even when two processes generate at once. Returns what was written.
 */
export async function createMigration(
  directory: string,
  name: string,
  text: string,
  now: Date = new Date(),
): Promise<Migration> {
  await makeFolder(directory);
  for (let time = now.getTime(); ; time += 1000) {
    const version = timestampOf(new Date(time));
    const reservation = join(directory, `.${version}.reserved`);
    if (!(await createFile(reservation, ""))) continue;
    try {
      const taken = (await entries(directory)).some((entry) => entry.startsWith(`${version}.`));
      const file = `${version}.${name}.ts`;
      if (!taken && (await createFile(join(directory, file), text))) return { version, name, file };
    } finally {
      await rm(reservation, { force: true });
    }
  }
}

async function makeFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw new MigrationError(`The folder ${directory} cannot be made: ${error}.`, { cause: error });
  }
}

/** False when the file is there already. */
async function createFile(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw new MigrationError(`${path} cannot be written: ${error}.`, { cause: error });
  }
}
