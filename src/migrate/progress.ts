/**
 * What a migration without a transaction has got done, kept beside schema_migrations while the file is unfinished:
 * a second run goes on after the statement that failed instead of meeting "already exists".
 */
import type { ReservedSQL, TransactionSQL } from "bun";
import { normalizeSql } from "../sql/split";
import { quoteIdentifier } from "../sql/writer";

/** "started" without "done" means that the run was killed, or the statement failed. */
export type StatementState = "started" | "done";

export class Progress {
  readonly #sql: ReservedSQL;
  readonly #table: string;
  readonly #key: string;
  readonly #earlier = new Map<string, StatementState>();
  readonly #seen = new Map<string, number>();
  #exists = false;

  constructor(sql: ReservedSQL, schema: string, version: string, direction: "up" | "down") {
    this.#sql = sql;
    this.#table = `${quoteIdentifier(schema)}.${quoteIdentifier("schema_migrations_progress")}`;
    this.#key = `${direction} ${version}`;
  }

  /** Reads what an earlier run left. */
  async load(): Promise<void> {
    const found: { oid: string | null }[] = await this.#sql.unsafe(
      "SELECT to_regclass($1)::text AS oid",
      [this.#table],
    );
    this.#exists = found[0]?.oid != null;
    if (!this.#exists) return;
    const rows: { statement: string; state: StatementState }[] = await this.#sql.unsafe(
      `SELECT statement, state FROM ${this.#table} WHERE migration = $1`,
      [this.#key],
    );
    for (const { statement, state } of rows) this.#earlier.set(statement, state);
  }

  /** The key of a statement that is about to run; a text that comes twice has two. */
  next(statement: string): string {
    const text = normalizeSql(statement);
    const count = (this.#seen.get(text) ?? 0) + 1;
    this.#seen.set(text, count);
    return `${count} ${text}`;
  }

  /** How far an earlier run got with the statement. */
  earlier(key: string): StatementState | undefined {
    return this.#earlier.get(key);
  }

  async record(key: string, state: StatementState): Promise<void> {
    if (!this.#exists) {
      await this.#sql.unsafe(
        `CREATE TABLE IF NOT EXISTS ${this.#table} (
           migration text NOT NULL, statement text NOT NULL, state text NOT NULL)`,
      );
      this.#exists = true;
    }
    await this.#sql.begin(async (txn) => {
      await this.#delete(txn, key);
      await txn.unsafe(`INSERT INTO ${this.#table} VALUES ($1, $2, $3)`, [this.#key, key, state]);
    });
  }

  /** The statement failed and left nothing behind. */
  async forget(key: string): Promise<void> {
    await this.#delete(this.#sql, key);
  }

  /** Forgets the file, in the transaction that records it as applied; the last one takes the table along. */
  async clear(txn: TransactionSQL): Promise<void> {
    if (!this.#exists) return;
    await txn.unsafe(`DELETE FROM ${this.#table} WHERE migration = $1`, [this.#key]);
    const rows: unknown[] = await txn.unsafe(`SELECT 1 FROM ${this.#table} LIMIT 1`);
    if (rows.length === 0) await txn.unsafe(`DROP TABLE ${this.#table}`);
  }

  async #delete(client: ReservedSQL | TransactionSQL, key: string): Promise<void> {
    await client.unsafe(`DELETE FROM ${this.#table} WHERE migration = $1 AND statement = $2`, [
      this.#key,
      key,
    ]);
  }
}
