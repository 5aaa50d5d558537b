/** kysely over Bun.sql. */
import { SQL } from "bun";
import { type Generated, type GeneratedAlways, Kysely, sql } from "kysely";
import { PostgresJSDialect } from "kysely-postgres-js";
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

interface Tables {
  users: {
    id: Generated<string>;
    name: string;
    email: string;
    age: number | null;
    active: Generated<boolean>;
    bio: string | null;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
  };
  posts: {
    id: Generated<string>;
    user_id: string;
    title: string;
    body: string;
    views: Generated<number>;
    published: Generated<boolean>;
    created_at: Generated<Date>;
  };
  comments: {
    id: Generated<string>;
    post_id: string;
    author_name: string;
    body: string;
    created_at: Generated<Date>;
  };
  events: {
    id: GeneratedAlways<number>;
    kind: string;
    user_id: string;
    amount: number;
    created_at: Generated<Date>;
  };
  items: {
    id: Generated<string>;
    name: string;
    quantity: number;
    active: Generated<boolean>;
    note: string | null;
    created_at: Generated<Date>;
  };
  products: {
    id: Generated<string>;
    code: string;
    name: string;
    quantity: number;
    updated_at: Generated<Date>;
  };
  accounts: {
    id: Generated<string>;
    owner: string;
    visits: Generated<number>;
    balance: Generated<number>;
    created_at: Generated<Date>;
  };
  ledger: {
    id: GeneratedAlways<number>;
    account_id: string;
    amount: number;
    created_at: Generated<Date>;
  };
}

let db: Kysely<Tables>;

const byId = (id: string) =>
  db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
const select = (limit: number) =>
  db.selectFrom("users").selectAll().orderBy("id").limit(limit).execute();
const users = (ids: string[]) =>
  db.selectFrom("users").selectAll().where("id", "in", ids).execute();
const posts = (ids: string[]) =>
  db.selectFrom("posts").selectAll().where("user_id", "in", ids).execute();

function nested<Parent extends { id: string }, Child>(
  parents: readonly Parent[],
  children: readonly Child[],
  key: (child: Child) => string,
  name: string,
): (Parent & Record<string, unknown>)[] {
  const lists = new Map<string, Child[]>();
  for (const parent of parents) lists.set(parent.id, []);
  for (const child of children) lists.get(key(child))?.push(child);
  return parents.map((parent) => ({ ...parent, [name]: lists.get(parent.id) }));
}

export const library: Library = {
  async connect(url, max) {
    db = new Kysely<Tables>({
      dialect: new PostgresJSDialect({ postgres: () => new SQL({ url, max }) as never }),
    });
    await sql`select 1`.execute(db);
  },
  close: () => db.destroy(),
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
        const found = await users(authorIds(100));
        const written = await posts(found.map(({ id }) => id));
        return nested(found, written, (post) => post.user_id, "posts");
      },
    },
    "eager 3": {
      async run() {
        const found = await users(authorIds(50));
        const written = await posts(found.map(({ id }) => id));
        const ids = written.map(({ id }) => id);
        const answers = await db
          .selectFrom("comments")
          .selectAll()
          .where("post_id", "in", ids)
          .execute();
        const full = nested(written, answers, (comment) => comment.post_id, "comments");
        return nested(found, full, (post) => post.user_id, "posts");
      },
    },
    "newest 3": {
      async run() {
        const found = await users(authorIds(100));
        const ids = found.map(({ id }) => id);
        const newest = await db
          .selectFrom("users")
          .innerJoinLateral(
            (join) =>
              join
                .selectFrom("posts")
                .selectAll()
                .whereRef("posts.user_id", "=", "users.id")
                .orderBy("posts.created_at", "desc")
                .limit(3)
                .as("newest"),
            (join) => join.onTrue(),
          )
          .selectAll("newest")
          .where("users.id", "in", ids)
          .execute();
        return nested(found, newest, (post) => post.user_id, "posts");
      },
    },
    insert: {
      run: (index) =>
        db.insertInto("items").values(newItem(index)).returningAll().executeTakeFirstOrThrow(),
    },
    "bulk insert": {
      run: () => db.insertInto("items").values(newItems).returningAll().execute(),
    },
    "bulk upsert": {
      run: () =>
        db
          .insertInto("products")
          .values(newProducts)
          .onConflict((conflict) =>
            conflict.column("code").doUpdateSet((row) => ({
              name: row.ref("excluded.name"),
              quantity: row.ref("excluded.quantity"),
            })),
          )
          .returningAll()
          .execute(),
    },
    update: {
      run: (index) =>
        db
          .updateTable("accounts")
          .set({ visits: Math.floor(index / SIZE.accounts) + 1 })
          .where("id", "=", accountId(index))
          .execute(),
    },
    aggregate: {
      run: () =>
        db
          .selectFrom("posts")
          .select(["user_id", sql<number>`count(*)::int`.as("count")])
          .select(sql<number>`sum(views)::int`.as("views"))
          .groupBy("user_id")
          .orderBy("user_id")
          .execute(),
    },
    walk: {
      async run() {
        let total = 0;
        for (let last = 0; ; ) {
          const batch = await db
            .selectFrom("events")
            .selectAll()
            .where("id", ">", last)
            .orderBy("id")
            .limit(BATCH)
            .execute();
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
            return db.transaction().execute(async (tx) => {
              await tx
                .insertInto("ledger")
                .values({ account_id: id, amount: 5 })
                .returningAll()
                .execute();
              await tx
                .updateTable("accounts")
                .set((row) => ({ balance: row("balance", "+", 5) }))
                .where("id", "=", id)
                .execute();
              const account = await tx
                .selectFrom("accounts")
                .selectAll()
                .where("id", "=", id)
                .executeTakeFirstOrThrow();
              return account.balance;
            });
          }),
        ),
    },
    build: {
      run() {
        for (let n = 0; n < BUILDS; n++) {
          const query = db
            .selectFrom("users")
            .selectAll()
            .where("active", "=", true)
            .where("age", ">=", 18 + (n % 10))
            .orderBy("created_at", "desc")
            .limit(20)
            .compile();
          consume(query.sql);
        }
        return true;
      },
    },
  },
};
