/** The types of the model room: what a model class and its records look like to the checker. Types only. */
import type { ColumnName, HasMeta, RowOf } from "../query/types";
import type { RequiredColumns } from "../schema/shapes";
import type { TableDefinition } from "../schema/table";
import type { BaseModel, BuildAttributes, NewAttributes, TableShapeOf } from "./record";

/** A class whose instances are `Row`; what a static method asks of `this`. */
export type ClassOf<Row> = abstract new (...args: never[]) => Row;

/** What a bulk insert takes: required columns required, generated ones absent. */
export type InsertAttributes<Row> = {
  [Name in RequiredColumns<TableShapeOf<Row>> & ColumnName<Row>]: Row[Name];
} & NewAttributes<Row>;

/** What create() takes: required columns required, virtuals allowed. */
export type CreateAttributes<Row> = {
  [Name in RequiredColumns<TableShapeOf<Row>> & ColumnName<Row>]: Row[Name];
} & BuildAttributes<Row>;

/** The record type of a table and its associations. */
export type ModelInstance<Table extends TableDefinition, Associations> = RowOf<Table> &
  BaseModel &
  HasMeta<Table, Associations>;

/** For `static sensitiveFields = [...] satisfies SensitiveFields<User>`: flags misspelt attributes. */
export type SensitiveFields<Row> = readonly Exclude<
  keyof Row & string,
  Exclude<keyof BaseModel, symbol>
>[];
