/** Classes of records: their name on the wire, and what they inherit. Browser-safe. */
import { ConfigurationError } from "../errors";

/** A class of records, as far as this room needs to know it. */
export interface RecordClass {
  readonly name: string;
  readonly prototype: object;
  readonly typename?: string;
}

/**
 * The stable name of a class on the wire: its `typename`, which survives minification, else its own name.
 *
 * @throws ConfigurationError when the class has neither
 */
export function typenameOf(modelClass: RecordClass): string {
  const name = modelClass.typename ?? modelClass.name;
  if (!name) {
    throw new ConfigurationError(
      "A class without a name cannot be serialized: give it a typename.",
    );
  }
  return name;
}

/** An object and what it inherits from, nearest first; it ends before `end`. */
export function lineage(start: object, end: object | null): object[] {
  const chain: object[] = [];
  let current: object | null = start;
  while (current && current !== end) {
    chain.push(current);
    current = Object.getPrototypeOf(current);
  }
  return chain;
}

/** What the classes of a chain declare under one static name, the parent's first. */
export function inheritedStatic(modelClass: object, name: string): unknown[] {
  return lineage(modelClass, Function.prototype)
    .reverse()
    .flatMap((declared) =>
      Object.hasOwn(declared, name) ? [Reflect.get(declared, name) as unknown] : [],
    );
}
