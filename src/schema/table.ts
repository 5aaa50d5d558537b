/** What a table is: the shapes that `db/schema.ts` is written in. Pure; imports nothing. */

/** The type of a column, an array element or a composite field. */
export interface ColumnType {
  /**
   * The name as information_schema.data_type gives it: "integer", "timestamp with time zone",
   * "character varying(20)", "ARRAY", "USER-DEFINED". Domains show their base type.
   */
  readonly type: string;
  /** Schema and name of the type, where `type` does not say it: enums, domains, composites, extension types. */
  readonly pgType?: readonly [schema: string, name: string];
  /** Labels of an enum, or of the enum that an array holds. */
  readonly enumValues?: readonly string[];
  /** The element type of an array. */
  readonly element?: ColumnType;
  /** How many dimensions an array is declared with; absent for one. */
  readonly dimensions?: number;
  /** The fields of a composite, in order, by attribute name. */
  readonly fields?: Readonly<Record<string, ColumnType & { readonly columnName: string }>>;
}

/** One column of a table, keyed by its camelCase attribute name in `TableDefinition.columns`. */
export interface ColumnDefinition extends ColumnType {
  readonly nullable: boolean;
  /** The name in the database. */
  readonly columnName: string;
  /** The default expression as PostgreSQL prints it. */
  readonly default?: string;
  /** Identity columns are filled by the server; "always" refuses a given value. */
  readonly identity?: "always" | "by default";
  /** Generated columns are computed by the server and never written. */
  readonly generated?: "stored" | "virtual";
  /** Present when `bake` was told to generate Temporal types and the value is one, or holds some. */
  readonly temporal?: true;
  /** Present on a column of an updatable view that PostgreSQL cannot write through the view. */
  readonly readOnly?: true;
}

/** An index or unique constraint; `columns` are database names or expressions. */
export interface IndexDefinition {
  readonly columns: readonly string[];
  readonly unique?: boolean;
  /** Predicate of a partial index, as PostgreSQL prints it. */
  readonly where?: string;
  /** Present when the index serves a UNIQUE constraint of the same name. */
  readonly constraint?: true;
  /** Present when two NULLs count as equal (NULLS NOT DISTINCT). */
  readonly nullsNotDistinct?: true;
  /**
   * Present on a unique index to which values may be equal and yet written differently: of numeric (1.5 and 1.50),
   * citext, or text under a nondeterministic collation. A row that collides may then hold another than was given.
   */
  readonly inexact?: true;
}

/** A foreign key; `columns` on both sides are attribute names, in order. */
export interface ForeignKeyDefinition {
  readonly columns: readonly string[];
  readonly references: {
    readonly schema?: string;
    readonly table: string;
    readonly columns: readonly string[];
  };
}

/** A CHECK constraint and the attributes it reads. */
export interface CheckDefinition {
  readonly columns: readonly string[];
  readonly expression: string;
}

/** An EXCLUDE constraint (or a key WITHOUT OVERLAPS) and the attributes it compares. */
export interface ExclusionDefinition {
  readonly columns: readonly string[];
  /** The constraint as PostgreSQL prints it. */
  readonly definition: string;
}

/** Everything the ORM knows of a table; `Row` is the type of its generated row class. */
export interface TableDefinition<Row = unknown> {
  readonly tableName: string;
  /** Absent for `public`. */
  readonly schema?: string;
  /** Absent for ordinary and partitioned tables. */
  readonly kind?: "view" | "materialized view" | "foreign table";
  /** Present on a partitioned table: the constraints of its partitions have names of their own. */
  readonly partitioned?: true;
  /** Present when PostgreSQL refuses INSERT, UPDATE and DELETE. */
  readonly readOnly?: true;
  /**
   * The triggers that may change a row before it is stored. Where there are none, what was written need not be read
   * back. Absent where that cannot be told: views, foreign tables, tables with rules, and files
   * that were written by an older version.
   */
  readonly rowTriggers?: readonly string[];
  readonly columns: Readonly<Record<string, ColumnDefinition>>;
  readonly primaryKey: readonly string[];
  /** The name of the primary key constraint, where it is not `<tableName>_pkey`. */
  readonly primaryKeyName?: string;
  readonly indexes: Readonly<Record<string, IndexDefinition>>;
  readonly foreignKeys: Readonly<Record<string, ForeignKeyDefinition>>;
  readonly checks?: Readonly<Record<string, CheckDefinition>>;
  readonly exclusions?: Readonly<Record<string, ExclusionDefinition>>;
  readonly rowClass: new () => Row;
}

/** The default export of `db/schema.ts`. */
export interface SchemaDefinition {
  readonly version: string;
  readonly tables: Readonly<Record<string, TableDefinition>>;
}
