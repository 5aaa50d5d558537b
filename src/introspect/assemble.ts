/** Puts the rows of the catalog statement together into tables and types. Pure. */
import type {
  CatalogRows,
  ColumnRow,
  ConstraintRow,
  IndexRow,
  RelationRow,
  RowTriggerRow,
} from "./rows";
import type {
  Catalog,
  CatalogColumn,
  CatalogConstraint,
  CatalogForeignKey,
  CatalogIndex,
  CatalogTable,
  QualifiedName,
} from "./structure";
import { TypeResolver } from "./type-resolver";

const kinds = {
  r: "table",
  p: "table",
  v: "view",
  m: "materialized view",
  f: "foreign table",
} as const;

/** UPDATE, INSERT and DELETE in pg_relation_is_updatable. */
const anyWrite = 4 | 8 | 16;

/** By code unit: the collation of the database must not decide the order of the file. */
function compareNames(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

export function assembleCatalog(rows: CatalogRows, schemas: readonly string[]): Catalog {
  const types = new TypeResolver(rows.types);
  const columns = Map.groupBy(rows.columns, (row) => row.relation);
  const indexes = Map.groupBy(rows.indexes, (row) => row.relation);
  const constraints = Map.groupBy(rows.constraints, (row) => row.relation);
  const rowTriggers = Map.groupBy(rows.rowTriggers, (row) => row.relation);
  const inOrder = <T extends QualifiedName>(items: readonly T[]): T[] => {
    const rank = (item: T) =>
      (schemas.indexOf(item.schema) + schemas.length + 1) % (schemas.length + 1);
    return [...items].sort((a, b) => rank(a) - rank(b) || compareNames(a, b));
  };
  const tables = rows.relations.map((row) =>
    table(row, {
      columns: columns.get(row.oid) ?? [],
      indexes: indexes.get(row.oid) ?? [],
      constraints: constraints.get(row.oid) ?? [],
      rowTriggers: rowTriggers.get(row.oid) ?? [],
      types,
    }),
  );
  for (const row of rows.types) {
    if (row.standalone && !row.extension && schemas.includes(row.schema)) types.need(row);
  }
  return {
    schemas,
    tables: inOrder(tables),
    enums: inOrder(types.enums()),
    composites: types.composites(inOrder),
  };
}

interface Parts {
  readonly columns: readonly ColumnRow[];
  readonly indexes: readonly IndexRow[];
  readonly constraints: readonly ConstraintRow[];
  readonly rowTriggers: readonly RowTriggerRow[];
  readonly types: TypeResolver;
}

function table(row: RelationRow, parts: Parts): CatalogTable {
  const kind = kinds[row.kind];
  const isView = row.kind === "v" || row.kind === "m";
  const of = (wanted: ConstraintRow["kind"]) =>
    parts.constraints.filter((found) => found.kind === wanted).sort(compareNames);
  const [primaryKey] = of("p");
  return {
    schema: row.schema,
    name: row.name,
    kind,
    ...(row.kind === "p" ? { partitioned: true } : {}),
    readOnly: row.kind === "m" || (row.events !== null && (row.events & anyWrite) === 0),
    ...rowTriggers(row, parts.rowTriggers),
    ...(row.comment === null ? {} : { comment: row.comment }),
    columns: parts.columns.map((column) => assembleColumn(column, isView, parts.types)),
    primaryKey: primaryKey?.columns ?? [],
    ...(primaryKey ? { primaryKeyName: primaryKey.name } : {}),
    indexes: parts.indexes.map(assembleIndex).sort(compareNames),
    foreignKeys: of("f").map(foreignKey),
    checks: of("c").map(plainConstraint),
    exclusions: of("x").map(plainConstraint),
  };
}

/** Of a view or a foreign table nobody knows what happens to a row on its way. */
function rowTriggers(
  { kind }: RelationRow,
  found: readonly RowTriggerRow[],
): Pick<CatalogTable, "rowTriggers"> {
  const names = found.flatMap(({ name }) => name ?? []);
  const isKnown = (kind === "r" || kind === "p") && names.length === found.length;
  return isKnown ? { rowTriggers: names.sort() } : {};
}

/** A view can show null in any column, whatever the table below promises (outer joins). */
function assembleColumn(row: ColumnRow, isView: boolean, types: TypeResolver): CatalogColumn {
  const facts = types.domainFacts(row.type);
  const preset = row.default ?? (row.generated === "" ? facts.default : null);
  return {
    name: row.name,
    type: types.resolve(row.type),
    nullable: isView || !(row.required || facts.required),
    ...(preset === null || (isView && row.default === null) ? {} : { default: preset }),
    ...(row.identity === "" ? {} : { identity: row.identity === "a" ? "always" : "by default" }),
    ...(row.generated === "" ? {} : { generated: row.generated === "s" ? "stored" : "virtual" }),
    ...(row.readOnly ? { readOnly: true } : {}),
    ...(row.comment === null ? {} : { comment: row.comment }),
  };
}

function assembleIndex(row: IndexRow): CatalogIndex {
  return {
    name: row.name,
    columns: row.columns,
    unique: row.unique,
    ...(row.where === null ? {} : { where: row.where }),
    ...(row.constraint ? { constraint: true } : {}),
    ...(row.nullsNotDistinct ? { nullsNotDistinct: true } : {}),
    ...(row.inexact ? { inexact: true } : {}),
  };
}

function foreignKey(row: ConstraintRow): CatalogForeignKey {
  return {
    name: row.name,
    columns: row.columns,
    references: { schema: row.schema ?? "", name: row.table ?? "", columns: row.references },
  };
}

function plainConstraint(row: ConstraintRow): CatalogConstraint {
  return { name: row.name, columns: row.columns, expression: row.expression ?? "" };
}
