/** Describes a class of records: once per class, at its first use. Browser-safe. */
import type { RecordDefinition } from "./definition";
import { sensitiveNames } from "./sensitive";
import type { RecordShape } from "./shape";
import type { RecordClass } from "./typename";
import { computedVirtuals } from "./virtuals";

/** What the caller of `defineRecord` knows. */
export interface RecordDefinitionSource {
  modelClass: RecordClass;
  shape: RecordShape;
  /** The prototype of the class that `Model()` or `FrontendModel()` returned. */
  base: object;
  associations?: Iterable<string>;
  /** Computed virtuals that plugins contribute. */
  pluginVirtuals?: Iterable<string>;
}

/** Describes a class of records; the caller keeps the result per class. */
export function defineRecord(source: RecordDefinitionSource): RecordDefinition {
  const { modelClass, shape, base } = source;
  const associations = new Set(source.associations);
  const own = computedVirtuals(modelClass, base, [...shape.names, ...associations]);
  return {
    modelClass,
    shape,
    base,
    associations,
    computed: [...new Set([...own, ...(source.pluginVirtuals ?? [])])],
    sensitive: sensitiveNames(modelClass),
  };
}
