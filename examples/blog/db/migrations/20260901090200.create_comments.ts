import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
  await txn`
    CREATE TABLE comments (
      id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
      post_id bigint NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
      name text NOT NULL,
      body text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    )
  `;
  await txn`CREATE INDEX comments_post_id_idx ON comments (post_id)`;
}

export async function down(txn: TransactionSQL) {
  await txn`DROP TABLE comments`;
}
