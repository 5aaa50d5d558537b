// Written by `bake` from the database itself: changes made here are lost.
// Every migration writes it anew; `bun bake db schema` does so at any time.

import type { SchemaDefinition, TableDefinition } from "baked-orm";

// --- Enum Types ---

export type UserRole = "member" | "moderator" | "admin";
export const UserRoleValues = ["member", "moderator", "admin"] as const;

// --- Table: comments ---

export class CommentsRow {
  declare id: number;
  declare body: string;
  declare commentableType: string;
  declare commentableId: string;
  declare userId: number | null;
  declare discardedAt: Date | null;
  declare createdAt: Date;
}

export const comments = {
  tableName: "comments",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('comments_id_seq'::regclass)",
      columnName: "id",
    },
    body: { type: "text", nullable: false, columnName: "body" },
    commentableType: {
      type: "text",
      nullable: false,
      columnName: "commentable_type",
    },
    commentableId: {
      type: "text",
      nullable: false,
      columnName: "commentable_id",
    },
    userId: { type: "integer", nullable: true, columnName: "user_id" },
    discardedAt: {
      type: "timestamp with time zone",
      nullable: true,
      columnName: "discarded_at",
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
    idx_comments_commentable: {
      columns: ["commentable_type", "commentable_id"],
    },
  },
  foreignKeys: {
    comments_user_id_fkey: {
      columns: ["userId"],
      references: { table: "users", columns: ["id"] },
    },
  },
  rowClass: CommentsRow,
} as const satisfies TableDefinition<CommentsRow>;

// --- Table: memberships ---

export class MembershipsRow {
  declare userId: number;
  declare orgId: number;
  declare title: string | null;
}

export const memberships = {
  tableName: "memberships",
  rowTriggers: [],
  columns: {
    userId: { type: "integer", nullable: false, columnName: "user_id" },
    orgId: { type: "integer", nullable: false, columnName: "org_id" },
    title: { type: "text", nullable: true, columnName: "title" },
  },
  primaryKey: ["userId", "orgId"],
  indexes: {},
  foreignKeys: {
    memberships_user_id_fkey: {
      columns: ["userId"],
      references: { table: "users", columns: ["id"] },
    },
  },
  rowClass: MembershipsRow,
} as const satisfies TableDefinition<MembershipsRow>;

// --- Table: orders ---

export class OrdersRow {
  declare id: bigint;
  declare userId: number;
  declare status: string;
  declare total: string;
  declare quantity: bigint;
  declare lockVersion: number;
  declare createdAt: Date;
}

export const orders = {
  tableName: "orders",
  rowTriggers: [],
  columns: {
    id: {
      type: "bigint",
      nullable: false,
      default: "nextval('orders_id_seq'::regclass)",
      columnName: "id",
    },
    userId: { type: "integer", nullable: false, columnName: "user_id" },
    status: {
      type: "text",
      nullable: false,
      default: "'active'::text",
      columnName: "status",
    },
    total: { type: "numeric(10,2)", nullable: false, columnName: "total" },
    quantity: {
      type: "bigint",
      nullable: false,
      default: "1",
      columnName: "quantity",
    },
    lockVersion: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "lock_version",
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
  foreignKeys: {
    orders_user_id_fkey: {
      columns: ["userId"],
      references: { table: "users", columns: ["id"] },
    },
  },
  rowClass: OrdersRow,
} as const satisfies TableDefinition<OrdersRow>;

// --- Table: pages ---

export class PagesRow {
  declare id: number;
  declare parentId: number | null;
  declare orgId: number;
  declare title: string;
  declare section: string;
  declare kind: string;
  declare meta: unknown;
  declare discardedAt: Date | null;
}

export const pages = {
  tableName: "pages",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('pages_id_seq'::regclass)",
      columnName: "id",
    },
    parentId: { type: "integer", nullable: true, columnName: "parent_id" },
    orgId: {
      type: "integer",
      nullable: false,
      default: "1",
      columnName: "org_id",
    },
    title: { type: "text", nullable: false, columnName: "title" },
    section: {
      type: "text",
      nullable: false,
      default: "''::text",
      columnName: "section",
    },
    kind: {
      type: "text",
      nullable: false,
      default: "'page'::text",
      columnName: "kind",
    },
    meta: { type: "json", nullable: true, columnName: "meta" },
    discardedAt: {
      type: "timestamp with time zone",
      nullable: true,
      columnName: "discarded_at",
    },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {
    pages_parent_id_fkey: {
      columns: ["parentId"],
      references: { table: "pages", columns: ["id"] },
    },
  },
  rowClass: PagesRow,
} as const satisfies TableDefinition<PagesRow>;

// --- Table: posts ---

export class PostsRow {
  declare id: number;
  declare title: string;
  declare body: string | null;
  declare userId: number | null;
  declare views: number;
  declare publishedAt: Date | null;
  declare discardedAt: Date | null;
  declare createdAt: Date;
}

export const posts = {
  tableName: "posts",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('posts_id_seq'::regclass)",
      columnName: "id",
    },
    title: { type: "text", nullable: false, columnName: "title" },
    body: { type: "text", nullable: true, columnName: "body" },
    userId: { type: "integer", nullable: true, columnName: "user_id" },
    views: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "views",
    },
    publishedAt: {
      type: "timestamp with time zone",
      nullable: true,
      columnName: "published_at",
    },
    discardedAt: {
      type: "timestamp with time zone",
      nullable: true,
      columnName: "discarded_at",
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
    idx_posts_discarded_at: {
      columns: ["discarded_at"],
      where: "(discarded_at IS NULL)",
    },
    idx_posts_user_id: { columns: ["user_id"] },
  },
  foreignKeys: {
    posts_user_id_fkey: {
      columns: ["userId"],
      references: { table: "users", columns: ["id"] },
    },
  },
  rowClass: PostsRow,
} as const satisfies TableDefinition<PostsRow>;

// --- Table: profiles ---

export class ProfilesRow {
  declare userId: number;
  declare bio: string | null;
  declare website: string | null;
}

export const profiles = {
  tableName: "profiles",
  rowTriggers: [],
  columns: {
    userId: { type: "integer", nullable: false, columnName: "user_id" },
    bio: { type: "text", nullable: true, columnName: "bio" },
    website: { type: "text", nullable: true, columnName: "website" },
  },
  primaryKey: ["userId"],
  indexes: {},
  foreignKeys: {
    profiles_user_id_fkey: {
      columns: ["userId"],
      references: { table: "users", columns: ["id"] },
    },
  },
  rowClass: ProfilesRow,
} as const satisfies TableDefinition<ProfilesRow>;

// --- Table: shares ---

export class SharesRow {
  declare id: bigint;
  declare resourceType: string;
  declare resourceId: number;
  declare userId: number;
  declare sourceShareId: bigint | null;
  declare level: string;
  declare label: string | null;
}

export const shares = {
  tableName: "shares",
  rowTriggers: [],
  columns: {
    id: {
      type: "bigint",
      nullable: false,
      identity: "always",
      columnName: "id",
    },
    resourceType: {
      type: "text",
      nullable: false,
      columnName: "resource_type",
    },
    resourceId: { type: "integer", nullable: false, columnName: "resource_id" },
    userId: { type: "integer", nullable: false, columnName: "user_id" },
    sourceShareId: {
      type: "bigint",
      nullable: true,
      columnName: "source_share_id",
    },
    level: {
      type: "character varying(20)",
      nullable: false,
      default: "'read'::character varying",
      columnName: "level",
    },
    label: {
      type: "text",
      nullable: true,
      generated: "stored",
      columnName: "label",
    },
  },
  primaryKey: ["id"],
  indexes: {
    shares_direct_unique: {
      columns: ["resource_type", "resource_id", "user_id"],
      unique: true,
      where: "((level)::text = 'owner'::text)",
    },
    shares_inherited_unique: {
      columns: ["resource_type", "resource_id", "user_id"],
      unique: true,
      where: "(source_share_id IS NOT NULL)",
    },
  },
  foreignKeys: {},
  rowClass: SharesRow,
} as const satisfies TableDefinition<SharesRow>;

// --- Table: taggings ---

export class TaggingsRow {
  declare postId: number;
  declare tagId: string;
  declare position: number;
}

export const taggings = {
  tableName: "taggings",
  rowTriggers: [],
  columns: {
    postId: { type: "integer", nullable: false, columnName: "post_id" },
    tagId: { type: "uuid", nullable: false, columnName: "tag_id" },
    position: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "position",
    },
  },
  primaryKey: ["postId", "tagId"],
  indexes: {},
  foreignKeys: {
    taggings_post_id_fkey: {
      columns: ["postId"],
      references: { table: "posts", columns: ["id"] },
    },
    taggings_tag_id_fkey: {
      columns: ["tagId"],
      references: { table: "tags", columns: ["id"] },
    },
  },
  rowClass: TaggingsRow,
} as const satisfies TableDefinition<TaggingsRow>;

// --- Table: tags ---

export class TagsRow {
  declare id: string;
  declare name: string;
  declare active: boolean;
}

export const tags = {
  tableName: "tags",
  rowTriggers: [],
  columns: {
    id: {
      type: "uuid",
      nullable: false,
      default: "gen_random_uuid()",
      columnName: "id",
    },
    name: { type: "text", nullable: false, columnName: "name" },
    active: {
      type: "boolean",
      nullable: false,
      default: "true",
      columnName: "active",
    },
  },
  primaryKey: ["id"],
  indexes: {
    tags_name_key: { columns: ["name"], unique: true, constraint: true },
  },
  foreignKeys: {},
  rowClass: TagsRow,
} as const satisfies TableDefinition<TagsRow>;

// --- Table: users ---

export class UsersRow {
  declare id: number;
  declare name: string;
  declare email: string;
  declare passwordDigest: string | null;
  declare role: UserRole;
  declare active: boolean;
  declare age: number | null;
  declare score: string | null;
  declare visits: bigint;
  declare rating: number | null;
  declare settings: unknown;
  declare tags: string[];
  declare avatar: Uint8Array | null;
  declare bornOn: Date | null;
  declare createdAt: Date;
  declare updatedAt: Date;
}

export const users = {
  tableName: "users",
  rowTriggers: ["trg_users_updated_at"],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('users_id_seq'::regclass)",
      columnName: "id",
    },
    name: { type: "text", nullable: false, columnName: "name" },
    email: { type: "text", nullable: false, columnName: "email" },
    passwordDigest: {
      type: "text",
      nullable: true,
      columnName: "password_digest",
    },
    role: {
      type: "USER-DEFINED",
      pgType: ["public", "user_role"],
      nullable: false,
      default: "'member'::user_role",
      columnName: "role",
      enumValues: UserRoleValues,
    },
    active: {
      type: "boolean",
      nullable: false,
      default: "true",
      columnName: "active",
    },
    age: { type: "integer", nullable: true, columnName: "age" },
    score: { type: "numeric(12,2)", nullable: true, columnName: "score" },
    visits: {
      type: "bigint",
      nullable: false,
      default: "0",
      columnName: "visits",
    },
    rating: { type: "double precision", nullable: true, columnName: "rating" },
    settings: {
      type: "jsonb",
      nullable: false,
      default: "'{}'::jsonb",
      columnName: "settings",
    },
    tags: {
      type: "ARRAY",
      nullable: false,
      default: "'{}'::text[]",
      columnName: "tags",
      element: { type: "text" },
    },
    avatar: { type: "bytea", nullable: true, columnName: "avatar" },
    bornOn: { type: "date", nullable: true, columnName: "born_on" },
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
  checks: {
    users_age_check: { columns: ["age"], expression: "(age >= 0)" },
  },
  rowClass: UsersRow,
} as const satisfies TableDefinition<UsersRow>;

// --- Schema ---

const schema = {
  version: "20260101090500",
  tables: {
    comments,
    memberships,
    orders,
    pages,
    posts,
    profiles,
    shares,
    taggings,
    tags,
    users,
  },
} as const satisfies SchemaDefinition;

export default schema;
