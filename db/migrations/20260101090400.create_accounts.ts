import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
  await txn`
    CREATE TABLE profiles (
      user_id integer PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      bio text,
      website text
    )
  `;
  await txn`
    CREATE TABLE memberships (
      user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      org_id integer NOT NULL,
      title text,
      PRIMARY KEY (user_id, org_id)
    )
  `;
  await txn`
    CREATE TABLE shares (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      resource_type text NOT NULL,
      resource_id integer NOT NULL,
      user_id integer NOT NULL,
      source_share_id bigint,
      level varchar(20) NOT NULL DEFAULT 'read',
      label text GENERATED ALWAYS AS (resource_type || ':' || resource_id) STORED
    )
  `;
  await txn`
    CREATE UNIQUE INDEX shares_inherited_unique ON shares (resource_type, resource_id, user_id)
    WHERE source_share_id IS NOT NULL
  `;
  await txn`
    CREATE UNIQUE INDEX shares_direct_unique ON shares (resource_type, resource_id, user_id)
    WHERE level = 'owner'
  `;
}

export async function down(txn: TransactionSQL) {
  await txn`DROP TABLE shares`;
  await txn`DROP TABLE memberships`;
  await txn`DROP TABLE profiles`;
}
