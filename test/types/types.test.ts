/** The assertions on types are checked here too, counted, and held to a bound of what they cost the checker. */
import { describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { $, Glob } from "bun";
import { bakedApplication } from "../../bench/types/application";
import { BUDGET } from "../../bench/types/measure";

const root = resolve(import.meta.dir, "../..");
const tsc = join(root, "node_modules/.bin/tsc");
const files = [...new Glob("*.test-d.{ts,tsx}").scanSync({ cwd: import.meta.dir })].sort();

/** Runs tsc over a folder of the project that is written for it; gives its messages and how many instantiations it took. */
async function check(name: string, contents: Readonly<Record<string, string>>, include: string[]) {
  // Inside the project, so that its packages and tsconfig are found.
  const folder = join(import.meta.dir, `.${name}`);
  try {
    const config = {
      extends: "../../../tsconfig.json",
      compilerOptions: { noUnusedLocals: false },
      include,
      exclude: [],
    };
    await Bun.write(join(folder, "tsconfig.json"), JSON.stringify(config));
    for (const [file, text] of Object.entries(contents)) await Bun.write(join(folder, file), text);
    const run = await $`${tsc} -p ${folder} --extendedDiagnostics --singleThreaded`
      .nothrow()
      .quiet();
    const output = run.stdout.toString();
    const messages = output.split("\n").filter((line) => /error TS\d+/.test(line));
    return { messages, instantiations: Number(/^Instantiations:\s+(\d+)/m.exec(output)?.[1]) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("every assertion holds, and every line that must not compile does not", async () => {
  const { messages, instantiations } = await check(
    "assertions",
    {},
    files.map((file) => `../${file}`),
  );
  expect(messages).toEqual([]);
  // Deterministic, unlike a time: endless recursion or an explosion shows here first.
  expect(instantiations).toBeGreaterThan(10_000);
  expect(instantiations).toBeLessThan(650_000);
}, 120_000);

describe("an application", () => {
  test("of twenty tables costs what its tables cost, not their square", async () => {
    const ten = await check("ten", bakedApplication(10), ["**/*.ts"]);
    const twenty = await check("twenty", bakedApplication(20), ["**/*.ts"]);
    expect([...ten.messages, ...twenty.messages]).toEqual([]);
    const perTable = (twenty.instantiations - ten.instantiations) / 10;
    expect(perTable).toBeGreaterThan(500);
    expect(perTable).toBeLessThan(PER_TABLE);
  }, 120_000);
});

/** What the declarations of the package cost, whatever the application. */
const PACKAGE = 6_500;

/**
 * What one table with a model and ten uses may cost, so that a hundred are within the budget: each costs the same.
 * `bun bench/types/measure.ts` has the whole picture.
 */
const PER_TABLE = (BUDGET - PACKAGE) / 100;

describe("the assertions", () => {
  test("cover the public surface: three hundred that hold, two hundred that are refused", async () => {
    const texts = await Promise.all(
      files.map((file) => Bun.file(join(import.meta.dir, file)).text()),
    );
    const lines = texts
      .join("\n")
      .split("\n")
      .map((line) => line.trim());
    const positive = lines.filter((line) => /^(?!\/\/).*\b(expectTypeOf[(<]|holds<)/.test(line));
    const negative = lines.filter((line) => /^(\/\/|\*) @ts-expect-error/.test(line));
    expect(positive.length).toBeGreaterThanOrEqual(300);
    expect(negative.length).toBeGreaterThanOrEqual(200);
    // Each says why, and none stands for two.
    expect(negative.filter((line) => !/@ts-expect-error:? ["\w]/.test(line))).toEqual([]);
    // No assertion was copied.
    const long = positive.filter((line) => line.length > 40);
    expect(long.length - new Set(long).size).toBeLessThan(10);
  });
});
