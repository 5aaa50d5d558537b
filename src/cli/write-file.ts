/** Files that commands write into the project. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { CommandError } from "./failure";

/**
 * Writes a file, making its folder. Without `overwrite` an existing file is left as it is, and false returned.
 * Throws CommandError when it cannot be written.
 */
export async function writeProjectFile(
  path: string,
  text: string,
  overwrite: boolean,
): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: overwrite ? "w" : "wx" });
    return true;
  } catch (error) {
    const isError = error instanceof Error;
    if (isError && "code" in error && error.code === "EEXIST" && !overwrite) return false;
    const reason = isError ? error.message : String(error);
    throw new CommandError(`${path} cannot be written: ${reason}.`, { cause: error });
  }
}
