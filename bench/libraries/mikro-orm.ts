/** mikro-orm over pg; each unit of work has an entity manager of its own, as its documentation asks. */
import { defineEntity, type EntityManager, MikroORM, p, raw } from "@mikro-orm/postgresql";
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

const id = () => p.uuid().primary().defaultRaw("gen_random_uuid()");
const moment = () => p.datetime().defaultRaw("now()");

const Comment = defineEntity({
  name: "Comment",
  tableName: "comments",
  properties: {
    id: id(),
    post: () => p.manyToOne(Post).ref(),
    authorName: p.text(),
    body: p.text(),
    createdAt: moment(),
  },
});
const Post = defineEntity({
  name: "Post",
  tableName: "posts",
  properties: {
    id: id(),
    user: () => p.manyToOne(User).ref(),
    title: p.text(),
    body: p.text(),
    views: p.integer().default(0),
    published: p.boolean().default(false),
    createdAt: moment(),
    comments: () => p.oneToMany(Comment).mappedBy("post"),
  },
});
const User = defineEntity({
  name: "User",
  tableName: "users",
  properties: {
    id: id(),
    name: p.text(),
    email: p.text(),
    age: p.integer().nullable(),
    active: p.boolean().default(true),
    bio: p.text().nullable(),
    createdAt: moment(),
    updatedAt: moment(),
    posts: () => p.oneToMany(Post).mappedBy("user"),
  },
});
const Event = defineEntity({
  name: "Event",
  tableName: "events",
  properties: {
    id: p.integer().primary(),
    kind: p.text(),
    userId: p.uuid(),
    amount: p.integer(),
    createdAt: moment(),
  },
});
const Item = defineEntity({
  name: "Item",
  tableName: "items",
  properties: {
    id: id(),
    name: p.text(),
    quantity: p.integer(),
    active: p.boolean().default(true),
    note: p.text().nullable(),
    createdAt: moment(),
  },
});
const Product = defineEntity({
  name: "Product",
  tableName: "products",
  properties: {
    id: id(),
    code: p.text().unique(),
    name: p.text(),
    quantity: p.integer(),
    updatedAt: moment(),
  },
});
const Account = defineEntity({
  name: "Account",
  tableName: "accounts",
  properties: {
    id: id(),
    owner: p.text(),
    visits: p.integer().default(0),
    balance: p.integer().default(0),
    createdAt: moment(),
  },
});
const Ledger = defineEntity({
  name: "Ledger",
  tableName: "ledger",
  properties: {
    id: p.integer().primary(),
    accountId: p.uuid(),
    amount: p.integer(),
    createdAt: moment(),
  },
});

let orm: MikroORM;
const fork = (): EntityManager => orm.em.fork() as EntityManager;
const byId = (key: string) => fork().findOne(User, key);
const select = (limit: number) => fork().find(User, {}, { orderBy: { id: "asc" }, limit });

interface Visited {
  id: string;
  visits: number;
}
let updating: EntityManager;
let accounts: Visited[];

interface Plain {
  [name: string]: unknown;
}

/** Entities as the rows they came from: references become foreign keys, collections that are not loaded go. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), function (this: Plain, key, item) {
    if (item === null || typeof item !== "object" || Array.isArray(item)) return item;
    const { user, post, ...rest } = item as Plain;
    void key;
    if ("posts" in rest && Array.isArray(rest.posts) && rest.posts.length === 0) delete rest.posts;
    if ("comments" in rest && Array.isArray(rest.comments) && rest.comments.length === 0)
      delete rest.comments;
    return {
      ...rest,
      ...(user === undefined ? undefined : { userId: idOf(user) }),
      ...(post === undefined ? undefined : { postId: idOf(post) }),
    };
  });
}

function idOf(reference: unknown): unknown {
  return typeof reference === "object" && reference !== null
    ? (reference as { id?: unknown }).id
    : reference;
}

export const library: Library = {
  async connect(url, max) {
    orm = await MikroORM.init({
      clientUrl: url,
      entities: [User, Post, Comment, Event, Item, Product, Account, Ledger],
      pool: { min: max, max },
    });
    await fork().execute("select 1");
  },
  close: () => orm.close(),
  workloads: {
    find: { run: (index) => byId(userId(index)), plain },
    "find in flight": {
      run: (index) =>
        Promise.all(Array.from({ length: FIND_IN_FLIGHT }, (_, n) => byId(userId(index + n * 7)))),
      plain,
    },
    "select 1,000": { run: () => select(1_000), plain },
    "select 10,000": { run: () => select(10_000), plain },
    "to JSON": {
      run: async () => JSON.stringify(await select(10_000)),
      plain: (text) => plain(JSON.parse(String(text))),
    },
    "eager 2": {
      run: () => fork().find(User, { id: { $in: authorIds(100) } }, { populate: ["posts"] }),
      plain,
    },
    "eager 3": {
      run: () =>
        fork().find(User, { id: { $in: authorIds(50) } }, { populate: ["posts.comments"] }),
      plain,
    },
    insert: {
      async run(index) {
        const em = fork();
        em.create(Item, newItem(index));
        await em.flush();
      },
    },
    "bulk insert": { run: () => fork().insertMany(Item, [...newItems]) },
    "bulk upsert": {
      run: () => fork().upsertMany(Product, [...newProducts], { onConflictFields: ["code"] }),
    },
    update: {
      async prepare() {
        updating = fork();
        const byKey = new Map((await updating.findAll(Account)).map((each) => [each.id, each]));
        accounts = Array.from(
          { length: SIZE.accounts },
          (_, n) => byKey.get(accountId(n)) as Visited,
        );
      },
      async run(index) {
        const account = accounts[index % SIZE.accounts] as Visited;
        account.visits = Math.floor(index / SIZE.accounts) + 1;
        // One record alone: flush() of an entity manager with a thousand looks at them all.
        await updating.nativeUpdate(Account, account.id, { visits: account.visits });
      },
    },
    aggregate: {
      run: () =>
        fork()
          .createQueryBuilder(Post, "post")
          .select([
            raw("post.user_id"),
            raw("count(*)::int as count"),
            raw("sum(post.views)::int as views"),
          ])
          .groupBy("user")
          .orderBy({ user: "asc" })
          .execute(),
      plain: (rows) =>
        (rows as Plain[]).map(({ user, user_id, count, views }) => ({
          userId: user ?? user_id,
          count,
          views,
        })),
    },
    walk: {
      async run() {
        let total = 0;
        for (let last = 0; ; ) {
          const batch = await fork().find(
            Event,
            { id: { $gt: last } },
            { orderBy: { id: "asc" }, limit: BATCH },
          );
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
            return fork().transactional(async (em) => {
              await em.insert(Ledger, { accountId: key, amount: 5 });
              await em.nativeUpdate(Account, key, { balance: raw("balance + 5") as never });
              return (await em.findOneOrFail(Account, key)).balance;
            });
          }),
        ),
    },
    build: {
      run() {
        const em = fork();
        for (let n = 0; n < BUILDS; n++) {
          const query = em
            .createQueryBuilder(User)
            .where({ active: true, age: { $gte: 18 + (n % 10) } })
            .orderBy({ createdAt: "desc" })
            .limit(20);
          consume(query.getQuery());
        }
        return true;
      },
    },
  },
};
