/** One association of one model, resolved at its first use: where it leads and by which columns. */
import { AssociationError } from "../../errors";
import type { Hop, RecordSource, SourceAssociation } from "../../query/source";
import type { TableDefinition } from "../../schema/table";
import type { ModelClass } from "../class";
import type {
  AssociationDefinition,
  BelongsToDef,
  HasManyDef,
  HasOneDef,
  ModelReference,
} from "./define";
import { type KeyPair, keyPair } from "./keys";

/** What an association needs of the models at its ends; ModelInfo is one. */
export interface AssociatedModel {
  readonly name: string;
  readonly table: TableDefinition;
  readonly modelClass: ModelClass;
  readonly source: RecordSource<object>;
  readonly associations: ReadonlyMap<string, Association>;
  resolve(reference: ModelReference, wantedBy: string): AssociatedModel;
  modelNamed(name: string): AssociatedModel | undefined;
}

/** An association as the loaders use it. */
export interface Association extends SourceAssociation {
  readonly definition: AssociationDefinition;
  readonly owner: AssociatedModel;
  /** "User.posts", for messages. */
  readonly place: string;
}

/** hasMany, hasOne and belongsTo: one step, by one foreign key. */
export class DirectAssociation implements Association {
  readonly name: string;
  readonly definition: HasManyDef | HasOneDef | BelongsToDef;
  readonly owner: AssociatedModel;
  #target: AssociatedModel | undefined;
  #keys: KeyPair | undefined;

  constructor(
    name: string,
    definition: HasManyDef | HasOneDef | BelongsToDef,
    owner: AssociatedModel,
  ) {
    this.name = name;
    this.definition = definition;
    this.owner = owner;
  }

  get cardinality(): "one" | "many" {
    return this.definition.cardinality;
  }

  get place(): string {
    return `${this.owner.name}.${this.name}`;
  }

  get model(): AssociatedModel {
    const { model } = this.definition;
    if (model === undefined) throw new AssociationError(`${this.place} names no model.`);
    this.#target ??= this.owner.resolve(model, this.place);
    return this.#target;
  }

  /** Attribute names on the owner's side and on the target's, pair by pair. */
  get keys(): { readonly owner: readonly string[]; readonly target: readonly string[] } {
    const isBelongsTo = this.definition.kind === "belongsTo";
    if (!this.#keys) {
      const [holder, referred] = isBelongsTo
        ? [this.owner.table, this.model.table]
        : [this.model.table, this.owner.table];
      this.#keys = keyPair(holder, referred, this.definition.options, this.name, this.place);
    }
    const { foreign, primary } = this.#keys;
    return isBelongsTo ? { owner: foreign, target: primary } : { owner: primary, target: foreign };
  }

  target(): RecordSource {
    return this.model.source;
  }

  hops(): readonly Hop[] {
    const { owner, target } = this.keys;
    const { model } = this;
    return [
      {
        source: model.source,
        keys: owner.map((name, index) => ({
          from: columnName(this.owner.table, name),
          to: columnName(model.table, target[index] ?? ""),
        })),
      },
    ];
  }
}

export function columnName(table: TableDefinition, attribute: string): string {
  return table.columns[attribute]?.columnName ?? attribute;
}

/** Makes the association of a declaration. */
export function makeAssociation(
  name: string,
  definition: AssociationDefinition,
  owner: AssociatedModel,
): Association {
  switch (definition.kind) {
    case "hasMany":
    case "hasOne":
    case "belongsTo":
      return new DirectAssociation(name, definition, owner);
    default:
      throw new AssociationError(`${owner.name}.${name}: ${definition.kind} cannot be loaded yet.`);
  }
}
