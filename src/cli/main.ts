/** The entry of `bake`: words in, exit code out. */
import { CommanderError } from "commander";
import { EXIT, report } from "./failure";
import { createProgram } from "./program";

/** Runs one command; never throws and never ends the process. */
export async function main(words: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.success;
  try {
    const program = createProgram((code) => {
      exitCode = code;
    });
    await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    // Commander has printed the help, the version, or what is wrong with the words.
    if (!(error instanceof CommanderError)) return report(error);
    return error.exitCode === 0 ? EXIT.success : EXIT.failure;
  }
}
