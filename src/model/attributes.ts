/** What records may be given, computed from the record type: new, build, create, update. Types only. */

import type {
  AssociationsOf,
  AssociationValue,
  ColumnName,
  FullOf,
  LoadedAssociation,
  OwnAssociation,
  TARGET,
  TableOf,
  TargetByName,
  VirtualName,
  WritableName,
} from "../query/types";
import type { Payload, PayloadNames } from "../record/payload";
import type { BaseOf, ColumnFacts, FACTS, TABLE } from "../schema/meta";
import type { RequiredOf } from "../schema/shapes";

/** Columns that Model() was given a default for. */
type DefaultedName<Row> = Row extends { readonly [FACTS]: { readonly defaulted: infer Names } }
  ? Names
  : never;

type RequiredName<Row> =
  DefaultedName<Row> extends never
    ? RequiredOf<ColumnFacts<Row>> & ColumnName<Row>
    : Exclude<RequiredOf<ColumnFacts<Row>> & ColumnName<Row>, DefaultedName<Row>>;

type Method = (...args: never[]) => unknown;

type Writable<Row, Name extends keyof Row> = { -readonly [Key in Name]: Row[Key] };

/**
 * The name, unless it is `readonly`. Inference to a union leaves out what both sides have, and only what is the
 * same to the last modifier; asking whether two generic functions are the same, as is usual, costs twice as much.
 */
type IfSettable<Row, Name extends keyof Row> = Pick<Row, Name> | Name extends
  | infer Rest
  | Writable<Row, Name>
  ? Rest | Name extends Name
    ? Name
    : never
  : never;

/** Virtuals that can be assigned: a getter without a setter cannot. */
type SettableName<Row, Names extends keyof Row = VirtualName<Row>> = {
  [Name in Names]: IfSettable<Row, Name>;
}[Names];

/** Virtuals that plugins declare on every record; the library's own members are methods or cannot be written. */
type SharedVirtualName<Base> = Base extends infer Members
  ? {
      [Name in keyof Members & string]: Members[Name] extends Method
        ? never
        : IfSettable<Members, Name>;
    }[keyof Members & string]
  : never;

/** What `new` takes: columns that may be written. */
export type NewAttributes<Row> = {
  [Name in WritableName<Row>]?: Row[Name] | undefined;
};

type RequiredAttributes<Row> = { [Name in RequiredName<Row>]: Row[Name] };

/** Records in place of the keys that refer to them; of a record of whatever table no association is known. */
type AssociatedRecords<Row> = RecordsOf<AssociationsOf<Row>>;

type RecordsOf<Links> = string extends keyof Links
  ? unknown
  : { [Name in keyof Links]?: AssociationValue<Links[Name]> | undefined };

type ForeignKeysOf<Row> = Row extends {
  readonly [TABLE]: { readonly foreignKeys: infer Keys };
}
  ? Keys[keyof Keys]
  : never;

type KeyColumn<Row> = Row extends {
  readonly [TABLE]: {
    readonly foreignKeys: {
      readonly [Key in string]: { readonly columns: readonly (infer Name)[] };
    };
  };
}
  ? // Nothing is inferred from a table without foreign keys.
    unknown extends Name
    ? never
    : Name
  : never;

/** Columns that refer to another record: by the schema, or by the name of an association. */
type ReferringName<Row> = KeyColumn<Row> | `${keyof AssociationsOf<Row> & string}${"Id" | "Type"}`;

/** Required columns in whose place a record may be given. */
type RequiredKey<Row> = string extends keyof AssociationsOf<Row>
  ? never
  : RequiredName<Row> & ReferringName<Row>;

/** The name of the table that the column refers to. */
type ReferredTable<Key, Name> = Key extends {
  readonly columns: readonly [Name];
  readonly references: { readonly table: infer Table };
}
  ? Table
  : never;

/** Each belongsTo that sets the column, as an object with it alone. */
type InPlaceOf<Row, Key> = {
  [Name in keyof AssociationsOf<Row> & string]: AssociationsOf<Row>[Name] extends {
    readonly kind: "belongsTo" | "polymorphic";
    readonly [TARGET]: infer Target;
  }
    ? Key extends `${Name}${"Id" | "Type"}`
      ? { readonly [Own in Name]: Target }
      : TableOf<Target> extends {
            readonly tableName: ReferredTable<ForeignKeysOf<Row>, Key>;
          }
        ? { readonly [Own in Name]: Target }
        : never
    : never;
}[keyof AssociationsOf<Row> & string];

type All<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  each: infer Intersection,
) => void
  ? Intersection
  : never;

/** For each of the columns: its value, or the record it refers to. */
type KeysOrRecords<Row, Names extends keyof Row> =
  All<
    { [Key in Names]: { each: { [Own in Key]: Row[Own] } | InPlaceOf<Row, Key> } }[Names]
  > extends { each: infer Given }
    ? Given
    : never;

/** Required columns; in place of a foreign key the record it refers to. */
type GivenAttributes<Row> =
  RequiredKey<Row> extends never
    ? RequiredAttributes<Row>
    : { [Name in Exclude<RequiredName<Row>, RequiredKey<Row>>]: Row[Name] } & KeysOrRecords<
        Row,
        RequiredKey<Row> & keyof Row
      >;

type SettableVirtuals<
  Row,
  // A parameter: the checker works out the keys of a mapped type more than once.
  Names extends keyof Row = SettableName<Row> | (SharedVirtualName<BaseOf<Row>> & keyof Row),
> = { [Name in Names]?: Row[Name] | undefined };

// Conditional types, though nothing is asked: while a static method infers its class, the compiler looks up
// each given key in mapped types, for the class is not known yet, and only then once more in earnest.

/** What a bulk insert takes: required columns required, generated ones absent. */
export type InsertAttributes<Row> = Row extends infer Given
  ? RequiredAttributes<Given> & NewAttributes<Given>
  : never;

/** What can be assigned by name alone: columns that may be written, and virtuals. */
export type AssignableAttributes<Row> = NewAttributes<Row> & SettableVirtuals<Row>;

type Updates<Row> = AssignableAttributes<Row> & AssociatedRecords<Row>;

/** What findOrCreateBy() adds to its conditions: columns that may be written, virtuals and associated records. */
export type PartialAttributes<Row> = Row extends infer Given ? Updates<Given> : never;

/** What build() and create() take: required columns, or the records their keys refer to, required; virtuals allowed. */
export type CreateAttributes<Row> = Row extends infer Given
  ? GivenAttributes<Given> & AssignableAttributes<Given> & AssociatedRecords<Given>
  : never;

/** What update() and assignAttributes() take; columns that select() left out, too. */
export type UpdateAttributes<Row> = Updates<FullOf<Row>>;

/** The changes of a record, attribute by attribute. */
export type ChangesOf<Row> = {
  [Name in ColumnName<Row>]?: { was: Row[Name] | undefined; now: Row[Name] };
};

/** What a new record of an association may be given: its columns and virtuals, without what the association sets. */
export type AssociatedAttributes<Row, Name> =
  TargetByName<Row, Name> extends infer Target
    ? {
        [Own in Exclude<
          RequiredName<Target>,
          ReferringName<Target> | `${string}${"Id" | "Type"}`
        >]: Target[Own];
      } & AssignableAttributes<Target> &
        AssociatedRecords<Target>
    : never;

/**
 * Types that depend on the class of a record, for the methods of every record. As members they can be looked up
 * through `this`, which the compiler resolves inside a class body, where it leaves generic types undecided.
 */
export interface SelfTypes<Row> extends SharedTypes<FullOf<Row>> {
  readonly json: Payload<Row>;
  readonly changes: ChangesOf<Row>;
}

/** Of those, what is the same for all records of a class, whatever select() and includes() made of them. */
interface SharedTypes<Row> extends PayloadNames<Row> {
  readonly update: Updates<Row>;
  /** By name, what load() gives. */
  readonly loads: { readonly [Name in OwnAssociation<Row>]: LoadedAssociation<Row, Name> };
  /** By name of an association, one of its records. */
  readonly targets: { readonly [Name in OwnAssociation<Row>]: TargetByName<Row, Name> };
  /** By name of an association, what its new records may be given. */
  readonly builds: { readonly [Name in OwnAssociation<Row>]: AssociatedAttributes<Row, Name> };
}
