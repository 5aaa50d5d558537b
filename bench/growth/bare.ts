/** The floor of growth: hand-written Bun.sql. */
import { SQL } from "bun";
import { codes, newRows, numbers, ROWS } from "./data";
import type { GrowthSide } from "./protocol";

let sql: SQL;

interface Row {
  [column: string]: unknown;
}

const select = (count: number): Promise<Row[]> =>
  sql`select id, name, amount, bucket, created_at from g_rows order by id limit ${count}`;
const array = (values: readonly unknown[]) => `{${values.join(",")}}`;
const parents = (count: number): Promise<Row[]> =>
  sql`select id, name from g_parents where id = any(${array(numbers(count))}::int[])`;

function nest(owners: Row[], children: Row[]): Row[] {
  const lists = new Map<unknown, Row[]>();
  for (const owner of owners) {
    const list: Row[] = [];
    lists.set(owner.id, list);
    owner.children = list;
  }
  for (const child of children) lists.get(child.parent_id)?.push(child);
  return owners;
}

const wideColumns = (columns: number) =>
  ["id", ...Array.from({ length: columns }, (_, n) => `c${n}`)].join(", ");
// A list in `unnest` has no limit of 65,535 values, which VALUES has.
const column = <T>(rows: readonly T[], name: keyof T) =>
  `{${rows.map((row) => `"${row[name]}"`).join(",")}}`;

let turn = 0;

export const side: GrowthSide = {
  async connect(url) {
    sql = new SQL(url, { max: 10 });
    await sql`select 1`;
  },
  close: () => sql.close(),
  cases: {
    select: (size) => () => select(size),
    "to JSON": (size) => async () => JSON.stringify(await select(size)),
    "walk in batches": (size) => async () => {
      for (let last = 0; last < size; ) {
        const batch: Row[] =
          await sql`select id, name, amount, bucket, created_at from g_rows where id > ${last} order by id limit 1000`;
        last = Number(batch.at(-1)?.id ?? ROWS);
      }
    },
    async "bulk insert"(size) {
      await sql`truncate g_new`;
      const rows = newRows(size);
      return () =>
        sql`insert into g_new (name, amount) select * from unnest(${column(rows, "name")}::text[], ${column(rows, "amount")}::int[]) returning id, name, amount`;
    },
    async "bulk upsert"(size) {
      await sql`truncate g_codes`;
      const rows = codes(size);
      return () =>
        sql`insert into g_codes (code, amount) select * from unnest(${column(rows, "code")}::text[], ${column(rows, "amount")}::int[])
          on conflict (code) do update set amount = excluded.amount returning id, code, amount`;
    },
    group: (size) => () =>
      sql`select bucket, count(*)::int as count from g_rows where bucket < ${size} group by bucket`,
    "eager load": (size) => async () => {
      const owners = await parents(size);
      const ids = array(owners.map(({ id }) => id));
      return nest(
        owners,
        await sql`select id, parent_id, title from g_children where parent_id = any(${ids}::int[])`,
      );
    },
    "3 newest of each": (size) => async () => {
      const owners = await parents(size);
      const ids = array(owners.map(({ id }) => id));
      return nest(
        owners,
        await sql`select c.* from unnest(${ids}::int[]) as p (id) cross join lateral (
          select id, parent_id, title from g_children where parent_id = p.id order by id desc limit 3) c`,
      );
    },
    "select 200 rows": (columns) => {
      const text = `select ${wideColumns(columns)} from g_wide_${columns} where id > $1`;
      return () => sql.unsafe(text, [0]);
    },
    "update one column": (columns) => {
      const text = `update g_wide_${columns} set c0 = $1 where id = $2`;
      return () => sql.unsafe(text, [turn++, 1]);
    },
    "where in a list": (size) => () => {
      const ids = array(numbers(size));
      return sql`select id, name, amount, bucket, created_at from g_rows where id = any(${ids}::int[])`;
    },
    "where with many conditions": (size) => () => {
      const values = numbers(size);
      const any = values.map((_, index) => `id = $${index + 1}`).join(" or ");
      return sql.unsafe(`select id, name, amount from g_rows where ${any}`, values);
    },
    "includes, one in another": (levels) => async () => {
      let [link]: Row[] = await sql`select id, next_id, name from g_chain where id = ${1}`;
      for (let level = 0; level < levels && link; level++) {
        const ids = array([link.next_id]);
        [link] = await sql`select id, next_id, name from g_chain where id = any(${ids}::int[])`;
      }
    },
    "find, together": (size) => () => parents(size),
    "inserts in a transaction": (size) => () =>
      sql.begin(async (tx) => {
        for (const { name, amount } of newRows(size))
          await tx`insert into g_new (name, amount) values (${name}, ${amount}) returning id, name, amount`;
      }),
    "savepoint in savepoint": (levels) => () =>
      sql.begin(async (tx) => {
        const within = async (outer: Bun.TransactionSQL, level: number): Promise<void> => {
          await outer`select 1`;
          if (level < levels)
            await outer.savepoint((inner) => within(inner as Bun.TransactionSQL, level + 1));
        };
        await within(tx, 0);
      }),
  },
};
