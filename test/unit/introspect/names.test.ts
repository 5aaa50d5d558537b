/** The documented naming rules of generated attributes, constants and types. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  attributeName,
  attributeNames,
  className,
  constantName,
  isIdentifier,
} from "../../../src/introspect/names";
import { reservedAttributes } from "../../../src/schema/reserved";
import { hostileNames } from "../../support/hostile";

const allotted = (...columns: string[]) =>
  [...attributeNames(columns).values()].map(({ name }) => name);

describe("attributes", () => {
  test.each([
    ["user_id", "userId"],
    ["id", "id"],
    ["address_2", "address2"],
    ["a__b", "aB"],
    ["_x", "X"],
    ["createdAt", "createdAt"],
    ["ünïcode_name", "ünïcodeName"],
    ["名前", "名前"],
    ["class", "class"],
    ["or", "or"],
    ["and", "and"],
    ["not", "not"],
    ["$ref", "$ref"],
  ])("%p is plainly %p", (column, attribute) => {
    expect(attributeName(column)).toEqual({ name: attribute });
  });

  test.each([
    ["first name", "firstName"],
    ["first-name", "firstName"],
    [" padded ", "padded"],
    ["2fa", "_2fa"],
    ["2024", "_2024"],
    ["---", "column"],
    ["🚀", "column"],
    ["___", "column"],
    ['quo"te', "quoTe"],
    ["new\nline", "newLine"],
  ])("%p becomes the identifier %p", (column, attribute) => {
    expect(attributeName(column)).toEqual({ name: attribute, reason: "not an identifier" });
  });

  test.each(["errors", "save", "constructor", "then", "to_string", "is_new_record", "with_lock"])(
    "%p does not shadow the member of the record",
    (column) => {
      const { name, reason } = attributeName(column);
      expect(name).toEndWith("_");
      expect(reason).toBe(`every record has a member "${name.slice(0, -1)}"`);
    },
  );

  test("columns with one camel-cased name are numbered, and say whose name it is", () => {
    const names = attributeNames(["foo_bar", "fooBar", "foo__bar"]);
    expect([...names.values()]).toEqual([
      { name: "fooBar" },
      { name: "fooBar2", reason: '"fooBar" is the attribute of column "foo_bar"' },
      { name: "fooBar3", reason: '"fooBar" is the attribute of column "foo_bar"' },
    ]);
  });

  test("an ordinary column never gives way to a strange one, wherever it stands", () => {
    expect(allotted("first name", "first_name")).toEqual(["firstName2", "firstName"]);
    expect(allotted("fooBar", "foo_bar", "foo_bar2")).toEqual(["fooBar", "fooBar3", "fooBar2"]);
    expect(allotted("errors", "errors_x", "Errors")).toEqual(["errors_", "errorsX", "Errors"]);
  });

  test("any columns get distinct identifiers that no record has a member of", () => {
    const anyName = fc.oneof(
      fc.constantFrom(...hostileNames, ...reservedAttributes),
      fc.string({ minLength: 1, unit: "grapheme" }),
      fc.string({ minLength: 1, unit: fc.constantFrom("a", "A", "_", "2", " ", "é") }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(anyName, { maxLength: 40 }), (columns) => {
        const names = allotted(...columns);
        expect(names.length).toBe(columns.length);
        expect(new Set(names).size).toBe(columns.length);
        for (const name of names) {
          expect(isIdentifier(name)).toBeTrue();
          expect(reservedAttributes.has(name)).toBeFalse();
        }
      }),
    );
  });
});

describe("constants and classes", () => {
  test.each([
    ["user_accounts", "user_accounts"],
    ["order items", "order_items"],
    ["class", "class_"],
    ["schema", "schema_"],
    ["Date", "Date_"],
    ["2fa", "_2fa"],
    ["🚀", "table"],
  ])("the table %p is the constant %p", (table, constant) => {
    expect(constantName(table)).toBe(constant);
  });

  test.each([
    ["user_status", "UserStatus"],
    ["my-enum", "MyEnum"],
    ["2d_point", "_2dPoint"],
    ["---", "Type"],
  ])("the type %p is called %p", (type, name) => {
    expect(className(type, "Type")).toBe(name);
  });
});
