import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
  await txn`
    CREATE TABLE pages (
      id serial PRIMARY KEY,
      parent_id integer REFERENCES pages (id),
      org_id integer NOT NULL DEFAULT 1,
      title text NOT NULL,
      section text NOT NULL DEFAULT '',
      kind text NOT NULL DEFAULT 'page',
      meta json,
      discarded_at timestamptz
    )
  `;
  await txn`
    CREATE TABLE orders (
      id bigserial PRIMARY KEY,
      user_id integer NOT NULL REFERENCES users (id),
      status text NOT NULL DEFAULT 'active',
      total numeric(10, 2) NOT NULL,
      quantity bigint NOT NULL DEFAULT 1,
      lock_version integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now()
    )
  `;
}

export async function down(txn: TransactionSQL) {
  await txn`DROP TABLE orders`;
  await txn`DROP TABLE pages`;
}
