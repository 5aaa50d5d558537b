import { describe, expect, test } from "bun:test";
import { evaluate } from "../../../src/cli/evaluate";

describe("the console's evaluation", () => {
  test("values, TypeScript, top-level await, names that stay", async () => {
    expect(await evaluate("const first: number = await Promise.resolve(20)")).toMatchObject({
      value: 20,
    });
    expect(await evaluate("function twice(n: number) { return n * 2 }")).toEqual({
      kind: "nothing",
    });
    expect(await evaluate("twice(first) + 2")).toEqual({ kind: "value", value: 42 });
    expect(await evaluate("({ a: [1] })")).toEqual({ kind: "value", value: { a: [1] } });
  });

  test("a thenable is shown, not awaited, unless the line says so", async () => {
    const lazy = "({ then(done) { done(7) } })";
    const shown = await evaluate(lazy);
    expect(shown.kind === "value" && Object.keys(Object(shown.value))).toEqual(["then"]);
    expect(await evaluate(`await ${lazy}`)).toEqual({ kind: "value", value: 7 });
  });

  test.each([
    "function f() {",
    "[1, 2,",
    "const text = `a",
    "f(async () => (\n await g()\n",
    "/* why",
    "a ? b",
  ])("%s asks for more", async (code) => {
    expect(await evaluate(code)).toEqual({ kind: "incomplete" });
  });

  test.each([
    ["1 +* 2", "SyntaxError: "],
    ["nowhere.x", "ReferenceError: nowhere is not defined"],
    ["await Promise.reject(new TypeError('boo'))", "TypeError: boo"],
    ["throw 5", "Error: 5"],
    ["'open", "SyntaxError: "],
  ])("%s is an error", async (code, message) => {
    const result = await evaluate(code);
    expect(result).toMatchObject({ kind: "error", message: expect.stringContaining(message) });
  });

  test("nothing to do is nothing", async () => {
    expect(await evaluate("\n")).toEqual({ kind: "nothing" });
    expect(await evaluate("// only a comment\n")).toEqual({ kind: "nothing" });
  });
});
