/** From a database to the text of `db/schema.ts`. */
import { type CatalogOptions, type CatalogReader, readCatalog } from "./catalog";
import { type EmitOptions, emitSchema } from "./emit";
import type { Catalog } from "./structure";

export type { CatalogOptions, CatalogReader } from "./catalog";
export { readCatalog } from "./catalog";
export { diffSchema } from "./diff";
export type { EmitOptions } from "./emit";
export { emitSchema } from "./emit";
export type * from "./structure";
export { readSchemaFile, writeSchemaFile } from "./write";

/** `text` is what `db/schema.ts` should contain, `catalog` what it was made from. */
export interface Introspection {
  readonly text: string;
  readonly catalog: Catalog;
}

/**
 * Reads the catalog and prints the schema file.
 * Throws a ConfigurationError when a schema does not exist, and what `query` throws.
 * @example const { text } = await introspect(query, { schemas: ["public"], version: "none" });
 */
export async function introspect(
  query: CatalogReader,
  options: CatalogOptions & EmitOptions,
): Promise<Introspection> {
  const catalog = await readCatalog(query, options);
  return { text: emitSchema(catalog, options), catalog };
}
