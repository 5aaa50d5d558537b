/** Types of calculations, groups, walks and batches. Checked by tsc. */
import { Model, sql } from "baked-orm";
import { orders, pages, users } from "../../db/schema";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when its argument is `true`. */
function holds<_T extends true>(): void {}

class Order extends Model(orders) {}
class Page extends Model(pages) {}
class User extends Model(users) {}

export async function scalars(): Promise<void> {
  const sum = await Order.sum("total");
  holds<Equal<typeof sum, number | null>>();
  const exactText = await Order.where({ userId: 1 }).sum("total", { exact: true });
  holds<Equal<typeof exactText, string | null>>();
  const exactInteger = await Order.sum("quantity", { exact: true });
  holds<Equal<typeof exactInteger, bigint | null>>();
  const average = await Order.avg("userId", { exact: true });
  holds<Equal<typeof average, string | null>>();
  const largest = await Order.max("quantity");
  holds<Equal<typeof largest, bigint | null>>();
  const earliest = await Order.min("createdAt", { filter: { status: "active" } });
  holds<Equal<typeof earliest, Date | null>>();
  const count = await Order.count("userId", { distinct: true });
  holds<Equal<typeof count, number>>();

  // @ts-expect-error text is no number.
  await Order.sum("status");
  // @ts-expect-error There is no such column.
  await Order.sum("totl");
  // @ts-expect-error A method is no column.
  await Order.all().avg("save");
  // @ts-expect-error The filter has no such column.
  await Order.sum("total", { filter: { stauts: "x" } });
  // @ts-expect-error having() is for groups.
  Order.all().having({ count: 1 });
  // @ts-expect-error havingRaw() is for groups.
  Order.all().havingRaw("true");
}

export async function groups(): Promise<void> {
  const counts = await Order.group("status").count();
  holds<Equal<typeof counts, { status: string; count: number }[]>>();
  const sums = await Order.where({ userId: 1 }).group("userId").group("status").sum("total");
  holds<Equal<typeof sums, { userId: number; status: string; sum: number | null }[]>>();
  const latest = await Order.group("status")
    .having({ count: { gt: 1 } })
    .limit(3)
    .max("createdAt");
  holds<Equal<typeof latest, { status: string; max: Date | null }[]>>();
  const exact = await Order.group("userId", "status").sum("quantity", { exact: true });
  holds<Equal<typeof exact, { userId: number; status: string; sum: bigint | null }[]>>();
  const months = await Order.groupByPeriod("createdAt", "month").count();
  holds<Equal<typeof months, { readonly createdAt: Date; count: number }[]>>();
  const weeks = await Order.all().groupByPeriod("createdAt", "week", { as: "week" }).avg("total");
  holds<Equal<typeof weeks, { readonly week: Date; avg: number | null }[]>>();
  const several = await Order.group("status")
    .order({ orders: "DESC", status: "ASC" })
    .aggregate({
      raw: "ARRAY_AGG(id)",
      typed: sql<string>`string_agg(id::text, ',')`,
      orders: { count: true },
      paid: { sum: "total", filter: { status: "paid" } },
      exact: { sum: "quantity", exact: true },
      largest: { max: "quantity" },
    });
  holds<
    Equal<
      typeof several,
      {
        status: string;
        raw: unknown;
        typed: string;
        orders: number;
        paid: number | null;
        exact: bigint | null;
        largest: bigint | null;
      }[]
    >
  >();
  const statuses = await Order.group("status", "userId").pluck("status");
  holds<Equal<typeof statuses, string[]>>();

  // @ts-expect-error There is no such column.
  Order.group("stauts");
  // @ts-expect-error A group is no record.
  await Order.group("status").toArray();
  // @ts-expect-error A group is no record.
  await Order.group("status").first();
  // @ts-expect-error Groups are not rows.
  await Order.group("status").updateAll({ status: "x" });
  // @ts-expect-error A grouped query is no operand.
  User.where({ id: Order.group("userId") });
  // @ts-expect-error text is no time.
  Order.groupByPeriod("status", "month");
  // @ts-expect-error There is no such period.
  Order.groupByPeriod("createdAt", "fortnight");
  // @ts-expect-error There is no such aggregate.
  Order.group("status").having({ median: { total: 1 } });
  // @ts-expect-error text is no number.
  Order.group("status").having({ sum: { status: 1 } });
}

export async function walks(): Promise<void> {
  const plain = await Page.where({ id: 1 }).descendants({ via: "parentId" });
  holds<Equal<(typeof plain)[number]["title"], string>>();
  const [placed] = await Page.where({ id: 1 }).ancestors({
    via: "parentId",
    depth: true,
    path: "trail",
  });
  if (placed) {
    holds<Equal<typeof placed.depth, number>>();
    const { trail } = placed;
    holds<Equal<(typeof trail)[number], string | number>>();
    // @ts-expect-error It is named trail.
    void placed.path;
  }
  // @ts-expect-error Nothing of the kind was asked for.
  void plain[0]?.depth;
  // @ts-expect-error There is no such column.
  Page.where({ id: 1 }).descendants({ via: "parent" });
  // @ts-expect-error A walk needs its edge.
  Page.where({ id: 1 }).descendants({});
  // @ts-expect-error Two columns make an edge.
  Page.where({ id: 1 }).recursiveOn({ from: "parentId" });
}

export async function batches(): Promise<void> {
  for await (const user of User.where({ active: true }).findEach({
    order: { createdAt: "DESC" },
  })) {
    holds<Equal<typeof user, User>>();
  }
  for await (const some of User.all().findInBatches({ batchSize: 500 })) {
    holds<Equal<typeof some, User[]>>();
  }
  for await (const batch of User.all().inBatches()) {
    holds<Equal<Awaited<ReturnType<typeof batch.toArray>>, User[]>>();
    await batch.where({ active: false }).updateAll({ active: true });
  }
  // @ts-expect-error There is no such column.
  User.all().findEach({ order: { createdAtt: "DESC" } });
}
