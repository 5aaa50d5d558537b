/** The code of the package. */
import { Builder } from "./builder";
import { buildCommandLine } from "./command-line";
import { buildLibrary } from "./library";

/** Builds it into a folder, beside what is there. */
export async function buildRuntime(output: string): Promise<void> {
  using builder = new Builder(output);
  await buildLibrary(builder);
  await buildCommandLine(builder);
}
