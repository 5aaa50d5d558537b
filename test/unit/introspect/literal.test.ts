/** Literals that read back as what they stand for, on one line where they fit. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { print, record, stringLiteral, text, texts } from "../../../src/introspect/literal";
import { hostileNames } from "../../support/hostile";

/** Reads a literal the way the language does. */
const evaluate = (code: string): unknown => new Function(`"use strict"; return (${code});`)();

describe("strings", () => {
  test("read back as they were, whatever they hold", () => {
    for (const name of hostileNames) expect(evaluate(stringLiteral(name))).toBe(name);
    const parts = ["'", '"', "\\", "\n", "a", "${", "`", "\u2028", "\ud83d", "\ude80", "é"];
    const anyText = fc.array(fc.constantFrom(...parts)).map((all) => all.join(""));
    fc.assert(fc.property(anyText, (value) => expect(evaluate(stringLiteral(value))).toBe(value)));
  });

  test("use the quotes that need fewer escapes", () => {
    expect(stringLiteral("it's")).toBe('"it\'s"');
    expect(stringLiteral('"Foo"')).toBe("'\"Foo\"'");
    expect(stringLiteral(`'"Foo_id_seq"'`)).toBe(`"'\\"Foo_id_seq\\"'"`);
  });

  test("show characters that would be invisible or turn the line around", () => {
    expect(stringLiteral("\u202e\u200b\u2028\u0007")).toBe('"\\u202e\\u200b\\u2028\\u0007"');
  });
});

describe("records", () => {
  test("stay on the line when they fit, and leave out what is undefined", () => {
    const code = record([
      ["a", text("x")],
      ["b", undefined],
      ["c-d", texts(["y", "z"])],
    ]);
    expect(print(code)).toBe('{ a: "x", "c-d": ["y", "z"] }');
  });

  test("are broken over lines when they do not fit", () => {
    const long = "x".repeat(70);
    expect(
      print(
        record([
          ["a", text(long)],
          ["b", text("y")],
        ]),
      ),
    ).toBe(`{\n  a: "${long}",\n  b: "y",\n}`);
    expect(print(record([["a", text("x".repeat(90))]]))).toBe(
      `{\n  a:\n    "${"x".repeat(90)}",\n}`,
    );
  });

  test("have a property __proto__, not a prototype", () => {
    const value = evaluate(print(record([["__proto__", text("x")]])));
    expect(Object.entries(value ?? {})).toEqual([["__proto__", "x"]]);
  });

  test("read back with every hostile key", () => {
    const code = record(
      hostileNames.map((name) => [name, text(name)]),
      true,
    );
    const expected = new Map(hostileNames.map((name) => [name, name]));
    expect(new Map(Object.entries(evaluate(print(code)) ?? {}))).toEqual(expected);
  });
});
