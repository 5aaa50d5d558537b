import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
  await txn`CREATE TYPE user_role AS ENUM ('member', 'moderator', 'admin')`;
}

export async function down(txn: TransactionSQL) {
  await txn`DROP TYPE user_role`;
}
