/** One made-up application, written for each library: tables that refer to each other, a model and ten uses for each. */

/** One column as both libraries declare it. */
interface Column {
  readonly name: string;
  /** TypeScript type of the row class. */
  readonly type: string;
  /** The entry of `columns` in db/schema.ts. */
  readonly facts: string;
  /** The column for drizzle. */
  readonly drizzle: string;
}

const nullable = "nullable: true";
const required = "nullable: false";

function column(name: string, type: string, pg: string, facts: string, drizzle: string): Column {
  const columnName = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return {
    name,
    type,
    facts: `{ type: "${pg}", ${facts}, columnName: "${columnName}" }`,
    drizzle: drizzle.replace("$", `"${columnName}"`),
  };
}

const common: readonly Column[] = [
  column(
    "id",
    "number",
    "integer",
    `${required}, default: "nextval('x')"`,
    "serial($).primaryKey()",
  ),
  column("name", "string", "text", required, "text($).notNull()"),
  column("email", "string", "text", required, "text($).notNull()"),
  column("age", "number | null", "integer", nullable, "integer($)"),
  column(
    "active",
    "boolean",
    "boolean",
    `${required}, default: "true"`,
    "boolean($).notNull().default(true)",
  ),
  column("score", "string | null", "numeric", nullable, "numeric($)"),
  column(
    "visits",
    "bigint",
    "bigint",
    `${required}, default: "0"`,
    'bigint($, { mode: "bigint" }).notNull().default(0n)',
  ),
  column(
    "settings",
    "unknown",
    "jsonb",
    `${required}, default: "'{}'::jsonb"`,
    "jsonb($).notNull().default({})",
  ),
  column("bornOn", "Date | null", "date", nullable, 'date($, { mode: "date" })'),
  column(
    "createdAt",
    "Date",
    "timestamp with time zone",
    `${required}, default: "now()"`,
    "timestamp($, { withTimezone: true }).notNull().defaultNow()",
  ),
  column(
    "updatedAt",
    "Date",
    "timestamp with time zone",
    `${required}, default: "now()"`,
    "timestamp($, { withTimezone: true }).notNull().defaultNow()",
  ),
];

const key = (name: string, table: number) =>
  column(
    name,
    "number | null",
    "integer",
    nullable,
    `integer($).references(() => table${table}.id)`,
  );

/** Which two tables a table refers to, and which two refer to it. */
function neighbours(index: number, count: number) {
  const at = (offset: number) => (index + offset + count) % count;
  return { first: at(1), second: at(7), ofFirst: at(-1), ofSecond: at(-7) };
}

type Files = Record<string, string>;

/** The application on baked-orm: db/schema.ts as bake writes it, one file for each model, one for its uses. */
export function bakedApplication(count: number): Files {
  const files: Files = {};
  const tables: string[] = [
    `import type { SchemaDefinition, TableDefinition } from "baked-orm";\n`,
  ];
  for (let index = 0; index < count; index++) {
    const { first, second, ofFirst, ofSecond } = neighbours(index, count);
    const columns = [...common, key("firstId", first), key("secondId", second)];
    tables.push(`export class Table${index}Row {
${columns.map(({ name, type }) => `  declare ${name}: ${type};`).join("\n")}
}
export const table${index} = {
  tableName: "table_${index}",
  rowTriggers: [],
  columns: {
${columns.map(({ name, facts }) => `    ${name}: ${facts},`).join("\n")}
  },
  primaryKey: ["id"],
  indexes: { table_${index}_email_key: { columns: ["email"], unique: true } },
  foreignKeys: {
    table_${index}_first_fkey: { columns: ["firstId"], references: { table: "table_${first}", columns: ["id"] } },
    table_${index}_second_fkey: { columns: ["secondId"], references: { table: "table_${second}", columns: ["id"] } },
  },
  rowClass: Table${index}Row,
} as const satisfies TableDefinition<Table${index}Row>;
`);
    const others = [...new Set([first, second, ofFirst, ofSecond])].filter(
      (each) => each !== index,
    );
    files[`models/model${index}.ts`] =
      `import { belongsTo, hasMany, Model, validates } from "baked-orm";
import { table${index} } from "../schema";
${others.map((each) => `import type { Model${each} } from "./model${each}";`).join("\n")}

export class Model${index} extends Model(table${index}, {
  first: belongsTo<Model${first}>("Model${first}", { foreignKey: "firstId" }),
  second: belongsTo<Model${second}>("Model${second}", { foreignKey: "secondId" }),
  manyFirst: hasMany<Model${ofFirst}>("Model${ofFirst}", { foreignKey: "firstId" }),
  manySecond: hasMany<Model${ofSecond}>("Model${ofSecond}", { foreignKey: "secondId" }),
}) {
  declare settings: { theme: "light" | "dark" };
  static validations = { name: validates("presence") };
  static {
    this.on("beforeSave", (record) => {
      record.email = record.email.toLowerCase();
    });
  }
  get label() {
    return \`\${this.name} <\${this.email}>\`;
  }
}
`;
    files[`uses/use${index}.ts`] = `import { Model${index} } from "../models/model${index}";

export async function use${index}(id: number) {
  const found = await Model${index}.find(id);
  await found.update({ name: "x", settings: { theme: "dark" } });
  const listed = await Model${index}.where({ active: true, age: { gte: 18 } }).order({ createdAt: "DESC" }).limit(10);
  const loaded = await Model${index}.where({ email: "a" }).includes("first.manySecond", "manyFirst").first();
  const names: string[] = await Model${index}.where({ or: [{ name: { contains: "x" } }, { age: null }] }).pluck("name");
  const chosen = await Model${index}.all().select("id", "name").first();
  const related = await Model${index}.where({ first: { is: { active: true } } }).count();
  const created = await Model${index}.create({ name: "x", email: "y", firstId: id });
  const payload = loaded?.serialize({ only: ["id", "name"], include: { manyFirst: { only: ["id"] } } });
  return [listed[0]?.label, loaded?.first?.manySecond[0]?.name, names[0], chosen?.name, related, created.id, payload];
}
`;
  }
  files["schema.ts"] = tables.join("\n");
  return files;
}

/** The same application on drizzle: tables and relations in one schema, the uses by its two query builders. */
export function drizzleApplication(count: number): Files {
  const files: Files = {};
  const tables: string[] = [
    `import { relations } from "drizzle-orm";
import { bigint, boolean, date, integer, jsonb, numeric, pgTable, serial, text, timestamp } from "drizzle-orm/pg-core";
`,
  ];
  for (let index = 0; index < count; index++) {
    const { first, second, ofFirst, ofSecond } = neighbours(index, count);
    const columns = [...common, key("firstId", first), key("secondId", second)];
    tables.push(`export const table${index} = pgTable("table_${index}", {
${columns
  .map(({ name, drizzle }) => `  ${name}: ${drizzle.replace("() =>", "(): any =>")},`)
  .join("\n")
  .replace('jsonb("settings")', 'jsonb("settings").$type<{ theme?: "light" | "dark" }>()')}
});
export const table${index}Relations = relations(table${index}, ({ one, many }) => ({
  first: one(table${first}, { fields: [table${index}.firstId], references: [table${first}.id], relationName: "first${index}" }),
  second: one(table${second}, { fields: [table${index}.secondId], references: [table${second}.id], relationName: "second${index}" }),
  manyFirst: many(table${ofFirst}, { relationName: "first${ofFirst}" }),
  manySecond: many(table${ofSecond}, { relationName: "second${ofSecond}" }),
}));
`);
    files[`uses/use${index}.ts`] =
      `import { and, contains, desc, eq, exists, gte, isNull, like, or } from "drizzle-orm";
import { db } from "../db";
import { table${index}, table${first} } from "../schema";

export async function use${index}(id: number) {
  const found = await db.query.table${index}.findFirst({ where: eq(table${index}.id, id) });
  await db.update(table${index}).set({ name: "x", settings: { theme: "dark" } }).where(eq(table${index}.id, id));
  const listed = await db.select().from(table${index}).where(and(eq(table${index}.active, true), gte(table${index}.age, 18))).orderBy(desc(table${index}.createdAt)).limit(10);
  const loaded = await db.query.table${index}.findFirst({ where: eq(table${index}.email, "a"), with: { first: { with: { manySecond: true } }, manyFirst: true } });
  const names: { name: string }[] = await db.select({ name: table${index}.name }).from(table${index}).where(or(like(table${index}.name, "%x%"), isNull(table${index}.age)));
  const [chosen] = await db.select({ id: table${index}.id, name: table${index}.name }).from(table${index}).limit(1);
  const related = await db.$count(table${index}, exists(db.select().from(table${first}).where(and(eq(table${first}.id, table${index}.firstId), eq(table${first}.active, true)))));
  const [created] = await db.insert(table${index}).values({ name: "x", email: "y", firstId: id }).returning();
  const payload = loaded && { id: loaded.id, name: loaded.name, manyFirst: loaded.manyFirst.map(({ id }) => ({ id })) };
  return [found, listed[0]?.email, loaded?.first?.manySecond[0]?.name, names[0], chosen?.name, related, created?.id, payload, contains];
}
`
        .replace("contains, desc", "desc")
        .replace(", contains]", "]");
  }
  files["schema.ts"] = tables.join("\n");
  files["db.ts"] = `import { drizzle } from "drizzle-orm/bun-sql";
import * as schema from "./schema";

export const db = drizzle("postgres://localhost/x", { schema });
`;
  return files;
}
