/** What the soak does over and over: each operation leaves the tables as it found them. */
import {
  belongsTo,
  hasMany,
  Model,
  query,
  sql,
  TimeoutError,
  transaction,
  ValidationError,
  validates,
} from "../../src/index";
import { accountId, newItem, userId } from "../data";
import * as schema from "../schema";

class User extends Model(schema.users, {
  posts: hasMany(() => Post),
  newestPosts: hasMany(() => Post, {
    defaultScope: (posts) => posts.order({ createdAt: "DESC" }).limit(3),
  }),
}) {
  static validations = { email: validates("email") };
}
class Post extends Model(schema.posts, {
  author: belongsTo<User>("User", { foreignKey: "userId" }),
  comments: hasMany(() => Comment),
}) {}
class Comment extends Model(schema.comments) {}
class Event extends Model(schema.events) {}
class Item extends Model(schema.items) {
  static validations = { name: validates("presence") };
  static {
    this.on("beforeSave", (item) => {
      item.name = item.name.trim();
    });
  }
}
class Product extends Model(schema.products) {}
class Account extends Model(schema.accounts) {}
class Ledger extends Model(schema.ledger) {}

/** The error that is wanted; any other, and none, fails the soak. */
async function expecting(
  kind: new (...args: never[]) => Error,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof kind) return;
    throw error;
  }
  throw new Error(`${kind.name} was expected.`);
}

class Undone extends Error {}

const ids = (first: number, count: number) =>
  Array.from({ length: count }, (_, n) => userId(first + n));

/** How often each operation comes, of all their weights together, and what it does. */
export interface Operation {
  readonly name: string;
  readonly weight: number;
  /** `turn` differs on every call. */
  run(turn: number): Promise<unknown>;
}

export const operations: readonly Operation[] = [
  { name: "find", weight: 30, run: (turn) => User.find(userId(turn)) },
  {
    name: "ten finds together",
    weight: 5,
    run: (turn) => Promise.all(ids(turn, 10).map((id) => User.find(id))),
  },
  {
    name: "list of a varying length",
    weight: 10,
    run: (turn) =>
      User.where({ id: ids(turn, (turn % 60) + 1) })
        .order({ createdAt: "DESC" })
        .limit(20),
  },
  {
    // Plans and templates of texts that never come again must be given up.
    name: "a text of its own",
    weight: 1,
    run: (turn) => User.where(sql.raw(`age = ${turn % 1_000_000}`)).count(),
  },
  {
    name: "eager, three levels",
    weight: 4,
    run: (turn) =>
      User.where({ id: ids(turn % 900, 5) })
        .includes("posts.comments", "newestPosts")
        .toArray(),
  },
  {
    name: "lazy, in a loop",
    weight: 3,
    async run(turn) {
      const users = await User.where({ id: ids(turn % 900, 5) });
      for (const user of users) await user.load("posts");
    },
  },
  {
    name: "to JSON",
    weight: 3,
    run: async (turn) =>
      JSON.stringify(
        await User.order({ id: "ASC" })
          .limit(100)
          .offset(turn % 5_000),
      ),
  },
  {
    name: "count, pluck, aggregate",
    weight: 3,
    async run() {
      await Post.where({ published: true }).limit(50).pluck("title");
      await Account.count();
      await Account.sum("balance");
    },
  },
  {
    name: "pages",
    weight: 2,
    async run() {
      const first = await Post.order({ views: "DESC" }).paginate({ first: 20 });
      await Post.order({ views: "DESC" }).paginate({ first: 20, after: first.next });
    },
  },
  {
    name: "batches",
    weight: 1,
    async run() {
      for await (const _batch of Event.where({ id: { lte: 3_000 } }).findInBatches({
        batchSize: 1_000,
      }));
    },
  },
  {
    name: "create, update, destroy",
    weight: 10,
    async run(turn) {
      const item = await Item.create(newItem(turn));
      await item.update({ quantity: item.quantity + 1 });
      await item.destroy();
    },
  },
  {
    name: "a hundred at once",
    weight: 2,
    async run(turn) {
      const rows = Array.from({ length: 100 }, (_, n) => newItem(turn + n));
      const created = await Item.createMany(rows);
      await Item.where({ id: created.map(({ id }) => id) }).deleteAll();
    },
  },
  {
    name: "upsert",
    weight: 2,
    run: (turn) =>
      Product.upsertAll(
        Array.from({ length: 50 }, (_, n) => ({ code: `S-${n}`, name: `At ${turn}`, quantity: n })),
        { conflict: { columns: ["code"] } },
      ),
  },
  {
    name: "transaction",
    weight: 5,
    run: (turn) =>
      transaction(async () => {
        const entry = await Ledger.create({ accountId: accountId(turn), amount: 5 });
        await Account.where({ id: accountId(turn) }).updateAll({ balance: sql`balance + ${5}` });
        await entry.destroy();
      }),
  },
  {
    name: "rollback, with a savepoint",
    weight: 3,
    run: (turn) =>
      expecting(Undone, () =>
        transaction(async () => {
          const item = await Item.create(newItem(turn));
          await expecting(Undone, () =>
            transaction(async () => {
              await item.update({ quantity: 7 });
              throw new Undone();
            }),
          );
          throw new Undone();
        }),
      ),
  },
  {
    name: "unique violation",
    weight: 2,
    run: (turn) =>
      expecting(ValidationError, () =>
        User.create({ name: "Twin", email: `user${(turn % 9_000) + 1}@example.com` }),
      ),
  },
  {
    name: "validation error",
    weight: 2,
    run: () => expecting(ValidationError, () => Item.create({ name: "", quantity: 1 })),
  },
  {
    name: "timeout",
    weight: 0.2,
    run: () =>
      expecting(TimeoutError, () =>
        transaction({ timeout: 20 }, () => query("select pg_sleep(10)")),
      ),
  },
];
