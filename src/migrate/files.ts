/** The folder of migrations: which files are migrations, and in which order. */
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

/** The names of the files in a folder; none when it is missing. */
export async function entries(directory: string): Promise<string[]> {
  try {
    const files = await scan(directory, true);
    const links = (await scan(directory, false)).filter((name) => !files.includes(name));
    const areFiles = await Promise.all(links.map((name) => isFile(join(directory, name))));
    return [...files, ...links.filter((_name, index) => areFiles[index])];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new MigrationError(`The migrations folder ${directory} cannot be read: ${error}.`, {
      cause: error,
    });
  }
}

// Not node:fs, which takes longer to load than the whole of `bake db status` takes to run.
function scan(directory: string, onlyFiles: boolean): Promise<string[]> {
  return Array.fromAsync(new Bun.Glob("*").scan({ cwd: directory, dot: true, onlyFiles }));
}

/** Follows symbolic links. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await Bun.file(path).stat()).isFile();
  } catch {
    return false;
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
