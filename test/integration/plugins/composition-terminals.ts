/** The terminals of the composition table: what they give, and what hand-written SQL says it should be. */
import { expect } from "bun:test";
import { transaction } from "../../../src/index";
import type { TerminalKind } from "./composition-refusals";
import { type AnyNodes, type Clauses, Node, rowsSql } from "./composition-verbs";

type Rows = readonly Record<string, unknown>[];
/** Asks the server SQL that was written by hand. */
export type Ask = (text: string) => Promise<Rows>;

export interface Terminal {
  readonly kind: TerminalKind;
  readonly run: (query: AnyNodes) => Promise<unknown>;
  readonly expected: (clauses: Clauses, ask: Ask) => Promise<unknown>;
}

const number = (value: unknown) => (value === null ? null : Number(value));

export const sorted = (values: readonly unknown[]) => values.map(Number).sort((a, b) => a - b);
const once = (values: readonly unknown[]) => sorted([...new Set(values)]);

const ids = async (clauses: Clauses, ask: Ask, order = clauses.order) =>
  (await ask(rowsSql(clauses, "n.*", order))).map(({ id }) => id);

/** The order in which first() and the like take the rows. */
const byKey = ({ order }: Clauses) => (order.length > 0 ? order : ["n.id"]);

async function rollingBack<Result>(work: () => Promise<Result>): Promise<Result> {
  let result: { value: Result } | undefined;
  const end = new Error("the end of a test's transaction");
  await transaction(async () => {
    result = { value: await work() };
    throw end;
  }).catch((error) => {
    if (error !== end) throw error;
  });
  if (!result) throw end;
  return result.value;
}

/** A write, and by which rows its effect is seen. */
function write(
  call: (query: AnyNodes) => Promise<number>,
  written: () => Promise<readonly number[]>,
): Terminal {
  return {
    kind: "write",
    run: (query) =>
      rollingBack(async () => {
        const count = await call(query);
        const found = await written();
        expect(found).toHaveLength(count);
        return sorted(found);
      }),
    expected: async (clauses, ask) => once(await ids(clauses, ask)),
  };
}

/** The rows of the groups, without the order and limit that are for the groups themselves. */
function groupSql({ groups, limit: _limit, offset: _offset, ...rows }: Clauses, what: string) {
  const keys = groups.join(", ");
  const from = rowsSql({ ...rows, groups: [], order: [] });
  return `SELECT ${keys}, ${what} AS value FROM (${from}) r GROUP BY ${keys}`;
}

/** A row of a group as text: its keys in any order, and its value. */
function groupText(row: Readonly<Record<string, unknown>>, name: string): string {
  const keys = Object.entries(row).flatMap(([key, value]) =>
    key === name ? [] : [value instanceof Date ? value.toISOString() : String(value)],
  );
  return `${keys.sort().join(" ")}: ${number(row[name])}`;
}

function aggregate(
  name: "count" | "sum" | "avg" | "min" | "max",
  call: (query: AnyNodes) => Promise<unknown>,
): Terminal {
  const what = name === "count" ? "count(*)" : `${name}(r.weight)`;
  return {
    kind: "aggregate",
    async run(query) {
      const result = await call(query);
      return Array.isArray(result) ? result.map((row) => groupText(row, name)).sort() : result;
    },
    async expected(clauses, ask) {
      if (clauses.groups.length > 0) {
        const rows = await ask(groupSql(clauses, what));
        return rows.map((row) => groupText(row, "value")).sort();
      }
      const [row] = await ask(`SELECT ${what} AS value FROM (${rowsSql(clauses)}) r`);
      return number(row?.value);
    },
  };
}

export const terminals: Readonly<Record<string, Terminal>> = {
  toArray: {
    kind: "records",
    run: async (query) => (await query.toArray()).map(({ id }) => id),
    expected: ids,
  },
  first: {
    kind: "records",
    run: async (query) => (await query.first())?.id ?? null,
    expected: async (clauses, ask) => (await ids(clauses, ask, byKey(clauses)))[0] ?? null,
  },
  last: {
    kind: "records",
    run: async (query) => (await query.last())?.id ?? null,
    expected: async (clauses, ask) => (await ids(clauses, ask, byKey(clauses))).at(-1) ?? null,
  },
  findBy: {
    kind: "records",
    run: async (query) => (await query.findBy({ id: 12 }))?.id ?? null,
    // A condition like any other: it is asked before the limit.
    async expected(clauses, ask) {
      const where = [...clauses.where, { sql: "n.id = 12" }];
      return (await ids({ ...clauses, where }, ask))[0] ?? null;
    },
  },
  pluck: { kind: "values", run: (query) => query.pluck("id"), expected: ids },
  exists: {
    kind: "values",
    run: (query) => query.exists(),
    async expected(clauses, ask) {
      if (clauses.groups.length === 0) return (await ids(clauses, ask)).length > 0;
      // Limit and offset are of groups.
      const { limit = 1, offset = 0 } = clauses;
      return limit > 0 && (await ask(groupSql(clauses, "1"))).length > offset;
    },
  },
  count: aggregate("count", (query) => query.count()),
  sum: aggregate("sum", (query) => query.sum("weight")),
  avg: aggregate("avg", (query) => query.avg("weight")),
  min: aggregate("min", (query) => query.min("weight")),
  max: aggregate("max", (query) => query.max("weight")),
  updateAll: write(
    (query) => query.updateAll({ weight: 99 }),
    () => Node.where({ weight: 99 }).pluck("id"),
  ),
  deleteAll: write(
    (query) => query.deleteAll(),
    async () => {
      const left = new Set(await Node.all().pluck("id"));
      return Array.from({ length: 40 }, (_, index) => index + 1).filter((id) => !left.has(id));
    },
  ),
  discardAll: write(
    (query) => query.discardAll(),
    () => Node.where({ discardedAt: { gt: new Date("2025-01-01") } }).pluck("id"),
  ),
  undiscardAll: {
    kind: "write",
    run: (query) => rollingBack(() => query.undiscardAll()),
    expected: async (clauses, ask) => new Set(await ids(clauses, ask)).size,
  },
  findEach: {
    kind: "batch",
    async run(query) {
      const found: number[] = [];
      for await (const { id } of query.findEach({ batchSize: 4 })) found.push(id);
      return found;
    },
    // Each row once, however often a join gives it.
    expected: async (clauses, ask) => [...new Set(await ids(clauses, ask, byKey(clauses)))],
  },
  inBatches: {
    kind: "batch",
    async run(query) {
      const found: unknown[] = [];
      for await (const batch of query.inBatches({ batchSize: 4 }))
        found.push(...(await batch.ids()));
      return once(found);
    },
    expected: async (clauses, ask) => once(await ids(clauses, ask)),
  },
  paginate: {
    kind: "page",
    async run(query) {
      const found: number[] = [];
      let after: string | null | undefined;
      do {
        const { records, next } = await query.paginate({ first: 7, after });
        found.push(...records.map(({ id }) => id));
        after = next;
      } while (after !== null);
      return found;
    },
    expected: async (clauses, ask) => [...new Set(await ids(clauses, ask, byKey(clauses)))],
  },
  "an operand of where()": {
    kind: "operand",
    run: async (query) => sorted(await Node.where({ id: query }).pluck("id")),
    expected: async (clauses, ask) => once(await ids(clauses, ask)),
  },
  toSQL: {
    kind: "records",
    run: async (query) => /^(SELECT|WITH) /.test(query.toSQL().text),
    expected: async () => true,
  },
};
