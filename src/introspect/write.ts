/** Writes `db/schema.ts`: whole or not at all, and only when it changed. */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Replaces the file by `text` in one step, so that whoever imports it meanwhile sees the old or the
 * new one. Makes the folder when it is missing. Throws what the file system throws, leaving the old
 * file as it was.
 * @example await writeSchemaFile("db/schema.ts", text); // "written", or "unchanged"
 */
export async function writeSchemaFile(
  path: string,
  text: string,
): Promise<"written" | "unchanged"> {
  if ((await readSchemaFile(path)) === text) return "unchanged";
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  // In the same folder: a rename across file systems is not atomic.
  const draft = join(folder, `.${basename(path)}.${crypto.randomUUID()}`);
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return "written";
}

/** The text of the file, or undefined when there is none. */
export async function readSchemaFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
