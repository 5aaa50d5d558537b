/** The code as it is published: what an application imports, and the command line that it runs. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { buildRuntime } from "../../bin/build/runtime";

// Inside the repository, so that it finds what it imports.
export const packageFolder = join(import.meta.dir, ".package");

export async function buildPackage(): Promise<void> {
  await rm(packageFolder, { recursive: true, force: true });
  await mkdir(packageFolder);
  await buildRuntime(packageFolder);
}
