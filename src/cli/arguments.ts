/** Checks of what is given to options. */
import { InvalidArgumentError } from "commander";

/** `--count`: a whole number of at least 1. Throws InvalidArgumentError. */
export function parseCount(value: string): number {
  if (/^\d+$/.test(value) && Number(value) > 0 && Number.isSafeInteger(Number(value))) {
    return Number(value);
  }
  throw new InvalidArgumentError("It must be a whole number of at least 1.");
}
