/** Runs the statements of a migration one by one outside a transaction, so that a second run can go on. */
import type { ReservedSQL } from "bun";
import { MigrationError } from "../errors";
import { normalizeSql, splitStatements } from "../sql/split";
import type { Progress } from "./progress";
import { sqlStateOf } from "./session";
import { LazyRun } from "./tracked";

// Statements that must not run twice. Data statements are the file's own business: a loop sends one text often.
const definition =
  /^(create|alter|drop|comment|grant|revoke|reindex|cluster|vacuum|refresh|security)\b/i;

const name = '(?:"(?:[^"]|"")+"|[^\\s"().;]+)';
const createIndex = new RegExp(
  `^create (?:unique )?index concurrently (?:if not exists )?(${name}) on (?:only )?(${name}(?:\\.${name})?)`,
  "i",
);

// What the server answers when a CREATE or DROP has been done before.
const alreadyThere = new Set(["42P07", "42710", "42701", "42723", "42P06"]);
const alreadyGone = new Set(["42P01", "42704", "42703", "42883", "3F000"]);

export class StatementWise {
  readonly #sql: ReservedSQL;
  readonly #progress: Progress;
  readonly #note: (text: string) => void;
  /** Invalid indexes of an earlier run that were dropped. */
  readonly dropped = new Set<string>();
  /** The statement that failed. */
  failed: string | undefined;

  constructor(sql: ReservedSQL, progress: Progress, note: (text: string) => void) {
    this.#sql = sql;
    this.#progress = progress;
    this.#note = note;
  }

  /** Takes over scripts and definitions; a single query or data statement is left to the driver. */
  run(text: string): LazyRun | undefined {
    const statements = splitStatements(text);
    const [first] = statements;
    if (first === undefined) return undefined;
    if (statements.length === 1 && !definition.test(normalizeSql(first))) return undefined;
    return new LazyRun(async () => {
      const results: unknown[] = [];
      for (const statement of statements) {
        this.failed = normalizeSql(statement);
        results.push(await this.#one(statement));
      }
      this.failed = undefined;
      return results.length === 1 ? results[0] : results;
    });
  }

  async #one(statement: string): Promise<unknown> {
    const sql = normalizeSql(statement);
    if (!definition.test(sql)) return await this.#sql.unsafe(statement);
    const key = this.#progress.next(statement);
    const earlier = this.#progress.earlier(key);
    if (earlier === "done" || (earlier === "started" && (await this.#wasFinished(sql)))) {
      this.#note(`Skipped, done by an earlier run: ${sql}`);
      if (earlier === "started") await this.#progress.record(key, "done");
      return [];
    }
    await this.#progress.record(key, "started");
    const result = await this.#attempt(statement, sql, key, earlier === "started");
    await this.#progress.record(key, "done");
    return result;
  }

  async #attempt(statement: string, sql: string, key: string, again: boolean): Promise<unknown> {
    try {
      const result: unknown = await this.#sql.unsafe(statement);
      // IF NOT EXISTS is content with an invalid index.
      const index = await this.#findIndex(sql);
      if (index && !index.isValid) {
        throw new MigrationError(`The index ${index.name} exists, but is invalid.`, {
          hint: `DROP INDEX CONCURRENTLY ${index.name}; and migrate again.`,
        });
      }
      return result;
    } catch (error) {
      const state = sqlStateOf(error);
      const isDrop = /^drop\b/i.test(sql);
      const isDone = state !== undefined && (isDrop ? alreadyGone : alreadyThere).has(state);
      // The earlier run was cut off after the server had done it.
      if (again && isDone) {
        this.#note(`Skipped, done by an earlier run: ${sql}`);
        return [];
      }
      // Only CONCURRENTLY leaves something behind when it fails.
      if (state !== undefined && (isDone || !/\bconcurrently\b/i.test(sql))) {
        await this.#progress.forget(key);
      }
      throw error;
    }
  }

  /** Looks after an index whose building was cut off: a valid one is done, an invalid one is dropped. */
  async #wasFinished(sql: string): Promise<boolean> {
    const index = await this.#findIndex(sql);
    if (!index) return false;
    if (index.isValid) return true;
    this.#note(`Dropping the invalid index ${index.name}, left by an earlier run`);
    await this.#sql.unsafe(`DROP INDEX CONCURRENTLY ${index.name}`);
    this.dropped.add(index.name);
    return false;
  }

  async #findIndex(sql: string): Promise<{ name: string; isValid: boolean } | undefined> {
    const [, index, table] = createIndex.exec(sql) ?? [];
    if (index === undefined || table === undefined) return undefined;
    const rows: { name: string; isValid: boolean }[] = await this.#sql.unsafe(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name, i.indisvalid AS "isValid"
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE i.indrelid = to_regclass($1) AND c.relname = $2`,
      [table, plainName(index)],
    );
    return rows[0];
  }
}

/** Invalid indexes of the database, as they are written in SQL. */
export async function invalidIndexes(sql: ReservedSQL): Promise<string[]> {
  const rows: { name: string }[] = await sql`
    SELECT format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND c.relkind = 'i' ORDER BY 1`;
  return rows.map((row) => row.name);
}

/** The name as the catalog has it: unquoted ones are folded to lower case. */
function plainName(written: string): string {
  return written.startsWith('"')
    ? written.slice(1, -1).replaceAll('""', '"')
    : written.toLowerCase();
}
