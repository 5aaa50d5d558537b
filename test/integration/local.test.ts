/** The embedded PostgreSQL, as the commands of a project meet it: started, shared, stopped. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  ensureLocalServer,
  type LocalServer,
  localDirectory,
  localServerStatus,
  stopLocalServer,
} from "../../src/local/index";
import { isRunning } from "../../src/local/postmaster";
import { runBun, temporaryProject } from "../support/cli";
import { ask, failure, type LocalProject, localProject, startProgram } from "../support/local";

setDefaultTimeout(60_000);

let project: LocalProject;
beforeAll(() => {
  project = localProject();
});
afterAll(() => project.remove());

describe("starting", () => {
  test("twenty commands at once share one server, which outlives them all", async () => {
    const commands = Array.from({ length: 20 }, () =>
      runBun(["-e", startProgram], { cwd: project.directory }),
    );
    const results = await Promise.all(commands);
    expect(results.map(({ exitCode }) => exitCode)).toEqual(Array(20).fill(0));
    const servers = results.map(({ stdout }): LocalServer => JSON.parse(stdout));
    expect(new Set(servers.map(({ pid, url }) => `${pid} ${url}`)).size).toBe(1);
    expect(servers.filter(({ started }) => started)).toHaveLength(1);
    const lines = results.map(({ stderr }) => stderr).join("");
    expect(lines).toBe(`Creating and starting a local PostgreSQL 18 in ${project.server}\n`);
    expect(isRunning(servers[0]?.pid ?? 0)).toBe(true);
  });

  test("the next command attaches without a word, to the database named after the package", async () => {
    const server = await project.ensure();
    expect(server.started).toBe(false);
    expect(project.announced).toEqual([]);
    const { stdout } = await runBun(["-e", startProgram], { cwd: project.directory });
    expect(JSON.parse(stdout)).toEqual(server);
    expect(await ask(server.url, "select current_database() as name")).toEqual({ name: "my_shop" });
    expect(await localServerStatus(project.server)).toEqual(server);
  });

  test("another project is named by its folder", async () => {
    const server = await ensureLocalServer({ project: project.directory, announce: () => {} });
    expect(server).toEqual(await project.ensure());
    expect(localDirectory(project.directory)).toBe(project.server);
  });

  test("it is in UTF-8 and UTC, listens on this machine only, and keeps data safe", async () => {
    const { url } = await project.ensure();
    const settings = await ask(
      url,
      `select current_setting('server_encoding') as encoding,
        (select datlocale from pg_database where datname = current_database()) as locale,
        current_setting('timezone') as zone, current_setting('listen_addresses') as addresses,
        current_setting('unix_socket_directories') as sockets, current_setting('fsync') as fsync`,
    );
    expect(settings).toEqual({
      encoding: "UTF8",
      locale: "C.UTF-8",
      zone: "UTC",
      addresses: "127.0.0.1",
      sockets: "",
      fsync: "on",
    });
  });

  test("the password is asked for, and only its owner can read it", async () => {
    const server = await project.ensure();
    const file = join(project.server, "password");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8").trim()).toBe(server.password);
    const wrong = server.url.replace(server.password, "guess");
    expect(await failure(ask(wrong, "select 1"))).toMatchObject({ errno: "28P01" });
  });

  test("version control leaves the folder alone", () => {
    expect(project.read(".bake/.gitignore")).toBe("*\n");
  });

  test("a missing database is created once, or not at all when that is asked", async () => {
    const database = 'Odd "name"';
    const without = await project.ensure({ database, create: false });
    expect(await failure(ask(without.url, "select 1"))).toMatchObject({ errno: "3D000" });
    const servers = await Promise.all([1, 2, 3].map(() => project.ensure({ database })));
    const names = "select count(*)::int as found from pg_database where datname like 'Odd%'";
    for (const { url } of servers) expect(await ask(url, names)).toEqual({ found: 1 });
  });

  test("Ctrl-C in the command that started it does not reach it", async () => {
    await stopLocalServer(project.server);
    const hang = `${startProgram} await new Promise((resolve) => setTimeout(resolve, 60_000));`;
    const command = Bun.spawn([process.execPath, "-e", hang], {
      cwd: project.directory,
      detached: true,
      stdout: "pipe",
      stderr: "ignore",
    });
    const { value } = await command.stdout.getReader().read();
    const { pid }: LocalServer = JSON.parse(new TextDecoder().decode(value));
    process.kill(-command.pid, "SIGINT");
    await command.exited;
    expect(await localServerStatus(project.server)).toMatchObject({ pid });
  });
});

describe("stopping", () => {
  test("stop tells whether there was anything to stop, and data survive", async () => {
    const before = await project.ensure();
    await ask(before.url, "create table kept as select 42 as answer");
    expect(await stopLocalServer(project.server)).toBe(true);
    expect(isRunning(before.pid)).toBe(false);
    expect(await stopLocalServer(project.server)).toBe(false);
    expect(await localServerStatus(project.server)).toBeUndefined();
    project.announced.length = 0;
    const after = await project.ensure();
    expect(project.announced).toEqual([`Starting a local PostgreSQL 18 in ${project.server}`]);
    expect(after.started).toBe(true);
    expect(after.url).toBe(before.url);
    expect(await ask(after.url, "table kept")).toEqual({ answer: 42 });
  });

  test("asking about a folder without a server creates nothing there", async () => {
    const nowhere = join(project.directory, "nowhere");
    expect(await localServerStatus(nowhere)).toBeUndefined();
    expect(await stopLocalServer(nowhere)).toBe(false);
    expect(existsSync(nowhere)).toBe(false);
  });
});

describe("whose server it is", () => {
  test("it never runs as root", async () => {
    const { pid } = await project.ensure();
    const { stdout } = Bun.spawnSync(["ps", "-o", "uid=", "-p", String(pid)]);
    expect(Number(stdout.toString())).toBeGreaterThan(0);
  });

  test("a project closed to other users works, for root with the data elsewhere", async () => {
    await using closed = temporaryProject();
    await using state = temporaryProject();
    chmodSync(closed.directory, 0o700);
    const directory = join(closed.directory, ".bake/postgres");
    const lines: string[] = [];
    const start = () =>
      ensureLocalServer({
        directory,
        database: "closed",
        environment: { ...process.env, XDG_STATE_HOME: state.directory },
        announce: (line) => lines.push(line),
      });
    await ask((await start()).url, "create table kept as select 1 as answer");
    await stopLocalServer(directory);
    expect(await ask((await start()).url, "table kept")).toEqual({ answer: 1 });
    const isRoot = process.getuid?.() === 0;
    expect(existsSync(join(directory, "data"))).toBe(!isRoot);
    expect(lines).toHaveLength(isRoot ? 3 : 2);
    if (isRoot) expect(lines[0]).toContain(join(state.directory, "baked-orm"));
    await stopLocalServer(directory);
  });
});
