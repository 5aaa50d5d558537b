/**
 * The PostgreSQL of a test run: the embedded one, started when first asked for and shared by all
 * workers, or the one BAKED_TEST_URL names.
 */
import { ensureLocalServer } from "../../src/local/index";
import { runFolder } from "./run";

let url: Promise<string> | undefined;
let embedded: Promise<string> | undefined;

/** The URL of the server's maintenance database; starts the server at the first call of the run. */
export function serverUrl(): Promise<string> {
  url ??= start();
  return url;
}

/**
 * The same of the embedded server, whatever BAKED_TEST_URL says: for tests of logins and TLS, which depend on how a
 * server is set up.
 */
export function embeddedUrl(): Promise<string> {
  embedded ??= startEmbedded();
  return embedded;
}

async function start(): Promise<string> {
  const external = process.env.BAKED_TEST_URL;
  if (!external) return embeddedUrl();
  // Its guardian removes what a run that is ended leaves on the server.
  runFolder("server");
  return external;
}

async function startEmbedded(): Promise<string> {
  const directory = runFolder("server");
  const options = { directory, database: "postgres", durable: false, announce: () => {} };
  return (await ensureLocalServer(options)).url;
}
