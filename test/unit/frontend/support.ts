/** A schema as `bake` generates it, and frontend models on it. */
import { FrontendModel, registerModels, validates } from "../../../src/frontend";
import type { TableDefinition } from "../../../src/schema/table";

export class UsersRow {
  declare id: bigint;
  declare name: string;
  declare email: string | null;
  declare settings: unknown;
  declare balance: string | null;
  declare birthday: Date | null;
  declare seenAt: Date | null;
  declare alarm: string | null;
  declare status: "active" | "archived";
  declare createdAt: Date;
  declare moments: (Date | null)[] | null;
  declare lockVersion: number;
}

export const users = {
  tableName: "users",
  columns: {
    id: { type: "bigint", nullable: false, columnName: "id", identity: "always" },
    name: { type: "text", nullable: false, columnName: "name" },
    email: { type: "character varying(255)", nullable: true, columnName: "email" },
    settings: { type: "jsonb", nullable: true, columnName: "settings" },
    balance: { type: "numeric(10,2)", nullable: true, columnName: "balance" },
    birthday: { type: "date", nullable: true, columnName: "birthday" },
    seenAt: { type: "timestamp(3) without time zone", nullable: true, columnName: "seen_at" },
    alarm: { type: "time without time zone", nullable: true, columnName: "alarm" },
    status: {
      type: "USER-DEFINED",
      pgType: ["public", "status"],
      nullable: false,
      columnName: "status",
      enumValues: ["active", "archived"],
    },
    createdAt: { type: "timestamp with time zone", nullable: false, columnName: "created_at" },
    moments: {
      type: "ARRAY",
      element: { type: "timestamp with time zone" },
      nullable: true,
      columnName: "moments",
    },
    lockVersion: { type: "integer", nullable: false, columnName: "lock_version", default: "0" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: UsersRow,
} as const satisfies TableDefinition<UsersRow>;

export class PostsRow {
  declare id: number;
  declare title: string;
}

export const posts = {
  tableName: "posts",
  columns: {
    id: { type: "integer", nullable: false, columnName: "id" },
    title: { type: "text", nullable: false, columnName: "title" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: PostsRow,
} as const satisfies TableDefinition<PostsRow>;

export class User extends FrontendModel(users) {
  static validations = { name: validates("presence"), email: validates("email") };
  following: boolean | null = null;
  declare posts: Post[];

  get initials(): string {
    return this.name.slice(0, 1);
  }

  computeBadge(): string {
    return `* ${this.name}`;
  }
}

export class Admin extends User {
  level = 1;
}

export class Post extends FrontendModel(posts) {
  declare author: User;
}

registerModels({ User, Post, Admin });

/** What the server sends for a user. */
export const payload = {
  __typename: "User",
  id: "9007199254740993",
  name: "Ann",
  email: null,
  settings: { theme: "light" },
  balance: "1.50",
  birthday: "2000-02-29",
  seenAt: "2024-03-10T12:00:00.123Z",
  alarm: "07:30:00",
  status: "active",
  createdAt: "2024-03-10T12:00:00.123456Z",
  moments: ["2024-03-10T12:00:00Z", null],
  lockVersion: 3,
};
