/** baked-orm on the tables of growth. */
import {
  belongsTo,
  connect,
  disconnect,
  hasMany,
  Model,
  query,
  transaction,
} from "../../src/index";
import type { ColumnDefinition, TableDefinition } from "../../src/schema/table";
import { codes, newRows, numbers } from "./data";
import type { GrowthSide } from "./protocol";

const integer = { type: "integer", nullable: false } as const;
const text = { type: "text", nullable: false } as const;
const identity = { ...integer, identity: "always", columnName: "id" } as const;
const id = { ...integer, columnName: "id" } as const;

const facts = { rowTriggers: [], primaryKey: ["id"], indexes: {}, foreignKeys: {} } as const;

class RowRow {
  declare id: number;
  declare name: string;
  declare amount: number;
  declare bucket: number;
  declare createdAt: Date;
}
const rows = {
  tableName: "g_rows",
  columns: {
    id,
    name: { ...text, columnName: "name" },
    amount: { ...integer, columnName: "amount" },
    bucket: { ...integer, columnName: "bucket" },
    createdAt: { type: "timestamp with time zone", nullable: false, columnName: "created_at" },
  },
  ...facts,
  rowClass: RowRow,
} as const satisfies TableDefinition<RowRow>;

class NewRow {
  declare id: number;
  declare name: string;
  declare amount: number;
}
const created = {
  tableName: "g_new",
  columns: {
    id: identity,
    name: { ...text, columnName: "name" },
    amount: { ...integer, columnName: "amount" },
  },
  ...facts,
  rowClass: NewRow,
} as const satisfies TableDefinition<NewRow>;

class CodeRow {
  declare id: number;
  declare code: string;
  declare amount: number;
}
const coded = {
  tableName: "g_codes",
  columns: {
    id: identity,
    code: { ...text, columnName: "code" },
    amount: { ...integer, columnName: "amount" },
  },
  ...facts,
  indexes: { g_codes_code_key: { columns: ["code"], unique: true, constraint: true } },
  rowClass: CodeRow,
} as const satisfies TableDefinition<CodeRow>;

class ParentRow {
  declare id: number;
  declare name: string;
}
const parents = {
  tableName: "g_parents",
  columns: { id, name: { ...text, columnName: "name" } },
  ...facts,
  rowClass: ParentRow,
} as const satisfies TableDefinition<ParentRow>;

class ChildRow {
  declare id: number;
  declare parentId: number;
  declare title: string;
}
const children = {
  tableName: "g_children",
  columns: {
    id,
    parentId: { ...integer, columnName: "parent_id" },
    title: { ...text, columnName: "title" },
  },
  ...facts,
  rowClass: ChildRow,
} as const satisfies TableDefinition<ChildRow>;

class LinkRow {
  declare id: number;
  declare nextId: number | null;
  declare name: string;
}
const chain = {
  tableName: "g_chain",
  columns: {
    id,
    nextId: { type: "integer", nullable: true, columnName: "next_id" },
    name: { ...text, columnName: "name" },
  },
  ...facts,
  rowClass: LinkRow,
} as const satisfies TableDefinition<LinkRow>;

class Row extends Model(rows) {}
class New extends Model(created) {}
class Code extends Model(coded) {}
class Parent extends Model(parents, {
  children: hasMany(() => Child, { foreignKey: "parentId" }),
  newest: hasMany(() => Child, {
    foreignKey: "parentId",
    defaultScope: (query) => query.order({ id: "DESC" }).limit(3),
  }),
}) {}
class Child extends Model(children) {}
class Link extends Model(chain, { next: belongsTo<unknown>("Link", { foreignKey: "nextId" }) }) {}

class WideRow {
  declare id: number;
  declare c0: number;
}

/** A model whose table has this many columns besides its key. */
function wideModel(columns: number) {
  const defined: Record<string, ColumnDefinition> = { id };
  for (let n = 0; n < columns; n++) defined[`c${n}`] = { ...integer, columnName: `c${n}` };
  const table: TableDefinition<WideRow> = {
    tableName: `g_wide_${columns}`,
    columns: defined,
    ...facts,
    rowClass: WideRow,
  };
  return class Wide extends Model(table) {};
}

/** As many models as a schema has tables, each belonging to the next; all are the table of the parents. */
function manyModels(count: number) {
  return numbers(count).map((number) => {
    const named = class extends Model(parents, {
      next: belongsTo<unknown>(`Many${count}x${(number % count) + 1}`, { foreignKey: "id" }),
    }) {};
    Object.defineProperty(named, "name", { value: `Many${count}x${number}` });
    return named;
  });
}

let turn = 0;

export const side: GrowthSide = {
  connect: (url) => connect(url, { max: 10 }),
  close: () => disconnect(),
  cases: {
    select: (size) => () => Row.order({ id: "ASC" }).limit(size).toArray(),
    "to JSON": (size) => async () => JSON.stringify(await Row.order({ id: "ASC" }).limit(size)),
    "walk in batches": (size) => async () => {
      for await (const batch of Row.where({ id: { lte: size } }).findInBatches({
        batchSize: 1_000,
      }))
        turn += batch.length;
    },
    async "bulk insert"(size) {
      await query("truncate g_new");
      const given = newRows(size);
      return () => New.createMany(given);
    },
    async "bulk upsert"(size) {
      await query("truncate g_codes");
      const given = codes(size);
      return () => Code.upsertAll(given, { conflict: { columns: ["code"] } });
    },
    group: (size) => () =>
      Row.where({ bucket: { lt: size } })
        .group("bucket")
        .aggregate({ count: "COUNT(*)::int" }),
    "eager load": (size) => () =>
      Parent.where({ id: numbers(size) })
        .includes("children")
        .toArray(),
    "3 newest of each": (size) => () =>
      Parent.where({ id: numbers(size) })
        .includes("newest")
        .toArray(),
    "lazy load in a loop": (size) => async () => {
      for (const parent of await Parent.where({ id: numbers(size) })) await parent.load("children");
    },
    "select 200 rows": (columns) => {
      const Wide = wideModel(columns);
      return () => Wide.where({ id: { gt: 0 } }).toArray();
    },
    async "update one column"(columns) {
      const record = await wideModel(columns).find(1);
      return () => {
        record.c0 = ++turn;
        return record.save();
      };
    },
    "where in a list": (size) => () => Row.where({ id: numbers(size) }).toArray(),
    "where with many conditions": (size) => () =>
      Row.where({ or: numbers(size).map((number) => ({ id: number })) })
        .select("id", "name", "amount")
        .toArray(),
    "includes, one in another": (levels) => {
      const path = Array.from({ length: levels }, () => "next").join(".");
      return () =>
        Link.where({ id: 1 })
          .includes(path as "next")
          .toArray();
    },
    "find, together": (size) => () =>
      Promise.all(numbers(size).map((number) => Parent.find(number))),
    "inserts in a transaction": (size) => () =>
      transaction(async () => {
        for (const row of newRows(size)) await New.create(row);
      }),
    "savepoint in savepoint": (levels) => () => {
      const within = async (level: number): Promise<void> => {
        await query("select 1");
        if (level < levels) await transaction(() => within(level + 1));
      };
      return transaction(() => within(0));
    },
    "define models and query one": (count) => async () => {
      const models = manyModels(count);
      for (const model of models) model.where({ id: 1 });
      await models[0]?.find(1);
    },
    async "find by key"(count) {
      const models = manyModels(count);
      for (const model of models) model.where({ id: 1 });
      return () => models[0]?.find(1);
    },
  },
};
