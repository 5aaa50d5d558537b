import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
  await txn`
    CREATE OR REPLACE FUNCTION set_updated_at() RETURNS trigger AS $$
    BEGIN
      NEW.updated_at = now();
      RETURN NEW;
    END;
    $$ LANGUAGE plpgsql
  `;
  await txn`CREATE TYPE post_status AS ENUM ('draft', 'published')`;
  await txn`
    CREATE TABLE posts (
      id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
      author_id uuid NOT NULL REFERENCES authors (id),
      title text NOT NULL UNIQUE,
      body text NOT NULL,
      status post_status NOT NULL DEFAULT 'draft',
      published_on date,
      lock_version integer NOT NULL DEFAULT 0,
      updated_at timestamptz NOT NULL DEFAULT now()
    )
  `;
  await txn`
    CREATE TRIGGER trg_posts_updated_at
    BEFORE UPDATE ON posts
    FOR EACH ROW EXECUTE FUNCTION set_updated_at()
  `;
}

export async function down(txn: TransactionSQL) {
  await txn`DROP TABLE posts`;
  await txn`DROP TYPE post_status`;
}
