/** Usage, help and errors about words, in one voice for all commands. */
import { type Command, CommanderError } from "commander";
import { didYouMean } from "../errors";
import { printError } from "./output";

/** Settings that commands inherit when they are added; call it first. */
export function inheritVoice(program: Command): Command {
  return program
    .exitOverride()
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureOutput({
      outputError: (text) => printError(sentence(text)),
    });
}

/** Adds the arguments' usage and the examples that `--help` shows; every command has both. */
export function describeCommand(
  command: Command,
  usage: string,
  ...examples: readonly string[]
): Command {
  const lines = examples.map((example) => `  $ ${example}`);
  command
    .usage(usage)
    .allowExcessArguments(false)
    .addHelpText("after", `\nExample:\n${lines.join("\n")}`);
  return command.showHelpAfterError(`Usage: ${command.createHelp().commandUsage(command)}`);
}

/** Makes a command that only groups others: it lists them, and refuses other words with its usage. */
export function describeGroup(group: Command, usage: string): void {
  group
    .usage(usage)
    .allowExcessArguments(true)
    .action(() => {
      const [word] = group.args;
      const names = group.commands.map((command) => command.name());
      const problem =
        word === undefined ? "" : `Unknown command "${word}".${didYouMean(word, names)}\n`;
      printError(`${problem}${group.helpInformation()}`.trimEnd());
      throw new CommanderError(1, "bake.usage", "usage");
    });
}

/** `bake` alone shows the commands of its namespaces too. Call it last: commands added later would inherit it. */
export function listEverything(program: Command): void {
  for (const group of [program, ...program.commands]) {
    group.configureHelp({
      visibleCommands: (command) =>
        command.commands.flatMap((one) => (one.commands.length > 0 ? one.commands : [one])),
      subcommandTerm: (command) => {
        const isBelow = command.parent !== null && command.parent !== group;
        return `${isBelow ? `${command.parent?.name()} ` : ""}${command.name()} ${usageOf(command)}`.trimEnd();
      },
    });
  }
}

/** Without the "[options]" that stands only for --help. */
function usageOf(command: Command): string {
  return command.options.length > 0 || command.registeredArguments.length > 0
    ? command.usage()
    : "";
}

/** "error: unknown option '--cuont'\n(Did you mean --count?)" as a sentence of ours. */
function sentence(text: string): string {
  const plain = text.trim().replace(/^error: /, "");
  const capital = plain.charAt(0).toUpperCase() + plain.slice(1);
  return capital.replace(/\n\((.*)\)$/, ". $1");
}
