/**
 * A process of its own that outlives the test run and cleans up after it, however it ended.
 * Arguments: process to watch, folder of the embedded server or "", prefix of the databases to drop
 * on the server that GUARDED_URL names.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { SQL } from "bun";
import { stopLocalServer } from "../../src/local/index";

const [watched, directory, prefix] = process.argv.slice(2);
const url = process.env.GUARDED_URL;

while (isAlive(Number(watched)) && (url || (directory && existsSync(directory)))) {
  await Bun.sleep(100);
}
if (directory && existsSync(directory)) {
  await stopLocalServer(directory);
  rmSync(directory, { recursive: true, force: true });
}
if (url && prefix) await dropDatabases(url, prefix);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that has ended but was not yet waited for still answers.
  const status = `/proc/${pid}/stat`;
  return !existsSync(status) || !/\) Z /.test(readFileSync(status, "utf8"));
}

async function dropDatabases(server: string, start: string): Promise<void> {
  const sql = new SQL(server, { max: 1 });
  const rows = await sql<{ text: string }[]>`
    select format('drop database if exists %I with (force)', datname) as text
    from pg_database where starts_with(datname::text, ${start}::text)`;
  for (const { text } of rows) await sql.unsafe(text);
  await sql.close();
}
