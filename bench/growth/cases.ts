/** What grows, from which size, and by how much the work grows with it. */

export interface GrowthCase {
  readonly name: string;
  /** What there is one of, ten times and a hundred times of. */
  readonly sizes: readonly [number, number, number];
  readonly unit: string;
  /** Power of the size by which the work grows: 1 for rows, 0 where more of it should not matter. */
  readonly work: 0 | 1;
}

const rows = [1_000, 10_000, 100_000] as const;
const small = [10, 100, 1_000] as const;

export const growthCases: readonly GrowthCase[] = [
  { name: "select", sizes: rows, unit: "rows", work: 1 },
  { name: "to JSON", sizes: rows, unit: "rows", work: 1 },
  { name: "walk in batches", sizes: rows, unit: "rows", work: 1 },
  { name: "bulk insert", sizes: rows, unit: "rows", work: 1 },
  { name: "bulk upsert", sizes: rows, unit: "rows", work: 1 },
  { name: "group", sizes: small, unit: "groups", work: 1 },
  { name: "eager load", sizes: small, unit: "parents", work: 1 },
  { name: "3 newest of each", sizes: small, unit: "parents", work: 1 },
  { name: "lazy load in a loop", sizes: small, unit: "parents", work: 1 },
  { name: "select 200 rows", sizes: [10, 100, 1_000], unit: "columns", work: 1 },
  { name: "update one column", sizes: [10, 100, 1_000], unit: "columns", work: 1 },
  { name: "where in a list", sizes: [100, 1_000, 10_000], unit: "values", work: 1 },
  { name: "where with many conditions", sizes: small, unit: "conditions", work: 1 },
  { name: "includes, one in another", sizes: [1, 10, 100], unit: "levels", work: 1 },
  { name: "find, together", sizes: small, unit: "calls", work: 1 },
  { name: "inserts in a transaction", sizes: [3, 30, 300], unit: "statements", work: 1 },
  { name: "savepoint in savepoint", sizes: [1, 10, 100], unit: "levels", work: 1 },
  { name: "define models and query one", sizes: small, unit: "tables", work: 1 },
  { name: "find by key", sizes: small, unit: "tables in the schema", work: 0 },
];
