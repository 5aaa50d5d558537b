/** `bake db status`: applied and pending migrations, and what does not fit together. */
import { type MigrationState, migrationStatus } from "../../migrate/status";
import { EXIT } from "../failure";
import { print, styled, warn } from "../output";
import { openProject } from "../project";

export async function status(options: { json?: boolean }): Promise<number> {
  const { config, target } = await openProject();
  const { migrations, ignored } = await migrationStatus(await target(), config.migrationsPath);
  for (const file of ignored) {
    warn(`Ignored ${file}: a migration is named {14-digit timestamp}.{name}.ts`);
  }
  const applied = migrations.filter(({ state }) => state === "applied").length;
  const pending = migrations.length - applied;
  if (options.json) {
    const list = migrations.map(({ version, name, file, state, appliedAt, isEdited }) => ({
      ...{ version, name: name ?? null, file: file ?? null, state },
      ...{ appliedAt: appliedAt?.toISOString() ?? null, edited: isEdited },
    }));
    print(JSON.stringify({ applied, pending, migrations: list, ignored }, undefined, 2));
    return EXIT.success;
  }
  if (migrations.length === 0) {
    print("No migrations found.");
    return EXIT.success;
  }
  print("Migration status:");
  for (const migration of migrations) print(line(migration));
  print(`${applied} applied, ${pending} pending`);
  return EXIT.success;
}

function line(migration: MigrationState): string {
  const { version, name, file, state, isEdited } = migration;
  if (file === undefined) {
    return `  ${styled("red", "!")} ${version} (applied, but its file is missing)`;
  }
  if (isEdited) {
    return `  ${styled("yellow", "!")} ${version} ${name} (applied, but edited since)`;
  }
  const mark = state === "applied" ? styled("green", "✓") : styled("yellow", "○");
  return `  ${mark} ${version} ${name} (${state})`;
}
