/** What a class that Model() made was made from. */
import type { HydrateOptions, LoadPlan } from "../query/source";
import type { TableDefinition } from "../schema/table";
import type { AssociatedModel } from "./associations/association";
import type { AssociationDefinition } from "./associations/define";

/** Loads associations of records; given by the associations' own files, which know how. */
type Preloader = (
  owner: AssociatedModel,
  records: readonly object[],
  plan: LoadPlan,
  options: HydrateOptions,
) => Promise<void>;

/** Under this symbol a class that Model() made keeps what it was made from. */
export const ORIGIN: unique symbol = Symbol("baked-orm.origin");

export interface ModelOrigin {
  readonly table: TableDefinition;
  readonly associations: Readonly<Record<string, AssociationDefinition>>;
  /** The prototype of the class that Model() made: the library's members start there. */
  readonly base: object;
  readonly preload: Preloader;
  /** Gives the prototype of a class its association properties. */
  readonly defineAssociations: (prototype: object, names: readonly string[]) => void;
}
