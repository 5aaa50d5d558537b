import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { normalizeSql, splitStatements } from "../../../src/sql/split";

describe("splitStatements", () => {
  test("cuts at semicolons and drops what is empty", () => {
    expect(splitStatements("SELECT 1;\n ; -- nothing\n;SELECT 2 ;/* end */")).toEqual([
      "SELECT 1",
      "SELECT 2",
    ]);
    expect(splitStatements("  -- only a comment")).toEqual([]);
    expect(splitStatements("")).toEqual([]);
  });

  test.each([
    ["string", "INSERT INTO t VALUES ('a;b', 'it''s;')"],
    ["escape string", "SELECT E'\\';', 1"],
    ["quoted identifier", 'SELECT 1 AS "a;b"'],
    ["dollar quote", "DO $$ BEGIN PERFORM 1; END $$"],
    ["tagged dollar quote", "DO $a$ SELECT '$$;'; $a$"],
    ["nested comment", "SELECT /* a; /* b; */ c; */ 1"],
    ["line comment", "SELECT 1 -- a; b\n+ 2"],
    ["rule", "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)"],
    [
      "atomic body",
      "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 END; SELECT 2; END",
    ],
    [
      "atomic body after a comment",
      "-- why;\nCREATE OR REPLACE PROCEDURE f() BEGIN ATOMIC DELETE FROM a; DELETE FROM b; END",
    ],
  ])("a semicolon inside does not cut: %s", (_name, statement) => {
    expect(splitStatements(`${statement}; SELECT 2`)).toEqual([statement, "SELECT 2"]);
  });

  test("BEGIN outside a routine is an ordinary statement", () => {
    expect(splitStatements("BEGIN; SELECT 1; END; SELECT 2")).toEqual([
      "BEGIN",
      "SELECT 1",
      "END",
      "SELECT 2",
    ]);
  });

  test("an open quote is refused", () => {
    expect(() => splitStatements("SELECT 'a; SELECT 2")).toThrow("never closed");
    expect(() => splitStatements("SELECT $x$ a; SELECT 2")).toThrow("never closed");
    expect(() => splitStatements("SELECT 1 /* a /* b */")).toThrow("never closed");
  });

  test("joining and splitting any statements gives them back", () => {
    const literal = fc
      .string({ unit: "binary", maxLength: 12 })
      .filter((text) => !text.includes("\0"))
      .map((text) => `'${text.replaceAll("'", "''")}'`);
    const dollar = fc
      .string({ maxLength: 12 })
      .filter((text) => !text.includes("$q"))
      .map((text) => `$q$${text}$q$`);
    const comment = fc
      .string({ maxLength: 8 })
      .filter((text) => !/[*/]/.test(text))
      .map((text) => `/* ${text} */`);
    const name = fc
      .string({ minLength: 1, maxLength: 8 })
      .map((text) => `"${text.replaceAll('"', '""')}"`);
    const statement = fc
      .array(fc.oneof(literal, dollar, comment, name), { maxLength: 5 })
      .map((parts) => ["SELECT", ...parts].join(" "));
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 5 }), (statements) => {
        expect(splitStatements(statements.join(";\n"))).toEqual(statements);
      }),
    );
  });
});

describe("normalizeSql", () => {
  test("comments and white space do not count, quoted text does", () => {
    expect(normalizeSql("SELECT  1 -- one\n , /* two /* 2 */ */ 2\n")).toBe("SELECT 1 , 2");
    expect(normalizeSql("SELECT 'a  -- b' , $$ x  /* y */ $$")).toBe(
      "SELECT 'a  -- b' , $$ x  /* y */ $$",
    );
  });

  test("is its own fixed point", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const once = normalizeSql(text);
        expect(normalizeSql(once)).toBe(once);
      }),
    );
  });
});
