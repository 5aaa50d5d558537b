/** Describes a class of records: once per class, at its first use. Browser-safe. */
import type { RecordDefinition, Standing, Suggest } from "./definition";
import { sensitiveNames } from "./sensitive";
import { lineage } from "./typename";
import { standingOf } from "./virtuals";

/** What every class of records has: its table, and the prototype that its members start from. */
type Described = Pick<RecordDefinition, "modelClass" | "shape" | "base">;

/** What the caller of `defineRecord` knows. */
export interface RecordDefinitionSource extends Described {
  associations?: Iterable<string>;
  /** Computed virtuals that plugins contribute. */
  pluginVirtuals?: Iterable<string>;
  suggest?: Suggest;
}

/**
 * Describes a class that has neither associations nor plugins; the caller keeps the result per class.
 *
 * @param marks the standing of names that are no columns
 */
export function describeClass(
  source: Described,
  marks: readonly (readonly [name: string, standing: Standing])[] = [],
): RecordDefinition {
  const { modelClass, shape, base } = source;
  const { prototype } = modelClass;
  const definition: RecordDefinition = {
    ...source,
    name: modelClass.typename ?? modelClass.name,
    standings: new Map([...marks, ...shape.names.map((name) => [name, "column"] as const)]),
    associations: new Set(),
    computed: [],
    sensitive: sensitiveNames(modelClass),
    suggest: undefined,
  };
  // An accessor of the user's class can be read, whether or not it can be set; the parent's come first.
  const names = [
    ...lineage(prototype, base).reverse().flatMap(Object.getOwnPropertyNames),
    ...marks.map(([name]) => name),
  ];
  return {
    ...definition,
    computed: [...new Set(names)].filter(
      (name) =>
        ["computed", "virtual"].includes(standingOf(prototype, name, definition)) &&
        !name.startsWith("_"),
    ),
  };
}

/** Describes a class of the server's records; the caller keeps the result per class. */
export function defineRecord(source: RecordDefinitionSource): RecordDefinition {
  const { modelClass, shape, base, associations = [], pluginVirtuals = [], suggest } = source;
  const marked = (names: Iterable<string>, standing: Standing) =>
    Array.from(names, (name) => [name, standing] as const);
  return {
    ...describeClass({ modelClass, shape, base }, [
      ...marked(pluginVirtuals, "computed"),
      ...marked(associations, "association"),
    ]),
    associations: new Set(associations),
    suggest,
  };
}
