/** PostgreSQL types as TypeScript types. */
import { describe, expect, test } from "bun:test";
import { planNames } from "../../../src/introspect/names-plan";
import type { CatalogType } from "../../../src/introspect/structure";
import { holdsTemporal, typeScriptType } from "../../../src/introspect/types";
import { base, catalog } from "../../support/catalog";

const mood = { schema: "other", name: "mood" };
const address = { schema: "public", name: "address" };
const names = planNames(
  catalog({
    enums: [{ ...mood, labels: ["ok"] }],
    composites: [{ ...address, fields: [{ name: "since", type: base("date") }] }],
  }),
);
const of = (type: CatalogType, temporal = false) => typeScriptType(type, names, temporal);
const arrayOf = (element: CatalogType, dimensions = 1): CatalogType => ({
  type: "ARRAY",
  name: "array",
  element,
  dimensions,
});
const composed: CatalogType = { type: "USER-DEFINED", name: "address", composite: address };
const enumerated: CatalogType = { type: "USER-DEFINED", name: "mood", enum: mood };

describe("scalars", () => {
  test.each([
    ["number", ["int2", "int4", "oid", "float4", "float8"]],
    ["bigint", ["int8"]],
    ["boolean", ["bool"]],
    ["Date", ["timestamptz", "timestamp", "date"]],
    ["Uint8Array", ["bytea"]],
    ["unknown", ["json", "jsonb"]],
    [
      "string",
      `numeric money text varchar bpchar char name uuid xml inet cidr macaddr macaddr8 time timetz
       interval int4range nummultirange tsvector tsquery bit varbit point polygon regclass pg_lsn
       int2vector a_type_of_the_future toString __proto__`.split(/\s+/),
    ],
  ])("%s", (expected, types) => {
    for (const type of types) expect({ type, is: of(base(type)) }).toEqual({ type, is: expected });
  });

  test("types of extensions are strings, even when they are called json", () => {
    expect(of({ type: "USER-DEFINED", name: "json" })).toBe("string");
    expect(of({ type: "USER-DEFINED", name: "citext" })).toBe("string");
  });
});

test("enums are their union, composites their class", () => {
  expect(of(enumerated)).toBe("Mood");
  expect(of(composed)).toBe("AddressComposite");
});

test("arrays have a pair of brackets per dimension", () => {
  expect(of(arrayOf(base("int8")))).toBe("bigint[]");
  expect(of(arrayOf(enumerated, 2))).toBe("Mood[][]");
  expect(of(arrayOf(arrayOf(base("text"))))).toBe("string[][]");
});

describe("Temporal", () => {
  test.each([
    ["timestamptz", "Temporal.Instant"],
    ["timestamp", "Temporal.PlainDateTime"],
    ["date", "Temporal.PlainDate"],
    ["time", "Temporal.PlainTime"],
    ["interval", "Temporal.Duration"],
    ["timetz", "string"],
    ["text", "string"],
  ])("%s is %s", (type, expected) => {
    expect(of(base(type), true)).toBe(expected);
  });

  test("is found inside arrays and composites", () => {
    const fieldsOf = () => [{ name: "since", type: base("date") }];
    expect(holdsTemporal(arrayOf(base("interval")), fieldsOf)).toBeTrue();
    expect(holdsTemporal(arrayOf(composed), fieldsOf)).toBeTrue();
    expect(holdsTemporal(composed, () => [])).toBeFalse();
    expect(holdsTemporal(base("text"), fieldsOf)).toBeFalse();
  });
});
