/** What a name means to a record: column, virtual attribute, or a member that must not be shadowed. Browser-safe. */
import type { RecordDefinition, Standing } from "./definition";
import { fieldsOf } from "./shape";
import { lineage, type RecordClass } from "./typename";

/**
 * Judges the names on the prototypes of a class.
 *
 * A setter of the user's class is as good as a field; a getter without one is computed. Everything from
 * `base` upwards is a member, and stays one when a class overrides it.
 *
 * @returns standing by name, the parent's names first
 */
export function prototypeNames(modelClass: RecordClass, base: object): Map<string, Standing> {
  const standings = new Map<string, Standing>([["prototype", "a member"]]);
  const own = lineage(modelClass.prototype, base);
  for (const prototype of [...own, ...lineage(base, null)].reverse()) {
    for (const [name, { get, set }] of Object.entries(
      Object.getOwnPropertyDescriptors(prototype),
    )) {
      if (standings.get(name) === "a member") continue;
      const mine = set ? "virtual" : get ? "computed" : "a method";
      standings.set(name, own.includes(prototype) ? mine : "a member");
    }
  }
  return standings;
}

/** Own fields that hold a value and have no other meaning: class fields, aliases of a query. */
export function settableVirtuals(record: object, { standings }: RecordDefinition): string[] {
  const fields = fieldsOf(record);
  return Object.keys(record).filter(
    (name) =>
      !standings.has(name) &&
      !name.startsWith("_") &&
      fields[name] !== undefined &&
      typeof fields[name] !== "function",
  );
}

/** Judges a name that comes from outside, before anything is assigned. */
export function standingOf(record: object, name: string, definition: RecordDefinition): Standing {
  return (
    definition.standings.get(name) ??
    (!Object.hasOwn(record, name)
      ? "unknown"
      : typeof fieldsOf(record)[name] === "function"
        ? "a method"
        : "virtual")
  );
}
