/** Classes of records: their name on the wire, and what they inherit. Browser-safe. */
/** A class of records, as far as this room needs to know it. */
export interface RecordClass {
  readonly name: string;
  readonly prototype: object;
  /** The stable name on the wire, which survives minification; else it is `name`. */
  readonly typename?: string;
}

/** What an object itself, and no parent of it, holds under a key. */
export function ownValue(object: unknown, key: string): unknown {
  return Object.getOwnPropertyDescriptor(Object(object), key)?.value;
}

/** An object and what it inherits from, farthest first; it begins after `end`. */
export function lineage(start: object | null, end: object): object[] {
  return start && start !== end ? [...lineage(Object.getPrototypeOf(start), end), start] : [];
}

/** What the classes of a chain declare under one static name, the parent's first. */
export function inheritedStatic(modelClass: object, name: string): unknown[] {
  return lineage(modelClass, Function.prototype).flatMap((declared) =>
    Object.hasOwn(declared, name) ? [Reflect.get(declared, name) as unknown] : [],
  );
}
