/** A model class as the rooms of model/ handle it. */
import type { TableDefinition } from "../schema/table";

/** A concrete class: what Model() made, or what extends it; plugins merge the statics they read. */
export interface ModelClass<Row extends object = object> {
  new (attributes?: never): Row;
  readonly name: string;
  readonly prototype: Row;
  readonly typename?: string;
  readonly tableDefinition: TableDefinition;
}
