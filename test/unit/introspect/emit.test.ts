/** The text of db/schema.ts, written out in full for one of everything. */
import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { emitSchema } from "../../../src/introspect/emit";
import type { CatalogType } from "../../../src/introspect/structure";
import { base, catalog, column, table } from "../../support/catalog";

const status = { schema: "public", name: "status" };
const address = { schema: "public", name: "address" };
const statusType: CatalogType = {
  type: "USER-DEFINED",
  name: "status",
  pgType: status,
  enum: status,
};
const text = base("text");
const moment = base("timestamptz", "timestamp with time zone");

const blog = catalog({
  schemas: ["public", "auth"],
  enums: [{ ...status, labels: ["active", "it's over"], comment: "Where an account stands." }],
  composites: [
    {
      ...address,
      fields: [
        { name: "street_name", type: text },
        { name: "kind", type: statusType, comment: "Of the building." },
      ],
    },
  ],
  tables: [
    table("users", {
      comment: "People.\nAnd robots. */",
      rowTriggers: ["stamp", 'say "hi"'],
      columns: [
        column("id", base("uuid"), { default: "gen_random_uuid()" }),
        column(
          "email",
          { ...text, pgType: { schema: "public", name: "email" } },
          { comment: "Verified." },
        ),
        column("status", statusType, { default: "'active'::status" }),
        column(
          "address",
          { type: "USER-DEFINED", name: "address", pgType: address, composite: address },
          { nullable: true },
        ),
        column("tags", { type: "ARRAY", name: "array", element: statusType, dimensions: 2 }),
        column("settings", base("jsonb"), { nullable: true }),
        column("errors", base("int4", "integer"), { nullable: true, comment: "How many." }),
        column("number", base("int8", "bigint"), { identity: "always" }),
        column("created_at", moment, { default: "now()" }),
        column("shout", text, { nullable: true, generated: "stored" }),
      ],
      primaryKey: ["id"],
      primaryKeyName: "users_pkey",
      indexes: [
        {
          name: "users_email_key",
          columns: ["email"],
          unique: true,
          constraint: true,
          inexact: true,
        },
        { name: "users_lower", columns: ["lower(email)"], unique: false, where: "(errors > 0)" },
      ],
      checks: [{ name: "positive", columns: ["errors"], expression: "(errors > 0)" }],
    }),
    table("users", {
      schema: "auth",
      rowTriggers: [],
      columns: [column("user_id", base("uuid")), column("errors", base("int4", "integer"))],
      primaryKey: ["user_id", "errors"],
      primaryKeyName: "both",
      foreignKeys: [
        {
          name: "of_user",
          columns: ["errors", "user_id"],
          references: { ...status, name: "users", columns: ["errors", "id"] },
        },
        {
          name: "out_of_sight",
          columns: ["user_id"],
          references: { schema: "hidden", name: "people", columns: ["person_id"] },
        },
      ],
      exclusions: [{ name: "alone", columns: ["user_id"], expression: "EXCLUDE (user_id WITH =)" }],
    }),
    table("class", {
      kind: "view",
      readOnly: true,
      columns: [column("id", base("uuid"), { nullable: true })],
    }),
  ],
});

const expected = `// Written by \`bake\` from the database itself: changes made here are lost.
// Every migration writes it anew; \`bun bake db schema\` does so at any time.

import type { SchemaDefinition, TableDefinition } from "baked-orm";

// --- Enum Types ---

/** Where an account stands. */
export type Status = "active" | "it's over";
export const StatusValues = ["active", "it's over"] as const;

// --- Composite Types ---

export class AddressComposite {
  declare streetName: string | null;
  /** Of the building. */
  declare kind: Status | null;
}

export const AddressCompositeFields = {
  streetName: { type: "text", columnName: "street_name" },
  kind: {
    type: "USER-DEFINED",
    pgType: ["public", "status"],
    columnName: "kind",
    enumValues: StatusValues,
  },
} as const;

// --- Table: users ---

/**
 * People.
 * And robots. *\\/
 */
export class UsersRow {
  declare id: string;
  /** Verified. */
  declare email: string;
  declare status: Status;
  declare address: AddressComposite | null;
  declare tags: Status[][];
  declare settings: unknown;
  /**
   * How many.
   *
   * Renamed from "errors": every record has a member "errors".
   */
  declare errors_: number | null;
  declare number: bigint;
  declare createdAt: Date;
  declare shout: string | null;
}

export const users = {
  tableName: "users",
  rowTriggers: ["stamp", 'say "hi"'],
  columns: {
    id: {
      type: "uuid",
      nullable: false,
      default: "gen_random_uuid()",
      columnName: "id",
    },
    email: {
      type: "text",
      pgType: ["public", "email"],
      nullable: false,
      columnName: "email",
    },
    status: {
      type: "USER-DEFINED",
      pgType: ["public", "status"],
      nullable: false,
      default: "'active'::status",
      columnName: "status",
      enumValues: StatusValues,
    },
    address: {
      type: "USER-DEFINED",
      pgType: ["public", "address"],
      nullable: true,
      columnName: "address",
      fields: AddressCompositeFields,
    },
    tags: {
      type: "ARRAY",
      nullable: false,
      columnName: "tags",
      enumValues: StatusValues,
      element: {
        type: "USER-DEFINED",
        pgType: ["public", "status"],
        enumValues: StatusValues,
      },
      dimensions: 2,
    },
    settings: { type: "jsonb", nullable: true, columnName: "settings" },
    errors_: { type: "integer", nullable: true, columnName: "errors" },
    number: {
      type: "bigint",
      nullable: false,
      identity: "always",
      columnName: "number",
    },
    createdAt: {
      type: "timestamp with time zone",
      nullable: false,
      default: "now()",
      columnName: "created_at",
    },
    shout: {
      type: "text",
      nullable: true,
      generated: "stored",
      columnName: "shout",
    },
  },
  primaryKey: ["id"],
  indexes: {
    users_email_key: {
      columns: ["email"],
      unique: true,
      constraint: true,
      inexact: true,
    },
    users_lower: { columns: ["lower(email)"], where: "(errors > 0)" },
  },
  foreignKeys: {},
  checks: {
    positive: { columns: ["errors_"], expression: "(errors > 0)" },
  },
  rowClass: UsersRow,
} as const satisfies TableDefinition<UsersRow>;

// --- Table: auth.users ---

/** Renamed from "users": "users" is public.users. */
export class AuthUsersRow {
  declare userId: string;
  /** Renamed from "errors": every record has a member "errors". */
  declare errors_: number;
}

export const auth_users = {
  tableName: "users",
  schema: "auth",
  rowTriggers: [],
  columns: {
    userId: { type: "uuid", nullable: false, columnName: "user_id" },
    errors_: { type: "integer", nullable: false, columnName: "errors" },
  },
  primaryKey: ["userId", "errors_"],
  primaryKeyName: "both",
  indexes: {},
  foreignKeys: {
    of_user: {
      columns: ["errors_", "userId"],
      references: { table: "users", columns: ["errors_", "id"] },
    },
    out_of_sight: {
      columns: ["userId"],
      references: { schema: "hidden", table: "people", columns: ["personId"] },
    },
  },
  exclusions: {
    alone: { columns: ["userId"], definition: "EXCLUDE (user_id WITH =)" },
  },
  rowClass: AuthUsersRow,
} as const satisfies TableDefinition<AuthUsersRow>;

// --- View: class ---

/** Renamed from "class": a reserved word. */
export class ClassRow {
  declare id: string | null;
}

export const class_ = {
  tableName: "class",
  kind: "view",
  readOnly: true,
  columns: {
    id: { type: "uuid", nullable: true, columnName: "id" },
  },
  primaryKey: [],
  indexes: {},
  foreignKeys: {},
  rowClass: ClassRow,
} as const satisfies TableDefinition<ClassRow>;

// --- Schema ---

const schema = {
  version: "20260101120000",
  tables: {
    users,
    auth_users,
    class_,
  },
} as const satisfies SchemaDefinition;

export default schema;
`;

describe("emitSchema", () => {
  test("prints enums, composites, tables and the schema", () => {
    const printed = emitSchema(blog, { version: "20260101120000" });
    expect(printed).toBe(expected);
  });

  test("is formatted as Biome and Prettier would", async () => {
    const biome = Bun.spawn(
      [
        "node_modules/.bin/biome",
        "format",
        "--stdin-file-path=schema.ts",
        "--indent-style=space",
        "--line-width=80",
      ],
      { cwd: resolve(import.meta.dir, "../../.."), stdin: new Blob([expected]), stdout: "pipe" },
    );
    expect(await new Response(biome.stdout).text()).toBe(expected);
    expect(await biome.exited).toBe(0);
  });

  test("prints an empty database without unused imports", () => {
    expect(emitSchema(catalog(), { version: "none" })).toEndWith(`
import type { SchemaDefinition } from "baked-orm";

// --- Schema ---

const schema = {
  version: "none",
  tables: {},
} as const satisfies SchemaDefinition;

export default schema;
`);
  });

  test("breaks long lists of labels over lines", () => {
    const labels = ["a".repeat(30), "b".repeat(30), "c".repeat(30)];
    const printed = emitSchema(catalog({ enums: [{ ...status, labels }] }), { version: "none" });
    const [a, b, c] = labels;
    expect(printed).toContain(`export type Status =\n  | "${a}"\n  | "${b}"\n  | "${c}";\n`);
    expect(printed).toContain(`= [\n  "${a}",\n  "${b}",\n  "${c}",\n] as const;\n`);
  });

  test("says where Temporal is, and imports it only when it is used", () => {
    const since = table("events", { columns: [column("since", moment), column("name", "text")] });
    const printed = emitSchema(catalog({ tables: [since] }), { version: "none", temporal: true });
    expect(printed).toContain(
      'import type { SchemaDefinition, TableDefinition, Temporal } from "baked-orm";',
    );
    expect(printed).toContain("  declare since: Temporal.Instant;\n");
    expect(printed.match(/temporal: true/g)).toHaveLength(1);
    const none = table("events", { columns: [column("name", "text")] });
    expect(
      emitSchema(catalog({ tables: [none] }), { version: "none", temporal: true }),
    ).not.toContain("Temporal");
  });
});
