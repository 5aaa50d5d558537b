/** Every TypeScript block of the documentation type-checks under strict; those marked `run` run, and say what they say. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Glob } from "bun";
import * as tables from "../../db/schema";
import * as baked from "../../src/index";
import { blogDatabase } from "../support/blog";
import { blocksOf, isFile, moduleOf, pathOf } from "./blocks";
import * as prelude from "./prelude";

const root = resolve(import.meta.dir, "../..");
// Inside the project, so that its packages and tsconfig paths are found.
const folder = join(root, "test/docs/.blocks");
const files = ["README.md", ...new Glob("docs/*.md").scanSync({ cwd: root })].sort();
const blocks = files.flatMap((file) => blocksOf(join(root, file), root));
const sources = {
  "baked-orm": Object.keys(baked),
  "../prelude": Object.keys(prelude),
  "../../../db/schema": Object.keys(tables),
};

const loose = blocks.filter((block) => !isFile(block) && !block.flags.includes("skip-check"));

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [index, block] of loose.entries()) {
    writeFileSync(join(folder, `block-${index}.ts`), moduleOf(block, sources));
  }
  for (const block of blocks.filter(isFile)) {
    const path = join(folder, "app", pathOf(block));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, block.code);
  }
  mkdirSync(join(folder, "app/db"), { recursive: true });
  writeFileSync(join(folder, "app/db/schema.ts"), 'export * from "../../../../../db/schema";\n');
  const config = {
    extends: "../../../tsconfig.json",
    compilerOptions: { noUnusedLocals: false },
    include: ["**/*.ts", "**/*.tsx"],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("no block is left out", () => {
  expect(blocks.length).toBeGreaterThan(10);
  expect(
    blocks.filter(({ flags }) => flags.includes("skip-check")).map(({ place }) => place),
  ).toEqual([]);
});

test("every block type-checks", async () => {
  const check = Bun.spawn([join(root, "node_modules/.bin/tsc"), "-p", folder], {
    cwd: folder,
    stdout: "pipe",
  });
  const output = await new Response(check.stdout).text();
  const places = output.replace(
    /block-(\d+)\.ts/g,
    (_match, index: string) => loose[Number(index)]?.place ?? "?",
  );
  expect(
    places
      .split("\n")
      .filter((line) => !line.startsWith(".."))
      .join("\n")
      .trim(),
  ).toBe("");
}, 60_000);

describe("blocks that run", () => {
  blogDatabase();
  for (const [index, block] of loose.entries()) {
    if (!block.flags.includes("run")) continue;
    test(block.place, async () => {
      await prelude.seed();
      const module = await import(join(folder, `block-${index}.ts`));
      let checks = 0;
      await module.default((actual: unknown, expected: unknown) => {
        checks++;
        expect(actual).toEqual(expected);
      });
      expect(checks).toBe((block.code.match(/;\s*\/\/ => /g) ?? []).length);
    });
  }
});
