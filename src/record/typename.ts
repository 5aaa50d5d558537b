/** The name under which a class travels as `__typename`. Browser-safe. */
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
    throw new ConfigurationError("A class without a name cannot be serialized.", {
      hint: "Give it a name, or a `static typename`.",
    });
  }
  return name;
}

/** The classes of a record that the user wrote, nearest first: those below `base`. */
export function prototypesBelow(base: object, prototype: object): object[] {
  const chain: object[] = [];
  let current: object | null = prototype;
  while (current && current !== base && current !== Object.prototype) {
    chain.push(current);
    current = Object.getPrototypeOf(current);
  }
  return chain;
}

/** A static list declared along the chain of classes, the parent's first. */
export function inheritedStatic(modelClass: object, name: string): unknown[] {
  const found: unknown[] = [];
  let current: object | null = modelClass;
  while (current && current !== Function.prototype) {
    if (Object.hasOwn(current, name)) found.unshift(Reflect.get(current, name));
    current = Object.getPrototypeOf(current);
  }
  return found;
}
