/**
 * A process of its own that outlives the test run and cleans up after it, however it ended.
 * Arguments: process to watch, folder of the run, prefix of the databases on BAKED_TEST_URL's server.
 */
import { existsSync, readFileSync } from "node:fs";
import { SQL } from "bun";
import { removeRun } from "./run";

const [watched, folder = "", prefix = ""] = process.argv.slice(2);

while (isAlive(Number(watched)) && existsSync(folder)) await Bun.sleep(100);
await removeRun(folder);
if (process.env.BAKED_TEST_URL) await dropDatabases(process.env.BAKED_TEST_URL);

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

async function dropDatabases(url: string): Promise<void> {
  const sql = new SQL(url, { max: 1 });
  const rows = await sql<{ text: string }[]>`
    select format('drop database if exists %I with (force)', datname) as text
    from pg_database where starts_with(datname::text, ${prefix}::text)`;
  for (const { text } of rows) await sql.unsafe(text);
  await sql.close();
}
