/** Runs before every test file: hides the developer's databases, and ends the suite's server. */
import { afterAll } from "bun:test";
import { forgetDatabases } from "./environment";
import { isWorker, stopServer } from "./server";

forgetDatabases();

// A worker of `bun test --parallel` gets here after each file; there the guardian ends the server.
afterAll(async () => {
  if (!isWorker) await stopServer();
});
