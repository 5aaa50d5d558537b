/**
 * What the type checker knows of a record besides its members: table, columns, associations. Types only:
 * the symbols are phantoms that no value ever has. Browser-safe.
 */
import type { RowOf } from "./shapes";

/** The table definition. */
export declare const TABLE: unique symbol;
/** The generated row class: exactly the columns. */
export declare const ROW: unique symbol;
/** The associations given to Model(). */
export declare const LINKS: unique symbol;
/** The members that every record has. */
export declare const BASE: unique symbol;
/** Further facts given to Model(): sensitive columns, scopes. */
export declare const FACTS: unique symbol;

/** The record type before select() and includes() changed it. */
export declare const FULL: unique symbol;
/** Types computed from the class of the record itself; see SelfTypes. */
export declare const SELF: unique symbol;

/** What declarations given to Model() tell the types of its results. */
export interface Facts<Sensitive, Scopes, Defaulted> {
  /** Columns that no payload has. */
  readonly sensitive: Sensitive;
  readonly scopes: Scopes;
  /** Columns that need not be given. */
  readonly defaulted: Defaulted;
}

/** Marks the instance type of a model. No interface: of those the checker makes a copy for each type of `this`. */
export type HasMeta<Table, Associations, Facts = unknown> = {
  readonly [TABLE]: Table;
  readonly [ROW]: RowOf<Table>;
  readonly [LINKS]: Associations;
  readonly [FACTS]: Facts;
};

// Conditional types with inference: the compiler keeps their result for each record type, and looks it up.

/** The table definition behind an instance type. */
export type TableOf<Row> = Row extends { readonly [TABLE]: infer Table } ? Table : never;

/** The entries of the table definition's columns behind an instance type. */
export type ColumnFacts<Row> = Row extends {
  readonly [TABLE]: { readonly columns: infer Columns };
}
  ? Columns
  : never;

/** The generated row of an instance type, as the table has it; a type without a table is its own row. */
export type ColumnsOf<Row> = Row extends { readonly [ROW]: infer Columns } ? Columns : Row;

/** The associations declared in the second argument of Model(). */
export type AssociationsOf<Row> = Row extends { readonly [LINKS]: infer Associations }
  ? Associations
  : never;

/** The members that every record has, whatever its class. */
export type BaseOf<Row> = Row extends { readonly [BASE]: infer Base } ? Base : unknown;

/** What the third argument of Model() says. */
export type FactsOf<Row> = Row extends { readonly [FACTS]: infer Facts } ? Facts : unknown;

/** The record type with all of its columns: of what select() and includes() gave, the one they started from. */
export type FullOf<Row> = Row extends { readonly [FULL]?: infer Full }
  ? unknown extends Full
    ? Row
    : Full
  : Row;

/** Attribute names: exactly the columns, never methods, getters or associations. */
export type ColumnName<Row> = Row extends { readonly [ROW]: infer Columns }
  ? keyof Columns & keyof Row & string
  : keyof Row & string;

/** The columns of a record with the types that the model narrowed by `declare`. */
export type Attributes<Row> = { [Name in ColumnName<Row>]: Row[Name] };

/** No key of any record: the rest below always has one, and so is always inferred. */
declare const NONE: unique symbol;

/**
 * `Keys` without `Known`. Inference to a union leaves out what both sides have, and instantiates nothing for it;
 * Exclude asks each of a hundred members.
 */
type Rest<Keys, Known> = Keys | typeof NONE extends infer Others | Known ? Others & Keys : never;

/** Members that the application's class adds: virtuals, getters, methods, associations declared on the class. */
export type OwnName<Row> = Row extends {
  readonly [ROW]: infer Columns;
  readonly [BASE]: infer Base;
}
  ? Rest<keyof Row, keyof Columns | keyof Base>
  : never;

type Method = (...args: never[]) => unknown;

/** Fields that the class adds to its columns: virtuals, getters and associations set by hand. */
export type VirtualName<Row> = {
  [Name in OwnName<Row>]: Row[Name] extends Method ? never : Name;
}[OwnName<Row>];

type MetaKey = typeof TABLE | typeof ROW | typeof LINKS | typeof BASE | typeof FACTS;

/** A record on which only `Names` of the columns were selected. */
export type Selected<Row, Names extends PropertyKey> = Pick<
  Row,
  ((Names | MetaKey) & keyof Row) | OwnName<Row>
> &
  BaseOf<Row> & { readonly [FULL]?: FullOf<Row> };
