/** baked-orm, as an application would use it. */
import { belongsTo, connect, disconnect, hasMany, Model, sql, transaction } from "../../src/index";
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

class User extends Model(schema.users, {
  posts: hasMany(() => Post),
  newestPosts: hasMany(() => Post, {
    defaultScope: (query) => query.order({ createdAt: "DESC" }).limit(3),
  }),
}) {}
class Post extends Model(schema.posts, {
  author: belongsTo<unknown>("User", { foreignKey: "userId" }),
  comments: hasMany(() => Comment),
}) {}
class Comment extends Model(schema.comments) {}
class Event extends Model(schema.events) {}
class Item extends Model(schema.items) {}
class Product extends Model(schema.products) {}
class Account extends Model(schema.accounts) {}
class Ledger extends Model(schema.ledger) {}

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Users with their posts under the name that the other libraries use. */
function plainUsers(
  users: unknown,
  include: "posts" | "posts.comments" | "newestPosts",
  from: "posts" | "newestPosts" = "posts",
): unknown {
  return (users as User[]).map((user) => {
    const payload: object = user.serialize({ include: [include] });
    const { [from]: posts, ...columns } = payload as Record<string, unknown>;
    return { ...columns, posts };
  });
}

let accounts: Account[];

export const library: Library = {
  connect: (url, max) => connect(url, { max }).then(() => {}),
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
      run: async () => JSON.stringify(await User.order({ id: "ASC" }).limit(10_000)),
      plain: (text) => JSON.parse(String(text)),
    },
    "eager 2": {
      run: () =>
        User.where({ id: authorIds(100) })
          .includes("posts")
          .toArray(),
      plain: (users) => plainUsers(users, "posts"),
    },
    "eager 3": {
      run: () =>
        User.where({ id: authorIds(50) })
          .includes("posts.comments")
          .toArray(),
      plain: (users) => plainUsers(users, "posts.comments"),
    },
    "newest 3": {
      run: () =>
        User.where({ id: authorIds(100) })
          .includes("newestPosts")
          .toArray(),
      plain: (users) => plainUsers(users, "newestPosts", "newestPosts"),
    },
    insert: { run: (index) => Item.create(newItem(index)) },
    "bulk insert": { run: () => Item.createMany(newItems) },
    "bulk upsert": {
      run: () => Product.upsertAll(newProducts, { conflict: { columns: ["code"] } }),
    },
    update: {
      async prepare() {
        const found = await Account.all();
        const byId = new Map(found.map((account) => [account.id, account]));
        accounts = Array.from(
          { length: SIZE.accounts },
          (_, n) => byId.get(accountId(n)) as Account,
        );
      },
      run(index) {
        const account = accounts[index % SIZE.accounts] as Account;
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
              await Account.where({ id }).updateAll({ balance: sql`balance + ${5}` });
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
