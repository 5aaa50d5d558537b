// Written by `bake` from the database itself: changes made here are lost.
// Every migration writes it anew; `bun bake db schema` does so at any time.

import type { SchemaDefinition, TableDefinition } from "baked-orm";

// --- Enum Types ---

export type PostStatus = "draft" | "published";
export const PostStatusValues = ["draft", "published"] as const;

// --- Table: authors ---

export class AuthorsRow {
  declare id: string;
  declare name: string;
  declare email: string;
}

export const authors = {
  tableName: "authors",
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
  },
  primaryKey: ["id"],
  indexes: {
    authors_email_key: { columns: ["email"], unique: true, constraint: true },
  },
  foreignKeys: {},
  rowClass: AuthorsRow,
} as const satisfies TableDefinition<AuthorsRow>;

// --- Table: comments ---

export class CommentsRow {
  declare id: bigint;
  declare postId: bigint;
  declare name: string;
  declare body: string;
  declare createdAt: Date;
}

export const comments = {
  tableName: "comments",
  rowTriggers: [],
  columns: {
    id: {
      type: "bigint",
      nullable: false,
      identity: "always",
      columnName: "id",
    },
    postId: { type: "bigint", nullable: false, columnName: "post_id" },
    name: { type: "text", nullable: false, columnName: "name" },
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
    comments_post_id_idx: { columns: ["post_id"] },
  },
  foreignKeys: {
    comments_post_id_fkey: {
      columns: ["postId"],
      references: { table: "posts", columns: ["id"] },
    },
  },
  rowClass: CommentsRow,
} as const satisfies TableDefinition<CommentsRow>;

// --- Table: posts ---

export class PostsRow {
  declare id: bigint;
  declare authorId: string;
  declare title: string;
  declare body: string;
  declare status: PostStatus;
  declare publishedOn: Date | null;
  declare lockVersion: number;
  declare updatedAt: Date;
}

export const posts = {
  tableName: "posts",
  rowTriggers: ["trg_posts_updated_at"],
  columns: {
    id: {
      type: "bigint",
      nullable: false,
      identity: "always",
      columnName: "id",
    },
    authorId: { type: "uuid", nullable: false, columnName: "author_id" },
    title: { type: "text", nullable: false, columnName: "title" },
    body: { type: "text", nullable: false, columnName: "body" },
    status: {
      type: "USER-DEFINED",
      pgType: ["public", "post_status"],
      nullable: false,
      default: "'draft'::post_status",
      columnName: "status",
      enumValues: PostStatusValues,
    },
    publishedOn: { type: "date", nullable: true, columnName: "published_on" },
    lockVersion: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "lock_version",
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
    posts_title_key: { columns: ["title"], unique: true, constraint: true },
  },
  foreignKeys: {
    posts_author_id_fkey: {
      columns: ["authorId"],
      references: { table: "authors", columns: ["id"] },
    },
  },
  rowClass: PostsRow,
} as const satisfies TableDefinition<PostsRow>;

// --- Schema ---

const schema = {
  version: "20260901090200",
  tables: {
    authors,
    comments,
    posts,
  },
} as const satisfies SchemaDefinition;

export default schema;
