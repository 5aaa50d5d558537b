/**
 * What the type checker knows of a record, and the shapes that queries accept. Types only.
 * An instance type carries its table and associations under a phantom symbol: no value ever has it.
 */
declare const META: unique symbol;

/** What a model says of itself to the type checker: its table and its declared associations. */
export interface RecordMeta<Table, Associations> {
  readonly table: Table;
  readonly associations: Associations;
}

/** Marks an instance type; the property never exists at run time. */
export interface HasMeta<Table, Associations> {
  readonly [META]?: RecordMeta<Table, Associations>;
}

/** The generated row class of a table definition. */
export type RowOf<Table> = Table extends { readonly rowClass: new () => infer Row } ? Row : never;

/** The table definition behind an instance type. */
export type TableOf<Row> = Row extends HasMeta<infer Table, infer _Associations> ? Table : never;

/** The associations declared in the second argument of Model(). */
export type AssociationsOf<Row> =
  Row extends HasMeta<infer _Table, infer Associations> ? Associations : never;

/** Attribute names: exactly the columns, never methods, getters or associations. */
export type ColumnName<Row> = keyof RowOf<TableOf<Row>> & keyof Row & string;

/** Columns that a query may name, whether or not select() chose them. */
export type QueryableName<Row> = keyof RowOf<TableOf<Row>> & string;

/** The type of a column's values, as the model narrowed it where it is on the record. */
export type ColumnValue<Row, Name> = Name extends keyof Row
  ? Row[Name]
  : Name extends keyof RowOf<TableOf<Row>>
    ? RowOf<TableOf<Row>>[Name]
    : never;

/** The columns of a record with the types that the model narrowed by `declare`. */
export type Attributes<Row> = { [Name in ColumnName<Row>]: Row[Name] };

/** A to-many association of records of type `Target`. */
export interface ManyAssociation<Target> {
  readonly cardinality: "many";
  readonly target?: Target;
}

/** A to-one association of a record of type `Target`. */
export interface OneAssociation<Target> {
  readonly cardinality: "one";
  readonly target?: Target;
}

/** The record type an association leads to. */
export type TargetOf<Definition> = Definition extends {
  readonly cardinality: "many" | "one";
  readonly target?: infer Target;
}
  ? Exclude<Target, undefined>
  : never;

/** What loading an association gives: a list, or a record or null. */
export type AssociationValue<Definition> =
  Definition extends ManyAssociation<infer Target>
    ? Target[]
    : Definition extends OneAssociation<infer Target>
      ? Target | null
      : never;

/** Associations declared on the class body with `declare posts: Post[]`. */
type DeclaredAssociation<Row> = {
  [Name in Exclude<keyof Row, ColumnName<Row>> & string]: Row[Name] extends
    | readonly HasMeta<infer _T, infer _A>[]
    | HasMeta<infer _U, infer _B>
    | null
    | undefined
    ? unknown extends Row[Name]
      ? never
      : HasAnyMeta<Row[Name]> extends true
        ? Name
        : never
    : never;
}[Exclude<keyof Row, ColumnName<Row>> & string];

type HasAnyMeta<Value> =
  NonNullable<Value> extends readonly (infer Item)[]
    ? typeof META extends keyof Item
      ? true
      : false
    : typeof META extends keyof NonNullable<Value>
      ? true
      : false;

/** Names that load() and includes() accept. */
export type AssociationName<Row> =
  | (keyof AssociationsOf<Row> & string)
  | (string extends keyof AssociationsOf<Row> ? never : DeclaredAssociation<Row>);

/** What `record.load(name)` resolves to. */
export type LoadedAssociation<Row, Name> = Name extends keyof AssociationsOf<Row>
  ? AssociationValue<AssociationsOf<Row>[Name]>
  : Name extends keyof Row
    ? Row[Name]
    : never;

/** The type of one record of an association. */
export type TargetByName<Row, Name> = Name extends keyof AssociationsOf<Row>
  ? TargetOf<AssociationsOf<Row>[Name]>
  : Name extends keyof Row
    ? NonNullable<Row[Name]> extends readonly (infer Item)[]
      ? Item
      : NonNullable<Row[Name]>
    : never;

/** "posts" | "posts.author" | ... checked to a depth of two. */
export type IncludePath<Row, Depth extends 0[] = []> = Depth["length"] extends 2
  ? string
  : {
      [Name in AssociationName<Row>]:
        | Name
        | `${Name}.${IncludePath<TargetByName<Row, Name>, [0, ...Depth]>}`;
    }[AssociationName<Row>];

type Head<Path> = Path extends `${infer First}.${string}` ? First : Path;
type Tail<Path, First extends string> = Path extends `${First}.${infer Rest}` ? Rest : never;

type LoadedValue<Definition, Paths extends string> =
  Definition extends ManyAssociation<infer Target>
    ? Loaded<Target, Paths>[]
    : Definition extends OneAssociation<infer Target>
      ? Loaded<Target, Paths> | null
      : never;

/** A record whose associations on `Paths` are loaded: `Loaded<User, "posts" | "posts.comments">`. */
export type Loaded<Row, Paths extends string> = [Paths] extends [never]
  ? Row
  : Row & {
      [Name in Head<Paths> & keyof AssociationsOf<Row> & string]: LoadedValue<
        AssociationsOf<Row>[Name],
        Tail<Paths, Name>
      >;
    };

/** Alias of `Loaded` for function signatures: `function card(user: With<User, "posts">)`. */
export type With<Row, Paths extends IncludePath<Row>> = Loaded<Row, Paths>;

/** A record on which only `Names` of the columns were selected. */
export type Selected<Row, Names extends ColumnName<Row>> = Omit<
  Row,
  Exclude<ColumnName<Row>, Names>
>;

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
  Definition extends ManyAssociation<infer Target>
    ? ManyConditions<Target>
    : Definition extends OneAssociation<infer Target>
      ? OneConditions<Target>
      : never;

/** The argument of where(): keys are AND-ed. */
export type Where<Row> = {
  [Name in QueryableName<Row>]?: WhereValue<ColumnValue<Row, Name>>;
} & {
  [Name in Exclude<keyof AssociationsOf<Row>, QueryableName<Row>> & string]?: AssociationConditions<
    AssociationsOf<Row>[Name]
  >;
} & {
  or?: readonly Where<Row>[];
  and?: readonly Where<Row>[];
  not?: Where<Row> | readonly Where<Row>[];
};

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

/** What find() takes: a value, or for a composite key all of its values in order or by name. */
export type PrimaryKey<Row> =
  TableOf<Row> extends { readonly primaryKey: infer Names extends readonly string[] }
    ? string extends Names[number]
      ? unknown
      : Names extends readonly [infer Only]
        ? KeyValue<ColumnValue<Row, Only>>
        :
            | { readonly [Index in keyof Names]: KeyValue<ColumnValue<Row, Names[Index]>> }
            | { readonly [Name in Names[number]]: KeyValue<ColumnValue<Row, Name>> }
    : unknown;

/** The argument of order(): `{ createdAt: "DESC", id: "ASC" }`. */
export type Order<Row> = { [Name in QueryableName<Row>]?: OrderValue };

/** The tuple that pluck() gives for a list of columns; one column gives its bare value. */
export type Plucked<Row, Names extends readonly string[]> = Names extends readonly [infer Only]
  ? Only extends keyof Row
    ? Row[Only]
    : never
  : {
      -readonly [Index in keyof Names]: Names[Index] extends keyof Row ? Row[Names[Index]] : never;
    };
