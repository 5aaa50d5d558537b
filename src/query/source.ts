/** The port between queries and models: what a query needs to know of the class its rows become. */
import type { DriverResult } from "../connection/driver";
import type { ColumnDefinition, ColumnType, TableDefinition } from "../schema/table";
import type {
  ColumnNode,
  Expression,
  SelectItem,
  SelectStatement,
  TableSource,
} from "../sql/nodes";

/** One column as queries see it. */
export interface SourceColumn {
  /** The camelCase name. */
  readonly attribute: string;
  readonly definition: ColumnDefinition;
  readonly node: ColumnNode;
  /** Values met by this column are masked in logs and errors. */
  readonly sensitive: boolean;
  /** A value as the model stores it: what is looked for must be spelled as what was saved. */
  readonly normalize?: ((value: never) => unknown) | undefined;
}

/** A pair of columns, as database names: `from` on the table before, `to` on this one. */
export interface HopKey {
  readonly from: string;
  readonly to: string;
  /** PostgreSQL does not compare the two types: this side is compared as text. */
  readonly asText?: "from" | "to" | "both";
}

/** A column of the table before, under the name that table has in the query. */
export type Previous = (column: string) => Expression;

/** One step of an association from one table to the next. */
export interface Hop {
  readonly source: RecordSource;
  readonly keys: readonly HopKey[];
  /** Further conditions on this table (polymorphic type, default scope), under the name it has in the query. */
  readonly conditions?: (alias: string) => readonly Expression[];
  /** In place of the whole table: the rows for one row before, when a scope limits, joins or has SQL of its own. */
  readonly rows?: (previous: Previous) => SelectStatement;
  /** The name that the keys of the row before have for `rows`, where those take steps of their own. */
  readonly step?: string;
}

/** What queries need of an association, for joins and conditions. */
export interface SourceAssociation {
  readonly name: string;
  readonly cardinality: "one" | "many";
  /** The source of the records it leads to; undefined for a polymorphic belongsTo. */
  target(): RecordSource | undefined;
  /** Where a polymorphic belongsTo may lead, when it was told. */
  targets?(): readonly RecordSource[] | undefined;
  /** The hops may lead to a record several times, which counts once. */
  readonly repeats?: boolean;
  /** From the owner's table to the target's. Throws AssociationError for a polymorphic belongsTo. */
  hops(): readonly Hop[];
}

/** Which associations to load with the records, as a tree. */
export interface LoadPlan {
  readonly [association: string]: {
    /** `false` bypasses the default scope, a function replaces it. */
    readonly scope?: LoadScope;
    readonly children: LoadPlan;
  };
}

// The builder type would close a circle; model/ knows the query by its own type.
export type LoadScope = false | ((query: never, target: never) => unknown);

/** Which of the row's keys are columns, and which are extra values. */
export interface RowShape {
  /** Attribute names of the columns in the row; "all" for every column of the table. */
  readonly attributes: "all" | readonly string[];
  /** Keys that are no columns: aliases of expressions. */
  readonly extras: readonly string[];
  /** Types of extras whose values are to be decoded as a column's are. */
  readonly types?: Readonly<Record<string, ColumnType>>;
}

/** Where the records of a result go besides its own list, by what a row holds under a name. */
export interface RecordLists {
  readonly name: string;
  /** The list for this value, if there is one; asked only where a row differs from the one before. */
  listOf(value: unknown): object[] | undefined;
}

export interface HydrateOptions {
  /** Lazy loading from the records is an error. */
  readonly strict: boolean;
  /** The records load associations for each other. */
  readonly autoBatch: boolean;
  /** Whoever asked holds each record by itself, not their list. */
  readonly apart?: true;
  /** Whoever asked puts the records into groups. */
  readonly ungrouped?: boolean;
  readonly lists?: RecordLists;
}

export interface RecordSource<Row = unknown> {
  /** The model's name, for messages. */
  readonly name: string;
  readonly table: TableDefinition;
  /** The class the rows become; absent for a bare table. */
  readonly modelClass?: object;
  /** By attribute name, in table order. */
  readonly columns: ReadonlyMap<string, SourceColumn>;
  /** Every column under its attribute name. */
  readonly items: readonly SelectItem[];
  readonly from: TableSource;
  readonly hasSensitive: boolean;
  association(name: string): SourceAssociation | undefined;
  /** A named scope of the model: takes a query and arguments, gives a query. */
  scope(name: string): ((query: never, ...args: never[]) => unknown) | undefined;
  scopeNames(): readonly string[];
  associationNames(): readonly string[];
  /** hydrate() takes rows of all columns as arrays too, and they are cheaper. */
  readonly takesArrays?: boolean;
  /** Turns rows keyed by attribute into records. */
  hydrate(rows: DriverResult, shape: RowShape, options?: HydrateOptions): Row[];
  /** Loads associations of records that came from one query. */
  preload(records: readonly Row[], plan: LoadPlan, options: HydrateOptions): Promise<void>;
}
