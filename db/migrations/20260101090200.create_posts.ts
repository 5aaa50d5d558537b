import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
  await txn`
    CREATE TABLE posts (
      id serial PRIMARY KEY,
      title text NOT NULL,
      body text,
      user_id integer REFERENCES users (id),
      views integer NOT NULL DEFAULT 0,
      published_at timestamptz,
      discarded_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now()
    )
  `;
  await txn`CREATE INDEX idx_posts_user_id ON posts (user_id)`;
  await txn`CREATE INDEX idx_posts_discarded_at ON posts (discarded_at) WHERE discarded_at IS NULL`;
  await txn`
    CREATE TABLE comments (
      id serial PRIMARY KEY,
      body text NOT NULL,
      commentable_type text NOT NULL,
      commentable_id text NOT NULL,
      user_id integer REFERENCES users (id),
      discarded_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now()
    )
  `;
  await txn`CREATE INDEX idx_comments_commentable ON comments (commentable_type, commentable_id)`;
}

export async function down(txn: TransactionSQL) {
  await txn`DROP TABLE comments`;
  await txn`DROP TABLE posts`;
}
