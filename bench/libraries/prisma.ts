/** prisma over its adapter for pg. It has no bulk upsert, and shows no SQL text. */
import { PrismaPg } from "@prisma/adapter-pg";
import {
  accountId,
  authorIds,
  BATCH,
  FIND_IN_FLIGHT,
  newItem,
  newItems,
  SIZE,
  TRANSACTIONS_IN_FLIGHT,
  userId,
} from "../data";
import { PrismaClient } from "../prisma/client/client";
import type { Library } from "../workloads";

let db: PrismaClient;

const byId = (id: string) => db.user.findUnique({ where: { id } });
const select = (take: number) => db.user.findMany({ orderBy: { id: "asc" }, take });

export const library: Library = {
  async connect(connectionString, max) {
    db = new PrismaClient({ adapter: new PrismaPg({ connectionString, max }) });
    await db.$queryRaw`select 1`;
  },
  close: () => db.$disconnect(),
  workloads: {
    find: { run: (index) => byId(userId(index)) },
    "find in flight": {
      run: (index) =>
        Promise.all(Array.from({ length: FIND_IN_FLIGHT }, (_, n) => byId(userId(index + n * 7)))),
    },
    "select 1,000": { run: () => select(1_000) },
    "select 10,000": { run: () => select(10_000) },
    "to JSON": {
      run: async () => JSON.stringify(await select(10_000)),
      plain: (text) => JSON.parse(String(text)),
    },
    "eager 2": {
      run: () =>
        db.user.findMany({ where: { id: { in: authorIds(100) } }, include: { posts: true } }),
    },
    "eager 3": {
      run: () =>
        db.user.findMany({
          where: { id: { in: authorIds(50) } },
          include: { posts: { include: { comments: true } } },
        }),
    },
    "newest 3": {
      run: () =>
        db.user.findMany({
          where: { id: { in: authorIds(100) } },
          include: { posts: { orderBy: { createdAt: "desc" }, take: 3 } },
        }),
    },
    insert: { run: (index) => db.item.create({ data: newItem(index) }) },
    "bulk insert": { run: () => db.item.createManyAndReturn({ data: [...newItems] }) },
    update: {
      run: (index) =>
        db.account.update({
          where: { id: accountId(index) },
          data: { visits: Math.floor(index / SIZE.accounts) + 1 },
        }),
    },
    aggregate: {
      run: () =>
        db.post.groupBy({
          by: ["userId"],
          _count: true,
          _sum: { views: true },
          orderBy: { userId: "asc" },
        }),
      plain: (rows) =>
        (rows as { userId: string; _count: number; _sum: { views: number } }[]).map(
          ({ userId: user, _count, _sum }) => ({ userId: user, count: _count, views: _sum.views }),
        ),
    },
    walk: {
      async run() {
        let total = 0;
        for (let last = 0; ; ) {
          const batch = await db.event.findMany({
            where: { id: { gt: last } },
            orderBy: { id: "asc" },
            take: BATCH,
          });
          for (const event of batch) total += event.amount;
          if (batch.length < BATCH) return total;
          last = batch[batch.length - 1]?.id ?? 0;
        }
      },
    },
    transaction: {
      run: (index) =>
        Promise.all(
          Array.from({ length: TRANSACTIONS_IN_FLIGHT }, (_, n) => {
            const id = accountId(index * TRANSACTIONS_IN_FLIGHT + n);
            return db.$transaction(async (tx) => {
              await tx.ledger.create({ data: { accountId: id, amount: 5 } });
              await tx.account.updateMany({ where: { id }, data: { balance: { increment: 5 } } });
              return (await tx.account.findUniqueOrThrow({ where: { id } })).balance;
            });
          }),
        ),
    },
  },
};
