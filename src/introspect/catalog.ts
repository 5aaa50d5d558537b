/** Reads the structure of a database from pg_catalog. */
import { ConfigurationError, didYouMean } from "../errors";
import { assembleCatalog } from "./assemble";
import { catalogQuery } from "./queries";
import type { CatalogRows } from "./rows";
import type { Catalog } from "./structure";

/** Runs one statement and gives its rows. */
export type CatalogReader = (
  text: string,
  values?: readonly unknown[],
) => Promise<Record<string, unknown>[]>;

/** Which part of the database to read. */
export interface CatalogOptions {
  /** In order of preference: where names clash, the first schema keeps the plain one. */
  readonly schemas: readonly string[];
}

/**
 * Reads tables, views, types, keys, indexes and constraints of some schemas, in one round trip.
 * Partitions, what extensions brought along and `schema_migrations` are left out.
 * Throws a ConfigurationError when a schema does not exist, and what `query` throws.
 * @example const catalog = await readCatalog(query, { schemas: ["public"] });
 */
export async function readCatalog(query: CatalogReader, options: CatalogOptions): Promise<Catalog> {
  const schemas = [...new Set(options.schemas)];
  const [answer] = await query(catalogQuery, [JSON.stringify(schemas)]);
  const part = (name: keyof CatalogRows) => JSON.parse(String(answer?.[name]));
  const rows: CatalogRows = {
    schemas: part("schemas"),
    relations: part("relations"),
    columns: part("columns"),
    types: part("types"),
    indexes: part("indexes"),
    constraints: part("constraints"),
    rowTriggers: part("rowTriggers"),
  };
  for (const schema of schemas) {
    if (!rows.schemas.includes(schema)) {
      throw new ConfigurationError(
        `The database has no schema "${schema}".${didYouMean(schema, rows.schemas)}`,
        { hint: 'Create it in a migration, or correct "schemas" in baked.config.ts.' },
      );
    }
  }
  return assembleCatalog(rows, schemas);
}
