/** What the workloads read and write: tables, their rows, and the ids that both sides can compute. */

/** Rows of each table that is read. */
export const SIZE = {
  users: 10_000,
  /** The first of them have posts. */
  authors: 1_000,
  postsEach: 10,
  commentsEach: 5,
  events: 100_000,
  accounts: 1_000,
} as const;

/** Rows of one bulk write. */
export const BULK = 10_000;
export const FIND_IN_FLIGHT = 50;
export const TRANSACTIONS_IN_FLIGHT = 20;
export const BATCH = 1_000;

const ids = new Map<string, string>();

/** The uuid that PostgreSQL's `md5(text)::uuid` gives. */
export function uuid(text: string): string {
  let id = ids.get(text);
  if (id === undefined) {
    const hex = new Bun.CryptoHasher("md5").update(text).digest("hex");
    id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    ids.set(text, id);
  }
  return id;
}

export function userId(index: number): string {
  return uuid(`user ${(index % SIZE.users) + 1}`);
}

export function accountId(index: number): string {
  return uuid(`account ${(index % SIZE.accounts) + 1}`);
}

const lists = new Map<number, string[]>();

/** Ids of the first users, which have posts; the same list each time, as making it is nobody's workload. */
export function authorIds(count: number): string[] {
  let list = lists.get(count);
  if (!list) {
    list = Array.from({ length: count }, (_, n) => userId(n));
    lists.set(count, list);
  }
  return list;
}

export interface NewItem {
  name: string;
  quantity: number;
  active: boolean;
  note: string | null;
}

export function newItem(index: number): NewItem {
  return {
    name: `Item ${index}`,
    quantity: index % 100,
    active: index % 3 !== 0,
    note: index % 4 === 0 ? null : `A note of some length, for item number ${index}`,
  };
}

export const newItems: readonly NewItem[] = Array.from({ length: BULK }, (_, n) => newItem(n));

export interface NewProduct {
  code: string;
  name: string;
  quantity: number;
}

/** Half of them are there already, under another name. */
export const newProducts: readonly NewProduct[] = Array.from({ length: BULK }, (_, n) => ({
  code: `P-${n}`,
  name: `Product ${n}`,
  quantity: n % 50,
}));

export const tables = `
drop table if exists comments, posts, users, events, items, products, ledger, accounts cascade;
create table users (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  email text not null unique,
  age integer,
  active boolean not null default true,
  bio text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table posts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users (id),
  title text not null,
  body text not null,
  views integer not null default 0,
  published boolean not null default false,
  created_at timestamptz not null default now()
);
create index posts_user_id on posts (user_id, created_at desc);
create table comments (
  id uuid primary key default gen_random_uuid(),
  post_id uuid not null references posts (id),
  author_name text not null,
  body text not null,
  created_at timestamptz not null default now()
);
create index comments_post_id on comments (post_id);
create table events (
  id integer primary key generated always as identity,
  kind text not null,
  user_id uuid not null,
  amount integer not null,
  created_at timestamptz not null default now()
);
create table items (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  quantity integer not null,
  active boolean not null default true,
  note text,
  created_at timestamptz not null default now()
);
create table products (
  id uuid primary key default gen_random_uuid(),
  code text not null unique,
  name text not null,
  quantity integer not null,
  updated_at timestamptz not null default now()
);
create table accounts (
  id uuid primary key default gen_random_uuid(),
  owner text not null,
  visits integer not null default 0,
  balance integer not null default 0,
  created_at timestamptz not null default now()
);
create table ledger (
  id integer primary key generated always as identity,
  account_id uuid not null references accounts (id),
  amount integer not null,
  created_at timestamptz not null default now()
);`;

// Moments differ row by row and have no microseconds, which a Date could not keep.
const moment = (row: string) =>
  `timestamptz '2025-01-01 00:00:00+00' + ${row} * interval '61 seconds' + ${row} % 1000 * interval '1 millisecond'`;

export const rows = `
insert into users
select md5('user ' || n)::uuid, 'User ' || n, 'user' || n || '@example.com',
       case when n % 7 = 0 then null else 18 + n % 60 end, n % 5 <> 0,
       case when n % 3 = 0 then null else 'The life of user ' || n || ', told in a sentence or two.' end,
       ${moment("n")}, ${moment("n")}
from generate_series(1, ${SIZE.users}) n;
insert into posts
select md5('post ' || u || '.' || p)::uuid, md5('user ' || u)::uuid, 'Post ' || p || ' of user ' || u,
       repeat('Text of the post. ', 10), u * p % 1000, p % 2 = 0, ${moment(`(u * ${SIZE.postsEach} + p)`)}
from generate_series(1, ${SIZE.authors}) u, generate_series(1, ${SIZE.postsEach}) p;
insert into comments
select md5('comment ' || u || '.' || p || '.' || c)::uuid, md5('post ' || u || '.' || p)::uuid,
       'Reader ' || c, 'Comment ' || c || ' on post ' || p || ' of user ' || u, ${moment("(u * 100 + p * 10 + c)")}
from generate_series(1, ${SIZE.authors}) u, generate_series(1, ${SIZE.postsEach}) p,
     generate_series(1, ${SIZE.commentsEach}) c;
insert into events (kind, user_id, amount, created_at)
select 'kind ' || n % 10, md5('user ' || (n % ${SIZE.users} + 1))::uuid, n % 500, ${moment("n")}
from generate_series(1, ${SIZE.events}) n;
insert into accounts
select md5('account ' || n)::uuid, 'Owner ' || n, 0, 0, ${moment("n")}
from generate_series(1, ${SIZE.accounts}) n;
vacuum analyze;`;

/** Puts the tables that a workload writes back to what they were. */
export const reset: Readonly<Record<string, string>> = {
  insert: "truncate items",
  "bulk insert": "truncate items",
  "bulk upsert": `truncate products; insert into products (code, name, quantity, updated_at)
    select 'P-' || n * 2, 'Old ' || n, 0, '2025-01-01' from generate_series(0, ${BULK / 2 - 1}) n; analyze products`,
  update: "update accounts set visits = 0, balance = 0; vacuum accounts",
  transaction: "truncate ledger; update accounts set visits = 0, balance = 0; vacuum accounts",
};

/** What a written table holds, without what the database invents: the same for every library. */
export const contents: Readonly<Record<string, string>> = {
  insert: "select name, quantity, active, note from items order by name",
  "bulk insert": "select name, quantity, active, note from items order by name",
  "bulk upsert": "select code, name, quantity from products order by code",
  update: "select id, owner, visits, balance from accounts order by id",
  transaction: `select a.id, a.balance, (select sum(amount) from ledger l where l.account_id = a.id) as total
    from accounts a order by id`,
};
