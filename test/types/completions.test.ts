/** What an editor offers: what exists, and nothing else. Asked of TypeScript's language service. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join, resolve } from "node:path";
// TypeScript 7 has no language service to call; 5.9 reads the same types.
import ts from "typescript-5.9";

const root = resolve(import.meta.dir, "../..");
const file = join(import.meta.dir, "completions-sample.ts");

/** Each place is a caret; the sample need not compile there. */
const sample = `
import { Model, validates } from "baked-orm";
import { posts } from "../../db/schema";
import { type Post, Tag, User } from "./models";
class Note extends Model(posts) {
  draft = true;
  static {
    this.declare({ /*declare*/ });
    this.declare({ validations: { /*validations*/ } });
    this.declare({ sensitiveFields: ["/*sensitive*/"] });
    this.on("/*hook*/", () => {});
  }
}
Model(posts, {}, { sensitiveFields: ["/*secret*/"] });
Tag.where({ /*where*/ });
Tag.where({ name: { /*operators*/ } });
Tag.order({ /*order*/ });
Tag.order({ name: "/*direction*/" });
Tag.pluck("/*pluck*/");
Tag.select("/*select*/");
User.includes("/*includes*/");
User.includes("posts./*nested*/");
User.where({ posts: { /*relation*/ } });
User.scope("/*scope*/");
Tag.create({ /*create*/ });
new Tag({ /*new*/ });
async function f(user: User, post: Post) {
  user.load("/*load*/");
  post.serialize({ only: ["/*only*/"] });
  user.serialize({ include: ["/*include*/"] });
  user.serialize({ methods: ["/*methods*/"] });
  user.lock("/*lock*/");
  Tag.permit("/*permit*/");
  void [Note, f, validates];
}
`;

let service: ts.LanguageService;

beforeAll(() => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const text = name === file ? sample : ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: (name) => (name === file ? sample : ts.sys.readFile(name)),
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
});
beforeAll(() => {
  // The first question reads everything; it is not for one test to pay.
  service.getCompletionsAtPosition(file, sample.indexOf("/*where*/"), {});
}, 120_000);
afterAll(() => service.dispose());

/** The names offered at a caret. */
function offered(caret: string): string[] {
  const position = sample.indexOf(`/*${caret}*/`);
  expect(position).toBeGreaterThan(0);
  // Inside of quotes a comment is text: ask before it, and the text is what stands there.
  const found = service.getCompletionsAtPosition(file, position, {});
  // where() and order() also take a fragment of SQL, and the editor mixes the members of both.
  const names = (found?.entries ?? []).map(({ name }) => name);
  return names.filter((name) => name !== "node" && name !== "value").sort();
}

const tag = ["active", "id", "name"];
const below = (name: string) => `posts.${name}`;
const direction = ["ASC", "DESC"].flatMap((each) => [
  each,
  `${each} NULLS FIRST`,
  `${each} NULLS LAST`,
]);

describe("completions", () => {
  test.each([
    ["where", [...tag, "and", "not", "or"]],
    ["order", tag],
    ["direction", direction],
    ["pluck", tag],
    ["select", tag],
    ["includes", ["comments", "posts", "profile"]],
    [
      "nested",
      ["comments", "posts", "profile", ...["author", "comments", "taggings", "tags"].map(below)],
    ],
    ["relation", ["every", "none", "some"]],
    ["scope", ["active", "olderThan"]],
    ["new", tag],
    ["load", ["comments", "posts", "profile"]],
    ["include", ["comments", "posts", "profile"]],
    ["methods", ["badge", "following", "greet", "initials", "_cache"]],
  ] as const)("at %s are exactly what exists", (caret, names) => {
    expect(offered(caret)).toEqual([...names].sort());
  });

  test("of operators are those of the column's type", () => {
    const names = offered("operators");
    expect(names).toEqual(expect.arrayContaining(["eq", "in", "like", "starts_with", "between"]));
    expect(names).not.toContain("some");
  });

  test("of declarations are hooks, those of plugins too, and statics", () => {
    const names = offered("declare");
    expect(names).toEqual(
      expect.arrayContaining(["beforeSave", "afterDiscard", "validations", "scopes", "softDelete"]),
    );
    expect(names).not.toContain("save");
    expect(offered("hook")).toEqual(expect.arrayContaining(["afterCommit", "beforeDiscard"]));
    expect(offered("hook")).not.toContain("validations");
  });

  test("of attributes have the class's own fields, and no method", () => {
    for (const caret of ["validations", "sensitive"]) {
      expect(offered(caret)).toEqual(expect.arrayContaining(["title", "views", "draft"]));
      expect(offered(caret)).not.toContain("save");
    }
    expect(offered("secret")).toEqual(expect.arrayContaining(["title", "views"]));
    expect(offered("create")).toEqual(expect.arrayContaining(tag));
    expect(offered("create")).not.toContain("save");
    expect(offered("only")).toEqual(expect.arrayContaining(["title", "tagList"]));
    expect(offered("only")).not.toContain("author");
    expect(offered("permit")).toEqual(expect.arrayContaining(tag));
  });

  test("of a lock are its modes", () => {
    expect(offered("lock")).toContain("FOR UPDATE SKIP LOCKED");
    expect(offered("lock")).toHaveLength(12);
  });
});
