/** Models for the tests of plugins: those of the example schema, and tables made for locks. */
import { memberships, orders, pages, posts, users } from "../../../db/schema";
import {
  belongsTo,
  hasMany,
  Model,
  registerModels,
  type TableDefinition,
} from "../../../src/index";

class AccountsRow {
  declare id: number;
  declare owner: string;
  declare balance: number;
  declare touchedAt: Date | null;
}

const accounts = {
  tableName: "accounts",
  columns: {
    id: { type: "integer", nullable: false, default: "nextval()", columnName: "id" },
    owner: { type: "text", nullable: false, default: "''", columnName: "owner" },
    balance: { type: "integer", nullable: false, default: "0", columnName: "balance" },
    touchedAt: { type: "timestamp with time zone", nullable: true, columnName: "touched_at" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: AccountsRow,
} as const satisfies TableDefinition<AccountsRow>;

class JobsRow {
  declare id: number;
  declare status: string;
  declare worker: string | null;
}

const jobs = {
  tableName: "jobs",
  columns: {
    id: { type: "integer", nullable: false, default: "nextval()", columnName: "id" },
    status: { type: "text", nullable: false, default: "'pending'", columnName: "status" },
    worker: { type: "text", nullable: true, columnName: "worker" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: JobsRow,
} as const satisfies TableDefinition<JobsRow>;

/** Adds the tables that db/ does not have. */
export const extraTables = `
  CREATE TABLE accounts (id serial PRIMARY KEY, owner text NOT NULL DEFAULT '',
    balance integer NOT NULL DEFAULT 0, touched_at timestamptz);
  CREATE TABLE jobs (id serial PRIMARY KEY, status text NOT NULL DEFAULT 'pending', worker text);
  CREATE INDEX pages_parent_id ON pages (parent_id)`;

export class Account extends Model(accounts) {}
export class Job extends Model(jobs) {}
export class Membership extends Model(memberships) {}
export class User extends Model(users, {
  posts: hasMany<Post>("Post"),
  orders: hasMany<Order>("Order"),
}) {}
export class Post extends Model(posts, {
  author: belongsTo<User>("User", { foreignKey: "userId" }),
}) {
  static softDelete = true;
}
export class Order extends Model(orders, { user: belongsTo<User>("User") }) {}
export class Page extends Model(pages) {
  static softDelete = true;
}

/** The registry is shared by all test files of a process: call it where the names are used. */
export function registerPluginModels(): void {
  registerModels({ User, Post, Order, Page });
}
