/** How a command ends without success. */
import { BakedError } from "../errors";
import { printError } from "./output";

/** Exit codes, documented in the README. */
export const EXIT = {
  /** Done. */
  success: 0,
  /** Wrong words or settings, a database that refuses, a check whose answer is no. */
  failure: 1,
  /** Something that no command expects: a defect of bake. */
  unexpected: 2,
} as const;

/** The words given to a command make no sense, or it will not do what was asked. */
export class CommandError extends BakedError {
  override readonly code = "COMMAND";
}

/** Prints one readable message, the stack only with BAKED_DEBUG=1, and gives the exit code. */
export function report(error: unknown): number {
  // Not imported: help and generators need no driver.
  const { SQL } = Bun;
  const isExpected = isOurs(error) || error instanceof SQL.PostgresError;
  if (process.env.BAKED_DEBUG === "1") printError(Bun.inspect(error));
  else if (isOurs(error)) printError(error.message);
  else if (error instanceof SQL.PostgresError) {
    // For example a role that may not create schema_migrations.
    printError(`The server refused: ${error.message}${error.errno ? ` [${error.errno}]` : ""}.`);
  } else {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    printError(`${message}\nThis was not expected. BAKED_DEBUG=1 shows where it happened.`);
  }
  return isExpected ? EXIT.failure : EXIT.unexpected;
}

/** An error of this library, also of the copy that the project imports: what a seed does is done by that one. */
function isOurs(error: unknown): error is BakedError {
  for (let each = error; each instanceof Error; each = Object.getPrototypeOf(each)) {
    if (each.constructor.name === BakedError.name) return true;
  }
  return false;
}
