/** The source of a new model. Pure. */

import { snakeCase } from "../schema/naming";
import type { GeneratedAssociation } from "./model-associations";

export interface ModelSource {
  readonly className: string;
  /** What db/schema.ts exports the table as. */
  readonly table: string;
  /** The module specifier of db/schema.ts, seen from the model. */
  readonly schemaPath: string;
}

/** A backend model. */
export function backendModel(
  { className, table, schemaPath }: ModelSource,
  associations: readonly GeneratedAssociation[],
): string {
  const kinds = new Set(associations.map(({ kind }) => kind));
  const models = new Set(
    associations.map(({ model }) => model).filter((name) => name !== className),
  );
  const imports = [
    `import { ${["Model", ...kinds].sort(ignoringCase).join(", ")} } from "baked-orm";`,
    `import { ${table} } from "${schemaPath}";`,
    ...[...models].sort().map((name) => `import type { ${name} } from "./${snakeCase(name)}";`),
  ];
  const lines = associations.map((association) => `  ${declaration(association)},\n`);
  const argument = lines.length > 0 ? `, {\n${lines.join("")}}` : "";
  return `${imports.join("\n")}\n\nexport class ${className} extends Model(${table}${argument}) {}\n`;
}

/** A frontend model; it shares db/schema.ts with the backend. */
export function frontendModel({ className, table, schemaPath }: ModelSource): string {
  return `import { FrontendModel } from "baked-orm/frontend";
import { ${table} } from "${schemaPath}";

export class ${className} extends FrontendModel(${table}) {}
`;
}

function declaration(association: GeneratedAssociation): string {
  const { kind, name, model, foreignKey, through, source } = association;
  const options = [
    ["through", through],
    ["source", source],
    ["foreignKey", foreignKey?.length === 1 ? foreignKey[0] : foreignKey],
  ].flatMap(([option, value]) => (value === undefined ? [] : [`${option}: ${print(value)}`]));
  const list = options.length > 0 ? `, { ${options.join(", ")} }` : "";
  return `${name}: ${kind}<${model}>("${model}"${list})`;
}

function print(value: string | readonly string[]): string {
  if (typeof value === "string") return JSON.stringify(value);
  return `[${value.map((one) => JSON.stringify(one)).join(", ")}]`;
}

function ignoringCase(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}
