/** What fits to a type of PostgreSQL, both ways. */
import { expect, test } from "bun:test";
import type { TypeFacts } from "../../../src/check/catalog";
import { type Shape, showShape } from "../../../src/check/shape";
import { declaredType, wrongResult, wrongValue } from "../../../src/check/values";

const type = (name: string, more: Partial<TypeFacts> = {}): TypeFacts => ({
  shown: name,
  name,
  isBuiltIn: true,
  isArray: false,
  labels: undefined,
  ...more,
});
const of = (kind: "string" | "number" | "bigint" | "boolean", literal?: string | number): Shape =>
  literal === undefined ? { kind } : { kind, literal };
const or = (...members: Shape[]): Shape => ({ kind: "union", members });
const list = (element: Shape): Shape => ({ kind: "array", element });
const object = (name: string): Shape => ({ kind: "object", name });
const NULL: Shape = { kind: "null" };
const UNKNOWN: Shape = { kind: "unknown" };

const mood = type("mood", { isBuiltIn: false, labels: ["sad", "ok"] });
const array = (name: string) => type(name, { isArray: true, shown: `${name}[]` });

/** Titles in front of the values. */
const titled = <Case extends [TypeFacts, ...unknown[]]>(shape: 1 | 2, cases: Case[]) =>
  cases.map((each) => [each[0].shown, showShape(each[shape] as Shape), each] as const);

const takes: [TypeFacts, Shape][] = [
  [type("int4"), of("number")],
  [type("int4"), or(of("number", 1), NULL)],
  [type("int4"), of("string", "12")],
  [type("int8"), or(of("bigint"), of("string"))],
  [type("numeric"), of("string")],
  [type("float8"), of("number", 1.5)],
  [type("bool"), of("boolean")],
  [type("text"), UNKNOWN],
  [type("uuid"), of("string")],
  [type("timestamptz"), or(object("Date"), of("string"))],
  [type("interval"), object("Duration")],
  [type("jsonb"), or(object("__type"), list(of("number")))],
  [type("bytea"), object("Buffer")],
  [mood, of("string")],
  [mood, or(of("string", "sad"), of("string", "ok"))],
  [array("int4"), list(of("number"))],
  [array("int4"), list(or(of("number"), NULL))],
  [type("vector", { isBuiltIn: false }), of("string")],
];
test.each(titled(1, takes))("%s takes %s", (_type, _shape, [column, shape]) =>
  expect(wrongValue(column, shape)).toBeUndefined(),
);

const refuses: [TypeFacts, Shape, string][] = [
  [type("int4"), of("string"), "string"],
  [type("int4"), of("number", 0.5), "0.5"],
  [type("int4"), of("string", "x"), '"x"'],
  [type("int4"), or(of("number"), { kind: "undefined" }), "undefined"],
  [type("bool"), of("number"), "number"],
  [type("text"), of("number"), "number"],
  [type("date"), of("number"), "number"],
  [type("jsonb"), of("boolean"), "boolean"],
  [type("bytea"), of("string"), "string"],
  [mood, or(of("string", "sad"), of("string", "glad")), '"glad"'],
  [array("int4"), list(of("string")), "string[]"],
  [array("int4"), of("number"), "number"],
];
test.each(titled(1, refuses))("%s refuses %s", (_type, _shape, [column, shape, told]) =>
  expect(wrongValue(column, shape)).toContain(told),
);

const declares: [TypeFacts, boolean, Shape, string | undefined][] = [
  [type("int4"), false, of("number"), undefined],
  [type("int4"), true, or(of("number"), NULL), undefined],
  [type("int4"), true, of("number"), "may be null"],
  [type("int8"), false, of("bigint"), "is string"],
  [type("int8"), false, or(of("bigint"), of("string")), undefined],
  [type("date"), false, object("Date"), undefined],
  [type("date"), false, object("PlainDate"), "is Date"],
  [type("jsonb"), false, object("Settings"), undefined],
  [type("jsonb"), true, object("Settings"), "may be null"],
  [array("text"), false, list(of("string")), undefined],
  [array("text"), false, of("string"), "is string[]"],
  [mood, false, or(of("string", "sad"), of("string", "ok")), undefined],
  [mood, false, of("string"), undefined],
  [mood, false, of("string", "sad"), "leaves out"],
  [type("text"), true, UNKNOWN, undefined],
];
test.each(titled(2, declares))("%s declared as %s", (_type, _shape, each) => {
  const [column, nullable, declared, told] = each;
  const wrong = wrongResult(column, nullable, declared);
  if (told === undefined) expect(wrong).toBeUndefined();
  else expect(wrong).toContain(told);
});

test("shapes are shown as TypeScript writes them", () => {
  const shown = [
    or(of("string", "a"), NULL, or(of("number"), NULL)),
    list(or(of("bigint"), NULL)),
    list(object("Date")),
  ].map(showShape);
  expect(shown).toEqual(['"a" | null | number', "(bigint | null)[]", "Date[]"]);
});

const sent: [number, Shape][] = [
  [23, of("number")],
  [23, or(of("number", 1), NULL)],
  [20, of("number", 2 ** 40)],
  [701, or(of("number", 1), of("number", 1.5))],
  [16, or(of("boolean"), { kind: "undefined" })],
  [20, of("bigint")],
  [17, object("Buffer")],
  [0, of("string")],
  [0, or(of("string"), of("number"))],
  [0, object("Date")],
  [0, list(of("number"))],
  [0, NULL],
  [0, UNKNOWN],
];
test.each(sent.map(([oid, shape]) => [oid, showShape(shape), shape] as const))(
  "the driver declares %d for %s",
  (oid, _shown, shape) => expect(declaredType(shape)).toBe(oid),
);
