/**
 * A lock between processes that the kernel gives back when its owner dies, so none is ever stale.
 * It is SQLite's file lock: the only one Bun offers that needs neither polling for dead owners nor FFI.
 */
import { Database } from "bun:sqlite";
import { ConfigurationError, TimeoutError } from "../errors";
import { hasCode } from "./files";

const patience = 120_000;

/**
 * Runs `work` while no other process, and no other call in this one, holds the lock on `file`.
 *
 * @throws TimeoutError when the lock does not become free within two minutes.
 */
export async function withLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const database = open(file);
  try {
    const deadline = Date.now() + patience;
    while (!acquire(database, file)) {
      if (Date.now() > deadline) {
        throw new TimeoutError(`Another command has held ${file} for two minutes.`, {
          hint: "Look for a bake or bun command that hangs, and end it.",
        });
      }
      await Bun.sleep(15 + Math.random() * 20);
    }
    return await work();
  } finally {
    database.close();
  }
}

function open(file: string): Database {
  try {
    return new Database(file, { create: true, readwrite: true });
  } catch (error) {
    throw unusable(file, error);
  }
}

function acquire(database: Database, file: string): boolean {
  try {
    database.run("PRAGMA busy_timeout = 0");
    database.run("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (hasCode(error, "SQLITE_BUSY")) return false;
    throw unusable(file, error);
  }
}

function unusable(file: string, cause: unknown): ConfigurationError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConfigurationError(`${file} cannot be locked: ${reason}.`, {
    cause,
    hint: "Run the command as the user who owns that folder, or remove the folder if its data can go.",
  });
}
