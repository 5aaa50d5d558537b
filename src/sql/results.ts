/** Rows of the statements that have a name. */

/**
 * The rows of each `sql.typed("name")` statement; `bake sql check --write` fills it in, in a file of the application.
 * @example
 * declare module "baked-orm" {
 *   interface SqlResults {
 *     userTotals: { id: number; total: string | null };
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: It is there to be merged into.
export interface SqlResults {}

/** The row of a named statement; before it was first written, any. */
export type SqlResult<Name extends string> = Name extends keyof SqlResults
  ? SqlResults[Name]
  : Record<string, unknown>;
