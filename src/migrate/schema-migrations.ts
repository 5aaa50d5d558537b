/** The table `schema_migrations`: which migrations are applied, in which order, and what they looked like. */
import type { ReservedSQL, TransactionSQL } from "bun";
import { MigrationError } from "../errors";
import { quoteIdentifier } from "../sql/writer";
import { sqlStateOf } from "./session";

/** A row; `checksum` and `appliedAt` are null where another tool wrote it. */
export interface AppliedMigration {
  readonly version: string;
  readonly checksum: string | null;
  readonly appliedAt: Date | null;
}

const TABLE = "schema_migrations";
const OURS = 'version, checksum, applied_at AS "appliedAt"';
const BY_POSITION = "position NULLS FIRST, version";

/**
 * `position` orders by time of application. Rows of tools that know only `version` came first, as far as anyone
 * can tell: they have none, and new rows of such tools get one by default.
 */
const additions = [
  "ADD COLUMN IF NOT EXISTS position bigint",
  "ADD COLUMN IF NOT EXISTS applied_at timestamptz",
  "ADD COLUMN IF NOT EXISTS checksum text",
];

export class SchemaMigrations {
  readonly #sql: ReservedSQL;
  /** Quoted and with its schema, so that a migration may change search_path. */
  readonly table: string;
  /** Where the table is or will be. */
  readonly schema: string;
  readonly #columns: ReadonlySet<string>;

  private constructor(sql: ReservedSQL, schema: string, columns: ReadonlySet<string>) {
    this.#sql = sql;
    this.schema = schema;
    this.table = `${quoteIdentifier(schema)}.${quoteIdentifier(TABLE)}`;
    this.#columns = columns;
  }

  /** Looks for the table; writes nothing. Throws MigrationError when there is no schema to create it in. */
  static async open(sql: ReservedSQL): Promise<SchemaMigrations> {
    const rows: { schema: string | null; columns: string | null }[] = await sql`
      SELECT coalesce(n.nspname, current_schema())::text AS schema, to_json(array(
        SELECT a.attname FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))::text AS columns
      FROM (SELECT to_regclass(${TABLE}) AS oid) found
      LEFT JOIN pg_class c ON c.oid = found.oid LEFT JOIN pg_namespace n ON n.oid = c.relnamespace`;
    const [found] = rows;
    if (!found?.schema) {
      throw new MigrationError(
        "No schema of the search_path exists, so schema_migrations has no place.",
        { hint: "CREATE SCHEMA public, or set search_path for this role." },
      );
    }
    return new SchemaMigrations(sql, found.schema, new Set(JSON.parse(found.columns ?? "[]")));
  }

  /** What is applied, for who only looks: one question where open() and applied() are two. */
  static async read(sql: ReservedSQL): Promise<AppliedMigration[]> {
    try {
      return await sql.unsafe(`SELECT ${OURS} FROM ${TABLE} ORDER BY ${BY_POSITION}`);
    } catch (error) {
      // No table yet, or one of the published package.
      if (!["42P01", "42703"].includes(sqlStateOf(error) ?? "")) throw error;
      return (await SchemaMigrations.open(sql)).applied();
    }
  }

  get exists(): boolean {
    return this.#columns.has("version");
  }

  /** Creates the table, or adds what a table of the published package lacks. Call it under the lock. */
  async ensure(): Promise<SchemaMigrations> {
    if (this.#columns.has("checksum")) return this;
    const sequence = `${TABLE}_position_seq`;
    const next = `${quoteIdentifier(this.schema)}.${quoteIdentifier(sequence)}`;
    try {
      await this.#sql.begin(async (txn) => {
        if (!this.exists) {
          await txn.unsafe(
            `CREATE TABLE IF NOT EXISTS ${this.table} (version varchar(255) NOT NULL PRIMARY KEY)`,
          );
        }
        await txn.unsafe(`ALTER TABLE ${this.table} ${additions.join(", ")}`);
        await txn.unsafe(`CREATE SEQUENCE IF NOT EXISTS ${next} OWNED BY ${this.table}.position`);
        // Only now, so that rows which are there already keep NULL.
        await txn.unsafe(
          `ALTER TABLE ${this.table}
             ALTER COLUMN position SET DEFAULT nextval('${next.replaceAll("'", "''")}'),
             ALTER COLUMN applied_at SET DEFAULT clock_timestamp()`,
        );
      });
    } catch (error) {
      throw sqlStateOf(error) === "42501" ? await this.#forbidden(error) : error;
    }
    return SchemaMigrations.open(this.#sql);
  }

  async #forbidden(cause: unknown): Promise<MigrationError> {
    const rows: { role: string }[] = await this.#sql`SELECT quote_ident(current_user) AS role`;
    const role = rows[0]?.role ?? "this role";
    return this.exists
      ? new MigrationError(`The role ${role} may not add columns to ${this.table}.`, {
          cause,
          hint: `The table was made by the published package or by hand: migrate once as its owner, or ALTER TABLE ${this.table} OWNER TO ${role}.`,
        })
      : new MigrationError(`The role ${role} may not create ${this.table}.`, {
          cause,
          hint: `GRANT CREATE ON SCHEMA ${quoteIdentifier(this.schema)} TO ${role}, or let its search_path begin with a schema of its own.`,
        });
  }

  /** In the order of application. */
  async applied(): Promise<AppliedMigration[]> {
    if (!this.exists) return [];
    const isOurs = this.#columns.has("checksum");
    return await this.#sql.unsafe(
      isOurs
        ? `SELECT ${OURS} FROM ${this.table} ORDER BY ${BY_POSITION}`
        : `SELECT version, NULL AS checksum, NULL AS "appliedAt" FROM ${this.table} ORDER BY version`,
    );
  }

  /** Records a migration on the connection that ran it. */
  async add(
    client: TransactionSQL | ReservedSQL,
    version: string,
    checksum: string,
  ): Promise<void> {
    await client.unsafe(`INSERT INTO ${this.table} (version, checksum) VALUES ($1, $2)`, [
      version,
      checksum,
    ]);
  }

  async remove(client: TransactionSQL | ReservedSQL, version: string): Promise<void> {
    await client.unsafe(`DELETE FROM ${this.table} WHERE version = $1`, [version]);
  }
}
