/** What serialize() gives, and what of it arrives at the client, computed from the record type. Types only; browser-safe. */
import type {
  CheckedPath,
  DeclaredName,
  Loaded,
  LoadedAssociation,
  TargetByName,
  TargetOf,
} from "../schema/associations";
import type {
  AssociationsOf,
  BaseOf,
  ColumnName,
  FACTS,
  FullOf,
  OwnName,
  TABLE,
  TableOf,
  VirtualName,
} from "../schema/meta";

/** Values in memory, as serialize() gives them, or after their way through JSON. */
type Place = "memory" | "wire";

/** A value as `JSON.parse(JSON.stringify(value))` gives it: dates, bigint and bytes are strings. */
export type Wire<Value> = unknown extends Value
  ? unknown
  : Value extends string | number | boolean | null | undefined
    ? Value
    : Value extends bigint | Uint8Array
      ? string
      : Value extends { toJSON(): infer Json }
        ? Json
        : Value extends readonly (infer Item)[]
          ? Wire<Item>[]
          : Value extends object
            ? { [Key in keyof Value & string]: Wire<Value[Key]> }
            : never;

/** A virtual's value in memory: records are payloads, bigint is a string; what has a toJSON() waits for it. */
type Free<Value> = unknown extends Value
  ? unknown
  : Value extends bigint
    ? string
    : Value extends { readonly [TABLE]: unknown; toJSON(): infer Json }
      ? Json
      : Value extends readonly (infer Item)[]
        ? Free<Item>[]
        : Value extends { toJSON(): unknown } | Method
          ? Value
          : Value extends object
            ? { [Key in keyof Value]: Free<Value[Key]> }
            : Value;

type Placed<Value, At extends Place> = At extends "wire" ? Wire<Value> : Free<Value>;

type FloatType = "real" | "double precision" | "float4" | "float8";

/** NaN and the infinities are words in JSON. */
type NonFinite = "NaN" | "Infinity" | "-Infinity";

type FloatColumn =
  | { readonly type: FloatType }
  | { readonly element: { readonly type: FloatType } };

type WithNonFinite<Value> = Value extends number
  ? number | NonFinite
  : Value extends (infer Item)[]
    ? WithNonFinite<Item>[]
    : Value;

/** A column's value: always as it goes over the wire. Text is as it is; of other values the column is looked at. */
type ColumnJSON<Row, Name extends keyof Row> = Row[Name] extends string | boolean | null
  ? Row[Name]
  : Row extends { readonly [TABLE]: { readonly columns: Readonly<Record<Name, FloatColumn>> } }
    ? WithNonFinite<Wire<Row[Name]>>
    : Wire<Row[Name]>;

/** Sensitive names, where Model() was told of them. */
type SensitiveName<Row> = Row extends { readonly [FACTS]: { readonly sensitive: infer Names } }
  ? Names
  : never;

/** Virtuals that are serialized: neither associations nor names that begin with an underscore. */
type PayloadVirtual<Row> = Exclude<VirtualName<Row>, DeclaredName<Row> | `_${string}`>;

type Method = (...args: never[]) => unknown;

/** Members of every record that plugins may have declared as virtuals; the library's own are none. */
type SharedName<Base> = Base extends infer Members
  ? Exclude<
      {
        [Name in keyof Members & string]: Members[Name] extends Method ? never : Name;
      }[keyof Members & string],
      "errors" | "isNewRecord" | "isPersisted" | "isDestroyed"
    >
  : never;

/** By name, what `only` and `except` take. */
export type FieldMap<Row> = FieldsNamed<
  ColumnName<Row> | PayloadVirtual<Row> | SharedName<BaseOf<Row>>
>;

type FieldsNamed<Names extends PropertyKey> = { readonly [Name in Names]?: true };

/** By name, what `methods` takes: methods without parameters, getters and fields of the class. */
export type MethodMap<Row> = {
  readonly [Name in OwnName<Row> as Row[Name] extends Method
    ? Row[Name] extends () => unknown
      ? Name
      : never
    : Name]: Row[Name] extends () => PromiseLike<unknown> ? "asynchronous" : "synchronous";
};

/** By name of an association, what serialize() takes for its records. */
export type IncludeMap<Row> =
  DeclaredName<Row> extends never
    ? LinkOptions<AssociationsOf<Row>>
    : LinkOptions<AssociationsOf<Row>> & {
        readonly [Name in DeclaredName<Row>]?: IncludeOptions<TargetByName<Row, Name>>;
      };

type LinkOptions<Links> = {
  readonly [Name in keyof Links & string]?: IncludeOptions<TargetOf<Links[Name]>>;
};

type IncludeOptions<Row> = true | AsyncPayloadOptionsOf<Row>;

/** By name, what the options of serialize() may name. */
export interface PayloadNames<Row> {
  readonly fields: FieldMap<Row>;
  readonly methods: MethodMap<Row>;
  readonly include: IncludeMap<Row>;
}

type AnyNames = { readonly [Kind in keyof PayloadNames<unknown>]: unknown };

interface CommonOptions<Names extends AnyNames> {
  readonly only?: readonly (keyof Names["fields"] & string)[];
  readonly except?: readonly (keyof Names["fields"] & string)[];
  readonly include?:
    | readonly ((keyof Names["include"] & string) | `${string}.${string}`)[]
    | Names["include"];
}

// One parameter, and not one for each list: what nobody asks for is never worked out.

/** What serialize() takes: exactly what the class has. */
export interface PayloadOptions<Names extends AnyNames> extends CommonOptions<Names> {
  readonly methods?: readonly (keyof SyncMethods<Names["methods"]> & string)[];
}

/** What serializeAsync() takes. */
export interface AsyncPayloadOptions<Names extends AnyNames> extends CommonOptions<Names> {
  readonly methods?: readonly (keyof Names["methods"] & string)[];
}

/** What serializeAsync() takes for a record. */
export type AsyncPayloadOptionsOf<Row> = AsyncPayloadOptions<PayloadNames<Row>>;

/** Methods whose result is there at once. */
export type SyncMethods<Methods> = {
  readonly [Name in keyof Methods as Methods[Name] extends "synchronous" ? Name : never]: true;
};

interface Listed {
  readonly include: readonly string[];
}

/** The paths of a list of includes, checked one by one. */
export type CheckedInclude<Row, Options> = Options extends Listed
  ? { readonly include: readonly CheckedPath<Row, Options["include"][number]>[] }
  : unknown;

type Columns<Row> = { [Name in ColumnName<Row>]: ColumnJSON<Row, Name> };

type Virtuals<Row, Names extends keyof Row, At extends Place> = {
  // Over the keys of a Pick, so that optional fields stay optional.
  [Name in keyof Pick<Row, Names>]: Placed<Row[Name], At>;
};

/** Whether the plugin gives its virtual to this class the checker cannot know. */
type SharedVirtuals<Base, Names, At extends Place> = {
  [Name in Names & keyof Base]?: Placed<Base[Name], At>;
};

/** All that a record has besides associations and methods. */
type AllFieldsOf<Row, At extends Place> = Columns<Row> &
  Virtuals<Row, PayloadVirtual<Row>, At> &
  SharedVirtuals<BaseOf<Row>, SharedName<BaseOf<Row>>, At>;

/** Of that, what a payload may have: nothing that is sensitive, as far as Model() was told. */
type FieldsOf<Row, At extends Place> =
  SensitiveName<Row> extends never
    ? AllFieldsOf<Row, At>
    : Without<AllFieldsOf<Row, At>, SensitiveName<Row>>;

// By Pick, which keeps what is optional so; Omit does not.
type Without<Fields, Names> = Pick<Fields, Exclude<keyof Fields, Names>>;

/** Of each class, once: payloads take out of it what they have. */
export interface PayloadFields<Row> {
  readonly memory: FieldsOf<Row, "memory">;
  readonly wire: FieldsOf<Row, "wire">;
}

/** The fields without what associations and methods add. */
type Fields<Row, Given, Options> = Options extends { readonly only: readonly unknown[] }
  ? Pick<Given, Options["only"][number] & keyof Given & keyof Row>
  : Options extends { readonly except: readonly unknown[] }
    ? Pick<Given, Exclude<keyof Given & keyof Row, Options["except"][number]>>
    : Pick<Given, keyof Given & keyof Row>;

type Methods<Row, Options, At extends Place> = Options extends {
  readonly methods: readonly unknown[];
}
  ? {
      [Key in Options["methods"][number] & keyof Row]: Row[Key] extends () => infer Result
        ? Placed<Awaited<Result>, At>
        : Placed<Row[Key], At>;
    }
  : unknown;

type Head<Path> = Path extends `${infer First}.${string}` ? First : Path;
type Tail<Path, First extends string> = Path extends `${First}.${infer Rest}` ? Rest : never;

/** The associations by name, each with the options of its own payload; `true` has none. */
type IncludeTree<Include> = Include extends readonly string[]
  ? TreeOfPaths<Include[number]>
  : Include;

type TreeOfPaths<Path extends string> = {
  [Name in Head<Path> & string]: BelowPaths<Tail<Path, Name>>;
};

type BelowPaths<Paths extends string> = [Paths] extends [never]
  ? unknown
  : { readonly include: readonly Paths[] };

type Included<Row, Tree, At extends Place> = keyof Tree extends keyof Row
  ? Present<Row, Tree, At>
  : Present<Row, Pick<Tree, keyof Tree & keyof Row>, At> & {
      // What is not loaded is left out.
      [Name in Exclude<keyof Tree, keyof Row>]?: Nested<
        LoadedAssociation<Row, Name>,
        Tree[Name],
        At
      >;
    };

type Present<Row, Tree, At extends Place> = {
  -readonly [Name in keyof Tree]: Nested<Row[Name & keyof Row], Tree[Name], At>;
};

type Nested<Value, Options, At extends Place> = Value extends readonly (infer Item)[]
  ? Payload<Item, Options, At>[]
  : Value extends null | undefined
    ? Value
    : Payload<Value, Options, At>;

/** Names the class of the record; and, for the checker only, its table. */
export type PayloadOf<Table> = {
  readonly __typename: string;
  readonly [TABLE]?: Table;
};

/** What serialize(options) gives for a record. */
export type Payload<Row, Options = unknown, At extends Place = "memory"> = Row extends unknown
  ? PayloadOf<TableOf<FullOf<Row>>> &
      Fields<Row, PayloadFields<FullOf<Row>>[At], Options> &
      Methods<Row, Options, At> &
      (Options extends { readonly include: unknown }
        ? Included<Row, IncludeTree<Options["include"]>, At>
        : unknown)
  : never;

/**
 * What serialize(options) gives, as its signature says it. The options are asked for first, so that nothing is
 * worked out while the record is known and they are not.
 */
export type PayloadFor<Row, Options> = Options extends object ? Payload<Row, Options> : never;

/** The paths that the options include, for the records to have them loaded. */
type IncludedPaths<Options> = Options extends { readonly include: infer Include }
  ? Include extends readonly (infer Path extends string)[]
    ? Path
    : {
        [Name in keyof Include & string]: Name | Dotted<Name, IncludedPaths<Include[Name]>>;
      }[keyof Include & string]
  : never;

type Dotted<Name extends string, Paths extends string> = [Paths] extends [never]
  ? never
  : `${Name}.${Paths}`;

/**
 * The JSON of a record, as a client gets it: dates, bigint and bytes are strings, sensitive columns are gone.
 * What it includes is there, so the record must have it loaded.
 * @example
 * type Card = Serialized<User, { only: ["id", "name"]; include: ["posts"] }>;
 * const card: Card = await fetch("/api/card").then((response) => response.json());
 */
export type Serialized<Row, Options extends AsyncPayloadOptionsOf<Row> = object> = Payload<
  Loaded<Row, IncludedPaths<Options>>,
  Options,
  "wire"
>;
