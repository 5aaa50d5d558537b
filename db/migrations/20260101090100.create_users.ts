import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
  await txn`
    CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.updated_at = now();
      RETURN NEW;
    END
    $$
  `;
  await txn`
    CREATE TABLE users (
      id serial PRIMARY KEY,
      name text NOT NULL,
      email text NOT NULL UNIQUE,
      password_digest text,
      role user_role NOT NULL DEFAULT 'member',
      active boolean NOT NULL DEFAULT true,
      age integer CHECK (age >= 0),
      score numeric(12, 2),
      visits bigint NOT NULL DEFAULT 0,
      rating double precision,
      settings jsonb NOT NULL DEFAULT '{}',
      tags text[] NOT NULL DEFAULT '{}',
      avatar bytea,
      born_on date,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )
  `;
  await txn`
    CREATE TRIGGER trg_users_updated_at BEFORE UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION set_updated_at()
  `;
}

export async function down(txn: TransactionSQL) {
  await txn`DROP TABLE users`;
  await txn`DROP FUNCTION set_updated_at()`;
}
