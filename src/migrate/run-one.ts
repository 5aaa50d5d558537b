/** Runs one migration and records it: in a transaction, or statement by statement without one. */
import type { ReservedSQL, TransactionSQL } from "bun";
import { isConnectionLoss } from "../connection/translate-error";
import { BakedError, MigrationError } from "../errors";
import type { Direction, LoadedMigration } from "./load";
import { invalidIndexes, StatementWise } from "./non-transactional";
import { Progress } from "./progress";
import type { SchemaMigrations } from "./schema-migrations";
import { sqlStateOf } from "./session";
import { QueryTracker } from "./tracked";

/** Throws MigrationError naming the file, the query and what was kept. */
export async function runMigration(
  sql: ReservedSQL,
  store: SchemaMigrations,
  migration: LoadedMigration,
  direction: Direction,
  note: (text: string) => void,
): Promise<void> {
  if (migration.isTransactional) await runInTransaction(sql, store, migration, direction);
  else await runStatementWise(sql, store, migration, direction, note);
  // A migration's SET must not reach the next one.
  await sql`RESET ALL`;
}

async function record(
  client: TransactionSQL,
  store: SchemaMigrations,
  migration: LoadedMigration,
  direction: Direction,
): Promise<void> {
  if (direction === "up") await store.add(client, migration.version, migration.checksum);
  else await store.remove(client, migration.version);
}

async function runInTransaction(
  sql: ReservedSQL,
  store: SchemaMigrations,
  migration: LoadedMigration,
  direction: Direction,
): Promise<void> {
  const tracker = new QueryTracker();
  try {
    await sql.begin(async (txn) => {
      await migration.run(tracker.wrap(txn));
      refusePending(tracker);
      await record(txn, store, migration, direction);
    });
  } catch (error) {
    throw failure(migration, direction, tracker, error, "Nothing of it was kept.");
  }
}

async function runStatementWise(
  sql: ReservedSQL,
  store: SchemaMigrations,
  migration: LoadedMigration,
  direction: Direction,
  note: (text: string) => void,
): Promise<void> {
  const tracker = new QueryTracker();
  const progress = new Progress(sql, store.schema, migration.version, direction);
  await progress.load();
  const statements = new StatementWise(sql, progress, note);
  const before = new Set(await invalidIndexes(sql));
  try {
    await migration.run(tracker.wrap(sql, (text) => statements.run(text)));
    refusePending(tracker);
    await sql.begin(async (txn) => {
      await record(txn, store, migration, direction);
      await progress.clear(txn);
    });
  } catch (error) {
    for (const name of statements.dropped) before.delete(name);
    const left = await leftBehind(sql, before);
    const verb = direction === "up" ? "applied" : "rolled back";
    throw failure(
      migration,
      direction,
      tracker,
      error,
      `It runs without a transaction: what came before is kept, and the file does not count as ${verb}.${left}`,
      statements.failed,
    );
  }
}

async function leftBehind(sql: ReservedSQL, before: ReadonlySet<string>): Promise<string> {
  // The connection may be what failed.
  const after = await invalidIndexes(sql).catch(() => []);
  const left = after.filter((name) => !before.has(name));
  if (left.length === 0) return "";
  const names = left.join(", ");
  return (
    `\n  Left behind invalid: ${names}. Correct the cause and run \`bake db migrate up\` again: an index that the ` +
    `file names is dropped and built anew, any other needs DROP INDEX CONCURRENTLY.`
  );
}

function refusePending(tracker: QueryTracker): void {
  const [first, ...others] = tracker.pending();
  if (first === undefined) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  throw new MigrationError(`A query was not awaited${more}:\n  ${first}\n `, {
    hint: "Write `await` in front of it.",
  });
}

const hints: Readonly<Record<string, string>> = {
  "25001":
    "Add `export const transaction = false;` to the file: it then runs outside a transaction.",
  "55P04":
    "A new enum value can be used once its transaction is over: put its use into the next migration.",
};

function failure(
  migration: LoadedMigration,
  direction: Direction,
  tracker: QueryTracker,
  error: unknown,
  kept: string,
  statement?: string,
): BakedError {
  const what = direction === "up" ? "Migration" : "Rolling back";
  const state = sqlStateOf(error);
  const isSwallowed = hasEnded(error) || state === IN_FAILED_TRANSACTION;
  const query = statement ?? tracker.failed(isSwallowed ? undefined : error);
  const reason = isSwallowed
    ? "an error was caught that had ended the transaction"
    : reasonOf(error);
  const code = state ? ` [${state}]` : "";
  const lines = [
    `${what} ${migration.file} failed: ${reason}${code}`,
    ...(query === undefined ? [] : [`  SQL: ${query}`]),
    ...detailsOf(error),
    `  ${isConnectionLoss(error) ? "The connection was lost; `bake db status` tells what was kept." : kept}`,
  ];
  const hint = isSwallowed
    ? "Put what may fail into txn.savepoint()."
    : state === undefined
      ? undefined
      : hints[state];
  return new MigrationError(lines.join("\n"), {
    cause: error,
    hint: hint ? `\n  Hint: ${hint}` : undefined,
  });
}

/** What COMMIT answers, and what any statement answers, after an error that nobody reported. */
const IN_FAILED_TRANSACTION = "25P02";

function hasEnded(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && error.code === "ERR_POSTGRES_COMMIT_ROLLED_BACK"
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What PostgreSQL adds to its messages. */
function detailsOf(error: unknown): string[] {
  if (!(error instanceof Error) || error instanceof BakedError) return [];
  return (["detail", "hint", "where"] as const).flatMap((key) => {
    const value: unknown = Reflect.get(error, key);
    return typeof value === "string" && value !== "" ? [`  ${capital(key)}: ${value}`] : [];
  });
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
