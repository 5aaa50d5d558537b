/** Which columns of a statement may be null, as far as PostgreSQL can tell. */
import type { ReservedSQL } from "bun";
import { nullableColumns, tablesAndParents } from "./catalog";
import type { Description } from "./describer";
import { isNeverNull, nullsOf, type PlanNode } from "./plan";
import { wordsOf } from "./statement";

/** "maybe": an expression, of which nothing is known. */
export type Nullability = "never" | "maybe" | "yes";

/** @param types the names of the types of $1, $2... */
export async function nullabilities(
  sql: ReservedSQL,
  text: string,
  columns: Description["columns"],
  types: readonly string[],
): Promise<Nullability[]> {
  if (columns.length === 0) return [];
  const tables = columns.map(({ table }) => table);
  const nullable = await nullableColumns(sql, tables);
  const plan = await planOf(sql, text, types);
  const words = wordsOf(text);
  // OLD and NEW of RETURNING are missing for rows that were inserted or deleted.
  const hasVersions = /\breturning\b.*(\bwith\b|\b(old|new)\s*\.)/is.test(words);
  // What such a condition is about, the plan does not tell.
  const excludesNulls = /\bis\s+not\s+null\b/i.test(words);
  const nulls = plan && nullsOf(plan);
  const isUnsure = !nulls || nulls.all || hasVersions;
  const [absent, surelyAbsent] = nulls
    ? [await tablesAndParents(sql, nulls.tables), await tablesAndParents(sql, nulls.missing)]
    : [new Set<number>(), new Set<number>()];
  const output = nulls?.isPlain && plan?.Output?.length === columns.length ? plan.Output : [];
  return columns.map(({ table, attribute }, index) => {
    if (table === 0) return isNeverNull(output[index] ?? "") ? "never" : "maybe";
    const own = nullable.get(`${table}.${attribute}`);
    if (own === false && !isUnsure && !absent.has(table)) return "never";
    const isNull = own === true || (surelyAbsent.has(table) && !isUnsure);
    return isNull && !excludesNulls ? "yes" : "maybe";
  });
}

/** The generic plan; undefined when the server will not plan it. Nothing is executed. */
async function planOf(
  sql: ReservedSQL,
  text: string,
  types: readonly string[],
): Promise<PlanNode | undefined> {
  const list = (items: readonly string[]) => (items.length > 0 ? ` (${items.join(", ")})` : "");
  // Another name each time: one whose plan is refused stays behind until the session ends.
  const name = `bake_${crypto.randomUUID().replaceAll("-", "")}`;
  const execute = `EXECUTE ${name}${list(types.map(() => "NULL"))}`;
  await sql.unsafe("BEGIN READ ONLY; SET LOCAL plan_cache_mode = force_generic_plan");
  try {
    await sql.unsafe(`PREPARE ${name}${list(types)} AS ${text}`);
    const [row] = await sql.unsafe(`EXPLAIN (VERBOSE, FORMAT JSON) ${execute}`);
    const json: unknown = row?.["QUERY PLAN"];
    const [explained] = (typeof json === "string" ? JSON.parse(json) : json) as {
      Plan: PlanNode;
    }[];
    await sql.unsafe(`DEALLOCATE ${name}`);
    return explained?.Plan;
  } catch {
    return undefined;
  } finally {
    await sql.unsafe("ROLLBACK");
  }
}
