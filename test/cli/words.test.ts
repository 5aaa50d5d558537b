/** What `bake` answers to words: usage, help, version, unknown commands and flags. No database is asked. */
import { describe, expect, test } from "bun:test";
import { version } from "../../package.json";
import { runBake, temporaryProject } from "../support/cli";

const commands = [
  ["db", "init"],
  ["db", "create"],
  ["db", "drop"],
  ["db", "reset"],
  ["db", "seed"],
  ["db", "generate"],
  ["db", "migrate"],
  ["db", "rollback"],
  ["db", "redo"],
  ["db", "status"],
  ["db", "schema"],
  ["db", "start"],
  ["db", "stop"],
  ["db", "url"],
  ["sql", "check"],
  ["model"],
  ["console"],
];

describe("help", () => {
  test("every command has a description, its usage and an example", async () => {
    const helps = await Promise.all(commands.map((words) => runBake([...words, "--help"])));
    for (const [index, words] of commands.entries()) {
      const { exitCode, stdout, stderr } = helps[index] ?? {};
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(stdout).toStartWith(`Usage: bake ${words.join(" ")}`);
      expect(stdout).toContain("Example:\n  $ ");
      expect(stdout).toContain(`bake ${words.join(" ")}`);
    }
  });

  test("help db migrate and db help migrate are db migrate --help; no command shows options it has not", async () => {
    const [plain, first, second, group] = await Promise.all(
      [
        ["db", "migrate", "--help"],
        ["help", "db", "migrate"],
        ["db", "help", "migrate"],
        ["help", "db"],
      ].map((words) => runBake(words)),
    );
    expect(plain).toMatchObject({ exitCode: 0 });
    expect(plain?.stdout).toContain("bake db migrate up --count=1");
    expect(first).toEqual(plain);
    expect(second).toEqual(plain);
    expect(group?.stdout).toMatch(/^ {2}migrate <up\|down> \[--count=N\] /m);
    expect(group?.stdout).toMatch(/^ {2}init {2}/m);
  });

  test("--help lists every command, --version prints the version; both succeed", async () => {
    const [help, versionLine] = await Promise.all([runBake(["--help"]), runBake(["--version"])]);
    expect(help.exitCode).toBe(0);
    for (const words of commands) expect(help.stdout).toContain(`  ${words.join(" ")}`);
    expect(versionLine).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("usage", () => {
  test.each([
    [[], "Usage: bake <namespace> <command>", ["db migrate <up|down> [--count=N]", "model <Name>"]],
    [["nonsense"], "Usage: bake <namespace> <command>", ['Unknown command "nonsense"']],
    [["modle"], "Usage: bake <namespace> <command>", ['Did you mean "model"?']],
    [["db"], "Usage: bake db <command>", ["migrate", "rollback", "status", "schema"]],
    [["db", "mgirate"], "Usage: bake db <command>", ['Did you mean "migrate"?']],
    [["db", "generate"], "Usage: bake db generate <migration_name>", ["migration_name"]],
    [["db", "migrate"], "Usage: bake db migrate <up|down> [--count=N]", []],
    [["db", "migrate", "dwon"], "Usage: bake db migrate <up|down>", ['Did you mean "down"?']],
    [["db", "migrate", "up", "--cuont=1"], "Usage: bake db migrate <up|down>", ["--count"]],
    [["db", "migrate", "up", "-n", "1"], "Usage: bake db migrate <up|down>", ["'-n'"]],
    [["db", "migrate", "up", "--count=abc"], "Usage: bake db migrate", ["whole number"]],
    [["db", "migrate", "up", "--count=-1"], "Usage: bake db migrate", ["whole number"]],
    [["db", "migrate", "up", "--count", "0"], "Usage: bake db migrate", ["whole number"]],
    [["db", "rollback", "--count=1.5"], "Usage: bake db rollback", ["whole number"]],
    [["db", "status", "extra"], "Usage: bake db status", ["extra"]],
    [["model"], "Usage: bake model <Name>", ["Name"]],
    [["model", "User", "--tabel", "x"], "Usage: bake model <Name>", ["--table"]],
  ])("bake %p", async (words, usage, texts) => {
    const { exitCode, stdout, stderr } = await runBake(words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain(usage);
    for (const text of texts) expect(stderr).toContain(text);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

test("a folder that cannot be written is told in one line", async () => {
  await using project = temporaryProject({ db: "a file", models: "a file" });
  for (const words of [
    ["db", "generate", "create_users"],
    ["model", "User", "--no-frontend"],
  ]) {
    const { exitCode, stdout, stderr } = await runBake(words, { cwd: project.directory });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain(`${project.directory}/`);
    expect(stderr).not.toMatch(/^\s+at /m);
  }
});

describe("colours", () => {
  test("only where they are wanted", async () => {
    await using project = temporaryProject();
    const cwd = project.directory;
    const plain = await runBake(["db", "init"], {
      cwd,
      env: { NO_COLOR: undefined, TERM: "xterm" },
    });
    expect(plain.stdout).toBe("Created baked.config.ts\n");
    const painted = await runBake(["db", "init"], {
      cwd,
      env: { NO_COLOR: undefined, FORCE_COLOR: "1" },
    });
    expect(painted.stderr).toContain("\u001b[33mbaked.config.ts already exists. Skipping.");
    const both = await runBake(["db", "init"], { cwd, env: { NO_COLOR: "1", FORCE_COLOR: "1" } });
    expect(both.stderr).toBe("baked.config.ts already exists. Skipping.\n");
  });
});

describe("a config that cannot be used", () => {
  test("stops every command that needs it, with file and reason", async () => {
    await using project = temporaryProject({ "baked.config.ts": "export default { database: , }" });
    const results = await Promise.all(
      [
        ["db", "status"],
        ["db", "url"],
        ["db", "drop", "--yes"],
        ["db", "generate", "create_users"],
        ["model", "User"],
      ].map((words) => runBake(words, { cwd: project.directory })),
    );
    for (const { exitCode, stderr, stdout } of results) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toContain(`${project.directory}/baked.config.ts could not be loaded: `);
      expect(stderr).not.toMatch(/^\s+at /m);
    }
  });

  test("a failing import inside it is told, not taken for a missing config", async () => {
    await using project = temporaryProject({
      "baked.config.ts": `import { url } from "./settings"; export default { database: url };`,
    });
    const { exitCode, stderr } = await runBake(["db", "status"], { cwd: project.directory });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("./settings");
  });

  test("without any database in production, what to set is listed", async () => {
    await using project = temporaryProject();
    const { exitCode, stderr } = await runBake(["db", "migrate", "up"], {
      cwd: project.directory,
      env: { NODE_ENV: "production" },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Set POSTGRES_URL, DATABASE_URL, PGURL");
  });

  test("BAKED_DEBUG=1 shows the stack", async () => {
    await using project = temporaryProject({ "baked.config.ts": "throw new Error('why')" });
    const { stderr } = await runBake(["db", "status"], {
      cwd: project.directory,
      env: { BAKED_DEBUG: "1" },
    });
    expect(stderr).toMatch(/^\s+at /m);
  });
});
