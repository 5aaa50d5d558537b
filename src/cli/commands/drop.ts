/** `bake db drop`: drops the database that all other commands use, after its name was typed, or the one named. */
import type { SQL } from "bun";
import type { DatabaseTarget } from "../../connection/database-target";
import { quoteIdentifier } from "../../sql/writer";
import { confirmLoss } from "../confirm";
import { CommandError, EXIT } from "../failure";
import { inMaintenance, sqlStateOf } from "../maintenance";
import { print, printDone } from "../output";
import { openProject } from "../project";
import { checkDatabaseName, refused } from "./create";

export interface DropOptions {
  yes?: boolean;
  force?: boolean;
}

export async function drop(name: string | undefined, options: DropOptions): Promise<number> {
  const project = await openProject();
  const target = await project.target({ create: false });
  const database = checkDatabaseName(name ?? target.database);
  await confirmLoss({
    database,
    verb: "DROP",
    source: name === undefined ? describeSource(target) : undefined,
    isSure: options.yes === true,
  });
  await dropDatabase(target, database, options.force === true);
  return EXIT.success;
}

/** Where the name came from, as the question tells it. */
export function describeSource(target: DatabaseTarget): string {
  return `configuration/environment: ${target.source}`;
}

/** Drops a database; a missing one is fine. Throws CommandError naming the sessions that are in the way. */
export async function dropDatabase(
  target: DatabaseTarget,
  database: string,
  isForced: boolean,
): Promise<void> {
  await inMaintenance(target, database, async (sql) => {
    // Asked first, because DROP DATABASE waits five seconds for them to go.
    if (!isForced) await refuseSessions(sql, database);
    try {
      const force = isForced ? " WITH (FORCE)" : "";
      await sql.unsafe(`DROP DATABASE ${quoteIdentifier(database)}${force}`);
      printDone(`Dropped database ${database}`);
    } catch (error) {
      const state = sqlStateOf(error);
      if (state !== "3D000") throw refused(`drop "${database}"`, error);
      print(`Database ${database} does not exist.`);
    }
  });
}

interface Session {
  readonly pid: number;
  readonly usename: string | null;
  readonly application_name: string;
  readonly client: string | null;
}

/** Throws CommandError with the sessions on the database, unless they are gone within a moment. */
async function refuseSessions(sql: SQL, database: string): Promise<void> {
  let sessions: Session[] = [];
  for (let attempt = 0; attempt < 10; attempt++) {
    // A program that has just ended may still have its session.
    if (attempt > 0) await Bun.sleep(50);
    sessions = await sql`
      SELECT pid, usename::text, application_name, host(client_addr) AS client
      FROM pg_stat_activity
      WHERE datname = ${database}::text AND backend_type = 'client backend' ORDER BY pid`;
    if (sessions.length === 0) return;
  }
  const lines = sessions.map(({ pid, usename, application_name, client }) => {
    const program = application_name === "" ? "an unnamed program" : application_name;
    return `  - ${program}, user ${usename ?? "?"}, ${client ?? "this machine"} (pid ${pid})`;
  });
  throw new CommandError(
    [`Database "${database}" is in use by other sessions:`, ...lines].join("\n"),
    { hint: "\nEnd them, or say --force." },
  );
}
