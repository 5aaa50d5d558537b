import { query, sql } from "baked-orm";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_T extends true>(): void {}
declare module "baked-orm" {
  interface SqlResults {
    tmpTotals: { id: number; total: string | null };
  }
}
const a = await query(sql.typed("tmpTotals")`select 1`);
holds<Equal<typeof a, { id: number; total: string | null }[]>>();
const b = await query(sql`select 1 as n`);
holds<Equal<typeof b, Record<string, unknown>[]>>();
const c = await query<{ n: number }>(sql`select 1 as n`);
holds<Equal<typeof c, { n: number }[]>>();
const d = await query("select 1", []);
holds<Equal<typeof d, Record<string, unknown>[]>>();
const e = await query(sql.typed("nobody")`select 1`);
holds<Equal<typeof e, Record<string, unknown>[]>>();
