/** The frontend as a browser gets it: no server module, no eval, small, and it runs without Bun. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "bun";
import { type Bundler, bundle } from "../../support/bundle";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baked-frontend-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Bytes of the one file that the bundler makes, minified, as `gzip -9` compresses it. */
const size = (text: string) => gzipSync(text, { level: 9 }).length;

const three = (entry: string) =>
  `import { FrontendModel, registerModels, hydrate } from "${entry}";
   globalThis.api = { FrontendModel, registerModels, hydrate };`;
const all = (entry: string) => `import * as api from "${entry}"; globalThis.api = { ...api };`;

describe.each<Bundler>(["Bun", "Vite"])("the bundle of %s", (bundler) => {
  test.each([
    ["native", three("baked-orm/frontend/native"), 5_000],
    // The polyfill alone is 19,366 bytes by Bun, and 18,585 by Vite.
    ["polyfilled", three("baked-orm/frontend"), 24_000],
    ["whole, native", all("baked-orm/frontend/native"), 6_200],
    ["whole, polyfilled", all("baked-orm/frontend"), 25_400],
  ])(
    "%s names no server module, evaluates no text and stays small",
    async (_name, source, limit) => {
      const text = await bundle(bundler, source);
      expect(text).not.toMatch(/\b(from|import|require)\s*\(?\s*["'](bun|node:|bun:)/);
      expect(text).not.toMatch(/\beval\s*\(|\bFunction\s*\(|\bBun\.|\bprocess\./);
      expect(size(text)).toBeLessThanOrEqual(limit);
    },
  );
});

describe.each<Bundler>(["Bun", "Vite"])("the hooks, bundled by %s", (bundler) => {
  test.each([
    ["useModel", 600, false],
    ["useForm", 1_500, true],
  ])("%s is small, and comes alone", async (name, limit, isForm) => {
    const source = `import { ${name} } from "baked-orm/react"; globalThis.api = ${name};`;
    const text = await bundle(bundler, source, ["react"]);
    expect(size(text)).toBeLessThanOrEqual(limit);
    expect(text.includes("aria-invalid")).toBe(isForm);
  });
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
    const source = `import { ${names} } from "baked-orm/frontend";${app}`;
    const text = `delete globalThis.Temporal;\n${await bundle("Bun", source)}`;
    expect(await run(text)).toEqual({ ...expected, native: "undefined" });
  });

  test("can bring its own Temporal to the native entry", async () => {
    const polyfill = JSON.stringify(resolve("node_modules/temporal-polyfill/index.js"));
    const source = `import { ${names}, provideTemporal } from "baked-orm/frontend/native";
      import { Temporal as own } from ${polyfill};
      provideTemporal(own);${app}`;
    expect(await run(await bundle("Bun", source))).toMatchObject(expected);
  });
});
