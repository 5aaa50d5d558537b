/** Describes a class of records: once per class, at its first use. Browser-safe. */
import { didYouMean } from "../errors";
import type { RecordDefinition, Standing } from "./definition";
import { sensitiveNames } from "./sensitive";
import { lineage } from "./typename";
import { standingAs } from "./virtuals";

/** What every class of records has: its table, and the prototype that its members start from. */
type Described = Pick<RecordDefinition, "modelClass" | "shape" | "base">;

/** What the caller of `defineRecord` knows. */
export interface RecordDefinitionSource extends Described {
  associations?: Iterable<string>;
  /** Computed virtuals that plugins contribute. */
  pluginVirtuals?: Iterable<string>;
}

/**
 * Describes a class that has neither associations nor plugins; the caller keeps the result per class.
 *
 * @param marks the standing of names that are no columns
 */
export function describeClass(
  source: Described,
  marks: Iterable<readonly [name: string, standing: Standing]> = [],
): RecordDefinition {
  const { modelClass, shape, base } = source;
  const standings = new Map<string, Standing>();
  // The parent's come first, and give way to the child's.
  for (const owner of lineage(modelClass.prototype, base)) {
    for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (!(name in base)) standings.set(name, standingAs(member));
    }
  }
  for (const [name, standing] of marks) standings.set(name, standing);
  for (const name of shape.names) standings.set(name, name in base ? "a member" : "column");
  return {
    ...source,
    name: modelClass.typename ?? modelClass.name,
    standings,
    associations: new Set(),
    // An accessor of the user's class can be read, whether or not it can be set.
    computed: [...standings.keys()].filter(
      (name) =>
        ["computed", "virtual"].includes(standings.get(name) ?? "") && !name.startsWith("_"),
    ),
    sensitive: sensitiveNames(modelClass),
  };
}

/** Describes a class of the server's records; the caller keeps the result per class. */
export function defineRecord(source: RecordDefinitionSource): RecordDefinition {
  const { modelClass, shape, base, associations = [], pluginVirtuals = [] } = source;
  const marked = (names: Iterable<string>, standing: Standing) =>
    Array.from(names, (name) => [name, standing] as const);
  const known = new Set(associations);
  return {
    ...describeClass({ modelClass, shape, base }, [
      ...marked(pluginVirtuals, "computed"),
      ...marked(known, "association"),
    ]),
    associations: known,
    suggest: (name) => didYouMean(name, [...shape.names, ...known]),
  };
}
