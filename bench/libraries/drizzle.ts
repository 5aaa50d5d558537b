/** drizzle, its SQL-like API over Bun.sql. */
import { SQL } from "bun";
import { and, asc, count, desc, eq, gt, gte, inArray, sql, sum } from "drizzle-orm";
import { type BunSQLDatabase, drizzle } from "drizzle-orm/bun-sql";
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
import {
  accounts,
  comments,
  events,
  items,
  ledger,
  posts,
  products,
  users,
} from "./drizzle-schema";

let client: SQL;
let db: BunSQLDatabase;

async function byId(id: string) {
  const [user] = await db.select().from(users).where(eq(users.id, id));
  return user;
}

/** Children into a list on each parent. */
function nested<Parent extends { id: string }, Child, Name extends string>(
  parents: readonly Parent[],
  children: readonly Child[],
  key: (child: Child) => string,
  name: Name,
): (Parent & Record<Name, Child[]>)[] {
  const lists = new Map<string, Child[]>();
  for (const parent of parents) lists.set(parent.id, []);
  for (const child of children) lists.get(key(child))?.push(child);
  return parents.map((parent) => ({ ...parent, [name]: lists.get(parent.id) })) as never;
}

const select = (limit: number) => db.select().from(users).orderBy(asc(users.id)).limit(limit);

export const library: Library = {
  async connect(url, max) {
    client = new SQL(url, { max });
    db = drizzle({ client });
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
      async run() {
        const found = await db
          .select()
          .from(users)
          .where(inArray(users.id, authorIds(100)));
        const ids = found.map(({ id }) => id);
        const written = await db.select().from(posts).where(inArray(posts.userId, ids));
        return nested(found, written, (post) => post.userId, "posts");
      },
    },
    "eager 3": {
      async run() {
        const found = await db
          .select()
          .from(users)
          .where(inArray(users.id, authorIds(50)));
        const ids = found.map(({ id }) => id);
        const written = await db.select().from(posts).where(inArray(posts.userId, ids));
        const answers = await db
          .select()
          .from(comments)
          .where(
            inArray(
              comments.postId,
              written.map(({ id }) => id),
            ),
          );
        const full = nested(written, answers, (comment) => comment.postId, "comments");
        return nested(found, full, (post) => post.userId, "posts");
      },
    },
    insert: { run: (index) => db.insert(items).values(newItem(index)).returning() },
    "bulk insert": {
      run: () =>
        db
          .insert(items)
          .values([...newItems])
          .returning(),
    },
    "bulk upsert": {
      run: () =>
        db
          .insert(products)
          .values([...newProducts])
          .onConflictDoUpdate({
            target: products.code,
            set: { name: sql`excluded.name`, quantity: sql`excluded.quantity` },
          })
          .returning(),
    },
    update: {
      run: (index) =>
        db
          .update(accounts)
          .set({ visits: Math.floor(index / SIZE.accounts) + 1 })
          .where(eq(accounts.id, accountId(index))),
    },
    aggregate: {
      run: () =>
        db
          .select({
            userId: posts.userId,
            count: count(),
            views: sum(posts.views).mapWith(Number),
          })
          .from(posts)
          .groupBy(posts.userId)
          .orderBy(asc(posts.userId)),
    },
    walk: {
      async run() {
        let total = 0;
        for (let last = 0; ; ) {
          const batch = await db
            .select()
            .from(events)
            .where(gt(events.id, last))
            .orderBy(asc(events.id))
            .limit(BATCH);
          for (const event of batch) total += event.amount;
          if (batch.length < BATCH) return total;
          last = batch[batch.length - 1]?.id ?? 0;
        }
      },
    },
    transaction: {
      run: (index) =>
        Promise.all(
          Array.from({ length: TRANSACTIONS_IN_FLIGHT }, (_, n) => {
            const id = accountId(index * TRANSACTIONS_IN_FLIGHT + n);
            return db.transaction(async (tx) => {
              await tx.insert(ledger).values({ accountId: id, amount: 5 }).returning();
              await tx
                .update(accounts)
                .set({ balance: sql`${accounts.balance} + ${5}` })
                .where(eq(accounts.id, id));
              const [account] = await tx.select().from(accounts).where(eq(accounts.id, id));
              return account?.balance;
            });
          }),
        ),
    },
    build: {
      run() {
        for (let n = 0; n < BUILDS; n++) {
          const query = db
            .select()
            .from(users)
            .where(and(eq(users.active, true), gte(users.age, 18 + (n % 10))))
            .orderBy(desc(users.createdAt))
            .limit(20)
            .toSQL();
          consume(query.sql);
        }
        return true;
      },
    },
  },
};
