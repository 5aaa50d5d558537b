/** Questions on the terminal; piped input answers too. */
import { createInterface } from "node:readline";
import { CommandError } from "./failure";
import { print } from "./output";
import { isProduction } from "./project";

/** The next line of standard input; empty at its end. */
function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  process.stdout.write(question);
  return new Promise((resolve) => {
    lines.once("line", (line) => {
      resolve(line);
      lines.close();
    });
    lines.once("close", () => resolve(""));
  });
}

/** What is about to be lost. */
interface Loss {
  readonly database: string;
  readonly verb: string;
  /** Where the database's name came from; undefined when it was typed as an argument. */
  readonly source: string | undefined;
  readonly isSure: boolean;
}

/**
 * Lets the user type the name of the database that will be lost, unless they gave it already or said --yes.
 * Throws CommandError when the answer is another, and in production without --yes.
 */
export async function confirmLoss({ database, verb, source, isSure }: Loss): Promise<void> {
  if (isSure) return;
  if (isProduction()) {
    throw new CommandError(
      `Refused to ${verb.toLowerCase()} database "${database}": NODE_ENV is production.`,
      { hint: "Say --yes if you mean it." },
    );
  }
  if (source === undefined) return;
  print(`About to ${verb} database "${database}" (resolved from ${source}).`);
  const answer = await ask("Type the database name to confirm (or anything else to abort): ");
  if (answer.trim() === database) return;
  throw new CommandError(
    "Aborted: database name did not match. Pass the name explicitly or use --yes to skip the confirmation.",
  );
}
