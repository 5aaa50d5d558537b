/** typeorm over pg. */
import "reflect-metadata";
import { DataSource, EntitySchema, In, MoreThan } from "typeorm";
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

const id = { type: "uuid", primary: true, generated: "uuid" } as const;
const number = { type: "int", primary: true, generated: "increment" } as const;
const text = { type: "text" } as const;
const int = { type: "int" } as const;
const moment = (name: string) => ({ type: "timestamptz", name, default: () => "now()" }) as const;

class User {
  declare id: string;
  declare active: boolean;
  declare age: number | null;
  declare createdAt: Date;
  declare posts?: Post[];
}
class Post {
  declare id: string;
  declare userId: string;
}
class Comment {
  declare id: string;
}
class Event {
  declare id: number;
  declare amount: number;
}
class Item {
  declare id: string;
}
class Product {
  declare id: string;
}
class Account {
  declare id: string;
  declare visits: number;
  declare balance: number;
}
class Ledger {
  declare id: number;
  declare accountId: string;
  declare amount: number;
}

const entities = [
  new EntitySchema<User & Record<string, unknown>>({
    name: "User",
    target: User as never,
    tableName: "users",
    columns: {
      id,
      name: text,
      email: text,
      age: { ...int, nullable: true },
      active: { type: "boolean", default: true },
      bio: { ...text, nullable: true },
      createdAt: moment("created_at"),
      updatedAt: moment("updated_at"),
    },
    relations: { posts: { type: "one-to-many", target: "Post", inverseSide: "author" } },
  }),
  new EntitySchema<Record<string, unknown>>({
    name: "Post",
    target: Post as never,
    tableName: "posts",
    columns: {
      id,
      userId: { type: "uuid", name: "user_id" },
      title: text,
      body: text,
      views: { ...int, default: 0 },
      published: { type: "boolean", default: false },
      createdAt: moment("created_at"),
    },
    relations: {
      author: {
        type: "many-to-one",
        target: "User",
        joinColumn: { name: "user_id" },
        inverseSide: "posts",
      },
      comments: { type: "one-to-many", target: "Comment", inverseSide: "post" },
    },
  }),
  new EntitySchema<Record<string, unknown>>({
    name: "Comment",
    target: Comment as never,
    tableName: "comments",
    columns: {
      id,
      postId: { type: "uuid", name: "post_id" },
      authorName: { ...text, name: "author_name" },
      body: text,
      createdAt: moment("created_at"),
    },
    relations: {
      post: {
        type: "many-to-one",
        target: "Post",
        joinColumn: { name: "post_id" },
        inverseSide: "comments",
      },
    },
  }),
  new EntitySchema<Record<string, unknown>>({
    name: "Event",
    target: Event as never,
    tableName: "events",
    columns: {
      id: number,
      kind: text,
      userId: { type: "uuid", name: "user_id" },
      amount: int,
      createdAt: moment("created_at"),
    },
  }),
  new EntitySchema<Record<string, unknown>>({
    name: "Item",
    target: Item as never,
    tableName: "items",
    columns: {
      id,
      name: text,
      quantity: int,
      active: { type: "boolean", default: true },
      note: { ...text, nullable: true },
      createdAt: moment("created_at"),
    },
  }),
  new EntitySchema<Record<string, unknown>>({
    name: "Product",
    target: Product as never,
    tableName: "products",
    columns: { id, code: text, name: text, quantity: int, updatedAt: moment("updated_at") },
  }),
  new EntitySchema<Record<string, unknown>>({
    name: "Account",
    target: Account as never,
    tableName: "accounts",
    columns: {
      id,
      owner: text,
      visits: { ...int, default: 0 },
      balance: { ...int, default: 0 },
      createdAt: moment("created_at"),
    },
  }),
  new EntitySchema<Record<string, unknown>>({
    name: "Ledger",
    target: Ledger as never,
    tableName: "ledger",
    columns: {
      id: number,
      accountId: { type: "uuid", name: "account_id" },
      amount: int,
      createdAt: moment("created_at"),
    },
  }),
];

let source: DataSource;
let accounts: Account[];

const byId = (key: string) => source.manager.findOneBy(User, { id: key });
const select = (take: number) => source.manager.find(User, { order: { id: "ASC" }, take });

export const library: Library = {
  async connect(url, poolSize) {
    source = new DataSource({ type: "postgres", url, entities, poolSize });
    await source.initialize();
  },
  close: () => source.destroy(),
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
      plain: (json) => JSON.parse(String(json)),
    },
    "eager 2": {
      run: () =>
        source.manager.find(User, {
          where: { id: In(authorIds(100)) },
          relations: { posts: true },
        }),
    },
    "eager 3": {
      run: () =>
        source.manager.find(User, {
          where: { id: In(authorIds(50)) },
          relations: { posts: { comments: true } } as never,
        }),
    },
    insert: {
      run: (index) =>
        source.manager.save(Item, source.manager.create(Item, { ...newItem(index) } as object)),
    },
    "bulk insert": {
      run: () => source.manager.insert(Item, newItems.map((item) => ({ ...item })) as never),
    },
    "bulk upsert": {
      run: () =>
        source.manager.upsert(Product, newProducts.map((each) => ({ ...each })) as never, ["code"]),
    },
    update: {
      async prepare() {
        const byKey = new Map((await source.manager.find(Account)).map((each) => [each.id, each]));
        accounts = Array.from(
          { length: SIZE.accounts },
          (_, n) => byKey.get(accountId(n)) as Account,
        );
      },
      run(index) {
        const account = accounts[index % SIZE.accounts] as Account;
        account.visits = Math.floor(index / SIZE.accounts) + 1;
        return source.manager.save(Account, account);
      },
    },
    aggregate: {
      run: () =>
        source.manager
          .createQueryBuilder(Post, "post")
          .select("post.userId", "userId")
          .addSelect("count(*)::int", "count")
          .addSelect("sum(post.views)::int", "views")
          .groupBy("post.userId")
          .orderBy("post.userId")
          .getRawMany(),
    },
    walk: {
      async run() {
        let total = 0;
        for (let last = 0; ; ) {
          const batch = await source.manager.find(Event, {
            where: { id: MoreThan(last) },
            order: { id: "ASC" },
            take: BATCH,
          });
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
            const key = accountId(index * TRANSACTIONS_IN_FLIGHT + n);
            return source.transaction(async (manager) => {
              await manager.insert(Ledger, { accountId: key, amount: 5 });
              await manager.increment(Account, { id: key }, "balance", 5);
              return (await manager.findOneByOrFail(Account, { id: key })).balance;
            });
          }),
        ),
    },
    build: {
      run() {
        for (let n = 0; n < BUILDS; n++) {
          const query = source.manager
            .createQueryBuilder(User, "user")
            .where("user.active = :active", { active: true })
            .andWhere("user.age >= :age", { age: 18 + (n % 10) })
            .orderBy("user.createdAt", "DESC")
            .limit(20);
          consume(query.getQueryAndParameters()[0]);
        }
        return true;
      },
    },
  },
};
