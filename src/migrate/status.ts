/** What is applied, what is pending, and what does not fit together. Reads only. */
import { join } from "node:path";
import type { DatabaseTarget } from "../connection/database-target";
import { isEdited } from "./checksum";
import { discoverMigrations, refuseConflicts } from "./files";
import { SchemaMigrations } from "./schema-migrations";
import { withSession } from "./session";

export interface MigrationState {
  readonly version: string;
  /** Undefined when the file is gone. */
  readonly name: string | undefined;
  readonly file: string | undefined;
  readonly state: "applied" | "pending";
  readonly appliedAt: Date | null;
  /** The file has changed since it was applied, comments and white space aside. */
  readonly isEdited: boolean;
}

export interface MigrationStatus {
  /** In order of version. */
  readonly migrations: readonly MigrationState[];
  readonly ignored: readonly string[];
}

/** Throws MigrationError when two files have one timestamp, ConnectionError when the database is out of reach. */
export async function migrationStatus(
  target: DatabaseTarget,
  directory: string,
): Promise<MigrationStatus> {
  const { migrations, ignored } = await discoverMigrations(directory);
  refuseConflicts(migrations);
  const rows = await withSession(target, (sql) => SchemaMigrations.read(sql));
  const applied = new Map(rows.map((row) => [row.version, row]));
  const states = new Map<string, MigrationState>();
  for (const { version, appliedAt } of rows) {
    const gone = { name: undefined, file: undefined, isEdited: false };
    states.set(version, { version, state: "applied", appliedAt, ...gone });
  }
  for (const { version, name, file } of migrations) {
    const row = applied.get(version);
    states.set(version, {
      ...{ version, name, file },
      state: row ? "applied" : "pending",
      appliedAt: row?.appliedAt ?? null,
      isEdited: row ? isEdited(row.checksum, await Bun.file(join(directory, file)).text()) : false,
    });
  }
  const order = (a: MigrationState, b: MigrationState) => (a.version < b.version ? -1 : 1);
  return { migrations: [...states.values()].sort(order), ignored };
}
