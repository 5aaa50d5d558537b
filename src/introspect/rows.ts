/** The rows that the catalog statement answers with. */

/** A type where it is used; of an array it is the element that is told. Oids are strings in JSON. */
export interface TypeUse {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** pg_type.typtype: "b", "c", "d", "e", "m", "r". */
  readonly kind: string;
  /** With its modifier: "character varying(20)". */
  readonly printed: string;
  readonly array: boolean;
  readonly dimensions: number;
}

export interface RelationRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: "r" | "p" | "v" | "m" | "f";
  /** Bits of pg_relation_is_updatable: 4 UPDATE, 8 INSERT, 16 DELETE. */
  readonly events: number | null;
  readonly comment: string | null;
}

export interface ColumnRow {
  readonly relation: string;
  readonly name: string;
  readonly type: TypeUse;
  readonly required: boolean;
  readonly default: string | null;
  readonly identity: "" | "a" | "d";
  readonly generated: "" | "s" | "v";
  readonly readOnly: boolean | null;
  readonly comment: string | null;
}

interface FieldRow {
  readonly name: string;
  readonly type: TypeUse;
  readonly comment: string | null;
}

/** A domain, enum or composite. */
export interface TypeRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: "c" | "d" | "e";
  /** Made by CREATE TYPE, not by CREATE TABLE. */
  readonly standalone: boolean;
  readonly extension: boolean;
  readonly required: boolean;
  readonly default: string | null;
  readonly base: TypeUse | null;
  readonly labels: readonly string[] | null;
  readonly fields: readonly FieldRow[] | null;
  readonly comment: string | null;
}

export interface IndexRow {
  readonly relation: string;
  readonly name: string;
  readonly unique: boolean;
  readonly where: string | null;
  readonly constraint: boolean;
  readonly nullsNotDistinct: boolean;
  /** Whether equal values may be written differently. */
  readonly inexact: boolean;
  readonly columns: readonly string[];
}

export interface ConstraintRow {
  readonly relation: string;
  readonly name: string;
  readonly kind: "p" | "f" | "c" | "x";
  readonly columns: readonly string[];
  /** Of a foreign key: what it refers to. */
  readonly schema: string | null;
  readonly table: string | null;
  readonly references: readonly string[];
  readonly expression: string | null;
}

/** What may change a row before it is stored. */
export interface RowTriggerRow {
  readonly relation: string;
  /** Null for what cannot be told. */
  readonly name: string | null;
}

/** The parts of the answer, parsed. */
export interface CatalogRows {
  /** All there are. */
  readonly schemas: readonly string[];
  readonly relations: readonly RelationRow[];
  readonly columns: readonly ColumnRow[];
  readonly types: readonly TypeRow[];
  readonly indexes: readonly IndexRow[];
  readonly constraints: readonly ConstraintRow[];
  readonly rowTriggers: readonly RowTriggerRow[];
}
