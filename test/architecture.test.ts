/** The layer rule of ARCHITECTURE.md, as a test: an import may only point upwards, and never in a circle. */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Glob } from "bun";

const root = resolve(import.meta.dir, "..");
const source = join(root, "src");

/** What each room may import, besides itself. */
const allowed: Record<string, readonly string[]> = {
  errors: [],
  local: ["errors"],
  schema: ["errors"],
  record: ["errors", "schema"],
  sql: ["errors", "schema"],
  connection: ["errors", "schema", "sql", "local"],
  query: ["errors", "schema", "sql", "connection"],
  model: ["errors", "schema", "record", "sql", "connection", "query"],
  plugin: ["errors", "schema", "record", "sql", "connection", "query", "model"],
  plugins: ["plugin"],
  introspect: ["errors", "schema", "connection"],
  migrate: ["errors", "schema", "sql", "connection"],
  index: [
    "errors",
    "schema",
    "record",
    "sql",
    "connection",
    "query",
    "model",
    "plugin",
    "plugins",
    "migrate",
  ],
  frontend: ["errors", "schema", "record"],
  react: ["frontend"],
  check: ["errors", "schema", "sql", "connection", "introspect"],
  cli: [
    "errors",
    "schema",
    "sql",
    "connection",
    "introspect",
    "migrate",
    "local",
    "check",
    "index",
  ],
};

function room(file: string): string {
  const first = relative(source, file).split("/")[0] ?? "";
  return first.replace(/\.tsx?$/, "");
}

function target(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const base = resolve(dirname(from), specifier);
  for (const candidate of [base, `${base}.ts`, `${base}.tsx`, join(base, "index.ts")]) {
    if (existsSync(candidate) && statSync(candidate).isFile()) return candidate;
  }
  throw new Error(`${relative(root, from)} imports ${specifier}, which does not exist`);
}

const specifiers =
  /(?:^|[\s;}])(?:import|export)\s+(?:type\s+)?(?:[^'"`;]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;

const files = [...new Glob("**/*.{ts,tsx}").scanSync({ cwd: source })].map((name) =>
  join(source, name),
);
const graph = new Map<string, string[]>();
const packages = new Map<string, string[]>();
for (const file of files) {
  const text = readFileSync(file, "utf8").replace(/^\s*\*.*$/gm, "");
  const edges: string[] = [];
  const external: string[] = [];
  for (const match of text.matchAll(specifiers)) {
    const specifier = match[1] ?? match[2] ?? "";
    const found = target(file, specifier);
    if (found?.startsWith(source)) edges.push(found);
    else if (found) external.push(specifier);
    else external.push(specifier);
  }
  graph.set(file, edges);
  packages.set(file, external);
}

describe("architecture", () => {
  test("there are files to check", () => {
    expect(files.length).toBeGreaterThan(3);
  });

  test("an import only points upwards", () => {
    const wrong: string[] = [];
    for (const [file, edges] of graph) {
      const from = room(file);
      const may = allowed[from];
      if (!may) wrong.push(`${relative(root, file)}: the room "${from}" has no rule`);
      for (const edge of edges) {
        const to = room(edge);
        if (to !== from && !may?.includes(to)) {
          wrong.push(`${relative(root, file)} -> ${relative(root, edge)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test("no import cycle, type and dynamic imports counted", () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (file: string, path: string[]) => {
      const start = path.indexOf(file);
      if (start >= 0) {
        cycles.push([...path.slice(start), file].map((name) => relative(root, name)).join(" -> "));
        return;
      }
      if (done.has(file)) return;
      for (const next of graph.get(file) ?? []) walk(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) walk(file, []);
    expect(cycles).toEqual([]);
  });

  test("what the browser loads names no server module", () => {
    for (const [file, external] of packages) {
      if (!["errors", "schema", "record", "frontend", "react"].includes(room(file))) continue;
      const server = external.filter((name) => name === "bun" || /^(node|bun):/.test(name));
      expect({ file: relative(root, file), server }).toEqual({
        file: relative(root, file),
        server: [],
      });
      const code = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      expect(code).not.toMatch(/\bBun\.|\bprocess\./);
    }
  });

  test("only the writer quotes identifiers and numbers parameters", () => {
    for (const file of files) {
      if (file.endsWith("sql/writer.ts")) continue;
      const text = readFileSync(file, "utf8");
      expect({
        file: relative(root, file),
        quotes: /replace(All)?\(\s*(\/"\/g|'"')\s*,\s*'""'/.test(text),
      }).toEqual({
        file: relative(root, file),
        quotes: false,
      });
    }
  });
});
