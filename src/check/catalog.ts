/** What the database knows of the types and columns that statements were described with. */
import type { ReservedSQL } from "bun";
import type { PlanTable } from "./plan";

export interface TypeFacts {
  /** As PostgreSQL prints it: "integer", "user_role[]". */
  readonly shown: string;
  /** The type's own name, for arrays that of the element: "int4". */
  readonly name: string;
  /** Whether the type, or the element, is one of PostgreSQL's own. */
  readonly isBuiltIn: boolean;
  readonly isArray: boolean;
  /** Of an enum, or of an array of one. */
  readonly labels: readonly string[] | undefined;
}

interface TypeRow {
  readonly oid: number;
  readonly shown: string;
  readonly name: string;
  readonly builtIn: boolean;
  readonly array: boolean;
  readonly labels: string | null;
}

/** The facts of types by oid. A domain has those of its base. */
export async function typesByOid(
  sql: ReservedSQL,
  oids: Iterable<number>,
): Promise<Map<number, TypeFacts>> {
  const list = `{${[...new Set(oids)].join(",")}}`;
  // format_type names what is not on the search path with its schema.
  const rows: TypeRow[] = await sql`
    WITH RECURSIVE base AS (
      SELECT oid AS asked, oid FROM pg_catalog.pg_type WHERE oid = ANY (${list}::text::oid[])
      UNION ALL
      SELECT base.asked, domain.typbasetype
      FROM base JOIN pg_catalog.pg_type AS domain ON domain.oid = base.oid AND domain.typtype = 'd'
    )
    SELECT base.asked AS oid, pg_catalog.format_type(base.asked, NULL) AS shown, item.typname AS name,
      item.typnamespace = 'pg_catalog'::regnamespace AS "builtIn",
      item.oid <> type.oid AS array,
      (SELECT json_agg(enumlabel ORDER BY enumsortorder)::text FROM pg_catalog.pg_enum
        WHERE enumtypid = item.oid) AS labels
    FROM base
    JOIN pg_catalog.pg_type AS type ON type.oid = base.oid AND type.typtype <> 'd'
    LEFT JOIN pg_catalog.pg_type AS element ON element.typarray = type.oid
    JOIN pg_catalog.pg_type AS item ON item.oid = coalesce(element.oid, type.oid)`;
  return new Map(
    rows.map(({ oid, shown, name, builtIn, array, labels }) => [
      Number(oid),
      {
        shown,
        name,
        isBuiltIn: builtIn,
        isArray: array,
        labels: labels === null ? undefined : JSON.parse(labels),
      },
    ]),
  );
}

/** Whether columns of tables may be null, by "oid.attribute"; views say nothing about theirs. */
export async function nullableColumns(
  sql: ReservedSQL,
  tables: Iterable<number>,
): Promise<Map<string, boolean>> {
  const list = `{${[...new Set(tables)].join(",")}}`;
  // Since PostgreSQL 18 a NOT NULL may be there without holding for old rows, or not for the tables that inherit.
  const rows: { key: string; nullable: boolean }[] = await sql`
    SELECT attrelid || '.' || attnum AS key, NOT attnotnull OR EXISTS (
      SELECT FROM pg_catalog.pg_constraint AS found
      WHERE found.conrelid = attrelid AND found.contype = 'n' AND found.conkey = ARRAY[attnum]
        AND (NOT found.convalidated OR found.connoinherit)) AS nullable
    FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_class AS class ON class.oid = attrelid
    WHERE attrelid = ANY (${list}::text::oid[]) AND attnum > 0 AND class.relkind IN ('r', 'p', 'f')`;
  return new Map(rows.map(({ key, nullable }) => [key, nullable]));
}

/** The tables named "schema"."name" in a plan, with all they are partitions or heirs of, by oid. */
export async function tablesAndParents(
  sql: ReservedSQL,
  names: readonly PlanTable[],
): Promise<Set<number>> {
  const rows: { oid: number }[] = await sql`
    WITH RECURSIVE found AS (
      SELECT class.oid
      FROM json_array_elements(${JSON.stringify(names)}::text::json) AS item
      JOIN pg_catalog.pg_namespace AS namespace ON namespace.nspname = item ->> 0
      JOIN pg_catalog.pg_class AS class
        ON class.relnamespace = namespace.oid AND class.relname = item ->> 1
      UNION
      SELECT inhparent FROM found JOIN pg_catalog.pg_inherits ON inhrelid = found.oid
    )
    SELECT oid FROM found`;
  return new Set(rows.map(({ oid }) => Number(oid)));
}
