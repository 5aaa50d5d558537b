/** Runs before every test file: hides the developer's databases, and removes what the run wrote. */
import { afterAll } from "bun:test";
import { forgetDatabases } from "./environment";
import { isWorker, removeRun } from "./run";

forgetDatabases();
// What a killed run with our number left behind.
if (!isWorker) await removeRun();

// A worker of `bun test --parallel` gets here after each file; there the guardian cleans up.
afterAll(async () => {
  if (!isWorker) await removeRun();
});
