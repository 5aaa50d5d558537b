/** What a name means to a record: column, virtual attribute, or a member that must not be shadowed. Browser-safe. */
import type { RecordDefinition, Standing } from "./definition";
import { fieldsOf } from "./shape";
import { lineage } from "./typename";

/**
 * Judges a name, before anything is assigned that comes from outside.
 *
 * A setter of the user's class is as good as a field; a getter without one is computed. What the library
 * puts on records is a member, and stays one when a class overrides it.
 */
export function standingOf(
  record: object,
  name: string,
  { standings, base }: RecordDefinition,
): Standing {
  const known = standings.get(name);
  // Associations and the virtuals of plugins have their accessors in the same place as the members.
  if (known && (known !== "column" || !(name in base))) return known;
  if (name === "prototype" || name in base) return "a member";
  for (const owner of lineage(record, base)) {
    const found = Object.getOwnPropertyDescriptor(owner, name);
    if (!found) continue;
    if (typeof found.value === "function") return "a method";
    return found.get && !found.set ? "computed" : "virtual";
  }
  return "unknown";
}

/** Own fields that hold a value and have no other meaning: class fields, aliases of a query. */
export function settableVirtuals(record: object, definition: RecordDefinition): string[] {
  return Object.keys(record).filter(
    (name) =>
      standingOf(record, name, definition) === "virtual" &&
      !name.startsWith("_") &&
      fieldsOf(record)[name] !== undefined,
  );
}
