import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
  await txn`
    CREATE TABLE tags (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      name text NOT NULL UNIQUE,
      active boolean NOT NULL DEFAULT true
    )
  `;
  await txn`
    CREATE TABLE taggings (
      post_id integer NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
      tag_id uuid NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
      position integer NOT NULL DEFAULT 0,
      PRIMARY KEY (post_id, tag_id)
    )
  `;
}

export async function down(txn: TransactionSQL) {
  await txn`DROP TABLE taggings`;
  await txn`DROP TABLE tags`;
}
