import { expect, test } from "bun:test";
import fc from "fast-check";
import { arrayLiteral, parseArrayLiteral } from "../../../src/schema/array-literal";

test.each([
  [[], "{}"],
  [["1", "2"], '{"1","2"}'],
  [["a", null], '{"a",null}'],
  [["NULL"], '{"NULL"}'],
  [['say "hi"', "back\\slash"], '{"say \\"hi\\"","back\\\\slash"}'],
  [["two\nlines", null], '{"two\nlines",NULL}'],
  [["\\n is no newline"], '{"\\\\n is no newline"}'],
])("%j is printed as %s", (texts, literal) => {
  expect(arrayLiteral(texts)).toBe(literal);
});

test("an array literal is read as what was printed", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("NULL", "null", "", "{}", '"', "\\", "\n"),
  );
  fc.assert(
    fc.property(fc.array(fc.option(text.filter((each) => !each.includes("\0")))), (texts) => {
      const read = parseArrayLiteral(arrayLiteral(texts));
      expect(read.map((each) => (each === "null" ? null : each))).toEqual(
        texts.map((each) => (each === "null" ? null : each)),
      );
    }),
  );
});
