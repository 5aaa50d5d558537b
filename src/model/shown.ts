/** What leaves a record by other ways than its fields: changes, with sensitive values masked where they are printed. */
import type { Changes } from "../record/changes";
import type { RecordDefinition } from "../record/definition";
import { INSPECT } from "../record/inspect";

const MASKED = Object.freeze({ was: "[REDACTED]", now: "[REDACTED]" });

/** The changes as they are, but a console and JSON.stringify see no sensitive values in them. */
export function guardedChanges(changes: Changes, { sensitive }: RecordDefinition): Changes {
  if (!Object.keys(changes).some((name) => sensitive.has(name))) return changes;
  const shown = () =>
    Object.fromEntries(
      Object.entries(changes).map(([name, change]) => [
        name,
        sensitive.has(name) ? MASKED : change,
      ]),
    );
  const copy = { ...changes };
  for (const key of [INSPECT, "toJSON"]) {
    Object.defineProperty(copy, key, { value: shown, enumerable: false });
  }
  return copy;
}
