/** The authoring guide: its plugins type-check under strict, and what its examples say is what they do. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as tables from "../../db/schema";
import * as baked from "../../src/index";
import { blocksOf, moduleOf } from "../docs/blocks";
import * as prelude from "../docs/prelude";
import { blogDatabase } from "../support/blog";

const root = resolve(import.meta.dir, "../..");
// Inside the project, so that its packages and tsconfig paths are found.
const folder = join(root, "test/plugins/.guide");
const blocks = blocksOf(join(root, "src/plugins/README.md"), root);
const sources = {
  "baked-orm": Object.keys(baked),
  "../../docs/prelude": Object.keys(prelude),
  "../../../db/schema": Object.keys(tables),
};
const nameOf = (flags: readonly string[]) =>
  flags.find((flag) => flag.startsWith("file:"))?.slice("file:".length);
const runs = blocks.filter(({ flags }) => flags.includes("run"));

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const { flags, code } of blocks) {
    const name = nameOf(flags);
    if (name === undefined) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), code);
  }
  for (const [index, block] of runs.entries()) {
    // An import of a plugin is for its effect: moduleOf() keeps the kinds with names only.
    const effects = block.code.match(/^import "[^"]+";$/gm) ?? [];
    const code = block.code.replace(/^import "[^"]+";$/gm, "");
    const text = `${effects.join("\n")}\n${moduleOf({ ...block, code }, sources)}`;
    writeFileSync(join(folder, `run-${index}.ts`), text);
  }
  const config = {
    extends: "../../../tsconfig.json",
    compilerOptions: { noUnusedLocals: false },
    include: ["**/*.ts"],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every block is a plugin or is run", () => {
  expect(runs.length).toBeGreaterThan(3);
  expect(blocks.filter(({ flags }) => !flags.includes("run") && !nameOf(flags))).toEqual([]);
});

test("everything type-checks", async () => {
  const check = Bun.spawn([join(root, "node_modules/.bin/tsc"), "-p", folder], {
    cwd: folder,
    stdout: "pipe",
  });
  const output = await new Response(check.stdout).text();
  const own = output.split("\n").filter((line) => !line.startsWith(".."));
  expect(own.join("\n").trim()).toBe("");
}, 60_000);

describe("examples", () => {
  blogDatabase();
  for (const [index, block] of runs.entries()) {
    test(block.place, async () => {
      await prelude.seed();
      const module = await import(join(folder, `run-${index}.ts`));
      let checks = 0;
      await module.default((actual: unknown, expected: unknown) => {
        checks++;
        expect(actual).toEqual(expected);
      });
      expect(checks).toBe((block.code.match(/; \/\/ => /g) ?? []).length);
    });
  }
});
