/** `static sensitiveFields`: names that never reach JSON, logs or the console. Browser-safe. */
import { ConfigurationError, didYouMean } from "../errors";
import type { RecordDefinition } from "./definition";
import { inheritedStatic, type RecordClass } from "./typename";

/** The sensitive names of a class and all its parents: a subclass can add, never take away. */
export function sensitiveNames(modelClass: RecordClass): ReadonlySet<string> {
  return new Set(inheritedStatic(modelClass, "sensitiveFields").flat().map(String));
}

/**
 * Refuses a sensitive name that protects nothing: the database's name of a column, or a misspelt one.
 *
 * @param definition of the class
 * @param declared virtual fields of the class; they exist on instances only
 * @throws ConfigurationError naming the attribute that was meant
 */
export function checkSensitive(
  definition: RecordDefinition,
  declared: readonly string[] = [],
): void {
  const { modelClass, shape, computed, associations, sensitive } = definition;
  const known = [...shape.names, ...computed, ...associations, ...declared];
  for (const name of sensitive) {
    if (known.includes(name) || name in modelClass.prototype) continue;
    const meant = shape.names.find((attribute) => shape.columns[attribute]?.columnName === name);
    throw new ConfigurationError(
      `sensitiveFields of ${modelClass.name} names "${name}", which is no attribute of it.`,
      {
        hint: meant
          ? `Write "${meant}".`
          : didYouMean(name, known).trim() || "A virtual has to be declared on the class.",
      },
    );
  }
}
