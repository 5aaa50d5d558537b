/** The types of the model room: what a model class and its records look like to the checker. Types only. */
import type { ColumnName, HasMeta, RowOf, TableOf } from "../query/types";
import type { RequiredColumns, WritableColumns } from "../schema/shapes";
import type { TableDefinition } from "../schema/table";
import type { BaseModel } from "./record";

/** A class whose instances are `Row`; what a static method asks of `this`. */
export type ClassOf<Row> = abstract new (...args: never[]) => Row;

type Shape<Row> =
  TableOf<Row> extends infer Table extends {
    readonly columns: object;
    readonly rowClass: abstract new () => unknown;
  }
    ? Table
    : never;

/** Fields that the class adds to its columns: virtuals, getters and associations set by hand. */
export type VirtualName<Row> = {
  [Name in Exclude<keyof Row, ColumnName<Row> | keyof BaseModel | symbol>]: Row[Name] extends (
    ...args: never[]
  ) => unknown
    ? never
    : Name;
}[Exclude<keyof Row, ColumnName<Row> | keyof BaseModel | symbol>];

/** What `new` takes: columns that may be written. */
export type NewAttributes<Row> = {
  [Name in WritableColumns<Shape<Row>> & ColumnName<Row>]?: Row[Name] | undefined;
};

/** What a bulk insert takes: required columns required, generated ones absent. */
export type InsertAttributes<Row> = {
  [Name in RequiredColumns<Shape<Row>> & ColumnName<Row>]: Row[Name];
} & NewAttributes<Row>;

/** What build() takes: columns that may be written, and virtuals. */
export type BuildAttributes<Row> = NewAttributes<Row> & {
  [Name in VirtualName<Row>]?: Row[Name] | undefined;
};

/** What create() takes: required columns required, virtuals allowed. */
export type CreateAttributes<Row> = {
  [Name in RequiredColumns<Shape<Row>> & ColumnName<Row>]: Row[Name];
} & BuildAttributes<Row>;

/** What update() and assignAttributes() take. */
export type UpdateAttributes<Row> = BuildAttributes<Row>;

/** The record type of a table and its associations. */
export type ModelInstance<Table extends TableDefinition, Associations> = RowOf<Table> &
  BaseModel &
  HasMeta<Table, Associations>;
