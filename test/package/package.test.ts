/** The tarball that is published: what is in it, that strict consumers compile against it, and that it runs. */
import { beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import * as tables from "../../db/schema";
import packageJson from "../../package.json";
import * as baked from "../../src/index";
import { blocksOf, isFile, moduleOf, pathOf } from "../docs/blocks";
import * as prelude from "../docs/prelude";
import { repository } from "../support/cli";
import { type Consumer, filesOf, installTarball, packTarball } from "../support/consumer";
import { createDatabase } from "../support/database";
import { runFolder } from "../support/run";
import * as application from "./application";
import * as tour from "./tour";

const documents = ["README.md", ...new Glob("docs/*.md").scanSync({ cwd: repository })].sort();
const blocks = documents.flatMap((file) => blocksOf(join(repository, file), repository));
const loose = blocks.filter((block) => !isFile(block));

/** Every flag that makes TypeScript stricter, and no declaration file is trusted. */
const strictest = {
  target: "ESNext",
  lib: ["ESNext", "DOM", "DOM.Iterable"],
  types: ["bun"],
  jsx: "react-jsx",
  noEmit: true,
  skipLibCheck: false,
  strict: true,
  allowUnreachableCode: false,
  allowUnusedLabels: false,
  exactOptionalPropertyTypes: true,
  noFallthroughCasesInSwitch: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  noUncheckedSideEffectImports: true,
  forceConsistentCasingInFileNames: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
};

const resolutions = {
  bundler: { module: "Preserve", moduleResolution: "bundler" },
  nodenext: { module: "NodeNext", moduleResolution: "NodeNext" },
};
const compilers = ["typescript", "typescript-5.9"] as const;

let tarball: string;
let files: string[];
let consumer: Consumer;

beforeAll(async () => {
  tarball = await packTarball();
  files = await filesOf(tarball);
  consumer = await installTarball(tarball);
  for (const [resolution, options] of Object.entries(resolutions)) {
    // Node's resolution wants the extension that bundlers let one leave out.
    const write = (file: string, text: string) =>
      consumer.write(
        `${resolution}/${file}`,
        resolution === "nodenext" ? withExtensions(text) : text,
      );
    write("db/schema.ts", readFileSync(join(repository, "db/schema.ts"), "utf8"));
    write("app/db/schema.ts", 'export * from "../../db/schema";\n');
    write("prelude.ts", preludeText());
    // Members of the built-in plugins and of the application's own, seen through the declarations.
    write("types/plugins.ts", readType("plugins"));
    for (const block of blocks.filter(isFile)) write(`app/${pathOf(block)}`, block.code);
    for (const [index, block] of loose.entries()) {
      write(`blocks/block-${index}.ts`, moduleOf(block, sources));
    }
    const config = { compilerOptions: { ...strictest, ...options }, include: ["."] };
    consumer.write(`${resolution}/tsconfig.json`, JSON.stringify(config));
  }
}, 60_000);

const sources = {
  "baked-orm": Object.keys(baked),
  "../prelude": Object.keys(prelude),
  "../db/schema": Object.keys(tables),
};

function preludeText(): string {
  return readFileSync(join(repository, "test/docs/prelude.ts"), "utf8").replace(
    "../../db/schema",
    "./db/schema",
  );
}

function readType(name: string): string {
  const text = readFileSync(join(repository, `test/types/${name}.test-d.ts`), "utf8");
  return (
    text
      .replace("../../db/schema", "../db/schema")
      // Inside a plugin the columns are not known; our own settings let them be named with a dot.
      .replace(/\bthis\.(archivedAt|title)\b/g, 'this["$1"]')
  );
}

function withExtensions(text: string): string {
  return text.replace(/(from|import\() ?"(\.\.?\/[^"]+)"/g, (_match, keyword, path) =>
    keyword === "from" ? `from "${path}.js"` : `import("${path}.js"`,
  );
}

/** Errors with the place in the documentation instead of the file it was written to. */
function shown(output: string, isError = (line: string) => /: error TS|^error TS/.test(line)) {
  return output
    .split("\n")
    .filter((line) => isError(line) || /^\s+\S/.test(line))
    .map((line) =>
      line.replace(/block-(\d+)\.ts/g, (_match, index) => loose[Number(index)]?.place ?? "?"),
    );
}

describe("what is in the tarball", () => {
  test("nothing but the program, its sources' declarations and its documents", () => {
    const places = [...new Set(files.map((file) => file.split("/")[0]))].sort();
    expect(places).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist",
      "docs",
      "package.json",
      "src",
    ]);
    const junk = files.filter((file) =>
      /(^|\/)(test|bench|node_modules|decisions)\/|\.test/.test(file),
    );
    expect(junk).toEqual([]);
    const built = files.filter((file) => file.startsWith("dist/"));
    expect(built.filter((file) => !/\.(d\.ts|js|js\.map)$/.test(file))).toEqual([]);
  });

  test("every file that package.json names", () => {
    const named = [
      ...Object.values(packageJson.bin),
      ...Object.values(packageJson.exports).flatMap((entry) =>
        typeof entry === "string" ? [entry] : Object.values(entry),
      ),
      ...packageJson.sideEffects.filter((path) => !path.includes("*")),
    ].map((path) => path.replace(/^\.\//, ""));
    expect(named.filter((path) => !files.includes(path))).toEqual([]);
    // TypeScript takes the first condition that it knows.
    for (const entry of Object.values(packageJson.exports)) {
      if (typeof entry !== "string") {
        expect(Object.keys(entry)[0]).toBe("types");
        expect(Object.keys(entry).at(-1)).toBe("default");
      }
    }
  });

  test("every package that it imports is one that it asks for", () => {
    const { dependencies, peerDependencies } = packageJson;
    const asked = ["baked-orm", "bun", ...Object.keys({ ...dependencies, ...peerDependencies })];
    expect(asked).toContain("@types/bun");
    const imported = files.flatMap((file) => {
      const path = join(consumer.directory, "node_modules/baked-orm", file);
      return /\.tsx?$/.test(file) ? packagesIn(file, readFileSync(path, "utf8")) : [];
    });
    expect(imported).toContain("commander");
    expect([...new Set(imported)].filter((name) => !asked.includes(name))).toEqual([]);
  });
});

/** The packages that a module names; the transpiler drops imports of types, which are all that declarations have. */
function packagesIn(file: string, text: string): string[] {
  const named = /\bfrom "([^"]+)";$|^import "([^"]+)";$|\bimport\("([^"]+)"\)/gm;
  const specifiers = file.endsWith(".d.ts")
    ? [...text.matchAll(named)].map(([, ...found]) => found.find((name) => name) ?? "")
    : transpiler.scanImports(text).map(({ path }) => path);
  return specifiers
    .filter((name) => !/^(\.|node:|bun:)/.test(name))
    .map((name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/"));
}

const transpiler = new Bun.Transpiler({ loader: "ts" });

describe("every example of the documentation, and plugins beside the built-in ones, compile against the declarations", () => {
  test("there are examples", () => {
    expect(loose.length).toBeGreaterThan(20);
    expect(readdirSync(join(consumer.directory, "nodenext/blocks"))).toHaveLength(loose.length);
  });

  for (const compiler of compilers) {
    for (const resolution of Object.keys(resolutions)) {
      test(`${compiler}, ${resolution}`, async () => {
        const { exitCode, output } = await consumer.tsc(compiler, `${resolution}/tsconfig.json`);
        expect(shown(output)).toEqual([]);
        expect(exitCode).toBe(0);
        // Not "/baked-orm/" alone: that is the folder of a clone as well.
        const installed = "/node_modules/baked-orm/";
        const read = output.split("\n").filter((line) => line.includes(installed));
        expect(read.length).toBeGreaterThan(50);
        const own = join(consumer.directory, "node_modules/baked-orm/dist/");
        expect(read.filter((file) => !file.startsWith(own) || !file.endsWith(".d.ts"))).toEqual([]);
        expect(output).not.toContain(`${repository}/src/`);
      }, 240_000);
    }
  }
});

describe("an application on the tarball", () => {
  test("migrates, makes models, queries, and sends what the browser's half reads", async () => {
    await using database = await createDatabase();
    const run = bunOn(database.url);
    for (const [name, sql] of Object.entries(application.migrations)) {
      const created = await run("bake", "db", "generate", name);
      const file = created.trim().replace("Created ", "");
      consumer.write(file, migration(sql));
    }
    expect(await run("bake", "db", "migrate", "up")).toContain("Migrated 2 version(s)");
    await run("bake", "model", "User");
    await run("bake", "model", "Post");
    for (const [file, text] of Object.entries(application.files)) consumer.write(file, text);
    expect(JSON.parse(await run("app.ts"))).toEqual(application.output);

    await run("build", "frontend/app.ts", "--target=browser", "--outfile=out/app.js");
    const bundle = readFileSync(join(consumer.directory, "out/app.js"), "utf8");
    expect(bundle).not.toContain("node:");
    expect(JSON.parse(await run("out/app.js"))).toEqual(application.shown);
    expect(await run("bake", "db", "schema", "--check")).toContain("is up to date");

    for (const [file, text] of Object.entries(application.report)) consumer.write(file, text);
    const untyped = await consumer.tsc("typescript", "tsconfig.json");
    expect(untyped.exitCode).not.toBe(0);
    expect(await run("bake", "sql", "check", "--write")).toContain("Generated db/sql.ts");
    expect(shown((await consumer.tsc("typescript", "tsconfig.json")).output)).toEqual([]);
    expect(await run("report.ts")).toBe("ANN2.0\n");
  }, 60_000);

  test("every entry of exports can be imported", async () => {
    const entries = Object.keys(packageJson.exports).map((path) => join("baked-orm", path));
    const { stdout, stderr } = await consumer.bun([
      "-e",
      `for (const entry of ${JSON.stringify(entries)}) {
        const from = entry.endsWith(".json") ? { with: { type: "json" } } : undefined;
        console.log(entry, Object.keys(await import(entry, from)).length > 0);
      }`,
    ]);
    expect(stderr).toBe("");
    expect(stdout).toBe(entries.map((entry) => `${entry} true\n`).join(""));
  });
});

describe("the files of the package find each other", () => {
  // Where nothing of the package is in reach: what a bundler left out would be missing.
  const elsewhere = runFolder("bundles");
  const program = join(elsewhere, "tour");
  const started = `await Bun.spawn([${JSON.stringify(program)}], { stdio: ["inherit", "inherit", "inherit"] }).exited`;

  for (const [way, build, start] of [
    ["as they are", undefined, ["tour.ts"]],
    ["in a bundle", ["--target=bun", "--outdir"], [`${program}.js`]],
    [
      "in a smaller bundle",
      ["--target=bun", "--minify-syntax", "--minify-whitespace", "--outdir"],
      [`${program}.js`],
    ],
    ["in a split bundle", ["--target=bun", "--splitting", "--outdir"], [`${program}.js`]],
    ["in one program", ["--compile", "--outfile"], ["-e", started]],
  ] as const) {
    test(way, async () => {
      await using database = await createDatabase();
      const cwd = join(consumer.directory, "tour");
      const run = bunOn(database.url, cwd);
      for (const [index, [name, sql]] of Object.entries(tour.migrations).entries()) {
        consumer.write(`tour/db/migrations/${20250101000000 + index}.${name}.ts`, migration(sql));
      }
      consumer.write("tour/tour.ts", tour.program);
      await run(join(consumer.directory, "node_modules/.bin/bake"), "db", "migrate", "up");
      if (build) {
        const output = build.at(-1) === "--outfile" ? program : elsewhere;
        await run("build", "tour.ts", ...build, output);
      }
      expect(JSON.parse(await run(...start))).toEqual(tour.output);
    }, 60_000);
  }
});

/** `bun` with an environment that names a database; throws when it fails, gives what it printed. */
function bunOn(url: string, cwd = consumer.directory) {
  return async (...words: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await consumer.bun(words, {
      cwd,
      env: { DATABASE_URL: url },
    });
    if (exitCode !== 0) throw new Error(`bun ${words.join(" ")} failed:\n${stderr}`);
    return stdout;
  };
}

const migration = (sql: string) =>
  `export async function up(txn) { await txn\`${sql}\`; }\nexport async function down() {}\n`;
