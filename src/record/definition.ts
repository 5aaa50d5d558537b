/** What is known of a class of records: columns, members, virtuals, secrets. Browser-safe. */
import type { RecordShape } from "./shape";
import type { RecordClass } from "./typename";

/** Under this symbol the prototype of each model gives the definition of its class. */
export const DEFINITION: unique symbol = Symbol.for("baked-orm.definition");

/** Made once per class by `defineRecord`; every function of this room reads it. */
export interface RecordDefinition {
  readonly modelClass: RecordClass;
  readonly shape: RecordShape;
  /** The prototype of the class that `Model()` or `FrontendModel()` returned: members from there on are ours. */
  readonly base: object;
  readonly associations: ReadonlySet<string>;
  /** Getters declared on the user's classes, and the names that plugins contribute. */
  readonly computed: readonly string[];
  /** Names that never leave: the union along the chain of classes, so a subclass can only add. */
  readonly sensitive: ReadonlySet<string>;
}

/** Anything with a definition: an instance of a model. */
export interface DefinedRecord {
  readonly [DEFINITION]: RecordDefinition;
}

/** Whether the value is an instance of a model. */
export function isRecord(value: unknown): value is DefinedRecord {
  return typeof value === "object" && value !== null && DEFINITION in value;
}
