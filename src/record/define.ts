/** Describes a class of records: once per class, at its first use. Browser-safe. */
import type { RecordDefinition, Standing, Suggest } from "./definition";
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
  const standings = prototypeNames(modelClass, base);
  const mark = (names: Iterable<string>, standing: Standing) => {
    for (const name of names) standings.set(name, standing);
  };
  mark(pluginVirtuals, "computed");
  mark(associations, "association");
  mark(shape.names, "column");
  return {
    name: modelClass.typename ?? modelClass.name,
    modelClass,
    shape,
    base,
    standings,
    associations: new Set(associations),
    // An accessor of the user's class: it can be read, whether or not it can be set.
    computed: [...standings]
      .filter(([name, standing]) => /^comp|^vir/.test(standing) && !name.startsWith("_"))
      .map(([name]) => name),
    sensitive: sensitiveNames(modelClass),
    suggest,
  };
}
