/** How many records an association has, for each of many records, without loading them. */
import { run } from "../../query/pipeline";
import { watchWrites } from "../../query/writes";
import { call, column, select, selectItem } from "../../sql/build";
import type { SelectStatement } from "../../sql/nodes";
import type { Association, Route } from "./association";
import type { Outcome } from "./batch";
import { DirectAssociation } from "./direct";
import { KeySet, positionOf, readsViews, scopesOf } from "./fetch";
import { type Key, keyOf } from "./record-keys";
import { type LoadStatement, loadStatement } from "./statement";
import { ThroughAssociation } from "./through";
import { valuesOf } from "./values";

export async function countsOf(
  association: Association,
  records: readonly object[],
): Promise<Outcome> {
  if (association instanceof DirectAssociation || association instanceof ThroughAssociation) {
    return await countRoute(association, records);
  }
  // The records are of several tables: there is no cheaper way than to look for them.
  const options = { strict: false, autoBatch: true };
  const { values, errors, classes } = await valuesOf(association, records, { options });
  const counts = new Map<object, unknown>();
  for (const [index, record] of records.entries()) {
    if (values[index] !== undefined) counts.set(record, values[index] === null ? 0 : 1);
  }
  return { values: counts, errors, isStale: () => classes.some(({ isStale }) => isStale()) };
}

async function countRoute(
  association: DirectAssociation | ThroughAssociation,
  records: readonly object[],
): Promise<Outcome> {
  const keys = new KeySet(association.ownerKey.length);
  const positions = new Map<object, number>();
  for (const record of records) {
    const key: Key | undefined = keyOf(record, association.ownerKey, association.place);
    if (key) positions.set(record, keys.add(key));
  }
  const values = new Map<object, unknown>(records.map((record) => [record, 0]));
  const errors = new Map<object, Error>();
  if (keys.size === 0) return { values, errors, isStale: () => false };
  const route = association.loading();
  const loading = loadStatement(route, keys, scopesOf(route, undefined));
  const statement = counting(loading);
  const isStale = watchWrites(statement, readsViews(route));
  const counts = loading.state.isEmpty
    ? new Map()
    : await countRows(route, statement, loading, keys);
  for (const [record, position] of positions) values.set(record, counts.get(position) ?? 0);
  return { values, errors, isStale };
}

const COUNTED = "baked_counted";

/** The rows of the load, counted by owner. */
function counting({ statement, owner }: LoadStatement): SelectStatement {
  const count = selectItem(call("count", { kind: "star" }), "count");
  const from = { kind: "derived", query: statement, alias: COUNTED } as const;
  if (owner.kind === "only") return select([count], from);
  const key = column(COUNTED, owner.name);
  return {
    ...select([selectItem(key, "owner"), count], from),
    groupBy: [{ expression: key, alias: "owner" }],
  };
}

async function countRows(
  { target }: Route,
  statement: SelectStatement,
  { owner }: LoadStatement,
  keys: KeySet,
): Promise<Map<number, number>> {
  const rows = await run(target.source, statement, "count");
  return new Map(rows.map((row) => [positionOf(owner, keys, row.owner), Number(row.count)]));
}
