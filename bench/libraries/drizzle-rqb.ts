/** drizzle, its relational queries. */
import { SQL } from "bun";
import { asc, desc, inArray } from "drizzle-orm";
import { type BunSQLDatabase, drizzle } from "drizzle-orm/bun-sql";
import { authorIds, BATCH, FIND_IN_FLIGHT, userId } from "../data";
import type { Library } from "../workloads";
import * as schema from "./drizzle-schema";

let client: SQL;
let db: BunSQLDatabase<typeof schema>;

const byId = (id: string) => db.query.users.findFirst({ where: (user, { eq }) => eq(user.id, id) });
const select = (limit: number) => db.query.users.findMany({ orderBy: asc(schema.users.id), limit });

export const library: Library = {
  async connect(url, max) {
    client = new SQL(url, { max });
    db = drizzle({ client, schema });
    await client`select 1`;
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
    "eager 2": {
      run: () =>
        db.query.users.findMany({
          where: inArray(schema.users.id, authorIds(100)),
          with: { posts: true },
        }),
    },
    "eager 3": {
      run: () =>
        db.query.users.findMany({
          where: inArray(schema.users.id, authorIds(50)),
          with: { posts: { with: { comments: true } } },
        }),
    },
    "newest 3": {
      run: () =>
        db.query.users.findMany({
          where: inArray(schema.users.id, authorIds(100)),
          with: { posts: { orderBy: desc(schema.posts.createdAt), limit: 3 } },
        }),
    },
    walk: {
      async run() {
        let total = 0;
        for (let last = 0; ; ) {
          const after = last;
          const batch = await db.query.events.findMany({
            where: (event, { gt }) => gt(event.id, after),
            orderBy: asc(schema.events.id),
            limit: BATCH,
          });
          for (const event of batch) total += event.amount;
          if (batch.length < BATCH) return total;
          last = batch[batch.length - 1]?.id ?? 0;
        }
      },
    },
  },
};
