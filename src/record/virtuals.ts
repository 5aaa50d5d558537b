/** Virtual attributes: getters and fields of the user's classes that are no columns. Browser-safe. */
import type { RecordDefinition } from "./definition";
import { fieldsOf } from "./shape";
import { prototypesBelow, type RecordClass } from "./typename";

/** Getters declared on the user's classes, the parent's first; names starting with "_" are private. */
export function computedVirtuals(
  modelClass: RecordClass,
  base: object,
  taken: readonly string[],
): string[] {
  const names = new Set<string>();
  for (const prototype of prototypesBelow(base, modelClass.prototype).reverse()) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (get && !name.startsWith("_") && !taken.includes(name)) names.add(name);
    }
  }
  return [...names];
}

/** Own fields that hold a value and are neither column nor association: class fields, aliases of a query. */
export function settableVirtuals(record: object, definition: RecordDefinition): string[] {
  const { shape, associations, computed } = definition;
  const fields = fieldsOf(record);
  return Object.keys(record).filter(
    (name) =>
      !shape.types[name] &&
      !associations.has(name) &&
      !name.startsWith("_") &&
      fields[name] !== undefined &&
      typeof fields[name] !== "function" &&
      !computed.includes(name),
  );
}

/** How a name stands to a record: may it be set, and if not, what is in the way. */
export type Standing = "column" | "association" | "virtual" | "computed" | "a member" | "unknown";

/**
 * Judges a name that comes from outside, before anything is assigned.
 *
 * A setter of the user's class is as good as a field; a getter without one is computed. Methods, and
 * everything from `base` upwards, are members and must not be shadowed.
 */
export function standingOf(record: object, name: string, definition: RecordDefinition): Standing {
  if (["__proto__", "constructor", "prototype"].includes(name)) return "a member";
  if (definition.shape.types[name]) return "column";
  if (definition.associations.has(name)) return "association";
  for (const prototype of prototypesBelow(definition.base, Object.getPrototypeOf(record))) {
    const found = Object.getOwnPropertyDescriptor(prototype, name);
    if (found) return found.set ? "virtual" : found.get ? "computed" : "a member";
  }
  if (Object.hasOwn(record, name)) {
    return typeof fieldsOf(record)[name] === "function" ? "a member" : "virtual";
  }
  return definition.computed.includes(name) ? "computed" : name in record ? "a member" : "unknown";
}
