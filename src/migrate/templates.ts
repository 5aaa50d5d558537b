/** The text of a new migration, chosen by the prefix of its name. Pure. */
import { MigrationError } from "../errors";
import { quoteIdentifier, quoteLiteral } from "../sql/writer";

// Reserved in PostgreSQL: these cannot name a table without quotes.
const reserved = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate " +
    "collation column concurrently constraint create cross current_catalog current_date current_role " +
    "current_schema current_time current_timestamp current_user default deferrable desc distinct do else end " +
    "except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into " +
    "is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on " +
    "only or order outer overlaps placing primary references returning right select session_user similar some " +
    "symmetric system_user table tablesample then to trailing true union unique user using variadic verbose " +
    "when where window with"
  ).split(" "),
);

/** Plain names are written as people write them; all others are quoted. */
function identifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : quoteIdentifier(name);
}

// PostgreSQL cuts longer names off, and "up" and "down" must agree on what is left.
const MAX_NAME = 63;

/**
 * Checks the name given to `bake db generate`. Throws MigrationError unless it is made of letters, digits and
 * underscores, with something after a prefix that names a table.
 */
export function checkMigrationName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const better = name
      .replace(/[^A-Za-z0-9_]+/g, "_")
      .replace(/^[_0-9]+|_+$/g, "")
      .toLowerCase();
    throw new MigrationError(
      `"${name}" cannot name a migration: use letters, digits and underscores, such as create_users.`,
      { hint: better ? `Did you mean "${better}"?` : undefined },
    );
  }
  const [prefix] = kindOf(name);
  if (prefix !== "" && name === prefix) {
    throw new MigrationError(`"${name}" does not say what to ${prefix.split("_")[0]}.`, {
      hint: `Write for example ${prefix}${prefix === "create_enum_" ? "status" : "users"}.`,
    });
  }
  const subject = name.slice(prefix.length);
  if (subject.length > MAX_NAME) {
    throw new MigrationError(
      `"${subject}" is longer than the ${MAX_NAME} characters that PostgreSQL keeps of a name.`,
    );
  }
}

type Body = (subject: string) => { up: string[]; down: string[] };

// The order matters: create_enum_ before create_.
const kinds: readonly (readonly [prefix: string, body: Body])[] = [
  ["soft_delete_", softDelete],
  ["create_enum_", createEnum],
  ["create_", createTable],
  ["update_", alterTable],
  ["alter_", alterTable],
  ["delete_", dropTable],
  ["drop_", dropTable],
];

function kindOf(name: string): readonly [prefix: string, body: Body] {
  return kinds.find(([prefix]) => name.startsWith(prefix)) ?? ["", blank];
}

/** The source of the migration `name`. Throws MigrationError when the name is not one. */
export function migrationTemplate(name: string): string {
  checkMigrationName(name);
  const [prefix, body] = kindOf(name);
  const { up, down } = body(name.slice(prefix.length));
  return `import type { TransactionSQL } from "bun";

export async function up(txn: TransactionSQL) {
${up.join("\n\n")}
}

export async function down(txn: TransactionSQL) {
${down.join("\n\n")}
}
`;
}

/** One awaited query, indented as in a function body. */
function query(sql: string): string {
  if (!sql.includes("\n")) return `  await txn\`${sql}\`;`;
  const indented = sql.replaceAll("\n", "\n    ");
  return `  await txn\`\n    ${indented}\n  \`;`;
}

function createTable(table: string) {
  const trigger = identifier(`trg_${table}_updated_at`.slice(0, MAX_NAME));
  return {
    up: [
      query(`CREATE OR REPLACE FUNCTION set_updated_at() RETURNS trigger AS $$
BEGIN
  NEW.updated_at = now();
  RETURN NEW;
END;
$$ LANGUAGE plpgsql`),
      query(`CREATE TABLE ${identifier(table)} (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
)`),
      query(`CREATE TRIGGER ${trigger}
BEFORE UPDATE ON ${identifier(table)}
FOR EACH ROW EXECUTE FUNCTION set_updated_at()`),
    ],
    down: [
      query(`DROP TRIGGER IF EXISTS ${trigger} ON ${identifier(table)}`),
      query(`DROP TABLE ${identifier(table)}`),
    ],
  };
}

function createEnum(type: string) {
  const values = ["value1", "value2"].map(quoteLiteral).join(", ");
  return {
    up: [query(`CREATE TYPE ${identifier(type)} AS ENUM (${values})`)],
    down: [query(`DROP TYPE ${identifier(type)}`)],
  };
}

function softDelete(table: string) {
  const index = identifier(`idx_${table}_discarded_at`.slice(0, MAX_NAME));
  return {
    up: [
      query(`ALTER TABLE ${identifier(table)} ADD COLUMN discarded_at timestamptz`),
      query(`CREATE INDEX ${index}
ON ${identifier(table)} (discarded_at) WHERE discarded_at IS NULL`),
    ],
    down: [
      query(`DROP INDEX IF EXISTS ${index}`),
      query(`ALTER TABLE ${identifier(table)} DROP COLUMN discarded_at`),
    ],
  };
}

function alterTable(table: string) {
  return {
    up: [query(`ALTER TABLE ${identifier(table)} ADD COLUMN column_name text`)],
    down: [query(`ALTER TABLE ${identifier(table)} DROP COLUMN column_name`)],
  };
}

function dropTable(table: string) {
  return {
    up: [query(`DROP TABLE ${identifier(table)}`)],
    down: [query(`CREATE TABLE ${identifier(table)} (\n  -- Recreate the table schema here\n)`)],
  };
}

function blank() {
  return {
    up: ["  // Write your migration here"],
    down: ["  // Write your rollback here"],
  };
}
