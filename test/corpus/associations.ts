/** Every foreign key of a schema, both ways: eager = batched = one by one = SQL; then random include trees. */
import type { SQL } from "bun";
import { belongsTo, hasMany, Model, type TableDefinition } from "../../src/index";

interface Row {
  readonly [name: string]: unknown;
  load(name: string): Promise<unknown>;
}

interface Query extends PromiseLike<Row[]> {
  includes(...paths: string[]): Query;
  limit(count: number): Query;
  order(order: object): Query;
  autoBatch(on: boolean): Query;
}

interface ModelClass {
  all(): Query;
  readonly tableDefinition: TableDefinition;
}

interface Link {
  readonly name: string;
  readonly owner: TableDefinition;
  readonly target: TableDefinition;
  /** Attribute pairs. */
  readonly keys: readonly (readonly [owner: string, target: string])[];
}

type Report = (ok: boolean, text: string, detail?: string) => void;

/** A model for each table, with an association for each end of each foreign key. */
function modelsOf(tables: readonly TableDefinition[]) {
  const links: Link[] = [];
  for (const holder of tables) {
    for (const [name, { columns, references }] of Object.entries(holder.foreignKeys)) {
      const referred = tables.find(({ tableName }) => tableName === references.table);
      if (!referred) continue;
      const pairs = columns.map(
        (column, index) => [column, references.columns[index] ?? ""] as const,
      );
      links.push({ name: `to_${name}`, owner: holder, target: referred, keys: pairs });
      const back = pairs.map(([from, to]) => [to, from] as const);
      links.push({ name: `of_${name}`, owner: referred, target: holder, keys: back });
    }
  }
  const models = new Map<TableDefinition, ModelClass>();
  const classOf = (table: TableDefinition) => models.get(table) as unknown as new () => object;
  for (const table of tables) {
    const own = links.filter(({ owner }) => owner === table);
    const associations = Object.fromEntries(
      own.map(({ name, target, keys }) => {
        const [ours, theirs] = [keys.map(([key]) => key), keys.map(([, key]) => key)];
        return [
          name,
          name.startsWith("to_")
            ? belongsTo(() => classOf(target), { foreignKey: ours, primaryKey: theirs })
            : hasMany(() => classOf(target), { foreignKey: theirs, primaryKey: ours }),
        ];
      }),
    );
    models.set(table, class extends Model(table, associations) {} as unknown as ModelClass);
  }
  return { models, links };
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const keyOf = (row: Row, { primaryKey }: TableDefinition) =>
  primaryKey.map((name) => String(row[name])).join("/");
const recordsIn = (value: unknown): Row[] => (value === null ? [] : [value].flat()) as Row[];

/** "owner key > target key" for every pair that SQL finds. */
async function pairsOf(sql: SQL, { owner, target, keys }: Link): Promise<Set<string>> {
  const column = (alias: string, table: TableDefinition, name: string) =>
    `${alias}.${quoted(table.columns[name]?.columnName ?? name)}`;
  const items = (alias: string, table: TableDefinition) =>
    table.primaryKey.map((name) => `${column(alias, table, name)}::text`).join(" || '/' || ");
  const on = keys
    .map(([a, b]) => `${column("o", owner, a)} = ${column("t", target, b)}`)
    .join(" AND ");
  const rows = await sql
    .unsafe(`SELECT ${items("o", owner)}, ${items("t", target)} FROM ${quoted(owner.tableName)} o
      JOIN ${quoted(target.tableName)} t ON ${on}`)
    .values();
  return new Set(rows.map(([a, b]: [string, string]) => `${a} > ${b}`));
}

async function pairsIn(
  link: Link,
  rows: readonly Row[],
  read: (row: Row) => unknown,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const row of rows) {
    for (const each of recordsIn(await read(row))) {
      found.add(`${keyOf(row, link.owner)} > ${keyOf(each, link.target)}`);
    }
  }
  return found;
}

/** Two loads of one tree, as text: rows in the order of their keys. */
function shown(rows: readonly Row[], table: TableDefinition, path: readonly Link[]): string[] {
  const [link, ...rest] = path;
  return rows
    .map((row) => {
      const below = link ? shown(recordsIn(row[link.name]), link.target, rest) : [];
      return `${keyOf(row, table)}[${below.join(",")}]`;
    })
    .sort();
}

async function loadPath(rows: readonly Row[], path: readonly Link[]): Promise<void> {
  const [link, ...rest] = path;
  if (!link) return;
  for (const row of rows) await loadPath(recordsIn(await row.load(link.name)), rest);
}

/** Rows of a table that are loaded one by one: enough to differ, few enough to be quick. */
const SAMPLE = 30;

export async function checkAssociations(
  sql: SQL,
  schema: Readonly<Record<string, unknown>>,
  report: Report,
): Promise<void> {
  const tables = Object.values(schema).filter(
    (value): value is TableDefinition =>
      typeof value === "object" && value !== null && "primaryKey" in value,
  );
  const { models, links } = modelsOf(tables.filter(({ primaryKey }) => primaryKey.length > 0));
  const all = (table: TableDefinition) => (models.get(table) as ModelClass).all();
  const wrong: string[] = [];
  let pairs = 0;
  for (const link of links) {
    const { owner, name } = link;
    const want = await pairsOf(sql, link);
    pairs += want.size;
    const eager = await pairsIn(link, await all(owner).includes(name), (row) => row[name]);
    const batched = await pairsIn(link, await all(owner), (row) => row.load(name));
    const order = Object.fromEntries(owner.primaryKey.map((key) => [key, "ASC"]));
    const sample = await all(owner).order(order).limit(SAMPLE).autoBatch(false);
    const keys = new Set(sample.map((row) => keyOf(row, owner)));
    const alone = await pairsIn(link, sample, (row) => row.load(name));
    const part = new Set([...want].filter((pair) => keys.has(pair.split(" > ")[0] ?? "")));
    if (!Bun.deepEquals(eager, want)) wrong.push(`${owner.tableName}.${name} eager`);
    if (!Bun.deepEquals(batched, want)) wrong.push(`${owner.tableName}.${name} batched`);
    if (!Bun.deepEquals(alone, part)) wrong.push(`${owner.tableName}.${name} one by one`);
  }
  report(
    wrong.length === 0 && pairs > 0,
    `${links.length} associations: eager = batched = one by one = SQL (${pairs} pairs)`,
    wrong.join(", "),
  );

  let trees = 0;
  const differing: string[] = [];
  for (const first of links) {
    const path = [first];
    while (path.length < 3) {
      const next = links.filter(({ owner }) => owner === path.at(-1)?.target);
      const chosen = next[(trees * 7 + path.length) % Math.max(1, next.length)];
      if (!chosen) break;
      path.push(chosen);
    }
    trees++;
    const order = Object.fromEntries(first.owner.primaryKey.map((key) => [key, "ASC"]));
    const start = () => all(first.owner).order(order).limit(5);
    const names = path.map(({ name }) => name).join(".");
    const eager = await start().includes(names);
    const lazy = await start();
    await loadPath(lazy, path);
    if (!Bun.deepEquals(shown(eager, first.owner, path), shown(lazy, first.owner, path))) {
      differing.push(`${first.owner.tableName}.${names}`);
    }
  }
  report(differing.length === 0, `${trees} include trees: eager = lazy`, differing.join(", "));
}
