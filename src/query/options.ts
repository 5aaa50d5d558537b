/** Options of verbs: a misspelt one is an error. */
import { describe, didYouMean, QueryError } from "../errors";

/**
 * Refuses options that the verb does not have: a misspelt one would be ignored.
 * @example
 * checkOptions("sample()", options, ["seed", "count"]);
 */
export function checkOptions(verb: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new QueryError(`${verb} expects options, got ${describe(options)}.`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new QueryError(
    `${verb} has no option "${unknown}".${didYouMean(unknown, known)} Options: ${known.join(", ")}.`,
  );
}
