/** baked-orm 0.14.3 as published, used as its README shows. */
import {
  belongsTo,
  connect,
  disconnect,
  hasMany,
  Model,
  query,
  transaction,
} from "baked-orm-published";
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
import * as schema from "../schema";
import { BUILDS, consume, type Library } from "../workloads";

// Its types expect its own generated schema; at run time the two schemas agree.
const model = Model as unknown as (table: unknown, associations?: unknown) => PublishedModel;

// biome-ignore lint/suspicious/noExplicitAny: the types of the published package are not what is measured
type PublishedModel = any;

const User: PublishedModel = class User extends model(schema.users, {
  posts: hasMany(() => Post),
  newestPosts: hasMany(() => Post, {
    defaultScope: (posts: PublishedModel) => posts.order({ createdAt: "DESC" }).limit(3),
  } as never),
}) {};
const Post: PublishedModel = class Post extends model(schema.posts, {
  author: belongsTo("User", { foreignKey: "userId" } as never),
  comments: hasMany(() => Comment),
}) {};
const Comment: PublishedModel = class Comment extends model(schema.comments) {};
const Event: PublishedModel = class Event extends model(schema.events) {};
const Item: PublishedModel = class Item extends model(schema.items) {};
const Product: PublishedModel = class Product extends model(schema.products) {};
const Account: PublishedModel = class Account extends model(schema.accounts) {};
const Ledger: PublishedModel = class Ledger extends model(schema.ledger) {};

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function plainUsers(users: PublishedModel, include: readonly string[], from: string): unknown {
  return users.map((user: PublishedModel) => {
    const { [from]: posts, ...columns } = user.serialize({ include });
    return { ...columns, posts };
  });
}

let accounts: PublishedModel[];

export const library: Library = {
  async connect(url) {
    // Its pool has ten connections when a URL is given.
    process.env.POSTGRES_URL = url;
    await connect();
    await query("select 1");
  },
  close: () => disconnect(),
  workloads: {
    find: { run: (index) => User.find(userId(index)), plain: json },
    "find in flight": {
      run: (index) =>
        Promise.all(
          Array.from({ length: FIND_IN_FLIGHT }, (_, n) => User.find(userId(index + n * 7))),
        ),
      plain: json,
    },
    "select 1,000": { run: () => User.order({ id: "ASC" }).limit(1_000).toArray(), plain: json },
    "select 10,000": { run: () => User.order({ id: "ASC" }).limit(10_000).toArray(), plain: json },
    "to JSON": {
      run: async () => JSON.stringify(await User.order({ id: "ASC" }).limit(10_000).toArray()),
      plain: (text) => JSON.parse(String(text)),
    },
    "eager 2": {
      run: () =>
        User.where({ id: authorIds(100) })
          .includes("posts")
          .toArray(),
      plain: (users) => plainUsers(users, ["posts"], "posts"),
    },
    "eager 3": {
      run: () =>
        User.where({ id: authorIds(50) })
          .includes("posts.comments")
          .toArray(),
      plain: (users) => plainUsers(users, ["posts.comments"], "posts"),
    },
    "newest 3": {
      run: () =>
        User.where({ id: authorIds(100) })
          .includes("newestPosts")
          .toArray(),
      plain: (users) => plainUsers(users, ["newestPosts"], "newestPosts"),
    },
    insert: { run: (index) => Item.create(newItem(index)) },
    "bulk insert": { run: () => Item.createMany(newItems) },
    "bulk upsert": {
      run: () => Product.upsertAll(newProducts, { conflict: { columns: ["code"] } }),
    },
    update: {
      async prepare() {
        const found = await Account.all();
        const byId = new Map(found.map((account: PublishedModel) => [account.id, account]));
        accounts = Array.from({ length: SIZE.accounts }, (_, n) => byId.get(accountId(n)));
      },
      run(index) {
        const account = accounts[index % SIZE.accounts];
        account.visits = Math.floor(index / SIZE.accounts) + 1;
        return account.save();
      },
    },
    aggregate: {
      run: () =>
        Post.all()
          .group("userId")
          .order({ userId: "ASC" })
          .aggregate({ count: "COUNT(*)::int", views: "SUM(views)::int" }),
    },
    walk: {
      async run() {
        let sum = 0;
        for await (const batch of Event.all().findInBatches({ batchSize: BATCH })) {
          for (const event of batch) sum += event.amount;
        }
        return sum;
      },
    },
    transaction: {
      run: (index) =>
        Promise.all(
          Array.from({ length: TRANSACTIONS_IN_FLIGHT }, (_, n) => {
            const id = accountId(index * TRANSACTIONS_IN_FLIGHT + n);
            return transaction(async () => {
              await Ledger.create({ accountId: id, amount: 5 });
              // updateAll() takes no expressions.
              await query("update accounts set balance = balance + $1 where id = $2", [5, id]);
              return (await Account.find(id)).balance;
            });
          }),
        ),
    },
    build: {
      run() {
        for (let n = 0; n < BUILDS; n++) {
          const { text } = User.where({ active: true, age: { gte: 18 + (n % 10) } })
            .order({ createdAt: "DESC" })
            .limit(20)
            .toSQL();
          consume(text);
        }
        return true;
      },
    },
  },
};
