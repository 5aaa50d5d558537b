/** `bake model`: writes a model class for the backend and one for the frontend. */
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { loadModule } from "../../connection/load-module";
import { didYouMean } from "../../errors";
import { pascalCase, snakeCase, tableNameOf } from "../../schema/naming";
import type { TableDefinition } from "../../schema/table";
import { CommandError, EXIT } from "../failure";
import { associationsOf, type GeneratedAssociation } from "../model-associations";
import { backendModel, frontendModel } from "../model-template";
import { note, printDone, warn } from "../output";
import { openProject, type Project } from "../project";
import { writeProjectFile } from "../write-file";

export interface ModelOptions {
  table?: string;
  /** A folder, or false for --no-backend. */
  backend?: string | boolean;
  frontend?: string | boolean;
  force?: boolean;
}

export async function model(name: string, options: ModelOptions): Promise<number> {
  const className = classNameOf(name);
  if (options.backend === false && options.frontend === false) {
    throw new CommandError("Cannot use both --no-backend and --no-frontend");
  }
  const project = await openProject();
  const { config, show } = project;
  const { table: given } = options;
  const table = await findTable(project, given ? [given] : tableNamesOf(className));
  const fileName = `${snakeCase(className)}.ts`;
  const place = (option: string | boolean | undefined, standard: string) =>
    option === false
      ? undefined
      : join(typeof option === "string" ? resolve(option) : standard, fileName);
  const backend = place(options.backend, config.modelsPath);
  const frontend = place(options.frontend, config.frontendModelsPath);
  const source = (file: string) => ({
    className,
    table: table.identifier,
    schemaPath: specifier(file, config.schemaPath),
  });
  const files: [file: string, text: string][] = [];
  if (backend) files.push([backend, backendModel(source(backend), table.associations)]);
  if (frontend) files.push([frontend, frontendModel(source(frontend))]);
  refuseOverwriting(
    files.map(([file]) => file),
    options,
    show,
  );
  for (const [file, text] of files) {
    await writeProjectFile(file, text, true);
    printDone(`Created ${show(file)}`);
  }
  if (backend) noteMissing(backend, className, table.associations, show);
  return EXIT.success;
}

/** Throws CommandError unless the name can name a class and a file. */
function classNameOf(name: string): string {
  const className = pascalCase(name);
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name) || !/^[A-Z]/.test(className)) {
    const better = pascalCase(name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, ""));
    throw new CommandError(
      `"${name}" cannot name a model: use letters and digits, such as BlogPost.`,
      { hint: better ? `Did you mean "${better}"?` : undefined },
    );
  }
  if (className === "Model" || className === "FrontendModel") {
    throw new CommandError(`A model cannot be called ${className}: the library is.`);
  }
  return className;
}

interface FoundTable {
  /** What db/schema.ts exports it as, or will. */
  readonly identifier: string;
  readonly associations: readonly GeneratedAssociation[];
}

/** What the table of a class may be called: the plural, and the singular where there is only that. */
function tableNamesOf(className: string): [string, ...string[]] {
  return [tableNameOf(className), snakeCase(className)];
}

/** The first of the names that db/schema.ts knows; when it knows none, the first as it is, with a warning. */
async function findTable(
  { config, show }: Project,
  names: readonly [string, ...string[]],
): Promise<FoundTable> {
  const path = show(config.schemaPath);
  const tables = existsSync(config.schemaPath) ? await readTables(config.schemaPath) : undefined;
  const all = [...(tables ?? [])];
  for (const name of names) {
    const found = all.find(([identifier, table]) =>
      [identifier, table.tableName, `${table.schema ?? "public"}.${table.tableName}`].includes(
        name,
      ),
    );
    if (!found) continue;
    const [identifier, table] = found;
    return { identifier, associations: associationsOf(table, [...(tables?.values() ?? [])]) };
  }
  const [wanted] = names;
  if (!/^[A-Za-z_$][\w$]*$/.test(wanted)) {
    throw new CommandError(`${path} knows no table "${wanted}", and it cannot name an export.`, {
      hint: "Run `bake db migrate up` first.",
    });
  }
  const known = all.map(([, { tableName }]) => tableName);
  warn(
    tables
      ? `${path} has no table "${wanted}" yet.${didYouMean(wanted, known)} Migrate, or use --table.`
      : `${path} does not exist yet: \`bake db migrate up\` writes it.`,
  );
  return { identifier: wanted, associations: [] };
}

/** The tables of db/schema.ts by the names of their exports. */
async function readTables(file: string): Promise<Map<string, TableDefinition>> {
  const exports = await loadModule(
    file,
    (reason, cause) => new CommandError(`${file} could not be loaded: ${reason}`, { cause }),
  );
  const tables = new Map<string, TableDefinition>();
  for (const [name, value] of Object.entries(exports)) {
    if (name !== "default" && isTable(value)) tables.set(name, value);
  }
  return tables;
}

function isTable(value: unknown): value is TableDefinition {
  return typeof value === "object" && value !== null && "tableName" in value && "columns" in value;
}

/** "../db/schema", as an import in `file` writes it. */
function specifier(file: string, schemaPath: string): string {
  const path = relative(dirname(file), schemaPath).replaceAll("\\", "/").replace(/\.ts$/, "");
  return path.startsWith(".") ? path : `./${path}`;
}

function refuseOverwriting(
  files: readonly string[],
  { force }: ModelOptions,
  show: Project["show"],
): void {
  const existing = files.filter((file) => existsSync(file));
  if (existing.length === 0 || force) return;
  throw new CommandError(
    `${existing.map(show).join(" and ")} already exist${existing.length > 1 ? "" : "s"}; nothing was written.`,
    { hint: "Say --force to overwrite." },
  );
}

/** Associations name classes whose files may still have to be written. */
function noteMissing(
  file: string,
  className: string,
  associations: readonly GeneratedAssociation[],
  show: Project["show"],
): void {
  const targets = new Set(associations.map((association) => association.model));
  targets.delete(className);
  for (const target of targets) {
    const path = join(dirname(file), `${snakeCase(target)}.ts`);
    if (!existsSync(path)) note(`${show(path)} does not exist yet: bake model ${target}`);
  }
}
