// Written by `bake` from the database itself: changes made here are lost.
// Every migration writes it anew; `bun bake db schema` does so at any time.

import type { SchemaDefinition, TableDefinition } from "baked-orm";

// --- Table: accounts ---

export class AccountsRow {
  declare id: string;
  declare owner: string;
  declare visits: number;
  declare balance: number;
  declare createdAt: Date;
}

export const accounts = {
  tableName: "accounts",
  rowTriggers: [],
  columns: {
    id: {
      type: "uuid",
      nullable: false,
      default: "gen_random_uuid()",
      columnName: "id",
    },
    owner: { type: "text", nullable: false, columnName: "owner" },
    visits: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "visits",
    },
    balance: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "balance",
    },
    createdAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "now()",
      columnName: "created_at",
    },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: AccountsRow,
} as const satisfies TableDefinition<AccountsRow>;

// --- Table: comments ---

export class CommentsRow {
  declare id: string;
  declare postId: string;
  declare authorName: string;
  declare body: string;
  declare createdAt: Date;
}

export const comments = {
  tableName: "comments",
  rowTriggers: [],
  columns: {
    id: {
      type: "uuid",
      nullable: false,
      default: "gen_random_uuid()",
      columnName: "id",
    },
    postId: { type: "uuid", nullable: false, columnName: "post_id" },
    authorName: { type: "text", nullable: false, columnName: "author_name" },
    body: { type: "text", nullable: false, columnName: "body" },
    createdAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "now()",
      columnName: "created_at",
    },
  },
  primaryKey: ["id"],
  indexes: {
    comments_post_id: { columns: ["post_id"] },
  },
  foreignKeys: {
    comments_post_id_fkey: {
      columns: ["postId"],
      references: { table: "posts", columns: ["id"] },
    },
  },
  rowClass: CommentsRow,
} as const satisfies TableDefinition<CommentsRow>;

// --- Table: events ---

export class EventsRow {
  declare id: number;
  declare kind: string;
  declare userId: string;
  declare amount: number;
  declare createdAt: Date;
}

export const events = {
  tableName: "events",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      identity: "always",
      columnName: "id",
    },
    kind: { type: "text", nullable: false, columnName: "kind" },
    userId: { type: "uuid", nullable: false, columnName: "user_id" },
    amount: { type: "integer", nullable: false, columnName: "amount" },
    createdAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "now()",
      columnName: "created_at",
    },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: EventsRow,
} as const satisfies TableDefinition<EventsRow>;

// --- Table: items ---

export class ItemsRow {
  declare id: string;
  declare name: string;
  declare quantity: number;
  declare active: boolean;
  declare note: string | null;
  declare createdAt: Date;
}

export const items = {
  tableName: "items",
  rowTriggers: [],
  columns: {
    id: {
      type: "uuid",
      nullable: false,
      default: "gen_random_uuid()",
      columnName: "id",
    },
    name: { type: "text", nullable: false, columnName: "name" },
    quantity: { type: "integer", nullable: false, columnName: "quantity" },
    active: {
      type: "boolean",
      nullable: false,
      default: "true",
      columnName: "active",
    },
    note: { type: "text", nullable: true, columnName: "note" },
    createdAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "now()",
      columnName: "created_at",
    },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: ItemsRow,
} as const satisfies TableDefinition<ItemsRow>;

// --- Table: ledger ---

export class LedgerRow {
  declare id: number;
  declare accountId: string;
  declare amount: number;
  declare createdAt: Date;
}

export const ledger = {
  tableName: "ledger",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      identity: "always",
      columnName: "id",
    },
    accountId: { type: "uuid", nullable: false, columnName: "account_id" },
    amount: { type: "integer", nullable: false, columnName: "amount" },
    createdAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "now()",
      columnName: "created_at",
    },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {
    ledger_account_id_fkey: {
      columns: ["accountId"],
      references: { table: "accounts", columns: ["id"] },
    },
  },
  rowClass: LedgerRow,
} as const satisfies TableDefinition<LedgerRow>;

// --- Table: posts ---

export class PostsRow {
  declare id: string;
  declare userId: string;
  declare title: string;
  declare body: string;
  declare views: number;
  declare published: boolean;
  declare createdAt: Date;
}

export const posts = {
  tableName: "posts",
  rowTriggers: [],
  columns: {
    id: {
      type: "uuid",
      nullable: false,
      default: "gen_random_uuid()",
      columnName: "id",
    },
    userId: { type: "uuid", nullable: false, columnName: "user_id" },
    title: { type: "text", nullable: false, columnName: "title" },
    body: { type: "text", nullable: false, columnName: "body" },
    views: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "views",
    },
    published: {
      type: "boolean",
      nullable: false,
      default: "false",
      columnName: "published",
    },
    createdAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "now()",
      columnName: "created_at",
    },
  },
  primaryKey: ["id"],
  indexes: {
    posts_user_id: { columns: ["user_id", "created_at"] },
  },
  foreignKeys: {
    posts_user_id_fkey: {
      columns: ["userId"],
      references: { table: "users", columns: ["id"] },
    },
  },
  rowClass: PostsRow,
} as const satisfies TableDefinition<PostsRow>;

// --- Table: products ---

export class ProductsRow {
  declare id: string;
  declare code: string;
  declare name: string;
  declare quantity: number;
  declare updatedAt: Date;
}

export const products = {
  tableName: "products",
  rowTriggers: [],
  columns: {
    id: {
      type: "uuid",
      nullable: false,
      default: "gen_random_uuid()",
      columnName: "id",
    },
    code: { type: "text", nullable: false, columnName: "code" },
    name: { type: "text", nullable: false, columnName: "name" },
    quantity: { type: "integer", nullable: false, columnName: "quantity" },
    updatedAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "now()",
      columnName: "updated_at",
    },
  },
  primaryKey: ["id"],
  indexes: {
    products_code_key: { columns: ["code"], unique: true, constraint: true },
  },
  foreignKeys: {},
  rowClass: ProductsRow,
} as const satisfies TableDefinition<ProductsRow>;

// --- Table: users ---

export class UsersRow {
  declare id: string;
  declare name: string;
  declare email: string;
  declare age: number | null;
  declare active: boolean;
  declare bio: string | null;
  declare createdAt: Date;
  declare updatedAt: Date;
}

export const users = {
  tableName: "users",
  rowTriggers: [],
  columns: {
    id: {
      type: "uuid",
      nullable: false,
      default: "gen_random_uuid()",
      columnName: "id",
    },
    name: { type: "text", nullable: false, columnName: "name" },
    email: { type: "text", nullable: false, columnName: "email" },
    age: { type: "integer", nullable: true, columnName: "age" },
    active: {
      type: "boolean",
      nullable: false,
      default: "true",
      columnName: "active",
    },
    bio: { type: "text", nullable: true, columnName: "bio" },
    createdAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "now()",
      columnName: "created_at",
    },
    updatedAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "now()",
      columnName: "updated_at",
    },
  },
  primaryKey: ["id"],
  indexes: {
    users_email_key: { columns: ["email"], unique: true, constraint: true },
  },
  foreignKeys: {},
  rowClass: UsersRow,
} as const satisfies TableDefinition<UsersRow>;

// --- Schema ---

const schema = {
  version: "1",
  tables: {
    accounts,
    comments,
    events,
    items,
    ledger,
    posts,
    products,
    users,
  },
} as const satisfies SchemaDefinition;

export default schema;
