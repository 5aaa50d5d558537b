/** What a plan tells about nulls. */
import { describe, expect, test } from "bun:test";
import { isNeverNull, nullsOf, type PlanNode } from "../../../src/check/plan";

const scan = (name: string, more: Partial<PlanNode> = {}): PlanNode => ({
  "Node Type": "Seq Scan",
  Schema: "public",
  "Relation Name": name,
  ...more,
});
const outer = { "Parent Relationship": "Outer" };
const inner = { "Parent Relationship": "Inner" };
const join = (type: string, ...Plans: readonly PlanNode[]): PlanNode => ({
  "Node Type": "Hash Join",
  "Join Type": type,
  Plans,
});
const names = (plan: PlanNode) => nullsOf(plan).tables.map(([, name]) => name);

describe("tables that may be missing", () => {
  test("are on the optional side of the join, as deep as they stand", () => {
    expect(names(join("Inner", scan("a", outer), scan("b", inner)))).toEqual([]);
    expect(names(join("Left", scan("a", outer), scan("b", inner)))).toEqual(["b"]);
    expect(names(join("Right", scan("a", outer), scan("b", inner)))).toEqual(["a"]);
    expect(names(join("Full", scan("a", outer), scan("b", inner)))).toEqual(["a", "b"]);
    const deep = join("Inner", scan("b", outer), scan("c", inner));
    expect(names(join("Left", scan("a", outer), { ...deep, ...inner }))).toEqual(["b", "c"]);
  });

  test("are found behind a CTE", () => {
    const cte = scan("b", { "Subplan Name": "CTE x" });
    const use: PlanNode = { "Node Type": "CTE Scan", "CTE Name": "x", ...inner };
    const joined = join("Left", scan("a", outer), use);
    expect(names({ ...joined, Plans: [cte, ...(joined.Plans ?? [])] })).toEqual(["b"]);
    expect(nullsOf(join("Left", scan("a", outer), use)).all).toBe(true);
  });

  test("are not surely missing where they are read elsewhere too", () => {
    const plan = join("Left", scan("a", outer), scan("a", inner));
    expect(nullsOf(plan)).toMatchObject({ tables: [["public", "a"]], missing: [] });
    expect(nullsOf(join("Left", scan("a", outer), scan("b", inner))).missing).toHaveLength(1);
  });

  test("everything may be missing where the plan does not show what is read", () => {
    const result: PlanNode = { "Node Type": "Result", ...inner };
    expect(nullsOf(join("Left", scan("a", outer), result)).all).toBe(true);
    expect(nullsOf({ "Node Type": "Foreign Scan" }).all).toBe(true);
    expect(nullsOf({ "Node Type": "Aggregate", "Grouping Sets": [] }).all).toBe(true);
    const values: PlanNode = { "Node Type": "Values Scan", ...inner };
    expect(nullsOf(join("Left", scan("a", outer), values)).all).toBe(false);
  });

  test("expressions mean what they say only where rows come from one place", () => {
    expect(nullsOf(scan("a")).isPlain).toBe(true);
    expect(nullsOf({ "Node Type": "Append", Plans: [scan("a")] }).isPlain).toBe(false);
    expect(nullsOf(join("Left", scan("a", outer), scan("b", inner))).isPlain).toBe(false);
  });
});

test.each([
  "count(*)",
  "(count(*))::integer",
  "count(DISTINCT users.id) FILTER (WHERE (users.age > 3))",
  "row_number() OVER (?)",
  "'a, (b'::text",
  "1",
  "'-1'::integer",
  "true",
  "COALESCE((sum(total)), '0'::numeric)",
  "(now())::timestamp(3) without time zone",
])("%s is never null", (printed) => expect(isNeverNull(printed)).toBe(true));

test.each([
  "",
  "NULL::text",
  "sum(total)",
  "(count(*) + NULL::bigint)",
  "(count(*)) + (sum(x))",
  "COALESCE(users.age, users.id)",
  "lower('a'::text)",
  "users.count",
  "public.count(users.id)",
])("%s may be null", (printed) => expect(isNeverNull(printed)).toBe(false));
