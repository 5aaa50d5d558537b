/** No column may take the name of a member: the list must know all that records have. */
import { expect, test } from "bun:test";
import { FrontendModel } from "../../../src/frontend";
import { reservedAttributes } from "../../../src/schema/reserved";

class ThingsRow {}
const things = {
  tableName: "things",
  columns: {},
  primaryKey: [],
  indexes: {},
  foreignKeys: {},
  rowClass: ThingsRow,
} as const;

/** The names that an instance answers to, its own and inherited. */
function membersOf(record: object): string[] {
  const names = Object.getOwnPropertyNames(record);
  const prototype: unknown = Object.getPrototypeOf(record);
  return prototype instanceof Object || prototype === Object.prototype
    ? [...names, ...membersOf(prototype)]
    : names;
}

test("every member of a frontend record and of any object is reserved", () => {
  const members = membersOf(new (FrontendModel(things))());
  expect(members).toContain("isValid");
  expect(members).toContain("hasOwnProperty");
  expect(members.filter((name) => !reservedAttributes.has(name))).toEqual([]);
});

test("ordinary column names are free, the grouping keys of where() too", () => {
  const ordinary = ["id", "name", "class", "type", "status", "position", "or", "and", "not"];
  expect(ordinary.filter((name) => reservedAttributes.has(name))).toEqual([]);
});
