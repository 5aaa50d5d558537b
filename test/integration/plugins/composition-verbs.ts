/** The verbs of the composition table: each as a call, and as the clause a person would write for it. */
import { belongsTo, Model, type QueryBuilder, type TableDefinition } from "../../../src/index";

class NodesRow {
  declare id: number;
  declare parentId: number | null;
  declare kind: string;
  declare weight: number;
  declare discardedAt: Date | null;
  declare createdAt: Date;
}

const plain = { nullable: false } as const;
const nodes = {
  tableName: "nodes",
  columns: {
    id: { ...plain, type: "integer", columnName: "id" },
    parentId: { type: "integer", nullable: true, columnName: "parent_id" },
    kind: { ...plain, type: "text", columnName: "kind" },
    weight: { ...plain, type: "integer", columnName: "weight" },
    discardedAt: { type: "timestamp with time zone", nullable: true, columnName: "discarded_at" },
    createdAt: { ...plain, type: "timestamp with time zone", columnName: "created_at" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: NodesRow,
} as const satisfies TableDefinition<NodesRow>;

export class Node extends Model(nodes, {
  parent: belongsTo<Node>("Node", { foreignKey: "parentId" }),
}) {
  static softDelete = true;
}

/** Forty nodes of a binary tree; kinds, weights, months and discarded rows spread unevenly over it. */
export const tableSql = `
  CREATE TABLE nodes (id integer PRIMARY KEY, parent_id integer, kind text NOT NULL, weight integer NOT NULL,
    discarded_at timestamptz, created_at timestamptz NOT NULL);
  INSERT INTO nodes SELECT n, nullif(n / 2, 0), chr(97 + n % 3), n % 7, CASE WHEN n % 5 = 0 THEN '2024-06-01'::timestamptz END,
    '2024-01-15'::timestamptz + n % 4 * interval '1 month' FROM generate_series(1, 40) n`;

/** A query as text, clause by clause; every condition speaks of the table as n. */
export interface Clauses {
  readonly from: string;
  readonly with: string;
  readonly joins: string;
  readonly where: readonly Condition[];
  readonly order: readonly string[];
  readonly limit?: number;
  readonly offset?: number;
  readonly distinct?: true;
  /** By a column that not every projection has. */
  readonly sortsByWeight?: true;
  readonly select?: true;
  readonly includes?: true;
  readonly lock?: true;
  readonly depth?: true;
  /** Expressions over the rows r. */
  readonly groups: readonly string[];
  readonly union?: true;
}

interface Condition {
  readonly sql: string;
  /** It tests a column of the tree's edge, and so holds at the start of a walk only. */
  readonly edge?: true;
}

export const base: Clauses = {
  from: "nodes n",
  with: "",
  joins: "",
  where: [{ sql: "n.id BETWEEN 2 AND 20", edge: true }],
  order: [],
  groups: [],
};

/** Any query of the table; which of the verbs it has is the table's matter, not the type's. */
export type AnyNodes = QueryBuilder<Node>;

export interface Verb {
  readonly call: (query: AnyNodes) => AnyNodes;
  readonly clauses: (before: Clauses) => Clauses;
}

const condition =
  (sql: string, edge?: true) =>
  (before: Clauses): Clauses => ({
    ...before,
    where: [...before.where, edge ? { sql, edge } : { sql }],
  });

const and = (where: readonly Condition[]) =>
  where.map(({ sql }) => `(${sql})`).join(" AND ") || "true";

function walk(before: Clauses, edge: string): Clauses {
  const start = and(before.where);
  const every = and(before.where.filter(({ edge: isEdge }) => !isEdge));
  return {
    ...before,
    with: `WITH RECURSIVE w AS (SELECT n.* FROM nodes n WHERE ${start} UNION SELECT n.* FROM w JOIN nodes n ON ${edge} WHERE ${every})`,
    where: [{ sql: "n.id IN (SELECT id FROM w)" }],
  };
}

/** The rows as a statement. */
export function rowsSql(clauses: Clauses, items = "n.*", order = clauses.order): string {
  const { from, joins, where, limit, offset, distinct } = clauses;
  const what = distinct ? `DISTINCT ${items}` : items;
  const sorted = order.length > 0 ? `ORDER BY ${order.join(", ")}` : "";
  return `${clauses.with} SELECT ${what} FROM ${from} ${joins} WHERE ${and(where)} ${sorted}
    ${limit === undefined ? "" : `LIMIT ${limit}`} ${offset === undefined ? "" : `OFFSET ${offset}`}`;
}

// The verbs narrow the type in ways that the table does not follow.
const loose = (query: unknown) => query as AnyNodes;

export const verbs: Readonly<Record<string, Verb>> = {
  where: {
    call: (query) => query.where({ kind: ["a", "b"] }),
    clauses: condition("n.kind IN ('a', 'b')"),
  },
  "where on the edge": {
    call: (query) => query.where({ id: { gt: 6 } }),
    clauses: condition("n.id > 6", true),
  },
  whereNot: {
    call: (query) => query.whereNot({ weight: 3 }),
    clauses: condition("(n.weight = 3) IS NOT TRUE"),
  },
  whereRaw: {
    call: (query) => query.whereRaw("nodes.weight > $1 OR nodes.kind = $2", [2, "c"]),
    clauses: condition("n.weight > 2 OR n.kind = 'c'"),
  },
  "where with a subquery": {
    call: (query) => query.where({ weight: Node.where({ kind: "a" }).select("weight") }),
    clauses: condition("n.weight IN (SELECT weight FROM nodes WHERE kind = 'a')"),
  },
  merge: {
    call: (query) => query.merge(Node.where({ weight: { lt: 6 } })),
    clauses: condition("n.weight < 6"),
  },
  kept: { call: (query) => query.kept(), clauses: condition("n.discarded_at IS NULL") },
  discarded: {
    call: (query) => query.discarded(),
    clauses: condition("n.discarded_at IS NOT NULL"),
  },
  none: { call: (query) => query.none(), clauses: condition("false") },
  order: {
    call: (query) => query.order({ weight: "DESC", id: "ASC" }),
    clauses: (before) => ({
      ...before,
      order: [...before.order, "n.weight DESC", "n.id ASC"],
      sortsByWeight: true,
    }),
  },
  "order and limit": {
    call: (query) => query.order({ id: "ASC" }).limit(5),
    clauses: (before) => ({ ...before, order: [...before.order, "n.id ASC"], limit: 5 }),
  },
  "order and offset": {
    call: (query) => query.order({ id: "DESC" }).offset(3),
    clauses: (before) => ({
      ...before,
      order: [...before.order, "n.id DESC"],
      offset: 3,
    }),
  },
  select: {
    call: (query) => loose(query.select("id", "parentId", "weight", "kind")),
    clauses: (before) => ({ ...before, select: true }),
  },
  distinct: {
    call: (query) => query.distinct(),
    clauses: (before) => ({ ...before, distinct: true }),
  },
  "joins that multiply": {
    call: (query) => query.joins("JOIN nodes c ON c.parent_id = nodes.id"),
    clauses: (before) => ({
      ...before,
      joins: `${before.joins} JOIN nodes c ON c.parent_id = n.id`,
    }),
  },
  "left joins": {
    call: (query) => query.leftJoins("parent"),
    clauses: (before) => ({
      ...before,
      joins: `${before.joins} LEFT JOIN nodes p ON p.id = n.parent_id`,
    }),
  },
  includes: {
    call: (query) => loose(query.includes("parent")),
    clauses: (before) => ({ ...before, includes: true }),
  },
  unionAll: {
    call: (query) => query.unionAll(Node.where({ id: 1 })),
    clauses: (before) => ({
      ...base,
      union: true,
      ...(before.select ? { select: true } : undefined),
      ...(before.includes ? { includes: true } : undefined),
      from: `((${rowsSql(before)}) UNION ALL (SELECT * FROM nodes WHERE id = 1)) n`,
      where: [],
    }),
  },
  lock: { call: (query) => query.lock(), clauses: (before) => ({ ...before, lock: true }) },
  descendants: {
    call: (query) => query.descendants({ via: "parentId" }),
    clauses: (before) => walk(before, "n.parent_id = w.id"),
  },
  ancestors: {
    call: (query) => query.ancestors({ via: "parentId" }),
    clauses: (before) => walk(before, "n.id = w.parent_id"),
  },
  "recursiveOn with depth": {
    call: (query) => loose(query.recursiveOn({ from: "parentId", to: "id", depth: true })),
    clauses: (before) => ({ ...walk(before, "n.parent_id = w.id"), depth: true }),
  },
  group: {
    call: (query) => loose(query.group("kind")),
    clauses: (before) => ({ ...before, groups: [...before.groups, "r.kind"] }),
  },
  groupByPeriod: {
    call: (query) => loose(query.groupByPeriod("createdAt", "month")),
    clauses: (before) => ({
      ...before,
      groups: [...before.groups, "date_trunc('month', r.created_at, 'UTC')"],
    }),
  },
};
