/** Catalogs written by hand, for tests of what is pure. */
import type {
  Catalog,
  CatalogColumn,
  CatalogTable,
  CatalogType,
} from "../../src/introspect/structure";

export const base = (name: string, type = name): CatalogType => ({ name, type });

export function column(
  name: string,
  type: CatalogType | string,
  rest: Partial<CatalogColumn> = {},
): CatalogColumn {
  return { name, type: typeof type === "string" ? base(type) : type, nullable: false, ...rest };
}

export function table(name: string, rest: Partial<CatalogTable> = {}): CatalogTable {
  return {
    schema: "public",
    name,
    kind: "table",
    readOnly: false,
    columns: [],
    primaryKey: [],
    indexes: [],
    foreignKeys: [],
    checks: [],
    exclusions: [],
    ...rest,
  };
}

export function catalog(rest: Partial<Catalog> = {}): Catalog {
  return { schemas: ["public"], tables: [], enums: [], composites: [], ...rest };
}
