/** Bun.sql as a patient person would write it: objects of a class, bulk writes through unnest(), finds batched. */
import { SQL } from "bun";
import {
  accountId,
  authorIds,
  BATCH,
  FIND_IN_FLIGHT,
  newItems,
  newProducts,
  SIZE,
  TRANSACTIONS_IN_FLIGHT,
  userId,
} from "../data";
import type { Library } from "../workloads";

let sql: SQL;

interface UserRow {
  id: string;
  name: string;
  email: string;
  age: number | null;
  active: boolean;
  bio: string | null;
  createdAt: Date;
  updatedAt: Date;
}

class User implements UserRow {
  id: string;
  name: string;
  email: string;
  age: number | null;
  active: boolean;
  bio: string | null;
  createdAt: Date;
  updatedAt: Date;
  posts: Post[] = [];
  readonly #row: UserRow;

  constructor(row: UserRow) {
    this.id = row.id;
    this.name = row.name;
    this.email = row.email;
    this.age = row.age;
    this.active = row.active;
    this.bio = row.bio;
    this.createdAt = row.createdAt;
    this.updatedAt = row.updatedAt;
    this.#row = row;
  }

  get isChanged(): boolean {
    return this.name !== this.#row.name;
  }

  toJSON(): UserRow {
    const { id, name, email, age, active, bio, createdAt, updatedAt } = this;
    return { id, name, email, age, active, bio, createdAt, updatedAt };
  }
}

interface PostRow {
  id: string;
  userId: string;
  title: string;
  body: string;
  views: number;
  published: boolean;
  createdAt: Date;
}

class Post implements PostRow {
  id: string;
  userId: string;
  title: string;
  body: string;
  views: number;
  published: boolean;
  createdAt: Date;
  comments: object[] = [];

  constructor(row: PostRow) {
    this.id = row.id;
    this.userId = row.userId;
    this.title = row.title;
    this.body = row.body;
    this.views = row.views;
    this.published = row.published;
    this.createdAt = row.createdAt;
  }
}

const hydrate = (rows: UserRow[]): User[] => rows.map((row) => new User(row));

const select = async (count: number): Promise<User[]> =>
  hydrate(
    await sql`select id, name, email, age, active, bio, created_at as "createdAt", updated_at as "updatedAt" from users order by id limit ${count}`,
  );

const array = (ids: readonly unknown[]) => `{${ids.join(",")}}`;

async function usersOf(ids: readonly string[]): Promise<User[]> {
  return hydrate(
    await sql`select id, name, email, age, active, bio, created_at as "createdAt", updated_at as "updatedAt" from users where id = any(${array(ids)}::uuid[])`,
  );
}

async function withPosts(users: readonly User[], limit?: number): Promise<Post[]> {
  const byId = new Map(users.map((user) => [user.id, user]));
  const ids = array([...byId.keys()]);
  const rows: PostRow[] = await (limit === undefined
    ? sql`select id, user_id as "userId", title, body, views, published, created_at as "createdAt" from posts where user_id = any(${ids}::uuid[])`
    : sql`select p.* from unnest(${ids}::uuid[]) as parent (id) cross join lateral (
        select id, user_id as "userId", title, body, views, published, created_at as "createdAt" from posts
        where user_id = parent.id order by created_at desc limit ${limit}) p`);
  return rows.map((row) => {
    const post = new Post(row);
    byId.get(post.userId)?.posts.push(post);
    return post;
  });
}

const literal = (value: unknown): string =>
  value === null
    ? "NULL"
    : typeof value === "string"
      ? `"${value.replace(/["\\]/g, "\\$&")}"`
      : String(value);

const list = <T>(rows: readonly T[], key: keyof T): string =>
  `{${rows.map((row) => literal(row[key])).join(",")}}`;

export const library: Library = {
  async connect(url, connections) {
    sql = new SQL(url, { max: connections });
    await sql`select 1`;
  },
  close: () => sql.close(),
  workloads: {
    find: {
      async run(index) {
        const rows: UserRow[] =
          await sql`select id, name, email, age, active, bio, created_at as "createdAt", updated_at as "updatedAt" from users where id = ${userId(index)}`;
        return hydrate(rows)[0];
      },
      plain: (user) => JSON.parse(JSON.stringify(user)),
    },
    "find in flight": {
      async run(index) {
        const ids = Array.from({ length: FIND_IN_FLIGHT }, (_, n) => userId(index + n * 7));
        const byId = new Map((await usersOf(ids)).map((user) => [user.id, user]));
        return ids.map((id) => byId.get(id));
      },
      plain: (users) => JSON.parse(JSON.stringify(users)),
    },
    "select 1,000": {
      run: () => select(1_000),
      plain: (users) => JSON.parse(JSON.stringify(users)),
    },
    "select 10,000": {
      run: () => select(10_000),
      plain: (users) => JSON.parse(JSON.stringify(users)),
    },
    "to JSON": {
      run: async () => JSON.stringify(await select(10_000)),
      plain: (text) => JSON.parse(String(text)),
    },
    "eager 2": {
      async run() {
        const users = await usersOf(authorIds(100));
        await withPosts(users);
        return users;
      },
      plain: plainUsers,
    },
    "eager 3": {
      async run() {
        const users = await usersOf(authorIds(50));
        const posts = new Map((await withPosts(users)).map((post) => [post.id, post]));
        const comments: { postId: string }[] =
          await sql`select id, post_id as "postId", author_name as "authorName", body, created_at as "createdAt" from comments where post_id = any(${array([...posts.keys()])}::uuid[])`;
        for (const comment of comments) posts.get(comment.postId)?.comments.push(comment);
        return users;
      },
      plain: (users) => plainUsers(users, true),
    },
    "newest 3": {
      async run() {
        const users = await usersOf(authorIds(100));
        await withPosts(users, 3);
        return users;
      },
      plain: plainUsers,
    },
    "bulk insert": {
      run: () =>
        sql`insert into items (name, quantity, active, note)
          select * from unnest(${list(newItems, "name")}::text[], ${list(newItems, "quantity")}::int[], ${list(newItems, "active")}::bool[], ${list(newItems, "note")}::text[])
          returning id, name, quantity, active, note, created_at`,
    },
    "bulk upsert": {
      run: () =>
        sql`insert into products (code, name, quantity)
          select * from unnest(${list(newProducts, "code")}::text[], ${list(newProducts, "name")}::text[], ${list(newProducts, "quantity")}::int[])
          on conflict (code) do update set name = excluded.name, quantity = excluded.quantity
          returning id, code, name, quantity, updated_at`,
    },
    update: {
      run: (index) =>
        sql`update accounts set visits = ${Math.floor(index / SIZE.accounts) + 1} where id = ${accountId(index)}`,
    },
    walk: {
      async run() {
        let sum = 0;
        for (let last = 0; ; ) {
          const batch: { id: number; amount: number }[] =
            await sql`select id, kind, user_id as "userId", amount, created_at as "createdAt" from events where id > ${last} order by id limit ${BATCH}`;
          for (const row of batch) sum += row.amount;
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
              const [, , [account]] = await Promise.all([
                tx`insert into ledger (account_id, amount) values (${id}, ${5}) returning id, account_id, amount, created_at`,
                tx`update accounts set balance = balance + ${5} where id = ${id}`,
                tx`select id, owner, visits, balance, created_at from accounts where id = ${id}`,
              ]);
              return account.balance;
            });
          }),
        ),
    },
  },
};

function plainUsers(users: unknown, withComments = false): unknown {
  return (users as User[]).map((user) => ({
    ...user.toJSON(),
    posts: user.posts.map(({ comments, ...post }) => (withComments ? { ...post, comments } : post)),
  }));
}
