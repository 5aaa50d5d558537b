import { describe, expect, test } from "bun:test";
import { migrationTemplate } from "../../../src/migrate/templates";
import { splitStatements } from "../../../src/sql/split";

/** The SQL of each query in `up` and in `down`. */
function queries(name: string): { up: string[]; down: string[] } {
  const [up = "", down = ""] = migrationTemplate(name).split("export async function down");
  const sql = (part: string) =>
    [...part.matchAll(/await txn`([^`]+)`;/g)].map(([, text = ""]) =>
      text.replace(/\s+/g, " ").trim(),
    );
  return { up: sql(up), down: sql(down) };
}

describe("templates", () => {
  test("create_<table>", () => {
    const { up, down } = queries("create_users");
    expect(up[0]).toStartWith("CREATE OR REPLACE FUNCTION set_updated_at() RETURNS trigger");
    expect(up.slice(1)).toEqual([
      "CREATE TABLE users ( id uuid PRIMARY KEY DEFAULT gen_random_uuid(), created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now() )",
      "CREATE TRIGGER trg_users_updated_at BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION set_updated_at()",
    ]);
    // The function is shared by all tables.
    expect(down).toEqual([
      "DROP TRIGGER IF EXISTS trg_users_updated_at ON users",
      "DROP TABLE users",
    ]);
  });

  test.each([
    [
      "create_enum_status",
      ["CREATE TYPE status AS ENUM ('value1', 'value2')"],
      ["DROP TYPE status"],
    ],
    [
      "soft_delete_posts",
      [
        "ALTER TABLE posts ADD COLUMN discarded_at timestamptz",
        "CREATE INDEX idx_posts_discarded_at ON posts (discarded_at) WHERE discarded_at IS NULL",
      ],
      ["DROP INDEX IF EXISTS idx_posts_discarded_at", "ALTER TABLE posts DROP COLUMN discarded_at"],
    ],
    [
      "update_users",
      ["ALTER TABLE users ADD COLUMN column_name text"],
      ["ALTER TABLE users DROP COLUMN column_name"],
    ],
    [
      "alter_users",
      ["ALTER TABLE users ADD COLUMN column_name text"],
      ["ALTER TABLE users DROP COLUMN column_name"],
    ],
    [
      "delete_users",
      ["DROP TABLE users"],
      ["CREATE TABLE users ( -- Recreate the table schema here )"],
    ],
    [
      "drop_users",
      ["DROP TABLE users"],
      ["CREATE TABLE users ( -- Recreate the table schema here )"],
    ],
  ])("%s", (name, up, down) => {
    expect(queries(name)).toEqual({ up, down });
  });

  test("any other name is blank", () => {
    const text = migrationTemplate("backfill_names");
    expect(text).toContain("// Write your migration here");
    expect(text).toContain("// Write your rollback here");
    expect(queries("backfill_names")).toEqual({ up: [], down: [] });
  });

  test("each query is one statement, as the driver wants it", () => {
    for (const name of ["create_users", "soft_delete_posts", "create_enum_x", "drop_y"]) {
      for (const sql of [...queries(name).up, ...queries(name).down]) {
        expect(splitStatements(sql.replace(/--.*?here/, ""))).toHaveLength(1);
      }
    }
  });

  test("names that need quotes get them", () => {
    expect(queries("drop_order").up).toEqual(['DROP TABLE "order"']);
    expect(queries("drop_Users").up).toEqual(['DROP TABLE "Users"']);
    expect(queries("create_enum_table").up[0]).toStartWith('CREATE TYPE "table" AS');
  });

  test("derived names stay within what PostgreSQL keeps of a name", () => {
    const long = "t".repeat(63);
    for (const sql of [...queries(`create_${long}`).up, ...queries(`soft_delete_${long}`).up]) {
      for (const [word] of sql.matchAll(/\w+/g)) expect(word.length).toBeLessThanOrEqual(63);
    }
  });
});

describe("names", () => {
  test.each([
    "../evil",
    "a/b",
    "a\\b",
    "..",
    "1users",
    "create users",
    "x;y",
    "a`b",
    "a.b",
    "ä",
    "",
  ])('"%s" is refused', (name) => {
    expect(() => migrationTemplate(name)).toThrow("cannot name a migration");
  });

  test("a better name is suggested", () => {
    expect(() => migrationTemplate("add-email to/users")).toThrow(
      'Did you mean "add_email_to_users"?',
    );
  });

  test("a prefix alone, or a name too long, is refused", () => {
    expect(() => migrationTemplate("create_")).toThrow("does not say what to create");
    expect(() => migrationTemplate("create_enum_")).toThrow("create_enum_status");
    expect(() => migrationTemplate(`drop_${"x".repeat(64)}`)).toThrow("longer than the 63");
  });
});
