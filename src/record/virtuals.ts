/** What a name means to a record: column, virtual attribute, or a member that must not be shadowed. Browser-safe. */
import type { RecordDefinition, Standing } from "./definition";

/** What a property makes of its name: a setter of the user's class is as good as a field. */
export function standingAs({ value, get, set }: PropertyDescriptor): Standing {
  return typeof value === "function" ? "a method" : get && !set ? "computed" : "virtual";
}

/**
 * Judges a name, before anything is assigned that comes from outside. What the library puts on records is a
 * member, and stays one when a class overrides it.
 */
export function standingOf(
  record: object,
  name: string,
  { standings, base }: RecordDefinition,
): Standing {
  const known = standings.get(name);
  if (known) return known;
  if (name === "prototype" || name in base) return "a member";
  const own = Object.getOwnPropertyDescriptor(record, name);
  return own ? standingAs(own) : "unknown";
}

/** Own fields that have no other meaning: class fields, aliases of a query. */
export function settableVirtuals(record: object, definition: RecordDefinition): string[] {
  return Object.keys(record).filter(
    (name) => standingOf(record, name, definition) === "virtual" && !name.startsWith("_"),
  );
}
