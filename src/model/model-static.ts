/** The class side of a model as the type checker sees it; plugins merge their statics into this interface. */
import type { TableDefinition } from "../schema/table";
import type { NewAttributes } from "./attributes";
import type { ModelStatics } from "./statics";

/** The members of a model class. */
export interface ModelStatic<Row = unknown> extends Omit<typeof ModelStatics, "prototype"> {
  /** A new record, not saved. Takes columns; virtuals go through build(). */
  new (attributes?: NewAttributes<Row>): Row;
  readonly tableDefinition: TableDefinition;
  readonly tableName: string;
  /** The first column of the primary key. */
  readonly primaryKeyField: string;
}
