/** The shapes that queries accept and give, computed from the record type. Types only. */

import type { ManyAssociation, OneAssociation, TARGET } from "../schema/associations";
import type {
  AssociationsOf,
  ColumnFacts,
  ColumnName,
  FactsOf,
  FullOf,
  TABLE,
  TableOf,
} from "../schema/meta";
import type { WritableOf } from "../schema/shapes";

export type * from "../schema/associations";
export type * from "../schema/meta";

/** Columns that may be written: the database does not compute them. */
export type WritableName<Row> = WritableOf<ColumnFacts<Row>> & ColumnName<Row>;

/** Anything that can stand as a subquery. */
export interface SubqueryOperand {
  readonly [Symbol.toStringTag]: "QueryBuilder";
}

interface Equality<Value> {
  /** `=`, or IS NULL. */
  eq?: Value | SubqueryOperand;
  /** `<>`, or IS NOT NULL. */
  ne?: Value | SubqueryOperand;
  /** One of the list; an empty list matches nothing; null in it matches NULL. */
  in?: readonly Value[] | SubqueryOperand;
  /** None of the list; an empty list matches everything. */
  not_in?: readonly Value[] | SubqueryOperand;
}

interface Ordering<Value> {
  gt?: NonNullable<Value> | SubqueryOperand;
  gte?: NonNullable<Value> | SubqueryOperand;
  lt?: NonNullable<Value> | SubqueryOperand;
  lte?: NonNullable<Value> | SubqueryOperand;
  /** Both ends included. */
  between?: readonly [NonNullable<Value>, NonNullable<Value>];
}

interface Matching {
  /** LIKE with its wildcards. */
  like?: string;
  ilike?: string;
  /** The value anywhere inside; `%`, `_` and `\` stand for themselves. */
  contains?: string;
  starts_with?: string;
  ends_with?: string;
  /** Full text: the words of a web search. */
  matches?: string;
  /** Range columns: the other contains this one. */
  contained_by?: string;
  /** Range columns: they have a point in common. */
  overlaps?: string;
}

interface Containment<Value> {
  contains?: Value;
  contained_by?: Value;
  overlaps?: Value;
}

interface JsonOperators {
  eq?: unknown;
  ne?: unknown;
  in?: readonly unknown[];
  not_in?: readonly unknown[];
  contains?: unknown;
  contained_by?: unknown;
  /** A jsonpath predicate: `"$.tags[*] == \"red\""`. */
  matches?: string;
}

type IsUnknown<Value> = unknown extends Value ? true : false;

/** The operators a value of this type has. */
export type WhereOperators<Value> =
  IsUnknown<Value> extends true
    ? JsonOperators
    : [NonNullable<Value>] extends [boolean]
      ? Equality<Value>
      : [NonNullable<Value>] extends [Uint8Array]
        ? Equality<Value> & Ordering<Value>
        : [NonNullable<Value>] extends [readonly unknown[]]
          ? Equality<Value> & Ordering<Value> & Containment<Value>
          : [NonNullable<Value>] extends [string]
            ? Equality<Value> & Ordering<Value> & Matching
            : Equality<Value> & Ordering<Value>;

/** A scalar, null, a list, an operator record or a subquery. */
export type WhereValue<Value> =
  IsUnknown<Value> extends true
    ? unknown
    : Value | readonly Value[] | WhereOperators<Value> | SubqueryOperand;

/** Conditions on a to-many association. */
interface ManyConditions<Target> {
  /** At least one record matches. */
  some?: Where<Target>;
  /** No record matches. */
  none?: Where<Target>;
  /** No record fails to match. */
  every?: Where<Target>;
}

interface OneConditions<Target> {
  /** The record is there and matches. */
  is?: Where<Target> | null;
  /** The record is missing or does not match. */
  isNot?: Where<Target> | null;
  some?: Where<Target>;
  none?: Where<Target>;
}

type AssociationConditions<Definition> =
  Definition extends ManyAssociation<unknown>
    ? ManyConditions<Definition[typeof TARGET]>
    : Definition extends OneAssociation<unknown>
      ? OneConditions<Definition[typeof TARGET]>
      : never;

type WhereColumns<Row> = {
  [Name in ColumnName<Row>]?: WhereValue<Row[Name]>;
};

// Of a record of whatever table no association is known.
type WhereAssociations<Links> = string extends keyof Links
  ? unknown
  : { [Name in keyof Links]?: AssociationConditions<Links[Name]> };

type WhereGroups<Row> = {
  /** At least one of them holds. */
  or?: readonly Where<Row>[];
  /** All of them hold. */
  and?: readonly Where<Row>[];
  /** Not all of it holds; of a list, none of them holds. */
  not?: Where<Row> | readonly Where<Row>[];
};

type WhereOf<Row> = WhereColumns<Row> & WhereAssociations<AssociationsOf<Row>> & WhereGroups<Row>;

/** The argument of where(): keys are AND-ed. */
export type Where<Row> = FullOf<Row> extends infer Full ? WhereOf<Full> : never;

/** Conditions of find() and findBy(): scalars and lists only, safe for values from a request. */
export type PlainConditions<Row> = {
  [Name in ColumnName<Row>]?: Row[Name] | readonly Row[Name][];
};

export type OrderDirection = "ASC" | "DESC";

export type OrderValue =
  | OrderDirection
  | "ASC NULLS FIRST"
  | "ASC NULLS LAST"
  | "DESC NULLS FIRST"
  | "DESC NULLS LAST";

/** Numbers also as text: keys often come from a URL. */
type KeyValue<Value> = [Value] extends [number | bigint] ? Value | string : Value;

type Value<Row, Name> = Name extends keyof Row ? Row[Name] : never;

/** What find() takes: a value, or for a composite key all of its values in order or by name. */
export type PrimaryKey<Row> = Row extends {
  readonly [TABLE]: { readonly primaryKey: readonly [infer Only] };
}
  ? KeyValue<Value<FullOf<Row>, Only>>
  : CompositeKey<Row>;

type CompositeKey<Row> =
  TableOf<Row> extends { readonly primaryKey: infer Names extends readonly string[] }
    ? string extends Names[number]
      ? unknown
      :
          | { readonly [Index in keyof Names]: KeyValue<Value<FullOf<Row>, Names[Index]>> }
          | { readonly [Name in Names[number]]: KeyValue<Value<FullOf<Row>, Name>> }
    : unknown;

/** What ids() gives for a record: the value of its key, or a tuple where the key has several columns. */
export type KeyOf<Row> =
  TableOf<Row> extends { readonly primaryKey: infer Names extends readonly string[] }
    ? string extends Names[number]
      ? unknown
      : Names extends readonly [infer Only]
        ? Value<FullOf<Row>, Only>
        : { -readonly [Index in keyof Names]: Value<FullOf<Row>, Names[Index]> }
    : unknown;

/** The argument of order(): `{ createdAt: "DESC", id: "ASC" }`. */
export type Order<Row> =
  FullOf<Row> extends infer Full ? { [Name in ColumnName<Full>]?: OrderValue } : never;

/** The tuple that pluck() gives for a list of columns; one column gives its bare value. */
export type Plucked<Row, Names extends readonly string[]> = Names extends readonly [
  infer Only extends keyof Row,
]
  ? Row[Only]
  : {
      -readonly [Index in keyof Names]: Names[Index] extends keyof Row ? Row[Names[Index]] : never;
    };

type ScopesOf<Row> =
  FactsOf<Row> extends { readonly scopes: infer Named }
    ? string extends keyof Named
      ? object
      : Named
    : object;

/** The scopes given to Model(), by name. */
export type ScopeName<Row> = keyof ScopesOf<Row> & string;

/** What a scope takes besides the query. */
export type ScopeArguments<Function> = Function extends (
  query: never,
  ...args: infer Arguments
) => unknown
  ? Arguments
  : never;

/** What query.scope() takes: scopes given to Model(); any name when it was given none. */
export type AnyScopeName<Row> = [ScopeName<Row>] extends [never] ? string : ScopeName<Row>;

/** What the scope of this name takes besides the query. */
export type ScopeArgumentsOf<Row, Name> = Name extends keyof ScopesOf<Row>
  ? ScopeArguments<ScopesOf<Row>[Name]>
  : readonly unknown[];
