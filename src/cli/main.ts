/** The entry of `bake`: words in, exit code out. */
import { EXIT, report } from "./failure";
import { detectColors } from "./output";
import { plainCommands } from "./plain";

/** Runs one command; never throws and never ends the process. */
export async function main(words: readonly string[]): Promise<number> {
  try {
    await detectColors();
    const plain = plainCommands[words.join(" ")];
    return await (plain ? plain() : parse(words));
  } catch (error) {
    return report(error);
  }
}

async function parse(words: readonly string[]): Promise<number> {
  const { CommanderError } = await import("commander");
  const { createProgram } = await import("./program");
  let exitCode: number = EXIT.success;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(withHelpFlag(words), { from: "user" });
    return exitCode;
  } catch (error) {
    // Commander has printed the help, the version, or what is wrong with the words.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.success : EXIT.failure;
  }
}

/** "help db migrate" and "db help migrate" as "db migrate --help": the parser's own help knows one level only. */
function withHelpFlag(words: readonly string[]): readonly string[] {
  const position = words[0] === "db" ? 1 : 0;
  return words[position] === "help" ? [...words.toSpliced(position, 1), "--help"] : words;
}
