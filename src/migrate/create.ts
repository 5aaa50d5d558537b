/** Writes a new migration under the next free timestamp. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MigrationError } from "../errors";
import { entries, type Migration } from "./files";

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
