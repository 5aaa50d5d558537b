/** What is known of a class of records: columns, members, virtuals, secrets. Browser-safe. */
import type { RecordShape } from "./shape";
import type { RecordClass } from "./typename";

/** Under this symbol the prototype of each model gives the definition of its class. */
export const DEFINITION: unique symbol = Symbol.for("baked-orm.definition");

/** How a name stands to the records of a class; these words are part of error messages. */
export type Standing =
  | "column"
  | "association"
  | "virtual"
  | "computed"
  | "a method"
  | "a member"
  | "unknown";

/** Made once per class by `defineRecord`; every function of this room reads it. */
export interface RecordDefinition {
  /** The name of the class, for messages. */
  readonly name: string;
  readonly modelClass: RecordClass;
  readonly shape: RecordShape;
  /** The prototype of the class that `Model()` or `FrontendModel()` returned: members from there on are ours. */
  readonly base: object;
  readonly associations: ReadonlySet<string>;
  /** What columns, associations, virtuals of plugins and members of the user's classes are; `standingOf` knows the rest. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** Getters declared on the user's classes, and the names that plugins contribute. */
  readonly computed: readonly string[];
  /** Names that never leave: the union along the chain of classes, so a subclass can only add. */
  readonly sensitive: ReadonlySet<string>;
  /** Finds what a misspelt name may have meant, for messages; the browser goes without. */
  readonly suggest?: ((name: string) => string) | undefined;
}

/** Anything with a definition: an instance of a model. */
export interface DefinedRecord {
  readonly [DEFINITION]: RecordDefinition;
  toJSON(): unknown;
}

/** Whether the value is an instance of a model. */
export function isRecord(value: unknown): value is DefinedRecord {
  return DEFINITION in Object(value);
}
