import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
  await txn`
    CREATE TABLE authors (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      name text NOT NULL,
      email text NOT NULL UNIQUE
    )
  `;
}

export async function down(txn: TransactionSQL) {
  await txn`DROP TABLE authors`;
}
