// Written by `bake` from the database itself: changes made here are lost.
// Every migration writes it anew; `bun bake db schema` does so at any time.

import type { SchemaDefinition, TableDefinition } from "baked-orm";

// --- Enum Types ---

export type Role = "admin" | "member" | "guest";
export const RoleValues = ["admin", "member", "guest"] as const;

// --- Table: accounts ---

export class AccountsRow {
  declare id: number;
  declare owner: string;
  declare balance: number;
  declare lockVersion: number;
}

export const accounts = {
  tableName: "accounts",
  rowTriggers: [],
  columns: {
    id: { type: "integer", nullable: false, columnName: "id" },
    owner: { type: "text", nullable: false, columnName: "owner" },
    balance: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "balance",
    },
    lockVersion: {
      type: "integer",
      nullable: false,
      default: "0",
      columnName: "lock_version",
    },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: AccountsRow,
} as const satisfies TableDefinition<AccountsRow>;

// --- Table: bookings ---

export class BookingsRow {
  declare id: number;
  declare during: string;
}

export const bookings = {
  tableName: "bookings",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('bookings_id_seq'::regclass)",
      columnName: "id",
    },
    during: { type: "int4range", nullable: false, columnName: "during" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  exclusions: {
    bookings_do_not_overlap: {
      columns: ["during"],
      definition: "EXCLUDE USING gist (during WITH &&)",
    },
  },
  rowClass: BookingsRow,
} as const satisfies TableDefinition<BookingsRow>;

// --- Table: countries ---

export class CountriesRow {
  declare code: string;
  declare name: string;
}

export const countries = {
  tableName: "countries",
  rowTriggers: [],
  columns: {
    code: { type: "text", nullable: false, columnName: "code" },
    name: { type: "text", nullable: false, columnName: "name" },
  },
  primaryKey: ["code"],
  indexes: {},
  foreignKeys: {},
  rowClass: CountriesRow,
} as const satisfies TableDefinition<CountriesRow>;

// --- Table: documents ---

export class DocumentsRow {
  declare id: string;
  declare title: string;
  declare body: string | null;
}

export const documents = {
  tableName: "documents",
  rowTriggers: [],
  columns: {
    id: {
      type: "uuid",
      nullable: false,
      default: "gen_random_uuid()",
      columnName: "id",
    },
    title: { type: "text", nullable: false, columnName: "title" },
    body: { type: "text", nullable: true, columnName: "body" },
  },
  primaryKey: ["id"],
  indexes: {},
  foreignKeys: {},
  rowClass: DocumentsRow,
} as const satisfies TableDefinition<DocumentsRow>;

// --- Table: events ---

export class EventsRow {
  declare happenedAt: Date;
  declare message: string;
}

export const events = {
  tableName: "events",
  rowTriggers: [],
  columns: {
    happenedAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "now()",
      columnName: "happened_at",
    },
    message: { type: "text", nullable: false, columnName: "message" },
  },
  primaryKey: [],
  indexes: {},
  foreignKeys: {},
  rowClass: EventsRow,
} as const satisfies TableDefinition<EventsRow>;

// --- View: member_names ---

export class MemberNamesRow {
  declare id: number | null;
  declare name: string | null;
}

export const member_names = {
  tableName: "member_names",
  kind: "view",
  readOnly: true,
  columns: {
    id: { type: "integer", nullable: true, columnName: "id" },
    name: { type: "text", nullable: true, columnName: "name" },
  },
  primaryKey: [],
  indexes: {},
  foreignKeys: {},
  rowClass: MemberNamesRow,
} as const satisfies TableDefinition<MemberNamesRow>;

// --- Table: memberships ---

export class MembershipsRow {
  declare userId: number;
  declare orgId: number;
  declare role: string;
}

export const memberships = {
  tableName: "memberships",
  rowTriggers: [],
  columns: {
    userId: { type: "integer", nullable: false, columnName: "user_id" },
    orgId: { type: "integer", nullable: false, columnName: "org_id" },
    role: { type: "text", nullable: false, columnName: "role" },
  },
  primaryKey: ["userId", "orgId"],
  indexes: {},
  foreignKeys: {},
  rowClass: MembershipsRow,
} as const satisfies TableDefinition<MembershipsRow>;

// --- Table: posts ---

export class PostsRow {
  declare id: bigint;
  declare userId: number;
  declare title: string;
  declare code: string | null;
  declare startsOn: Date | null;
  declare endsOn: Date | null;
}

export const posts = {
  tableName: "posts",
  rowTriggers: [],
  columns: {
    id: {
      type: "bigint",
      nullable: false,
      identity: "always",
      columnName: "id",
    },
    userId: { type: "integer", nullable: false, columnName: "user_id" },
    title: { type: "text", nullable: false, columnName: "title" },
    code: { type: "text", nullable: true, columnName: "code" },
    startsOn: { type: "date", nullable: true, columnName: "starts_on" },
    endsOn: { type: "date", nullable: true, columnName: "ends_on" },
  },
  primaryKey: ["id"],
  indexes: {
    posts_code_folded: { columns: ["lower(code)"], unique: true },
    posts_title_per_user: {
      columns: ["user_id", "title"],
      unique: true,
      constraint: true,
    },
  },
  foreignKeys: {
    posts_user_id_fkey: {
      columns: ["userId"],
      references: { table: "users", columns: ["id"] },
    },
  },
  checks: {
    posts_period_check: {
      columns: ["endsOn", "startsOn"],
      expression: "(ends_on >= starts_on)",
    },
  },
  rowClass: PostsRow,
} as const satisfies TableDefinition<PostsRow>;

// --- Table: readings ---

export class ReadingsRow {
  declare id: number;
  declare takenOn: Date;
  declare sensor: number;
  declare code: string | null;
  declare userId: number | null;
}

export const readings = {
  tableName: "readings",
  partitioned: true,
  rowTriggers: [],
  columns: {
    id: { type: "integer", nullable: false, columnName: "id" },
    takenOn: { type: "date", nullable: false, columnName: "taken_on" },
    sensor: { type: "integer", nullable: false, columnName: "sensor" },
    code: { type: "text", nullable: true, columnName: "code" },
    userId: { type: "integer", nullable: true, columnName: "user_id" },
  },
  primaryKey: ["id", "takenOn"],
  indexes: {
    readings_sensor_taken_on_key: {
      columns: ["sensor", "taken_on"],
      unique: true,
      constraint: true,
    },
  },
  foreignKeys: {
    readings_user_id_fkey: {
      columns: ["userId"],
      references: { table: "users", columns: ["id"] },
    },
  },
  checks: {
    readings_sensor_check: {
      columns: ["sensor"],
      expression: "(sensor < 100)",
    },
  },
  rowClass: ReadingsRow,
} as const satisfies TableDefinition<ReadingsRow>;

// --- Table: users ---

export class UsersRow {
  declare id: number;
  declare name: string;
  declare email: string | null;
  declare passwordDigest: string | null;
  declare apiToken: string | null;
  declare role: Role;
  declare age: number | null;
  declare balance: string;
  declare visits: bigint;
  declare active: boolean;
  declare progress: number | null;
  declare settings: unknown;
  declare tags: string[] | null;
  declare avatar: Uint8Array | null;
  declare birthday: Date | null;
  declare seenAt: Date | null;
  declare slug: string | null;
  declare managerId: number | null;
  declare createdAt: Date;
  declare updatedAt: Date;
}

export const users = {
  tableName: "users",
  rowTriggers: [],
  columns: {
    id: {
      type: "integer",
      nullable: false,
      default: "nextval('users_id_seq'::regclass)",
      columnName: "id",
    },
    name: {
      type: "character varying(40)",
      nullable: false,
      columnName: "name",
    },
    email: { type: "text", nullable: true, columnName: "email" },
    passwordDigest: {
      type: "text",
      nullable: true,
      columnName: "password_digest",
    },
    apiToken: { type: "text", nullable: true, columnName: "api_token" },
    role: {
      type: "USER-DEFINED",
      pgType: ["public", "role"],
      nullable: false,
      default: "'member'::role",
      columnName: "role",
      enumValues: RoleValues,
    },
    age: { type: "integer", nullable: true, columnName: "age" },
    balance: {
      type: "numeric(12,2)",
      nullable: false,
      default: "0",
      columnName: "balance",
    },
    visits: {
      type: "bigint",
      nullable: false,
      default: "0",
      columnName: "visits",
    },
    active: {
      type: "boolean",
      nullable: false,
      default: "true",
      columnName: "active",
    },
    progress: {
      type: "integer",
      pgType: ["public", "percentage"],
      nullable: true,
      columnName: "progress",
    },
    settings: { type: "jsonb", nullable: true, columnName: "settings" },
    tags: {
      type: "ARRAY",
      nullable: true,
      columnName: "tags",
      element: { type: "text" },
    },
    avatar: { type: "bytea", nullable: true, columnName: "avatar" },
    birthday: { type: "date", nullable: true, columnName: "birthday" },
    seenAt: {
      type: "timestamp with time zone",
      nullable: true,
      columnName: "seen_at",
    },
    slug: {
      type: "text",
      nullable: true,
      generated: "stored",
      columnName: "slug",
    },
    managerId: { type: "integer", nullable: true, columnName: "manager_id" },
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
    users_api_token_key: {
      columns: ["api_token"],
      unique: true,
      constraint: true,
    },
    users_email_key: { columns: ["email"], unique: true, constraint: true },
  },
  foreignKeys: {
    users_manager_fk: {
      columns: ["managerId"],
      references: { table: "users", columns: ["id"] },
    },
  },
  checks: {
    users_age_check: { columns: ["age"], expression: "(age >= 0)" },
  },
  rowClass: UsersRow,
} as const satisfies TableDefinition<UsersRow>;

// --- Schema ---

const schema = {
  version: "test",
  tables: {
    accounts,
    bookings,
    countries,
    documents,
    events,
    member_names,
    memberships,
    posts,
    readings,
    users,
  },
} as const satisfies SchemaDefinition;

export default schema;
