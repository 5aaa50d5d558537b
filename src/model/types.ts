/** The types of the model room: what a model class and its records look like to the checker. Types only. */
import type { ColumnName, HasMeta, OwnName } from "../schema/meta";
import type { RowOf } from "../schema/shapes";
import type { TableDefinition } from "../schema/table";
import type { BaseModel } from "./record";

/** A class whose instances are `Row`; what a static method asks of `this`. */
export type ClassOf<Row> = abstract new (...args: never[]) => Row;

/** The record type of a table and its associations. */
export type ModelInstance<
  Table extends TableDefinition,
  Associations,
  Facts = unknown,
> = RowOf<Table> & BaseModel & HasMeta<Table, Associations, Facts>;

/** For `static sensitiveFields = [...] satisfies SensitiveFields<User>`: flags misspelt attributes. */
export type SensitiveFields<Row> = readonly ((ColumnName<Row> | OwnName<Row>) & string)[];
