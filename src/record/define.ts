/** Describes a class of records: once per class, at its first use. Browser-safe. */
import type { RecordDefinition, Suggest } from "./definition";
import { sensitiveNames } from "./sensitive";
import type { RecordShape } from "./shape";
import type { RecordClass } from "./typename";
import { prototypeNames } from "./virtuals";

/** What the caller of `defineRecord` knows. */
export interface RecordDefinitionSource {
  modelClass: RecordClass;
  shape: RecordShape;
  /** The prototype of the class that `Model()` or `FrontendModel()` returned. */
  base: object;
  associations?: Iterable<string>;
  /** Computed virtuals that plugins contribute. */
  pluginVirtuals?: Iterable<string>;
  /** `didYouMean`, where its size does not matter. */
  suggest?: Suggest;
}

/** Describes a class of records; the caller keeps the result per class. */
export function defineRecord(source: RecordDefinitionSource): RecordDefinition {
  const { modelClass, shape, base, associations = [], pluginVirtuals = [], suggest } = source;
  const [standings, getters] = prototypeNames(modelClass, base);
  for (const name of pluginVirtuals) standings.set(name, "computed");
  for (const name of associations) standings.set(name, "association");
  for (const name of shape.names) standings.set(name, "column");
  return {
    modelClass,
    shape,
    base,
    standings,
    associations: new Set(associations),
    computed: [...new Set([...getters, ...pluginVirtuals])].filter((name) =>
      /virtual|computed/.test(standings.get(name) ?? ""),
    ),
    sensitive: sensitiveNames(modelClass),
    suggest,
  };
}
