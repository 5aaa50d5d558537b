/** `bake db create`: creates the configured database, or the one that is named. */
import { quoteIdentifier } from "../../sql/writer";
import { CommandError, EXIT } from "../failure";
import { inMaintenance, sqlStateOf } from "../maintenance";
import { print, printDone } from "../output";
import { openProject } from "../project";

export async function create(name: string | undefined): Promise<number> {
  const project = await openProject();
  const target = await project.target({ create: false });
  const database = checkDatabaseName(name ?? target.database);
  await inMaintenance(target, database, async (sql) => {
    try {
      await sql.unsafe(`CREATE DATABASE ${quoteIdentifier(database)}`);
      printDone(`Created database ${database}`);
    } catch (error) {
      const state = sqlStateOf(error);
      // 23505: another process was creating it at the same moment.
      if (state !== "42P04" && state !== "23505") throw refused(`create "${database}"`, error);
      print(`Database ${database} already exists.`);
    }
  });
  return EXIT.success;
}

/** Throws CommandError for a name that PostgreSQL would cut off, and so create under another name. */
export function checkDatabaseName(name: string): string {
  if (name === "" || name.includes("\0") || new TextEncoder().encode(name).length > 63) {
    throw new CommandError(`"${name}" cannot name a database: 1 to 63 bytes.`);
  }
  return name;
}

/** What the server answered, as one sentence. */
export function refused(what: string, error: unknown): CommandError {
  const message = error instanceof Error ? error.message : String(error);
  const state = sqlStateOf(error);
  return new CommandError(
    `The server refused to ${what}: ${message}${state ? ` [${state}]` : ""}.`,
    { cause: error },
  );
}
