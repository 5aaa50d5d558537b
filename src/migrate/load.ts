/** Imports migration files and checks what they export. */
import { join } from "node:path";
import { loadModule } from "../connection/load-module";
import { MigrationError } from "../errors";
import { migrationChecksum } from "./checksum";
import type { Migration } from "./files";

export type Direction = "up" | "down";

/** A migration that is ready to run in one direction. */
export interface LoadedMigration extends Migration {
  readonly run: (txn: unknown) => unknown;
  /** False when the file says `export const transaction = false`. */
  readonly isTransactional: boolean;
  readonly checksum: string;
}

/** Throws MigrationError when the file cannot be imported or lacks the function. */
export async function loadMigration(
  directory: string,
  migration: Migration,
  direction: Direction,
): Promise<LoadedMigration> {
  const { file } = migration;
  const path = join(directory, file);
  const exports = await loadModule(
    path,
    (reason, cause) =>
      new MigrationError(`Migration ${file} cannot be loaded: ${reason}`, { cause }),
  );
  const run = exports[direction];
  if (!isFunction(run)) {
    throw new MigrationError(`Migration ${file} does not export an '${direction}' function`, {
      hint: `\n  Write: export async function ${direction}(txn: TransactionSQL) { ... }`,
    });
  }
  const { transaction = true } = exports;
  if (typeof transaction !== "boolean") {
    throw new MigrationError(`Migration ${file}: \`transaction\` must be true or false.`);
  }
  const checksum = migrationChecksum(await Bun.file(path).text());
  return { ...migration, run, isTransactional: transaction, checksum };
}

function isFunction(value: unknown): value is (txn: unknown) => unknown {
  return typeof value === "function";
}
