/** What records may be given, computed from the record type: new, build, create, update. Types only. */

import type {
  ColumnName,
  FactsOf,
  FullOf,
  LoadedAssociation,
  OwnAssociation,
  TableOf,
  TargetByName,
  VirtualName,
} from "../query/types";
import type { FieldMap, IncludeMap, MethodMap, Payload } from "../record/payload";
import type { BaseOf } from "../schema/meta";
import type { RequiredColumns, WritableColumns } from "../schema/shapes";

/** The table constant behind a record type. */
type TableShapeOf<Row> =
  TableOf<Row> extends infer Table extends {
    readonly columns: object;
    readonly rowClass: abstract new () => unknown;
  }
    ? Table
    : never;

/** Columns that Model() was given a default for. */
type DefaultedName<Row> = FactsOf<Row> extends { readonly defaulted: infer Names } ? Names : never;

type RequiredName<Row> = [DefaultedName<Row>] extends [never]
  ? RequiredColumns<TableShapeOf<Row>> & ColumnName<Row>
  : Exclude<RequiredColumns<TableShapeOf<Row>> & ColumnName<Row>, DefaultedName<Row>>;
type WritableName<Row> = WritableColumns<TableShapeOf<Row>> & ColumnName<Row>;

type Method = (...args: never[]) => unknown;

/** Two types that differ in nothing, not even in `readonly`. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Virtuals that can be assigned: a getter without a setter cannot. */
type SettableName<Row> = {
  [Name in VirtualName<Row>]: Same<
    Pick<Row, Name>,
    { -readonly [Key in Name]: Row[Key] }
  > extends true
    ? Name
    : never;
}[VirtualName<Row>];

/** Virtuals that plugins declare on every record; the library's own members are methods or cannot be written. */
type SharedVirtualName<Base> = Base extends infer Members
  ? {
      [Name in keyof Members & string]: Members[Name] extends Method
        ? never
        : Same<Pick<Members, Name>, { -readonly [Key in Name]: Members[Key] }> extends true
          ? Name
          : never;
    }[keyof Members & string]
  : never;

/** What `new` takes: columns that may be written. */
export type NewAttributes<Row> = {
  [Name in WritableName<Row>]?: Row[Name] | undefined;
};

type RequiredAttributes<Row> = { [Name in RequiredName<Row>]: Row[Name] };
type SettableVirtuals<Row> = {
  [Name in SettableName<Row> | (SharedVirtualName<BaseOf<Row>> & keyof Row)]?:
    | Row[Name]
    | undefined;
};

// Conditional types, though nothing is asked: while a static method infers its class, the compiler looks up
// each given key in mapped types, for the class is not known yet, and only then once more in earnest.

/** What a bulk insert takes: required columns required, generated ones absent. */
export type InsertAttributes<Row> = Row extends infer Given
  ? RequiredAttributes<Given> & NewAttributes<Given>
  : never;

/** What build() takes: columns that may be written, and virtuals. */
export type BuildAttributes<Row> = Row extends infer Given
  ? NewAttributes<Given> & SettableVirtuals<Given>
  : never;

/** What create() takes: required columns required, virtuals allowed. */
export type CreateAttributes<Row> = Row extends infer Given
  ? RequiredAttributes<Given> & NewAttributes<Given> & SettableVirtuals<Given>
  : never;

/** What update() and assignAttributes() take; columns that select() left out, too. */
export type UpdateAttributes<Row> = NewAttributes<FullOf<Row>> & SettableVirtuals<Row>;

/** The changes of a record, attribute by attribute. */
export type ChangesOf<Row> = {
  [Name in ColumnName<Row>]?: { was: Row[Name] | undefined; now: Row[Name] };
};

/** What a new record of an association may be given: its columns and virtuals, without what the association sets. */
export type AssociatedAttributes<Row, Name> = BuildAttributes<TargetByName<Row, Name>>;

/**
 * Types that depend on the class of a record, for the methods of every record. As members they can be looked up
 * through `this`, which the compiler resolves inside a class body, where it leaves generic types undecided.
 */
export interface SelfTypes<Row> extends SharedTypes<FullOf<Row>> {
  readonly json: Payload<Row>;
  readonly changes: ChangesOf<Row>;
}

/** Of those, what is the same for all records of a class, whatever select() and includes() made of them. */
interface SharedTypes<Row> {
  readonly fields: FieldMap<Row>;
  readonly methods: MethodMap<Row>;
  readonly include: IncludeMap<Row>;
  readonly update: UpdateAttributes<Row>;
  /** By name, what load() gives. */
  readonly loads: { readonly [Name in OwnAssociation<Row>]: LoadedAssociation<Row, Name> };
  /** By name of an association, one of its records. */
  readonly targets: { readonly [Name in OwnAssociation<Row>]: TargetByName<Row, Name> };
  /** By name of an association, what its new records may be given. */
  readonly builds: { readonly [Name in OwnAssociation<Row>]: AssociatedAttributes<Row, Name> };
}
