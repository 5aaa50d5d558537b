/** Prints `db/schema.ts` from a catalog. Pure: equal catalogs give equal text. */
import { docstring } from "./comments";
import { type EmitContext, emitTable, typeEntries } from "./emit-table";
import { lineWidth, print, record, stringLiteral, text, texts } from "./literal";
import { attributeNames } from "./names";
import { keyOf, planNames } from "./names-plan";
import type { Catalog, CatalogComposite, CatalogEnum, CatalogType } from "./structure";
import { holdsTemporal, typeScriptType } from "./types";

/** What the file says beside the catalog. */
export interface EmitOptions {
  /** The last migration applied, or "none". */
  readonly version: string;
  /** Temporal types instead of Date (and instead of strings for time and interval). */
  readonly temporal?: boolean;
}

const header = `// Written by \`bake\` from the database itself: changes made here are lost.
// Every migration writes it anew; \`bun bake db schema\` does so at any time.
`;

/**
 * The text of `db/schema.ts`.
 * @example const text = emitSchema(catalog, { version: "20260101120000" });
 */
export function emitSchema(catalog: Catalog, options: EmitOptions): string {
  const temporal = options.temporal === true;
  const fields = new Map(catalog.composites.map((type) => [keyOf(type), type.fields]));
  const isTemporal = (type: CatalogType) =>
    temporal && holdsTemporal(type, (composite) => fields.get(keyOf(composite)) ?? []);
  const context: EmitContext = { names: planNames(catalog), temporal, isTemporal };
  const sections = [`${header}\n${imports(catalog, context)}`];
  if (catalog.enums.length > 0) {
    const enums = catalog.enums.map((type) => emitEnum(type, context));
    sections.push("// --- Enum Types ---\n", ...enums);
  }
  if (catalog.composites.length > 0) {
    const composites = catalog.composites.map((type) => emitComposite(type, context));
    sections.push("// --- Composite Types ---\n", ...composites);
  }
  sections.push(...catalog.tables.map((table) => emitTable(table, context)));
  sections.push(footer(catalog, context, options.version));
  return sections.join("\n");
}

function imports(catalog: Catalog, context: EmitContext): string {
  const used = [
    ...catalog.tables.flatMap((table) => table.columns),
    ...catalog.composites.flatMap((type) => type.fields),
  ];
  const usesTemporal = used.some(({ type }) => context.isTemporal(type));
  const names = [
    "SchemaDefinition",
    ...(catalog.tables.length > 0 ? ["TableDefinition"] : []),
    ...(usesTemporal ? ["Temporal"] : []),
  ];
  return `import type { ${names.join(", ")} } from "baked-orm";\n`;
}

function emitEnum(type: CatalogEnum, context: EmitContext): string {
  const { type: name, values } = context.names.enum(type);
  const labels = type.labels.map(stringLiteral);
  const union = labels.length === 0 ? "never" : labels.join(" | ");
  const short = `export type ${name.name} = ${union};`;
  const broken =
    labels.length > 1 ? labels.map((label) => `\n  | ${label}`).join("") : `\n  ${union}`;
  const alias = short.length <= lineWidth ? short : `export type ${name.name} =${broken};`;
  const start = `export const ${values} = `;
  const list = print(texts(type.labels), "", start.length, " as const;".length);
  const comment = docstring(type.comment, { from: type.name, to: name });
  return `${comment}${alias}\n${start}${list} as const;\n`;
}

function emitComposite(type: CatalogComposite, context: EmitContext): string {
  const { type: name, fields } = context.names.composite(type);
  const attributes = attributeNames(type.fields.map((field) => field.name));
  const properties = type.fields.map((field) => {
    const to = attributes.get(field.name) ?? { name: field.name };
    const value = typeScriptType(field.type, context.names, context.temporal);
    const nullable = value === "unknown" ? "" : " | null";
    const comment = docstring(field.comment, { from: field.name, to }, "  ");
    return `${comment}  declare ${to.name}: ${value}${nullable};\n`;
  });
  const literal = record(
    type.fields.map((field) => {
      const { head, tail } = typeEntries(field.type, context);
      const attribute = attributes.get(field.name)?.name ?? field.name;
      return [attribute, record([...head, ["columnName", text(field.name)], ...tail])];
    }),
    type.fields.length > 0,
  );
  const comment = docstring(type.comment, { from: type.name, to: name });
  const body = properties.length === 0 ? "{}" : `{\n${properties.join("")}}`;
  return `${comment}export class ${name.name} ${body}

export const ${fields} = ${print(literal)} as const;
`;
}

function footer(catalog: Catalog, context: EmitContext, version: string): string {
  const constants = catalog.tables.map((table) => context.names.table(table).constant.name);
  const lines = constants.map((name) => `    ${name},\n`).join("");
  return `// --- Schema ---

const schema = {
  version: ${stringLiteral(version)},
  tables: {${lines === "" ? "" : `\n${lines}  `}},
} as const satisfies SchemaDefinition;

export default schema;
`;
}
