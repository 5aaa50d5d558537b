/** Of which values it is certain what the database makes of them. */
import { describe, expect, test } from "bun:test";
import { storedBy } from "../../../src/schema/stored";
import type { ColumnType } from "../../../src/schema/table";
import { temporal } from "../../../src/schema/temporal";

const column = (type: string, rest: Partial<ColumnType> & { temporal?: true } = {}) =>
  storedBy({ type, nullable: true, columnName: "c", ...rest });

const date = new Date("2024-02-29T10:11:12.345Z");
const day = new Date("2024-02-29");
const { Instant, PlainDate, PlainDateTime } = temporal() as unknown as Record<
  "Instant" | "PlainDate" | "PlainDateTime",
  { from(text: string): { withCalendar(name: string): unknown } }
>;

describe("as it is given", () => {
  const cases: readonly [type: string, values: readonly unknown[]][] = [
    ["smallint", [0, -32768]],
    ["integer", [0, 1, 2147483647]],
    ["double precision", [0, -0, 0.1, 1e300, 5e-324]],
    ["boolean", [true, false]],
    ["text", ["", "a", "ü 🙂", " x "]],
    ["character varying", ["a ".repeat(100)]],
    ["character varying(3)", ["", "abc", "🙂"]],
    ["uuid", ["0b5f1c9e-0000-4000-8000-00000000abcd"]],
    ["numeric", ["0", "0.00", "-0.10", "12345678901234567890.5"]],
    ["numeric(10,2)", ["0.00", "-1.50", "12345678.99"]],
    ["numeric(5)", ["0", "-7"]],
  ];
  for (const [type, values] of cases) {
    test(type, () => expect(values.map((value) => column(type)?.(value))).toEqual([...values]));
  }

  test("or as the driver gives it", () => {
    expect(column("bigint")?.(2n ** 63n - 1n)).toBe("9223372036854775807");
    expect(column("timestamp with time zone")?.(date)).toBe(date.getTime());
    expect(column("timestamp(3) without time zone")?.(date)).toBe(date.getTime());
    expect(column("date")?.(day)).toBe(day.getTime());
  });

  test("a label of an enum", () => {
    const mood = column("USER-DEFINED", { pgType: ["public", "mood"], enumValues: ["ok", "sad"] });
    expect(mood?.("sad")).toBe("sad");
    expect(mood?.("glad")).toBeUndefined();
  });

  test("a Temporal object without nanoseconds", () => {
    const given = (type: string) => column(type, { temporal: true });
    const instant = "2024-02-29T10:11:12.345678Z";
    expect(given("timestamp with time zone")?.(Instant.from(instant))).toBe(instant);
    expect(given("timestamp(6) with time zone")?.(Instant.from(instant))).toBe(instant);
    const local = instant.slice(0, -1);
    expect(given("timestamp without time zone")?.(PlainDateTime.from(local))).toBe(local);
    expect(given("date")?.(PlainDate.from("2024-02-29"))).toBe("2024-02-29");
  });
});

describe("not to be told", () => {
  const cases: readonly [type: string, values: readonly unknown[]][] = [
    ["integer", ["1", 1n, -0, 1.5, Number.NaN, true]],
    ["bigint", [1, "1"]],
    ["double precision", ["1", Number.NaN, Number.POSITIVE_INFINITY]],
    ["boolean", ["t", 1]],
    ["text", [1, "\ud800", "a\udc00b", day]],
    ["character varying(3)", ["ab  ", "\ud800"]],
    ["uuid", ["0B5F1C9E-0000-4000-8000-00000000ABCD", "{0b5f1c9e-0000-4000-8000-00000000abcd}"]],
    ["numeric", [1, 1n, "01", "+1", "1.", ".5", "1e3", "-0", "-0.00", "NaN", " 1"]],
    ["numeric(10,2)", ["1", "1.5", "1.500"]],
    ["numeric(5)", ["1.0"]],
    ["date", [date, "2024-02-29", new Date(Number.NaN)]],
    [
      "timestamp with time zone",
      [
        "2024-02-29",
        new Date(Number.NaN),
        Number.POSITIVE_INFINITY,
        new Date(-1e14),
        new Date(1e15),
        Instant.from("2024-02-29T00:00:00Z"),
      ],
    ],
  ];
  for (const [type, values] of cases) {
    test(type, () =>
      expect(values.map((value) => column(type)?.(value))).toEqual(values.map(() => undefined)),
    );
  }

  test("Temporal objects of another class or calendar, or with nanoseconds", () => {
    const moment = column("timestamp with time zone", { temporal: true });
    expect(moment?.(Instant.from("2024-02-29T10:11:12.345678901Z"))).toBeUndefined();
    expect(moment?.(Instant.from("-000001-01-01T00:00:00Z"))).toBeUndefined();
    expect(moment?.(PlainDateTime.from("2024-02-29T10:11:12"))).toBeUndefined();
    expect(moment?.(date)).toBeUndefined();
    const day = column("date", { temporal: true });
    expect(day?.(PlainDate.from("2024-02-29").withCalendar("hebrew"))).toBeUndefined();
  });

  test("nothing of these types", () => {
    const types: readonly string[] = [
      "real",
      "character(3)",
      "character",
      '"char"',
      "name",
      "numeric(3,-2)",
      "money",
      "json",
      "jsonb",
      "bytea",
      "timestamp(2) with time zone",
      "timestamp(0) without time zone",
      "time without time zone",
      "interval",
      "inet",
      "oid",
      "ARRAY",
      "USER-DEFINED",
      "point",
      "xml",
    ];
    for (const type of types) expect([type, column(type)]).toEqual([type, undefined]);
    const text: ColumnType = { type: "text" };
    expect(column("ARRAY", { element: text })).toBeUndefined();
    expect(column("ARRAY", { element: text, enumValues: ["a"] })).toBeUndefined();
    expect(column("USER-DEFINED", { fields: { a: { ...text, columnName: "a" } } })).toBeUndefined();
    // A domain: it shows its base type.
    expect(column("text", { pgType: ["public", "email"] })).toBeUndefined();
    expect(column("time without time zone", { temporal: true })).toBeUndefined();
    expect(column("timestamp(3) with time zone", { temporal: true })).toBeUndefined();
  });
});
