/** Calculations, scalar and grouped, against hand-written SQL. */
import { beforeAll, describe, expect, test } from "bun:test";
import { type QueryBuilder, QueryError, sql } from "../../../src/index";
import { blogDatabase } from "../../support/blog";
import { Order, Page, Post, registerPluginModels, User } from "./models";

const blog = blogDatabase();

beforeAll(async () => {
  registerPluginModels();
  await blog.clean();
  await blog.sql.unsafe(`
    INSERT INTO users (name, email, active) VALUES ('ann', 'a@x', true), ('bob', 'b@x', false), ('cy', 'c@x', true);
    INSERT INTO orders (user_id, status, total, quantity, created_at) VALUES
      (1, 'active', 100.10, 1, '2024-01-05T10:00:00Z'), (1, 'active', 200.20, 9007199254740993, '2024-01-31T23:30:00Z'),
      (1, 'cancelled', 50, 3, '2024-02-10T00:00:00Z'), (2, 'active', 300, 4, '2024-02-11T00:00:00Z'),
      (2, 'active', 100, 5, '2024-03-01T00:00:00Z'), (3, 'cancelled', 1.03, 6, '2024-03-02T00:00:00Z')`);
});

describe("one value", () => {
  test("sum and avg are numbers, null for no rows", async () => {
    expect(await Order.sum("total")).toBe(751.33);
    expect(await Order.where({ status: "active" }).sum("total")).toBe(700.3);
    expect(await Order.where({ userId: 2 }).avg("total")).toBe(200);
    expect(await Order.where({ id: 99n }).sum("total")).toBeNull();
    expect(await Order.all().none().avg("total")).toBeNull();
    expect(await Order.where({ id: 99n }).count()).toBe(0);
  });

  test("exact: nothing is rounded", async () => {
    expect(await Order.sum("quantity", { exact: true })).toBe(9007199254741012n);
    expect(await Order.sum("total", { exact: true })).toBe("751.33");
    expect(await Order.where({ userId: 1 }).avg("total", { exact: true })).toBe(
      "116.7666666666666667",
    );
    expect(await Order.sum("userId", { exact: true })).toBe(10n);
  });

  test("min and max are what a record would have", async () => {
    expect(await Order.max("quantity")).toBe(9007199254740993n);
    expect(await Order.min("createdAt")).toEqual(new Date("2024-01-05T10:00:00Z"));
    expect(await Order.max("total")).toBe("300.00");
    expect(await Order.max("userId")).toBe(3);
    expect(await Order.min("status")).toBe("active");
    expect(await Order.where({ id: 99n }).max("createdAt")).toBeNull();
  });

  test("count of a column, of different values, of some rows", async () => {
    expect(await Order.all().count("userId")).toBe(6);
    expect(await Order.all().count("userId", { distinct: true })).toBe(3);
    expect(await Order.count({ filter: { status: "active" } })).toBe(4);
    expect(await Order.sum("total", { filter: { userId: 3 } })).toBe(1.03);
    expect(await Order.sum("userId", { distinct: true })).toBe(6);
  });

  test("limit and offset choose the rows first", async () => {
    expect(await Order.order({ id: "ASC" }).limit(2).sum("total")).toBe(300.3);
    expect(
      await Order.order({ id: "ASC" })
        .limit(3)
        .count({ filter: { status: "active" } }),
    ).toBe(2);
    expect(await Order.order({ id: "DESC" }).offset(4).max("id")).toBe(2n);
    expect(await Order.order({ id: "ASC" }).limit(2).count("userId", { distinct: true })).toBe(1);
  });

  test("joins, and subqueries made of values", async () => {
    expect(await Order.joins("user").where(sql`users.active`).sum("total")).toBe(351.33);
    const average = await Order.avg("total");
    expect(await Order.where({ total: { gt: String(average) } }).count()).toBe(2);
  });
});

describe("groups", () => {
  test("count, by one and by several columns", async () => {
    expect(await Order.group("status").order({ status: "ASC" }).count()).toEqual([
      { status: "active", count: 4 },
      { status: "cancelled", count: 2 },
    ]);
    expect(
      await Order.group("userId").group("status").order({ userId: "ASC", status: "ASC" }).count(),
    ).toEqual([
      { userId: 1, status: "active", count: 2 },
      { userId: 1, status: "cancelled", count: 1 },
      { userId: 2, status: "active", count: 2 },
      { userId: 3, status: "cancelled", count: 1 },
    ]);
  });

  test("sum, avg, min, max", async () => {
    const byUser = Order.group("userId").order({ userId: "ASC" });
    expect(await byUser.sum("total")).toEqual([
      { userId: 1, sum: 350.3 },
      { userId: 2, sum: 400 },
      { userId: 3, sum: 1.03 },
    ]);
    expect((await byUser.max("quantity"))[0]).toEqual({ userId: 1, max: 9007199254740993n });
    expect((await byUser.min("createdAt"))[1]?.min).toEqual(new Date("2024-02-11T00:00:00Z"));
    expect((await byUser.sum("total", { exact: true }))[2]?.sum).toBe("1.03");
    expect((await byUser.sum("total", { filter: { status: "active" } }))[2]?.sum).toBeNull();
    expect(await byUser.none().sum("total")).toEqual([]);
  });

  test("order and limit by the result", async () => {
    expect(await Order.group("userId").order({ sum: "DESC" }).limit(2).sum("total")).toEqual([
      { userId: 2, sum: 400 },
      { userId: 1, sum: 350.3 },
    ]);
    expect(
      await Order.group("userId").order({ count: "DESC", userId: "DESC" }).offset(1).count(),
    ).toEqual([
      { userId: 2, count: 2 },
      { userId: 3, count: 1 },
    ]);
    expect(
      await Order.group("status").order({ total: "DESC" }).aggregate({ total: "SUM(total)" }),
    ).toEqual([
      { status: "active", total: "700.30" },
      { status: "cancelled", total: "51.03" },
    ]);
    await expect(Order.group("userId").order({ summ: "DESC" }).sum("total")).rejects.toThrow(
      'order() by "summ" with group(): it is neither a group column nor a result of sum(). Did you mean "sum"?',
    );
    await expect(Order.group("userId").order({ createdAt: "ASC" }).count()).rejects.toThrow(
      'order() by "createdAt" with group()',
    );
  });

  test("having, with operators and in SQL", async () => {
    const users = (rows: { userId: number }[]) => rows.map(({ userId }) => userId);
    const byUser = Order.group("userId").order({ userId: "ASC" });
    expect(users(await byUser.having({ count: { gt: 1 } }).count())).toEqual([1, 2]);
    expect(users(await byUser.having({ count: 1 }).count())).toEqual([3]);
    expect(users(await byUser.having({ count: [2, 3] }).count())).toEqual([1, 2]);
    expect(users(await byUser.having({ sum: { total: { gt: "350.3" } } }).count())).toEqual([2]);
    expect(users(await byUser.having({ sum: { total: { gte: 350.3 } } }).count())).toEqual([1, 2]);
    expect(users(await byUser.having({ avg: { userId: { lt: 2.5 } } }).count())).toEqual([1, 2]);
    expect(
      users(await byUser.having({ max: { quantity: { gt: 9007199254740992n } } }).count()),
    ).toEqual([1]);
    expect(users(await byUser.having({ min: { status: "cancelled" } }).count())).toEqual([3]);
    expect(
      users(
        await byUser
          .havingRaw("COUNT(*) > $1", [1])
          .having({ max: { userId: 2 } })
          .count(),
      ),
    ).toEqual([2]);
    // An OR inside a raw condition stays inside.
    expect(
      users(await byUser.havingRaw("COUNT(*) = 1 OR COUNT(*) = 3").having({ count: 3 }).count()),
    ).toEqual([1]);
  });

  test("aggregate: SQL and functions side by side", async () => {
    expect(
      await Order.where({ userId: [1, 3] })
        .group("userId")
        .order({ userId: "ASC" })
        .aggregate({
          totalSum: "SUM(total)",
          orderCount: "COUNT(*)",
          itemIds: "ARRAY_AGG(id ORDER BY id)::text",
          doubled: sql<string>`SUM(total * ${2}::int)`,
          orders: { count: true },
          active: { count: true, filter: { status: "active" } },
          statuses: { count: "status", distinct: true },
          exact: { sum: "total", exact: true },
          latest: { max: "createdAt" },
        }),
    ).toEqual([
      {
        userId: 1,
        totalSum: "350.30",
        orderCount: "3",
        itemIds: "{1,2,3}",
        doubled: "700.60",
        orders: 3,
        active: 2,
        statuses: 2,
        exact: "350.30",
        latest: new Date("2024-02-10T00:00:00Z"),
      },
      {
        userId: 3,
        totalSum: "1.03",
        orderCount: "1",
        itemIds: "{6}",
        doubled: "2.06",
        orders: 1,
        active: 0,
        statuses: 1,
        exact: "1.03",
        latest: new Date("2024-03-02T00:00:00Z"),
      },
    ]);
  });

  test("groups are a plain array, without the facts of a result", async () => {
    const groups = await Order.group("userId").order({ userId: "ASC" }).count();
    expect(Object.getPrototypeOf(groups)).toBe(Array.prototype);
    expect(Object.keys(groups)).toEqual(groups.map((_group, index) => String(index)));
    expect(groups.concat(groups)).toHaveLength(2 * groups.length);
  });

  test("by periods of time", async () => {
    expect(
      await Order.all().groupByPeriod("createdAt", "month").order({ createdAt: "ASC" }).count(),
    ).toEqual([
      { createdAt: new Date("2024-01-01"), count: 2 },
      { createdAt: new Date("2024-02-01"), count: 2 },
      { createdAt: new Date("2024-03-01"), count: 2 },
    ]);
    // In Berlin the last of January was February already.
    expect(
      await Order.groupByPeriod("createdAt", "month", { timeZone: "Europe/Berlin", as: "month" })
        .order({ month: "ASC" })
        .sum("total"),
    ).toEqual([
      { month: new Date("2023-12-31T23:00:00Z"), sum: 100.1 },
      { month: new Date("2024-01-31T23:00:00Z"), sum: 550.2 },
      { month: new Date("2024-02-29T23:00:00Z"), sum: 101.03 },
    ]);
    expect(
      await Order.group("status")
        .groupByPeriod("createdAt", "quarter")
        .order({ status: "ASC" })
        .count(),
    ).toEqual([
      { status: "active", createdAt: new Date("2024-01-01"), count: 4 },
      { status: "cancelled", createdAt: new Date("2024-01-01"), count: 2 },
    ]);
    expect(() => Order.groupByPeriod("createdAt", "fortnight" as "week")).toThrow(
      "Periods: second",
    );
    expect(() => Order.groupByPeriod("total" as "createdAt", "week")).toThrow(
      'requires a date or timestamp column, got type "numeric(10,2)"',
    );
  });

  test("compose with other verbs", async () => {
    expect(
      await Order.joins("user")
        .where(sql`users.active`)
        .group("userId")
        .order({ userId: "ASC" })
        .count(),
    ).toEqual([
      { userId: 1, count: 3 },
      { userId: 3, count: 1 },
    ]);
    await blog.sql.unsafe(
      "INSERT INTO posts (title, user_id, views, discarded_at) VALUES ('a', 1, 3, NULL), ('b', 1, 4, now())",
    );
    expect(await Post.kept().group("userId").sum("views")).toEqual([{ userId: 1, sum: 3 }]);
    expect(await Order.group("status").exists()).toBe(true);
    expect(await Order.group("status").order({ status: "ASC" }).pluck("status")).toEqual([
      "active",
      "cancelled",
    ]);
    expect(
      await Order.where({ userId: 1 })
        .unionAll(Order.where({ userId: 3 }))
        .group("userId")
        .order({ userId: "ASC" })
        .count(),
    ).toEqual([
      { userId: 1, count: 3 },
      { userId: 3, count: 1 },
    ]);
    // An association of the same name as a verb.
    expect(
      await User.where({ orders: { some: { status: "active" } } })
        .group("active")
        .order({ active: "ASC" })
        .count(),
    ).toEqual([
      { active: false, count: 1 },
      { active: true, count: 1 },
    ]);
  });
});

describe("what does not go together says so", () => {
  test("verbs before a calculation", async () => {
    const query = Order.where({ userId: 1 });
    await expect(query.lock().sum("total")).rejects.toThrow("Cannot call sum() with lock() — ");
    await expect(query.distinct().avg("total")).rejects.toThrow(
      "Cannot call avg() with distinct() — ",
    );
    await expect(query.includes("user").max("total")).rejects.toThrow(
      "Cannot call max() with includes() — ",
    );
    await expect(query.lock().group("status").count()).rejects.toThrow(
      "Cannot call count() with lock() — ",
    );
    await expect(query.distinct().group("status").count()).rejects.toThrow(
      "Cannot call count() with distinct() — ",
    );
    await expect(query.includes("user").group("status").count()).rejects.toThrow(
      "Cannot call count() with includes() — ",
    );
    await expect(query.select("status").group("status").count()).rejects.toThrow(
      "Cannot call count() with select() and group() — ",
    );
  });

  test("groups where records are wanted", async () => {
    const groups = () =>
      Order.where({ id: { gt: 0n } }).group("status") as unknown as QueryBuilder<Order>;
    for (const terminal of ["toArray", "first", "last", "take", "sole"] as const) {
      await expect(groups()[terminal]()).rejects.toThrow("with group(): a group is no Order");
    }
    await expect(groups().find(1n)).rejects.toThrow("with group()");
    await expect(groups().updateAll({ status: "x" })).rejects.toThrow(
      "Cannot call updateAll() with group()",
    );
    await expect(groups().deleteAll()).rejects.toThrow("Cannot call deleteAll() with group()");
    await expect(groups().paginate({ first: 1 })).rejects.toThrow("group()");
    await expect(groups().pluck("total")).rejects.toThrow(
      'Cannot call pluck() of "total" with group()',
    );
    await expect(groups().ids()).rejects.toThrow("with group()");
    await expect(groups().findEach().next()).rejects.toThrow("with group()");
    expect(() => groups().toSQL()).toThrow("with group()");
    expect(() => groups().union(Order.all())).toThrow("group() cannot be combined with union()");
    expect(() => Order.where({ userId: groups() })).toThrow(
      "An aggregate-active query cannot be used as a subquery",
    );
  });

  test("columns and conditions", async () => {
    await expect(User.sum("name" as "age")).rejects.toThrow(
      'sum("name") requires a numeric column, got type "text"',
    );
    await expect(User.max("active" as "age")).rejects.toThrow(
      "requires a column whose values have an order",
    );
    await expect(Page.max("meta" as "title")).rejects.toThrow(
      "requires a column whose values have an order",
    );
    await expect(Order.sum("totl" as "total")).rejects.toThrow('Did you mean "total"?');
    await expect(Order.sum("total", { exactly: true } as object)).rejects.toThrow(
      'sum() has no option "exactly". Did you mean "exact"?',
    );
    expect(() => Order.group()).toThrow("group() requires at least one column");
    expect(() => Order.group("status").group("status")).toThrow('group() by "status" twice');
    const plain = Order.all() as unknown as ReturnType<typeof Order.group>;
    expect(() => plain.havingRaw("true")).toThrow(
      "havingRaw() requires group() — HAVING without GROUP BY is invalid SQL",
    );
    expect(() => plain.having({ count: 1 })).toThrow("having() requires group()");
    await expect(plain.aggregate({ a: "1" })).rejects.toThrow(
      "aggregate({ ... }) requires group() — only the grouped form is supported",
    );
    await expect(Order.group("status").aggregate({})).rejects.toThrow("at least one result");
    await expect(Order.group("status").aggregate({ status: "1" })).rejects.toThrow(
      '"status" is a group column already',
    );
    await expect(
      Order.group("status").aggregate({ a: { summ: "total" } as never }),
    ).rejects.toThrow(QueryError);
    expect(() => Order.group("status").having({ cuont: 1 } as never)).toThrow(
      'Did you mean "count"?',
    );
    expect(() => Order.group("status").havingRaw("COUNT(*) > $1")).toThrow("$1");
  });
});
