/** The floor: hand-written Bun.sql, rows as the driver gives them. */
import { SQL } from "bun";
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
import { BUILDS, consume, type Library } from "../workloads";

let sql: SQL;

interface Row {
  [column: string]: unknown;
}

/** Children into a list on each parent. */
function nest(parents: Row[], children: Row[], key: string, name: string): void {
  const lists = new Map<unknown, Row[]>();
  for (const parent of parents) {
    const list: Row[] = [];
    lists.set(parent.id, list);
    parent[name] = list;
  }
  for (const child of children) lists.get(child[key])?.push(child);
}

const select = (count: number): Promise<Row[]> =>
  sql`select id, name, email, age, active, bio, created_at, updated_at from users order by id limit ${count}`;

const COLUMNS = '"id", "name", "email", "age", "active", "bio", "created_at", "updated_at"';

const authors = authorIds(100);
const fewAuthors = authorIds(50);
const array = (ids: readonly unknown[]) => `{${ids.join(",")}}`;

const users = (ids: readonly string[]): Promise<Row[]> =>
  sql`select id, name, email, age, active, bio, created_at, updated_at from users where id = any(${array(ids)}::uuid[])`;

const posts = (ids: readonly unknown[]): Promise<Row[]> =>
  sql`select id, user_id, title, body, views, published, created_at from posts where user_id = any(${array(ids)}::uuid[])`;

export const library: Library = {
  async connect(url, connections) {
    sql = new SQL(url, { max: connections });
    await sql`select 1`;
  },
  close: () => sql.close(),
  workloads: {
    find: {
      async run(index) {
        const [row] =
          await sql`select id, name, email, age, active, bio, created_at, updated_at from users where id = ${userId(index)}`;
        return row;
      },
    },
    "find in flight": {
      async run(index) {
        const ids = Array.from({ length: FIND_IN_FLIGHT }, (_, n) => userId(index + n * 7));
        return await Promise.all(
          ids.map(async (id) => {
            const [row] =
              await sql`select id, name, email, age, active, bio, created_at, updated_at from users where id = ${id}`;
            return row;
          }),
        );
      },
    },
    "select 1,000": { run: () => select(1_000) },
    "select 10,000": { run: () => select(10_000) },
    "to JSON": {
      run: async () => JSON.stringify(await select(10_000)),
      plain: (text) => JSON.parse(String(text)),
    },
    "eager 2": {
      async run() {
        const found = await users(authors);
        nest(found, await posts(found.map(({ id }) => id)), "user_id", "posts");
        return found;
      },
    },
    "eager 3": {
      async run() {
        const found = await users(fewAuthors);
        const written = await posts(found.map(({ id }) => id));
        const comments: Row[] =
          await sql`select id, post_id, author_name, body, created_at from comments where post_id = any(${array(written.map(({ id }) => id))}::uuid[])`;
        nest(written, comments, "post_id", "comments");
        nest(found, written, "user_id", "posts");
        return found;
      },
    },
    "newest 3": {
      async run() {
        const found = await users(authors);
        const ids = array(found.map(({ id }) => id));
        const newest: Row[] =
          await sql`select p.* from unnest(${ids}::uuid[]) as parent (id) cross join lateral (
            select id, user_id, title, body, views, published, created_at from posts
            where user_id = parent.id order by created_at desc limit 3) p`;
        nest(found, newest, "user_id", "posts");
        return found;
      },
    },
    insert: {
      async run(index) {
        const { name, quantity, active, note } = newItem(index);
        const [row] =
          await sql`insert into items (name, quantity, active, note) values (${name}, ${quantity}, ${active}, ${note}) returning id, name, quantity, active, note, created_at`;
        return row;
      },
    },
    "bulk insert": {
      run: () =>
        sql`insert into items ${sql(newItems)} returning id, name, quantity, active, note, created_at`,
    },
    "bulk upsert": {
      run: () =>
        sql`insert into products ${sql(newProducts)} on conflict (code) do update
          set name = excluded.name, quantity = excluded.quantity
          returning id, code, name, quantity, updated_at`,
    },
    update: {
      run: (index) =>
        sql`update accounts set visits = ${Math.floor(index / SIZE.accounts) + 1} where id = ${accountId(index)}`,
    },
    aggregate: {
      run: () =>
        sql`select user_id, count(*)::int as count, sum(views)::int as views from posts group by user_id order by user_id`,
    },
    walk: {
      async run() {
        let sum = 0;
        for (let last = 0; ; ) {
          const batch: Row[] =
            await sql`select id, kind, user_id, amount, created_at from events where id > ${last} order by id limit ${BATCH}`;
          for (const row of batch) sum += Number(row.amount);
          if (batch.length < BATCH) return sum;
          last = Number(batch[batch.length - 1]?.id);
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
              return account.balance;
            });
          }),
        ),
    },
    build: {
      run() {
        for (let n = 0; n < BUILDS; n++) {
          const values: unknown[] = [];
          const bind = (value: unknown) => `$${values.push(value)}`;
          const where = `"active" = ${bind(true)} and "age" >= ${bind(18 + (n % 10))}`;
          const text = `select ${COLUMNS} from "users" where ${where} order by "created_at" desc limit ${bind(20)}`;
          consume(text);
        }
        return true;
      },
    },
  },
};
