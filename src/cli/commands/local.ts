/** `bake db start`, `stop` and `url`: the embedded PostgreSQL, and the address of whatever is configured. */
import { resolveDatabase } from "../../connection/resolve-database";
import { CommandError, EXIT } from "../failure";
import { print, printDone } from "../output";
import { openProject } from "../project";

export async function start(): Promise<number> {
  const { config, target } = await openProject();
  const configured = resolveDatabase(config, process.env);
  if (configured) {
    throw new CommandError(
      `The embedded server is not used here: the database is set by ${configured.source}.`,
      { hint: "Take that setting away to use the embedded one." },
    );
  }
  const { hostname, port, database } = await target();
  printDone(`Running on ${hostname}:${port}, database ${database}`);
  return EXIT.success;
}

export async function stop(): Promise<number> {
  const { config } = await openProject();
  const { localDirectory, stopLocalServer } = await import("../../local");
  const wasRunning = await stopLocalServer(localDirectory(config.root));
  if (wasRunning) printDone("Stopped the embedded PostgreSQL");
  else print("The embedded PostgreSQL is not running.");
  return EXIT.success;
}

export async function url(): Promise<number> {
  const { target } = await openProject();
  print((await target()).url);
  return EXIT.success;
}
