/** The frontend as a browser gets it: no server module, no eval, small, and it runs without Bun. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "bun";

const root = resolve(import.meta.dir, "../../..");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baked-frontend-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function bundle(name: string, source: string): Promise<string> {
  const entry = join(folder, `${name}.ts`);
  writeFileSync(entry, source);
  const built = await Bun.build({ entrypoints: [entry], target: "browser", minify: true });
  expect(built.logs).toEqual([]);
  const [output] = built.outputs;
  return (await output?.text()) ?? "";
}

const size = (text: string) => gzipSync(text, { level: 9 }).length;

const entry = (name: string) => JSON.stringify(join(root, "src/frontend", name));
const three = (name: string) =>
  `import { FrontendModel, registerModels, hydrate } from ${entry(name)};
   globalThis.api = { FrontendModel, registerModels, hydrate };`;
const all = (name: string) => `import * as api from ${entry(name)}; globalThis.api = { ...api };`;

describe("the bundle", () => {
  test.each([
    ["native", three("native.ts"), 5_800],
    ["polyfilled", three("index.ts"), 25_100],
    ["whole-native", all("native.ts"), 6_800],
    ["whole-polyfilled", all("index.ts"), 26_200],
  ])(
    "%s names no server module, evaluates no text and stays small",
    async (name, source, limit) => {
      const text = await bundle(name, source);
      expect(text).not.toMatch(/\b(from|import|require)\s*\(?\s*["'](bun|node:|bun:)/);
      expect(text).not.toMatch(/\beval\s*\(|\bFunction\s*\(|\bBun\.|\bprocess\./);
      expect(size(text)).toBeLessThanOrEqual(limit);
    },
  );
});

const app = `
const table = { tableName: "users", primaryKey: ["id"], indexes: {}, foreignKeys: {}, rowClass: class {}, columns: {
  id: { type: "bigint", nullable: false, columnName: "id" },
  name: { type: "text", nullable: false, columnName: "name" },
  settings: { type: "jsonb", nullable: true, columnName: "settings" },
  avatar: { type: "bytea", nullable: true, columnName: "avatar" },
  born: { type: "date", nullable: true, columnName: "born" },
  createdAt: { type: "timestamp with time zone", nullable: false, columnName: "created_at" },
} };
class a extends FrontendModel(table) {
  static validations = { name: validates("presence") };
}
registerModels({ User: a });
const user = hydrate({ __typename: "User", id: "5", name: "Ann", settings: { theme: "light" }, avatar: "/wAB",
  born: "2000-02-29", createdAt: "2024-03-10T12:00:00.123456Z" });
const before = user.changed();
user.settings.theme = "dark";
user.avatar[0] = 1;
user.name = "";
console.log(JSON.stringify({
  bun: typeof Bun,
  native: typeof Temporal,
  before,
  changed: Object.keys(user.changedAttributes()),
  valid: user.isValid(),
  messages: user.errors.fullMessages(),
  json: user.toJSON(),
  patch: user.patch(),
}));`;

const names = "FrontendModel, hydrate, registerModels, validates";

/** Runs a bundle where there is no Bun: in node, else in Bun with its globals taken away. */
async function run(text: string): Promise<unknown> {
  const file = join(folder, "app.mjs");
  writeFileSync(file, `delete globalThis.Bun;\n${text}`);
  const node = Bun.which("node");
  const command = node
    ? [node, "--disallow-code-generation-from-strings", file]
    : [process.execPath, file];
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "pipe" });
  const [out, error] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect(error).toBe("");
  return JSON.parse(out);
}

const expected = {
  bun: "undefined",
  before: false,
  changed: ["name", "settings", "avatar"],
  valid: false,
  messages: ["Name can't be blank"],
  json: {
    __typename: "User",
    id: "5",
    name: "",
    settings: { theme: "dark" },
    avatar: "AQAB",
    born: "2000-02-29",
    createdAt: "2024-03-10T12:00:00.123456Z",
  },
  patch: { id: "5", name: "", settings: { theme: "dark" }, avatar: "AQAB" },
};

describe("an app in the browser", () => {
  test("has a Temporal polyfill where the native one is missing", async () => {
    const source = `import { ${names} } from ${entry("index.ts")};${app}`;
    const text = `delete globalThis.Temporal;\n${await bundle("app", source)}`;
    expect(await run(text)).toEqual({ ...expected, native: "undefined" });
  });

  test("can bring its own Temporal to the native entry", async () => {
    const source = `import { ${names}, provideTemporal } from ${entry("native.ts")};
      import { Temporal as own } from ${JSON.stringify(join(root, "node_modules/temporal-polyfill/implementation.js"))};
      provideTemporal(own);${app}`;
    expect(await run(await bundle("own", source))).toMatchObject(expected);
  });
});
