/** From PostgreSQL types to TypeScript types. Pure. */
import type { NamesPlan } from "./names-plan";
import type { CatalogField, CatalogType, QualifiedName } from "./structure";

/** By the base type's own name; whatever is missing here is a string, as PostgreSQL prints it. */
const scalars: Readonly<Record<string, string>> = {
  int2: "number",
  int4: "number",
  oid: "number",
  float4: "number",
  float8: "number",
  int8: "bigint",
  bool: "boolean",
  timestamptz: "Date",
  timestamp: "Date",
  date: "Date",
  bytea: "Uint8Array",
  json: "unknown",
  jsonb: "unknown",
};

const temporals: Readonly<Record<string, string>> = {
  timestamptz: "Temporal.Instant",
  timestamp: "Temporal.PlainDateTime",
  date: "Temporal.PlainDate",
  time: "Temporal.PlainTime",
  interval: "Temporal.Duration",
};

const lookUp = (table: Readonly<Record<string, string>>, name: string) =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The type of a value that is not null: "string", "Status[][]", "AddressComposite". */
export function typeScriptType(type: CatalogType, names: NamesPlan, temporal: boolean): string {
  if (type.element) {
    return typeScriptType(type.element, names, temporal) + "[]".repeat(type.dimensions ?? 1);
  }
  if (type.enum) return names.enum(type.enum).type.name;
  if (type.composite) return names.composite(type.composite).type.name;
  if (type.type === "USER-DEFINED") return "string";
  return (
    (temporal ? lookUp(temporals, type.name) : undefined) ?? lookUp(scalars, type.name) ?? "string"
  );
}

/** Whether a Temporal type occurs in it; `fieldsOf` gives the fields of a composite. */
export function holdsTemporal(
  type: CatalogType,
  fieldsOf: (composite: QualifiedName) => readonly CatalogField[],
): boolean {
  if (type.element) return holdsTemporal(type.element, fieldsOf);
  if (type.composite) {
    return fieldsOf(type.composite).some((field) => holdsTemporal(field.type, fieldsOf));
  }
  return type.type !== "USER-DEFINED" && Object.hasOwn(temporals, type.name);
}
