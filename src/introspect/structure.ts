/** What `readCatalog` returns: the structure of a database as plain data, under its own names. */

/** A schema and a name within it, both as PostgreSQL stores them. */
export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

/** A type with its domains followed down to the base; at most one of `enum`, `composite`, `element` is set. */
export interface CatalogType {
  /** As `ColumnType.type`: "character varying(20)", "ARRAY", "USER-DEFINED". */
  readonly type: string;
  /** The base type's own name: "varchar", "timestamptz", "mood". */
  readonly name: string;
  /** What `type` does not tell: the domain, or a type that is not PostgreSQL's own. */
  readonly pgType?: QualifiedName;
  readonly enum?: QualifiedName;
  readonly composite?: QualifiedName;
  readonly element?: CatalogType;
  /** Dimensions of an array, 1 when the declaration tells none. */
  readonly dimensions?: number;
}

export interface CatalogEnum extends QualifiedName {
  /** In the order of the type. */
  readonly labels: readonly string[];
  readonly comment?: string;
}

export interface CatalogField {
  readonly name: string;
  readonly type: CatalogType;
  readonly comment?: string;
}

/** A row type made by CREATE TYPE, or a table's when a column is of that type. */
export interface CatalogComposite extends QualifiedName {
  readonly fields: readonly CatalogField[];
  readonly comment?: string;
}

export interface CatalogColumn {
  readonly name: string;
  readonly type: CatalogType;
  readonly nullable: boolean;
  readonly default?: string;
  readonly identity?: "always" | "by default";
  readonly generated?: "stored" | "virtual";
  /** A column of an updatable view that cannot be written through it. */
  readonly readOnly?: true;
  readonly comment?: string;
}

export interface CatalogIndex {
  readonly name: string;
  /** Column names, or expressions as PostgreSQL prints them. */
  readonly columns: readonly string[];
  readonly unique: boolean;
  readonly where?: string;
  readonly constraint?: true;
  readonly nullsNotDistinct?: true;
  readonly inexact?: true;
}

export interface CatalogForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly references: QualifiedName & { readonly columns: readonly string[] };
}

/** A CHECK or EXCLUDE constraint; `columns` are those it reads. */
export interface CatalogConstraint {
  readonly name: string;
  readonly columns: readonly string[];
  readonly expression: string;
}

export interface CatalogTable extends QualifiedName {
  readonly kind: "table" | "view" | "materialized view" | "foreign table";
  readonly partitioned?: true;
  /** No INSERT, UPDATE or DELETE at all. */
  readonly readOnly: boolean;
  /** Triggers that may change a row before it is stored; absent where that cannot be told. */
  readonly rowTriggers?: readonly string[];
  readonly comment?: string;
  /** In the order of the table. */
  readonly columns: readonly CatalogColumn[];
  /** In key order; empty without a primary key. */
  readonly primaryKey: readonly string[];
  readonly primaryKeyName?: string;
  readonly indexes: readonly CatalogIndex[];
  readonly foreignKeys: readonly CatalogForeignKey[];
  readonly checks: readonly CatalogConstraint[];
  readonly exclusions: readonly CatalogConstraint[];
}

/** Sorted by name, in the order of the schemas asked for, so that two readings are equal. */
export interface Catalog {
  readonly schemas: readonly string[];
  readonly tables: readonly CatalogTable[];
  readonly enums: readonly CatalogEnum[];
  /** A composite comes after those its fields are made of. */
  readonly composites: readonly CatalogComposite[];
}
