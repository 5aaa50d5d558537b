/**
 * The PostgreSQL of a test run: the embedded one, started when first asked for and shared by all
 * workers, or the one BAKED_TEST_URL names.
 */
import { ensureLocalServer } from "../../src/local/index";
import { runFolder } from "./run";

let url: Promise<string> | undefined;

/** The URL of the server's maintenance database; starts the server at the first call of the run. */
export function serverUrl(): Promise<string> {
  url ??= start();
  return url;
}

async function start(): Promise<string> {
  const directory = runFolder("server");
  const external = process.env.BAKED_TEST_URL;
  if (external) return external;
  const options = { directory, database: "postgres", durable: false, announce: () => {} };
  return (await ensureLocalServer(options)).url;
}
