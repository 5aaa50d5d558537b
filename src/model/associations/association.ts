/** What an association is to the loaders, whatever its kind. Interfaces only. */
import type { Hop, RecordSource, SourceAssociation } from "../../query/source";
import type { ColumnDefinition, TableDefinition } from "../../schema/table";
import type { ModelClass } from "../class";
import type { AssociationDefinition, AssociationScope, ModelReference } from "./define";

/** What an association needs of the models at its ends; ModelInfo is one. */
export interface AssociatedModel {
  readonly name: string;
  /** What a `_type` column holds for the model's records: the name of the topmost class of the application. */
  readonly typeName: string;
  readonly table: TableDefinition;
  readonly modelClass: ModelClass;
  readonly source: RecordSource<object>;
  readonly associations: ReadonlyMap<string, Association>;
  resolve(reference: ModelReference, wantedBy: string): AssociatedModel;
  modelNamed(name: string): AssociatedModel | undefined;
  /** The model of a record. */
  modelOf(record: object): AssociatedModel;
  /** A new record, not saved. */
  build(attributes: object): object;
}

/** A scope as the loaders call it: with the query and the class it is about. */
export type AnyScope = AssociationScope<never>;

/** An association as the loaders use it. */
export interface Association extends SourceAssociation {
  readonly definition: AssociationDefinition;
  readonly owner: AssociatedModel;
  /** "User.posts", for messages. */
  readonly place: string;
  /** Attributes of the owner that say what belongs to it: a change of one makes what was loaded stale. */
  readonly ownerKey: readonly string[];
  /** The hops to the target with default scopes applied, and `extra` scopes on the target. */
  route(extra: readonly AnyScope[]): readonly Hop[];
}

/** A column of the owner, as the first step of a route needs it. */
export interface OwnerColumn {
  readonly attribute: string;
  /** Name in the database. */
  readonly name: string;
  /** The type its values are sent as. */
  readonly definition: ColumnDefinition;
}

/** How to get from keys of owners to the records of one target class. */
export interface Route {
  readonly place: string;
  readonly target: AssociatedModel;
  readonly owner: readonly OwnerColumn[];
  readonly hops: readonly Hop[];
  /** The target's own default scope; an includes() override takes its place. */
  readonly scope: AnyScope | undefined;
  /** One record for each key, though the tables may have more: the first by the scope's order or by primary key. */
  readonly takesFirst: boolean;
  /** Each target once for a key, however many ways lead to it. */
  readonly distinct: boolean;
}

export function columnName(table: TableDefinition, attribute: string): string {
  return table.columns[attribute]?.columnName ?? attribute;
}

/** Whether at most one row can hold a given combination of these attributes. */
export function isUnique(table: TableDefinition, attributes: readonly string[]): boolean {
  const names = attributes.map((attribute) => columnName(table, attribute));
  const within = (unique: readonly string[], given: readonly string[]) =>
    unique.length > 0 && unique.every((name) => given.includes(name));
  return (
    within(table.primaryKey, attributes) ||
    Object.values(table.indexes).some(
      (index) => index.unique === true && index.where === undefined && within(index.columns, names),
    )
  );
}
