/** What a name means to a record: column, virtual attribute, or a member that must not be shadowed. Browser-safe. */
import type { RecordDefinition, Standing } from "./definition";

/** What a property makes of its name: a setter of the user's class is as good as a field. */
export function standingAs(property: PropertyDescriptor | undefined): Standing {
  return !property
    ? "unknown"
    : typeof property.value === "function"
      ? "a method"
      : property.get && !property.set
        ? "computed"
        : "virtual";
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
  return (
    standings.get(name) ??
    (name === "prototype" || name in base
      ? "a member"
      : standingAs(Object.getOwnPropertyDescriptor(record, name)))
  );
}

/** Own fields that have no other meaning: class fields, aliases of a query. */
export function settableVirtuals(record: object, definition: RecordDefinition): string[] {
  return Object.keys(record).filter(
    (name) => standingOf(record, name, definition) === "virtual" && !name.startsWith("_"),
  );
}
