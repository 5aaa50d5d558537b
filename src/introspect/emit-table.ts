/** Prints one table: its row class and its constant. Pure. */
import { docstring, shownName } from "./comments";
import { type Code, list, print, raw, record, text, texts } from "./literal";
import type { NamesPlan } from "./names-plan";
import type { CatalogColumn, CatalogConstraint, CatalogTable, CatalogType } from "./structure";
import { typeScriptType } from "./types";

/** What the printing of tables and types needs to know. */
export interface EmitContext {
  readonly names: NamesPlan;
  readonly temporal: boolean;
  /** Whether values of the type are to be, or to hold, Temporal objects. */
  readonly isTemporal: (type: CatalogType) => boolean;
}

type Entries = readonly (readonly [key: string, value: Code | undefined])[];

const flag = (set: boolean | undefined) => (set ? raw("true") : undefined);
const optionalText = (value: string | undefined) => (value === undefined ? undefined : text(value));

/** The entries of a ColumnType, split so that a column's own can stand between. */
export function typeEntries(
  type: CatalogType,
  context: EmitContext,
): { head: Entries; tail: Entries } {
  const { pgType, dimensions = 1 } = type;
  return {
    head: [
      ["type", text(type.type)],
      ["pgType", pgType && texts([pgType.schema, pgType.name])],
    ],
    tail: [
      ["enumValues", enumValues(type, context)],
      ["element", type.element && typeLiteral(type.element, context)],
      ["dimensions", dimensions > 1 ? raw(String(dimensions)) : undefined],
      ["fields", type.composite && raw(context.names.composite(type.composite).fields)],
    ],
  };
}

/** An array shows the labels of its element's enum too. */
function enumValues(type: CatalogType, context: EmitContext): Code | undefined {
  if (type.enum) return raw(context.names.enum(type.enum).values);
  return type.element && enumValues(type.element, context);
}

function typeLiteral(type: CatalogType, context: EmitContext): Code {
  const { head, tail } = typeEntries(type, context);
  return record([...head, ...tail]);
}

function columnLiteral(column: CatalogColumn, context: EmitContext): Code {
  const { head, tail } = typeEntries(column.type, context);
  return record([
    ...head,
    ["nullable", raw(String(column.nullable))],
    ["default", optionalText(column.default)],
    ["identity", optionalText(column.identity)],
    ["generated", optionalText(column.generated)],
    ["readOnly", flag(column.readOnly)],
    ["columnName", text(column.name)],
    ...tail,
    ["temporal", flag(context.isTemporal(column.type))],
  ]);
}

function rowClass(table: CatalogTable, context: EmitContext): string {
  const { names, temporal } = context;
  const attributes = names.attributes(table);
  const properties = table.columns.map((column) => {
    const to = attributes.get(column.name) ?? { name: column.name };
    const type = typeScriptType(column.type, names, temporal);
    const nullable = column.nullable && type !== "unknown" ? " | null" : "";
    const comment = docstring(column.comment, { from: column.name, to }, "  ");
    return `${comment}  declare ${to.name}: ${type}${nullable};\n`;
  });
  const { constant, rowClass: name } = names.table(table);
  const comment = docstring(table.comment, { from: table.name, to: constant });
  const body = properties.length === 0 ? "{}" : `{\n${properties.join("")}}`;
  return `${comment}export class ${name} ${body}`;
}

function constraints(
  found: readonly CatalogConstraint[],
  key: "expression" | "definition",
  attributesOf: (columns: readonly string[]) => Code,
): Code | undefined {
  if (found.length === 0) return undefined;
  const entries = found.map(
    ({ name, columns, expression }) =>
      [
        name,
        record([
          ["columns", attributesOf(columns)],
          [key, text(expression)],
        ]),
      ] as const,
  );
  return record(entries, true);
}

function tableLiteral(table: CatalogTable, context: EmitContext): Code {
  const { names } = context;
  const attribute = (column: string) => names.attribute(table, column);
  const attributesOf = (columns: readonly string[]) => texts(columns.map(attribute));
  const elsewhere = (schema: string) => (schema === "public" ? undefined : text(schema));
  const { primaryKeyName } = table;
  return record(
    [
      ["tableName", text(table.name)],
      ["schema", elsewhere(table.schema)],
      ["kind", table.kind === "table" ? undefined : text(table.kind)],
      ["partitioned", flag(table.partitioned)],
      ["readOnly", flag(table.readOnly)],
      ["rowTriggers", table.rowTriggers && texts(table.rowTriggers)],
      [
        "columns",
        record(
          table.columns.map((column) => [attribute(column.name), columnLiteral(column, context)]),
          table.columns.length > 0,
        ),
      ],
      ["primaryKey", attributesOf(table.primaryKey)],
      [
        "primaryKeyName",
        primaryKeyName === `${table.name}_pkey` ? undefined : optionalText(primaryKeyName),
      ],
      [
        "indexes",
        record(
          table.indexes.map((index) => [
            index.name,
            record([
              ["columns", texts(index.columns)],
              ["unique", flag(index.unique)],
              ["where", optionalText(index.where)],
              ["constraint", flag(index.constraint)],
              ["nullsNotDistinct", flag(index.nullsNotDistinct)],
              ["inexact", flag(index.inexact)],
            ]),
          ]),
          true,
        ),
      ],
      [
        "foreignKeys",
        record(
          table.foreignKeys.map(({ name, columns, references }) => [
            name,
            record([
              ["columns", attributesOf(columns)],
              [
                "references",
                record([
                  ["schema", elsewhere(references.schema)],
                  ["table", text(references.name)],
                  [
                    "columns",
                    list(
                      references.columns.map((column) => text(names.attribute(references, column))),
                    ),
                  ],
                ]),
              ],
            ]),
          ]),
          true,
        ),
      ],
      ["checks", constraints(table.checks, "expression", attributesOf)],
      ["exclusions", constraints(table.exclusions, "definition", attributesOf)],
      ["rowClass", raw(names.table(table).rowClass)],
    ],
    true,
  );
}

const titles = {
  table: "Table",
  view: "View",
  "materialized view": "Materialized view",
  "foreign table": "Foreign table",
} as const;

/** The section of one table. */
export function emitTable(table: CatalogTable, context: EmitContext): string {
  const { constant, rowClass: name } = context.names.table(table);
  const shown = [...(table.schema === "public" ? [] : [table.schema]), table.name].map(shownName);
  const literal = print(tableLiteral(table, context));
  return `// --- ${titles[table.kind]}: ${shown.join(".")} ---

${rowClass(table, context)}

export const ${constant.name} = ${literal} as const satisfies TableDefinition<${name}>;
`;
}
