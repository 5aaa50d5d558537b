/** The compiler: every kind of node, printed exactly. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  and,
  anyOf,
  call,
  cast,
  column,
  compare,
  constant,
  equals,
  exists,
  FALSE,
  inQuery,
  isNull,
  listParameter,
  not,
  or,
  orderBy,
  parameter,
  select,
  selectItem,
  TRUE,
  tuple,
} from "../../../src/sql/build";
import { checkStatement } from "../../../src/sql/check";
import { compile, compileExpression } from "../../../src/sql/compiler";
import type { Expression, Statement } from "../../../src/sql/nodes";
import { rawFragment, sql } from "../../../src/sql/raw";
import { inlineParameters, mapExpression, relabel } from "../../../src/sql/transform";
import { typeName } from "../../../src/sql/type-name";
import { quoteIdentifier, quoteLiteral } from "../../../src/sql/writer";

const users = { kind: "table", name: "users" } as const;
const id = column("users", "id");
const age = column("users", "age");
const text = (expression: Expression) => compileExpression(expression, "users").text;

describe("expressions", () => {
  const cases: [string, Expression, string][] = [
    ["own column", id, '"id"'],
    ["column of another table", column("posts", "id"), '"posts"."id"'],
    ["qualified column", { ...id, qualified: true }, '"users"."id"'],
    ["parameter", parameter(1), "$1"],
    ["json travels as text", parameter({}, { type: "jsonb" }), "$1::text::jsonb"],
    ["comparison", equals(id, parameter(1)), '"id" = $1'],
    ["nested comparison", equals(equals(id, TRUE), FALSE), '("id" = TRUE) = FALSE'],
    ["any", anyOf(id, listParameter([1], { type: "integer" })), '"id" = ANY($1)'],
    ["not any", anyOf(id, listParameter([1], { type: "integer" }), true), '"id" <> ALL($1)'],
    ["null test", isNull(id), '"id" IS NULL'],
    ["not null", isNull(id, true), '"id" IS NOT NULL'],
    ["and of or", and([or([TRUE, FALSE]), TRUE]), "(TRUE OR FALSE) AND TRUE"],
    ["or of and", or([and([TRUE, FALSE]), TRUE]), "(TRUE AND FALSE) OR TRUE"],
    ["empty and", and([]), "TRUE"],
    ["empty or", or([]), "FALSE"],
    ["not", not(or([TRUE, FALSE])), "NOT (TRUE OR FALSE)"],
    ["string constant", constant("it's"), "'it''s'"],
    ["backslash constant", constant("a\\b"), "E'a\\\\b'"],
    ["negative constant", compare(id, ">", constant(-1)), '"id" > (-1)'],
    ["infinite constant", constant(Number.POSITIVE_INFINITY), "'Infinity'::float8"],
    ["null constant", constant(null), "NULL"],
    ["function", call("lower", id), 'lower("id")'],
    [
      "aggregate",
      { kind: "function", name: "count", arguments: [id], distinct: true, filter: TRUE },
      'count(DISTINCT "id") FILTER (WHERE TRUE)',
    ],
    ["cast", cast(id, { type: "text" }), '"id"::text'],
    [
      "cast of a list",
      cast(listParameter([1], { type: "integer" }), { type: "integer" }, true),
      "$1::text::int4[]",
    ],
    [
      "cast to a type of the application",
      cast(id, { type: "USER-DEFINED", pgType: ["public", "mo od"] }),
      '"id"::"public"."mo od"',
    ],
    ["tuple", tuple([id, age]), '("id", "age")'],
    ["raw stands in parentheses", rawFragment("a OR b"), "(a OR b)"],
    ["excluded", { kind: "excluded", name: "id" }, 'EXCLUDED."id"'],
    ["default", { kind: "default" }, "DEFAULT"],
    [
      "arithmetic",
      { kind: "arithmetic", operator: "+", left: age, right: parameter(1) },
      '"age" + $1',
    ],
    [
      "case",
      { kind: "case", branches: [{ when: TRUE, result: id }], otherwise: age },
      'CASE WHEN TRUE THEN "id" ELSE "age" END',
    ],
    ["exists", exists(select([selectItem(constant(1))], users)), 'EXISTS (SELECT 1 FROM "users")'],
    [
      "in a query",
      inQuery(id, select([selectItem(id)], users), true),
      '"id" NOT IN (SELECT "id" FROM "users")',
    ],
    [
      "in a compound",
      inQuery(id, {
        kind: "compound",
        operator: "EXCEPT",
        queries: [select([selectItem(id)], users), select([selectItem(id)], users)],
      }),
      '"id" IN ((SELECT "id" FROM "users") EXCEPT (SELECT "id" FROM "users"))',
    ],
  ];
  for (const [name, expression, expected] of cases) {
    test(name, () => expect(text(expression)).toBe(expected));
  }
});

describe("statements", () => {
  const base = select([selectItem(id)], users);
  const cases: [string, Statement, string][] = [
    ["nothing but a value", select([selectItem(constant(1), "one")]), 'SELECT 1 AS "one"'],
    [
      "schema and alias",
      select([selectItem(column("u", "id"))], { ...users, schema: "app", alias: "u" }),
      'SELECT "id" FROM "app"."users" AS "u"',
    ],
    [
      "derived",
      select([selectItem({ kind: "star" })], { kind: "derived", query: base, alias: "d" }),
      'SELECT * FROM (SELECT "id" FROM "users") AS "d"',
    ],
    [
      "unnest",
      select([selectItem(column("u", "x"))], {
        kind: "unnest",
        lists: [parameter("{}")],
        alias: "u",
        columns: ["x"],
        ordinality: "n",
      }),
      'SELECT "x" FROM unnest($1) WITH ORDINALITY AS "u"("x", "n")',
    ],
    [
      "lateral join",
      {
        ...base,
        joins: [
          {
            kind: "join",
            type: "CROSS",
            source: { kind: "derived", lateral: true, query: base, alias: "l" },
          },
        ],
      },
      'SELECT "users"."id" FROM "users" CROSS JOIN LATERAL (SELECT "id" FROM "users") AS "l"',
    ],
    [
      "group and having",
      {
        ...base,
        groupBy: [{ expression: id, alias: "id" }],
        having: [compare(call("count", { kind: "star" }), ">", parameter(1))],
      },
      'SELECT "id" FROM "users" GROUP BY "id" HAVING count(*) > $1',
    ],
    [
      "order",
      { ...base, orderBy: [orderBy(id, "DESC", "LAST")] },
      'SELECT "id" FROM "users" ORDER BY "id" DESC NULLS LAST',
    ],
    [
      "lock",
      { ...base, lock: { strength: "NO KEY UPDATE", wait: "SKIP LOCKED", of: ["users"] } },
      'SELECT "id" FROM "users" FOR NO KEY UPDATE SKIP LOCKED',
    ],
    [
      "with",
      { ...base, with: { recursive: true, tables: [{ name: "w", columns: ["id"], query: base }] } },
      'WITH RECURSIVE "w" ("id") AS (SELECT "id" FROM "users") SELECT "id" FROM "users"',
    ],
    [
      "delete using",
      {
        kind: "delete",
        table: users,
        using: { kind: "table", name: "posts" },
        where: [equals(id, column("posts", "user_id"))],
        returning: [],
      },
      'DELETE FROM "users" USING "posts" WHERE "users"."id" = "posts"."user_id"',
    ],
    [
      "update from",
      {
        kind: "update",
        table: users,
        set: [{ column: "age", value: parameter(1) }],
        from: { kind: "table", name: "posts" },
        where: [],
        returning: [selectItem(id)],
      },
      'UPDATE "users" SET "age" = $1 FROM "posts" RETURNING "users"."id"',
    ],
    [
      "insert defaults",
      {
        kind: "insert",
        table: users,
        columns: [],
        source: { kind: "default-values" },
        returning: [],
      },
      'INSERT INTO "users" DEFAULT VALUES',
    ],
    [
      "insert values",
      {
        kind: "insert",
        table: users,
        columns: ["age"],
        source: { kind: "values", rows: [[parameter(1)], [{ kind: "default" }]] },
        conflict: { action: "nothing" },
        returning: [],
      },
      'INSERT INTO "users" ("age") VALUES ($1), (DEFAULT) ON CONFLICT DO NOTHING',
    ],
    [
      "conflict on a constraint",
      {
        kind: "insert",
        table: users,
        columns: ["age"],
        source: { kind: "values", rows: [[parameter(1)]] },
        conflict: {
          target: { constraint: "c" },
          action: [{ column: "age", value: { kind: "excluded", name: "age" } }],
          where: isNull(age),
        },
        returning: [],
      },
      'INSERT INTO "users" ("age") VALUES ($1) ON CONFLICT ON CONSTRAINT "c" DO UPDATE SET "age" = EXCLUDED."age" WHERE "users"."age" IS NULL',
    ],
    [
      "copy",
      { kind: "copy", table: users, columns: ["id", "a b"] },
      'COPY "users" ("id", "a b") FROM STDIN',
    ],
    [
      "explain",
      { kind: "explain", options: ["ANALYZE", "BUFFERS"], statement: base },
      'EXPLAIN (ANALYZE, BUFFERS) SELECT "id" FROM "users"',
    ],
  ];
  for (const [name, statement, expected] of cases) {
    test(name, () => expect(compile(statement).text).toBe(expected));
  }

  test("an inner query has a scope of its own, and the outer one comes back", () => {
    const inner = select([selectItem(column("posts", "id"))], { kind: "table", name: "posts" });
    const correlated = { ...inner, where: [equals(column("posts", "user_id"), id)] };
    expect(compile({ ...base, where: [exists(correlated), isNull(age)] }).text).toBe(
      'SELECT "id" FROM "users" WHERE EXISTS (SELECT "id" FROM "posts" WHERE "user_id" = "users"."id") AND "age" IS NULL',
    );
  });

  test("an update without columns is refused", () => {
    expect(() =>
      compile({ kind: "update", table: users, set: [], where: [], returning: [] }),
    ).toThrow("at least one column");
  });

  test("clauses that exclude each other are refused", () => {
    const lock = { strength: "UPDATE" } as const;
    expect(() =>
      checkStatement({ ...base, lock, groupBy: [{ expression: id, alias: "id" }] }),
    ).toThrow("lock() cannot be combined with group()");
    expect(() => checkStatement({ ...base, lock, distinct: true })).toThrow(
      "lock() cannot be combined with distinct()",
    );
    expect(() => checkStatement({ ...base, having: [TRUE] })).toThrow("requires group()");
    expect(() => checkStatement({ ...base, limit: -1 })).toThrow("non-negative integer");
  });
});

describe("quoting", () => {
  test("identifiers and literals survive whatever they hold", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((name) => !name.includes("\0")),
        (name) => {
          const quoted = quoteIdentifier(name);
          expect(quoted.slice(1, -1).replaceAll('""', '"')).toBe(name);
          expect(quoted.slice(1, -1).replaceAll('""', "")).not.toContain('"');
          const literal = quoteLiteral(name);
          expect(literal.slice(literal.indexOf("'") + 1, -1).replaceAll("''", "")).not.toContain(
            "'",
          );
        },
      ),
    );
  });
  test("what cannot be a name is refused", () => {
    expect(() => quoteIdentifier("")).toThrow("non-empty");
    expect(() => quoteIdentifier("a\0b")).toThrow("NUL");
    expect(() => quoteLiteral("a\0b")).toThrow("NUL");
  });
  test("type names", () => {
    expect(typeName({ type: "character varying(20)" })).toBe("varchar");
    expect(typeName({ type: "timestamp(3) with time zone" })).toBe("timestamptz");
    expect(typeName({ type: "ARRAY", element: { type: "integer" } })).toBe("int4[]");
    expect(typeName({ type: "ARRAY" })).toBeUndefined();
    expect(typeName({ type: "x; DROP TABLE users" })).toBe('"x; drop table users"');
    expect(typeName({ type: '"char"' })).toBe('"char"');
  });
});

describe("rewriting", () => {
  const every: Expression = and([
    equals(id, parameter(1)),
    { kind: "case", branches: [{ when: isNull(age), result: TRUE }] },
    rawFragment("x = $1", [2]),
    sql`y = ${3}`.node,
    inQuery(id, select([selectItem(id)], users)),
    { kind: "millisecond", left: id, moment: parameter(new Date(0)), negated: false },
  ]);
  test("a map that changes nothing gives the same text", () => {
    expect(text(mapExpression(every, (node) => node))).toBe(text(every));
  });
  test("relabel reaches subqueries", () => {
    expect(compileExpression(relabel(and([equals(id, age)]), "users", "u")).text).toBe(
      '"u"."id" = "u"."age"',
    );
  });
  test("parameters become constants", () => {
    expect(text(inlineParameters(equals(id, parameter("it's", { type: "text" }))))).toBe(
      "\"id\" = 'it''s'",
    );
    expect(
      text(inlineParameters(anyOf(id, listParameter(["a", "b,c", null], { type: "text" })))),
    ).toBe('"id" = ANY(\'{a,"b,c",NULL}\')');
  });
});
