/** postgres.js, the driver that Bun.sql took its interface from. */
import postgres from "postgres";
import {
  accountId,
  authorIds,
  BATCH,
  FIND_IN_FLIGHT,
  newItem,
  newItems,
  newProducts,
  SIZE,
  TRANSACTIONS_IN_FLIGHT,
  userId,
} from "../data";
import type { Library } from "../workloads";

let sql: postgres.Sql;

type Row = postgres.Row;

function nest(parents: readonly Row[], children: readonly Row[], key: string, name: string): void {
  const lists = new Map<unknown, Row[]>();
  for (const parent of parents) {
    const list: Row[] = [];
    lists.set(parent.id, list);
    parent[name] = list;
  }
  for (const child of children) lists.get(child[key])?.push(child);
}

const select = (count: number) =>
  sql`select id, name, email, age, active, bio, created_at, updated_at from users order by id limit ${count}`;
const users = (ids: readonly string[]) =>
  sql`select id, name, email, age, active, bio, created_at, updated_at from users where id = any(${ids}::uuid[])`;
const posts = (ids: readonly string[]) =>
  sql`select id, user_id, title, body, views, published, created_at from posts where user_id = any(${ids}::uuid[])`;
const byId = (id: string) =>
  sql`select id, name, email, age, active, bio, created_at, updated_at from users where id = ${id}`.then(
    ([row]) => row,
  );
// Its INSERT helper binds each value: cut to what one statement may bind.
const chunks = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: all.length / 10_000 }, (_, n) => all.slice(n * 10_000, n * 10_000 + 10_000));

export const library: Library = {
  async connect(url, max) {
    sql = postgres(url, { max, onnotice: () => {} });
    await sql`select 1`;
  },
  close: () => sql.end(),
  workloads: {
    find: { run: (index) => byId(userId(index)) },
    "find in flight": {
      run: (index) =>
        Promise.all(Array.from({ length: FIND_IN_FLIGHT }, (_, n) => byId(userId(index + n * 7)))),
    },
    "select 1,000": { run: async () => await select(1_000) },
    "select 10,000": { run: async () => await select(10_000) },
    "to JSON": {
      run: async () => JSON.stringify(await select(10_000)),
      plain: (text) => JSON.parse(String(text)),
    },
    "eager 2": {
      async run() {
        const found = await users(authorIds(100));
        nest(found, await posts(found.map(({ id }) => id)), "user_id", "posts");
        return found;
      },
    },
    "eager 3": {
      async run() {
        const found = await users(authorIds(50));
        const written = await posts(found.map(({ id }) => id));
        const ids: string[] = written.map(({ id }) => id);
        const comments =
          await sql`select id, post_id, author_name, body, created_at from comments where post_id = any(${ids}::uuid[])`;
        nest(written, comments, "post_id", "comments");
        nest(found, written, "user_id", "posts");
        return found;
      },
    },
    "newest 3": {
      async run() {
        const found = await users(authorIds(100));
        const ids: string[] = found.map(({ id }) => id);
        const newest =
          await sql`select p.* from unnest(${ids}::uuid[]) as parent (id) cross join lateral (
            select id, user_id, title, body, views, published, created_at from posts
            where user_id = parent.id order by created_at desc limit 3) p`;
        nest(found, newest, "user_id", "posts");
        return found;
      },
    },
    insert: {
      run: async (index) =>
        await sql`insert into items ${sql({ ...newItem(index) })} returning id, name, quantity, active, note, created_at`,
    },
    "bulk insert": {
      async run() {
        for (const chunk of chunks(newItems)) {
          await sql`insert into items ${sql(chunk, "name", "quantity", "active", "note")} returning id, name, quantity, active, note, created_at`;
        }
      },
    },
    "bulk upsert": {
      async run() {
        for (const chunk of chunks(newProducts)) {
          await sql`insert into products ${sql(chunk, "code", "name", "quantity")} on conflict (code) do update
            set name = excluded.name, quantity = excluded.quantity returning id, code, name, quantity, updated_at`;
        }
      },
    },
    update: {
      run: async (index) =>
        await sql`update accounts set visits = ${Math.floor(index / SIZE.accounts) + 1} where id = ${accountId(index)}`,
    },
    aggregate: {
      run: async () =>
        await sql`select user_id, count(*)::int as count, sum(views)::int as views from posts group by user_id order by user_id`,
    },
    walk: {
      async run() {
        let sum = 0;
        for (let last = 0; ; ) {
          const batch: readonly Row[] =
            await sql`select id, kind, user_id, amount, created_at from events where id > ${last} order by id limit ${BATCH}`;
          for (const row of batch) sum += row.amount;
          if (batch.length < BATCH) return sum;
          last = batch[batch.length - 1]?.id;
        }
      },
    },
    transaction: {
      run: (index) =>
        Promise.all(
          Array.from({ length: TRANSACTIONS_IN_FLIGHT }, (_, n) => {
            const id = accountId(index * TRANSACTIONS_IN_FLIGHT + n);
            return sql.begin(async (tx) => {
              await tx`insert into ledger (account_id, amount) values (${id}, ${5}) returning id, account_id, amount, created_at`;
              await tx`update accounts set balance = balance + ${5} where id = ${id}`;
              const [account] =
                await tx`select id, owner, visits, balance, created_at from accounts where id = ${id}`;
              return account?.balance;
            });
          }),
        ),
    },
  },
};
