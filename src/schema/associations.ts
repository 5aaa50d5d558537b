/** Associations as the type checker sees them: names, paths, and records on which some are loaded. Types only. */
import type { AssociationsOf, FULL, FullOf, LINKS, OwnName, SELF } from "./meta";

/** The record type that an association leads to. A member is looked up; a conditional type would be asked. */
export declare const TARGET: unique symbol;
/** What loading an association gives. */
export declare const VALUE: unique symbol;

/** A to-many association of records of type `Target`. */
export interface ManyAssociation<Target> {
  readonly cardinality: "many";
  readonly target?: Target;
  readonly [TARGET]: Target;
  readonly [VALUE]: Target[];
}

/** A to-one association of a record of type `Target`. */
export interface OneAssociation<Target> {
  readonly cardinality: "one";
  readonly target?: Target;
  readonly [TARGET]: Target;
  readonly [VALUE]: Target | null;
}

/** Any association, as far as its types go. */
interface Typed {
  readonly [TARGET]: unknown;
  readonly [VALUE]: unknown;
}

/** The record type an association leads to. */
export type TargetOf<Definition> = (Definition & Typed)[typeof TARGET];

/** What loading an association gives: a list, or a record or null. */
export type AssociationValue<Definition> = (Definition & Typed)[typeof VALUE];

/** Whether a value is a record or a list of records: what `declare posts: Post[]` says on the class body. */
type IsRecord<Value> =
  NonNullable<Value> extends
    | { readonly [LINKS]: unknown }
    | readonly { readonly [LINKS]: unknown }[]
    ? true
    : false;

/** Associations declared on the class body with `declare posts: Post[]`. */
export type DeclaredName<Row> = {
  [Name in OwnName<Row>]: IsRecord<Row[Name]> extends true ? Name : never;
}[OwnName<Row>];

/** The names of a class's associations: those given to Model(), and those declared on the class. */
export type OwnAssociation<Row> = (keyof AssociationsOf<Row> | DeclaredName<Row>) & string;

/**
 * Names that load() and includes() accept; of a union, those of every member. Looked up on the record type, which
 * has them listed: a generic signature would list them anew for each class it is used with.
 */
export type AssociationName<Row> = Row extends {
  readonly [SELF]: { readonly loads: infer Loads };
}
  ? keyof Loads & string
  : never;

/** What `record.load(name)` resolves to. */
export type LoadedAssociation<Row, Name> = LoadedOf<AssociationsOf<Row>, Row, Name>;

type LoadedOf<Links, Row, Name> = Name extends keyof Links
  ? (Links[Name] & Typed)[typeof VALUE]
  : Name extends keyof Row
    ? Row[Name]
    : never;

/** The record type that the association of this name leads to. */
export type TargetByName<Row, Name> = Row extends { readonly [LINKS]: infer Links }
  ? Name extends keyof Links
    ? (Links[Name] & Typed)[typeof TARGET]
    : Name extends keyof Row
      ? NonNullable<Row[Name]> extends readonly (infer Item)[]
        ? Item
        : NonNullable<Row[Name]>
      : never
  : never;

/** The record type at the end of a path: of "posts.author" a User. */
export type TargetByPath<Row, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? TargetByPath<TargetByName<Row, Head>, Rest>
  : TargetByName<Row, Path>;

/** "posts" | "posts.author" | ..., three levels deep: for parameters of your own; includes() takes any depth. */
export type IncludePath<Row> = Paths<Row, 2>;

/** Paths with up to `Dots` dots in them. */
type Paths<Row, Dots extends 0 | 1 | 2> =
  | AssociationName<Row>
  | (Dots extends 1 | 2
      ? {
          [Name in AssociationName<Row>]: `${Name}.${Paths<TargetByName<Row, Name>, Dots extends 2 ? 1 : 0>}`;
        }[AssociationName<Row>]
      : never);

/**
 * The path itself when it exists; where it ends, the names that could stand there. Only the path that was
 * given is walked: all paths of a few levels are thousands for each model.
 */
export type CheckedPath<Row, Path extends string> = Path extends string
  ? Reaches<Row, Path> extends true
    ? Path
    : NoInfer<SuggestedPath<Row, Path>>
  : never;

/**
 * Whether there is an association at the end of the path. Names given to Model() are asked first; all names, which
 * are dearer to find, last. Where a name leads nowhere, nothing follows.
 */
type Reaches<Row, Path> =
  Path extends LinkName<Row>
    ? true
    : Path extends `${infer Head}.${infer Rest}`
      ? Reaches<TargetByName<Row, Head>, Rest>
      : Path extends AssociationName<Row>
        ? true
        : false;

type LinkName<Row> = Row extends { readonly [LINKS]: infer Links } ? keyof Links : never;

/** The part of the path that exists, and the names that may follow it. */
type SuggestedPath<Row, Path> = Path extends `${infer Head}.${infer Rest}`
  ? Reaches<Row, Head> extends true
    ? `${Head}.${SuggestedPath<TargetByName<Row, Head>, Rest>}`
    : Suggested<Row, Path>
  : Suggested<Row, Path>;

/** All names, but not before the path is known: listing them while it is inferred would be in vain. */
type Suggested<Row, Path> = Path extends unknown ? AssociationName<Row> : never;

type Head<Path> = Path extends `${infer First}.${string}` ? First : Path;
type Tail<Path, First extends string> = Path extends `${First}.${infer Rest}` ? Rest : never;

type LoadedValue<Value, Paths extends string> = Value extends null
  ? null
  : Value extends readonly (infer Item)[]
    ? Loaded<Item, Paths>[]
    : Loaded<Value, Paths>;

/** A record whose associations on `Paths` are loaded: `Loaded<User, "posts" | "posts.comments">`. */
export type Loaded<Row, Paths extends string> = [Paths] extends [never]
  ? Row
  : Row extends unknown
    ? Row & { readonly [FULL]?: FullOf<Row> } & LoadedValues<
          AssociationsOf<Row>,
          Row,
          Head<Paths> & (keyof AssociationsOf<Row> | keyof Row) & string,
          Paths
        >
    : never;

// The names are a parameter: the checker works out the keys of a mapped type more than once.
type LoadedValues<Links, Row, Names extends string, Paths extends string> = {
  [Name in Names]: LoadedValue<LoadedOf<Links, Row, Name>, Tail<Paths, Name>>;
};

/** `Loaded` for function signatures, with paths that exist: `function card(user: With<User, "posts">)`. */
export type With<Row, Path extends Paths<Row, 1> | `${string}.${string}.${string}`> = Loaded<
  Row,
  Path
>;
