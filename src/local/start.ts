/** Starts the server process of a complete cluster, and waits until it takes connections. */
import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { createServer } from "node:net";
import { ConnectionError } from "../errors";
import { program } from "./binaries";
import { cannotRun, damageRemedy, serverEnvironment, type Toolbox } from "./cluster";
import { lastLines, openLog, pathHash, readText, type ServerFiles } from "./files";
import { findPostmaster, isRunning, type Postmaster, settled } from "./postmaster";

/** The only address the server listens on. */
export const hostname = "127.0.0.1";

const patience = 120_000;
const memoryPatience = 5_000;

/** Nothing is written for certain: faster, and good for data that may vanish with the machine. */
const carelessSettings = [
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
  "autovacuum=off",
  "wal_level=minimal",
  "max_wal_senders=0",
];

/**
 * Starts the server on a free port; it lives on when this process ends.
 *
 * @throws ConnectionError with the last lines of the log when it does not start.
 */
export async function startPostmaster(
  files: ServerFiles,
  tools: Toolbox,
  durable: boolean,
): Promise<Postmaster> {
  const deadline = Date.now() + memoryPatience;
  for (let attempt = 1; ; ) {
    const port = await choosePort(files, attempt);
    const started = await launch(files, tools, port, durable);
    if (started) return started;
    const log = readText(files.log) ?? "";
    // A session that was ended is gone from sight a moment before its memory is.
    if (/shared memory block .* is still in use/.test(log) && Date.now() < deadline) {
      await Bun.sleep(50);
      continue;
    }
    // Between our look and PostgreSQL's bind another program may have taken the port.
    const taken = /could not bind/.test(log);
    if (!taken || attempt === 5) throw failure(files);
    attempt++;
  }
}

/** Waits for a server that a command which died meanwhile had started. */
export async function waitUntilReady(files: ServerFiles): Promise<Postmaster | undefined> {
  const done = () => (findPostmaster(files)?.status ?? "ready") === "ready";
  if (!(await settled(done, patience))) throw failure(files);
  return findPostmaster(files);
}

async function launch(
  files: ServerFiles,
  tools: Toolbox,
  port: number,
  durable: boolean,
): Promise<Postmaster | undefined> {
  const settings = [
    `listen_addresses=${hostname}`,
    "unix_socket_directories=",
    "logging_collector=off",
    ...(durable ? [] : carelessSettings),
  ];
  const words = ["-D", files.data, "-p", String(port), ...settings.flatMap((set) => ["-c", set])];
  const pid = await detach(files, tools, words);
  const ready = () => {
    const found = findPostmaster(files);
    return found?.pid === pid && found.status === "ready";
  };
  const answered = await settled(() => ready() || !isRunning(pid), patience);
  if (!answered) throw failure(files);
  return ready() ? findPostmaster(files) : undefined;
}

/**
 * Runs the server as nobody's child, in a session of its own, with no pipe to us: neither Ctrl-C nor
 * our end reaches it, nor a test runner that ends the processes a test file began. Gives its number.
 */
function detach(files: ServerFiles, tools: Toolbox, words: readonly string[]): Promise<number> {
  const log = openLog(files);
  const postgres = program(tools.binaries, "postgres");
  const options = {
    ...tools.account,
    cwd: tools.binaries.folder,
    env: serverEnvironment(tools.environment),
    detached: true,
  };
  return new Promise<number>((resolve, reject) => {
    const refuse = (error: Error) => reject(cannotRun(tools, "postgres", error));
    if (process.platform === "win32") {
      const child = spawn(postgres, words, { ...options, stdio: ["ignore", log, log] });
      child.once("error", refuse);
      child.once("spawn", () => resolve(child.pid ?? 0));
      child.unref();
      return;
    }
    const script = '"$@" >&2 & echo $!';
    const shell = spawn("/bin/sh", ["-c", script, "sh", postgres, ...words], {
      ...options,
      stdio: ["ignore", "pipe", log],
    });
    let output = "";
    shell.stdout?.on("data", (chunk) => {
      output += chunk;
    });
    shell.once("error", refuse);
    shell.once("close", () => resolve(Number.parseInt(output, 10)));
  }).finally(() => closeSync(log));
}

function failure(files: ServerFiles): ConnectionError {
  return new ConnectionError(
    `The local PostgreSQL did not start with the data in ${files.data}. The end of ${files.log}:\n${lastLines(files.log)}\n`,
    { hint: `If the log speaks of damaged data: ${damageRemedy(files)}` },
  );
}

/**
 * The same port at each start when it is free, so that a URL pasted elsewhere stays good: it is
 * derived from the folder's name, below the range systems take outgoing ports from.
 */
async function choosePort(files: ServerFiles, attempt: number): Promise<number> {
  const usual = 20_000 + (Number.parseInt(pathHash(files.directory), 16) % 12_000);
  const wanted = attempt === 1 ? await tryPort(usual) : undefined;
  const port = wanted ?? (await tryPort(0));
  if (port === undefined) {
    throw new ConnectionError(`No port of ${hostname} is free for the local PostgreSQL.`);
  }
  return port;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ host: hostname, port, exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === "object" ? address?.port : undefined;
      server.close(() => resolve(found));
    });
  });
}
