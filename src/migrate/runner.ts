/** up, down, redo: which migrations run, in which order, under the lock. */
import type { ReservedSQL } from "bun";
import type { DatabaseTarget } from "../connection/database-target";
import { MigrationError } from "../errors";
import { discoverMigrations, type Migration, refuseConflicts } from "./files";
import { type Direction, type LoadedMigration, loadMigration } from "./load";
import { runMigration } from "./run-one";
import { SchemaMigrations } from "./schema-migrations";
import { type Lock, withLock, withSession } from "./session";

/** What a run tells while it works; nothing is told as done before it is committed. */
export interface MigrationListener {
  /** Another run holds the lock. */
  waiting?(): void;
  /** A file of the folder is no migration. */
  ignored?(file: string): void;
  planned?(direction: Direction, migrations: readonly Migration[]): void;
  running?(direction: Direction, migration: Migration): void;
  done?(direction: Direction, migration: Migration): void;
  note?(text: string): void;
}

/** Sends a statement on the connection of the run. */
export type RunQuery = (
  text: string,
  values?: readonly unknown[],
) => Promise<Record<string, unknown>[]>;

export interface MigrateOptions {
  /** The folder of migrations. */
  directory: string;
  /** How many; up: all by default, down and redo: one. */
  count?: number | undefined;
  listener?: MigrationListener | undefined;
  /**
   * Called under the lock when the run is over, and when it failed after something was applied: the place to write
   * db/schema.ts. `version` is the highest applied version, or "none".
   */
  after?: ((query: RunQuery, version: string) => Promise<void>) | undefined;
}

/** One run, while it holds the lock. */
interface Run {
  readonly lock: Lock;
  readonly sql: ReservedSQL;
  readonly store: SchemaMigrations;
  readonly options: MigrateOptions;
  /** Migrations that were applied or rolled back, in that order. */
  readonly finished: Migration[];
}

/**
 * Applies pending migrations, each in a transaction of its own; resolves to those it applied.
 * Throws MigrationError when one fails: those before it stay applied.
 */
export async function migrateUp(
  target: DatabaseTarget,
  options: MigrateOptions,
): Promise<readonly Migration[]> {
  checkCount(options.count);
  return locked(target, options, async (run) => {
    const migrations = await filesOf(run);
    const applied = new Set((await run.store.applied()).map(({ version }) => version));
    const pending = migrations.filter(({ version }) => !applied.has(version));
    await runAll(run, "up", pending.slice(0, options.count));
  });
}

/**
 * Rolls back the migrations applied last, newest first; resolves to those it rolled back.
 * Throws MigrationError when a file is missing (before anything runs) or one fails.
 */
export async function migrateDown(
  target: DatabaseTarget,
  options: MigrateOptions,
): Promise<readonly Migration[]> {
  checkCount(options.count);
  return locked(target, options, async (run) => {
    await runAll(run, "down", await latest(run));
  });
}

/** Rolls the last migrations back and applies them again; resolves to those it applied again. */
export async function migrateRedo(
  target: DatabaseTarget,
  options: MigrateOptions,
): Promise<readonly Migration[]> {
  checkCount(options.count);
  return locked(target, options, async (run) => {
    const migrations = await latest(run);
    await runAll(run, "down", migrations);
    await runAll(run, "up", migrations.toReversed());
    run.finished.splice(0, migrations.length);
  });
}

/** Throws MigrationError unless the count is a whole number above zero. */
function checkCount(count: number | undefined): void {
  if (count === undefined || (Number.isSafeInteger(count) && count > 0)) return;
  throw new MigrationError(`--count must be a whole number of at least 1, not ${count}.`);
}

async function locked(
  target: DatabaseTarget,
  options: MigrateOptions,
  work: (run: Run) => Promise<void>,
): Promise<readonly Migration[]> {
  const waiting = () => options.listener?.waiting?.();
  return withSession(target, (guard) =>
    withLock(guard, waiting, (lock) =>
      withSession(target, async (sql) => {
        const store = await (await SchemaMigrations.open(sql)).ensure();
        const run: Run = { lock, sql, store, options, finished: [] };
        let hasFailed = true;
        try {
          await work(run);
          hasFailed = false;
        } finally {
          // What was committed before a failure has changed the schema too.
          if (!hasFailed || run.finished.length > 0) await finish(run);
        }
        return run.finished;
      }),
    ),
  );
}

async function finish({ sql, store, options }: Run): Promise<void> {
  if (!options.after) return;
  const versions = (await store.applied()).map(({ version }) => version).sort();
  const query: RunQuery = async (text, values) => [
    ...(await sql.unsafe(text, [...(values ?? [])])),
  ];
  await options.after(query, versions.at(-1) ?? "none");
}

async function filesOf({ options }: Run): Promise<readonly Migration[]> {
  const { migrations, ignored } = await discoverMigrations(options.directory);
  for (const file of ignored) options.listener?.ignored?.(file);
  refuseConflicts(migrations);
  return migrations;
}

/** The migrations applied last, newest first. */
async function latest(run: Run): Promise<Migration[]> {
  const files = new Map((await filesOf(run)).map((migration) => [migration.version, migration]));
  const applied = await run.store.applied();
  return applied
    .toReversed()
    .slice(0, run.options.count ?? 1)
    .map(({ version }) => {
      const file = files.get(version);
      if (file) return file;
      throw new MigrationError(`Cannot rollback version ${version}: migration file not found`, {
        hint: `\n  Bring the file back into ${run.options.directory}, or delete the row from schema_migrations.`,
      });
    });
}

async function runAll(
  run: Run,
  direction: Direction,
  migrations: readonly Migration[],
): Promise<void> {
  const { lock, sql, store, options, finished } = run;
  const { listener, directory } = options;
  // All are loaded first: a syntax error in the last one stops the run before anything has happened.
  const loaded: LoadedMigration[] = [];
  for (const migration of migrations) {
    loaded.push(await loadMigration(directory, migration, direction));
  }
  listener?.planned?.(direction, migrations);
  for (const migration of loaded) {
    listener?.running?.(direction, migration);
    await lock.check();
    await runMigration(sql, store, migration, direction, (text) => listener?.note?.(text));
    finished.push(migration);
    listener?.done?.(direction, migration);
  }
}
