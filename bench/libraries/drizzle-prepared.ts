/** drizzle with prepared queries, as its page on performance recommends: the SQL is built once, values are placeholders. */
import { SQL } from "bun";
import { asc, count, eq, gt, sql, sum } from "drizzle-orm";
import { drizzle } from "drizzle-orm/bun-sql";
import { accountId, BATCH, FIND_IN_FLIGHT, newItem, SIZE, userId } from "../data";
import type { Library } from "../workloads";
import { accounts, events, items, posts, users } from "./drizzle-schema";

let client: SQL;
let queries: ReturnType<typeof prepare>;

const value = (name: string) => sql.placeholder(name);

function prepare(on: SQL) {
  const db = drizzle({ client: on });
  return {
    find: db
      .select()
      .from(users)
      .where(eq(users.id, value("id")))
      .prepare("find"),
    select: db.select().from(users).orderBy(asc(users.id)).limit(value("limit")).prepare("select"),
    insert: db
      .insert(items)
      .values({
        name: value("name"),
        quantity: value("quantity"),
        active: value("active"),
        note: value("note"),
      })
      .returning()
      .prepare("insert"),
    update: db
      .update(accounts)
      .set({ visits: sql`${value("visits")}` })
      .where(eq(accounts.id, value("id")))
      .prepare("update"),
    aggregate: db
      .select({ userId: posts.userId, count: count(), views: sum(posts.views).mapWith(Number) })
      .from(posts)
      .groupBy(posts.userId)
      .orderBy(asc(posts.userId))
      .prepare("aggregate"),
    walk: db
      .select()
      .from(events)
      .where(gt(events.id, value("last")))
      .orderBy(asc(events.id))
      .limit(BATCH)
      .prepare("walk"),
  };
}

async function byId(id: string) {
  const [user] = await queries.find.execute({ id });
  return user;
}

const select = (limit: number) => queries.select.execute({ limit });

export const library: Library = {
  async connect(url, max) {
    client = new SQL(url, { max });
    await client`select 1`;
    queries = prepare(client);
  },
  close: () => client.close(),
  workloads: {
    find: { run: (index) => byId(userId(index)) },
    "find in flight": {
      run: (index) =>
        Promise.all(Array.from({ length: FIND_IN_FLIGHT }, (_, n) => byId(userId(index + n * 7)))),
    },
    "select 1,000": { run: () => select(1_000) },
    "select 10,000": { run: () => select(10_000) },
    "to JSON": {
      run: async () => JSON.stringify(await select(10_000)),
      plain: (text) => JSON.parse(String(text)),
    },
    insert: { run: (index) => queries.insert.execute({ ...newItem(index) }) },
    update: {
      run: (index) =>
        queries.update.execute({
          visits: Math.floor(index / SIZE.accounts) + 1,
          id: accountId(index),
        }),
    },
    aggregate: { run: () => queries.aggregate.execute() },
    walk: {
      async run() {
        let total = 0;
        for (let last = 0; ; ) {
          const batch = await queries.walk.execute({ last });
          for (const event of batch) total += event.amount;
          if (batch.length < BATCH) return total;
          last = batch[batch.length - 1]?.id ?? 0;
        }
      },
    },
  },
};
