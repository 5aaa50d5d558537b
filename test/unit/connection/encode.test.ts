import { expect, test } from "bun:test";
import fc from "fast-check";
import { encodeParameter } from "../../../src/connection/encode";
import { parseArrayLiteral } from "../../../src/schema/array-literal";
import { codecOf } from "../../../src/schema/codecs";

const column = (type: string) => ({ type, columnName: "value", nullable: true });

const listOf = (type: string, value: unknown) =>
  encodeParameter({ kind: "parameter", value, type: column(type), list: true });

test.each([
  ["integer", [1, -2, null, -0], "{1,-2,null,0}"],
  ["integer", [1, "2"], '{"1","2"}'],
  ["boolean", [true, false, null], "{true,false,null}"],
  ["boolean", [true, "f"], '{"true","false"}'],
  ["text", ["a", null, 'b "c"'], '{"a",null,"b \\"c\\""}'],
  ["text", ["a\u0007", null], "{a\u0007,NULL}"],
  ["text", [1, "a"], '{"1","a"}'],
  ["uuid", ["a-b"], '{"a-b"}'],
  ["double precision", [1.5, -0, Number.NaN], '{"1.5","-0","NaN"}'],
  ["numeric", [1, 2n], '{"1","2"}'],
])("a list of %s: %p is sent as %s", (type, values, literal) => {
  expect(listOf(type, values)).toBe(literal);
});

test.each([
  ["integer", [1, 1.5], "1.5 is not an integer"],
  ["integer", [1, 2 ** 31], "is not in the range of an integer"],
  ["smallint", [32_768], "is not in the range of a smallint"],
  ["text", ["a", "b\0"], "NUL"],
  ["boolean", [true, 1], "1 is not a boolean"],
  ["text", ["a", undefined], "undefined is not text"],
])("a list of %s with a value that does not fit is refused: %p", (type, values, message) => {
  expect(() => listOf(type, values)).toThrow(message);
});

const values = {
  integer: fc.oneof(
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.integer().map(String),
    fc.bigInt({ min: -5n, max: 5n }),
  ),
  boolean: fc.oneof(fc.boolean(), fc.constantFrom("t", "false")),
  text: fc.oneof(fc.string({ unit: "binary" }), fc.integer(), fc.boolean()),
} as const;

test.each(Object.entries(values))(
  "a list of %s holds what each value alone is sent as",
  (type, value) => {
    const codec = codecOf(column(type));
    const fits = (item: unknown) => typeof item !== "string" || !item.includes("\0");
    fc.assert(
      fc.property(fc.array(fc.option((value as fc.Arbitrary<unknown>).filter(fits))), (list) => {
        // An element that is the bare word null is NULL, however it is spelled.
        const read = parseArrayLiteral(listOf(type, list) as string);
        const found = read.map((item) => (item === "null" ? null : item));
        const alone = list.map((item) => (item === null ? null : codec.encode(item)));
        expect(found).toEqual(alone.map((item) => (item === "null" ? null : item)));
      }),
    );
  },
);
