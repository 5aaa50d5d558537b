/** `bake db migrate up|down`, `rollback` and `redo`. */
import type { DatabaseTarget } from "../../connection/database-target";
import { didYouMean } from "../../errors";
import type { Migration } from "../../migrate/files";
import type { Direction } from "../../migrate/load";
import { type MigrationListener, migrateDown, migrateRedo, migrateUp } from "../../migrate/runner";
import { CommandError, EXIT } from "../failure";
import { note, print, printDone, warn } from "../output";
import { openProject, type Project } from "../project";
import { generateSchema } from "../schema-file";

const runs = { up: migrateUp, down: migrateDown, redo: migrateRedo } as const;

export async function migrate(direction: string, options: { count?: number }): Promise<number> {
  if (direction !== "up" && direction !== "down" && direction !== "redo") {
    throw new CommandError(
      `Unknown direction "${direction}".${didYouMean(direction, ["up", "down"])}\nUsage: bake db migrate <up|down> [--count=N]`,
    );
  }
  const project = await openProject();
  await runMigrations(project, await project.target(), direction, options.count);
  return EXIT.success;
}

/** Migrates and writes db/schema.ts, telling each step. */
export async function runMigrations(
  project: Project,
  target: DatabaseTarget,
  direction: keyof typeof runs,
  count?: number,
): Promise<void> {
  const { config, show } = project;
  const progress = new Progress();
  try {
    const done = await runs[direction](target, {
      directory: config.migrationsPath,
      count,
      listener: listenerWith(progress),
      after: async (query, version) => {
        await generateSchema(config, query, version);
        printDone(`Generated ${show(config.schemaPath)}`);
      },
    });
    if (done.length > 0) print(`Migrated ${done.length} version(s)`);
  } finally {
    progress.stop();
  }
}

function listenerWith(progress: Progress): MigrationListener {
  return {
    waiting: () => note("Waiting for another migration run on this database to finish..."),
    ignored: (file) => warn(`Ignored ${file}: a migration is named {14-digit timestamp}.{name}.ts`),
    planned: (direction, migrations) => print(plan(direction, migrations)),
    running: (_direction, { file }) => progress.start(file),
    done: (direction, { file }) => {
      progress.stop();
      printDone(`${direction === "up" ? "Applied" : "Rolled back"} ${file}`);
    },
    note,
  };
}

function plan(direction: Direction, { length }: readonly Migration[]): string {
  if (direction === "up") {
    return length === 0 ? "No pending migrations." : `Running ${length} migration(s) up`;
  }
  return length === 0 ? "No migrations to rollback." : `Rolling back ${length} migration(s)`;
}

/** Says from time to time that a long migration is still running. */
class Progress {
  #timer: ReturnType<typeof setInterval> | undefined;

  start(file: string): void {
    const start = performance.now();
    this.#timer = setInterval(() => {
      note(`Still running ${file} (${Math.round((performance.now() - start) / 1000)} s)`);
    }, 5000);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
