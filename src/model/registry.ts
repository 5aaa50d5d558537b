/** Models by name: registered at their first use, else imported from the models folder by convention. */
import { resolve } from "node:path";
import { defaultDatabase } from "../connection/database";
import { AssociationError, ConfigurationError, didYouMean } from "../errors";
import { snakeCase } from "../schema/naming";
import type { ModelClass } from "./class";

const models = new Map<string, ModelClass>();

/** Remembers a class under its name; the latest wins, as a module that was reloaded must. */
export function registerModel(modelClass: ModelClass, name = modelClass.name): void {
  if (name !== "") models.set(name, modelClass);
}

/** The class of this name if it is known or can be imported. */
export function findModel(name: string): ModelClass | undefined {
  return models.get(name) ?? importModel(name);
}

/** The class of this name. Throws AssociationError with the remedies. */
export function requireModel(name: string, wantedBy: string): ModelClass {
  const found = findModel(name);
  if (found) return found;
  throw new AssociationError(
    `Model "${name}" not found in registry (wanted by ${wantedBy}).${didYouMean(name, models.keys())} Make sure the model class is defined and imported.`,
    {
      hint: `Either put it into ${modelFile(name)}, or call registerModels({ ${name} }) once, or refer to it by a function: () => ${name}.`,
    },
  );
}

/** Registers classes under the keys of the object; needed only where the convention does not find them. */
export function registerModels(classes: Readonly<Record<string, ModelClass>>): void {
  for (const [name, modelClass] of Object.entries(classes)) {
    if (typeof modelClass !== "function") {
      throw new ConfigurationError(`registerModels(): "${name}" is not a class.`);
    }
    registerModel(modelClass, name);
  }
}

function modelFile(name: string): string {
  return resolve(defaultDatabase()?.options.modelsPath ?? "./models", `${snakeCase(name)}.ts`);
}

// Names come from schemas and from `_type` columns: only what is an identifier may become a file name.
const identifier = /^[A-Za-z_$][\w$]*$/;

/** Imports `<modelsPath>/blog_post.ts` for "BlogPost". Synchronous, because where() is. */
function importModel(name: string): ModelClass | undefined {
  if (!identifier.test(name)) return undefined;
  const file = modelFile(name);
  // Not imported: most programs import their models, and these take as long to load as Bun takes to start.
  if (!process.getBuiltinModule("node:fs").existsSync(file)) return undefined;
  const module = required(file, name);
  const found = module[name] ?? module.default;
  if (typeof found !== "function") {
    throw new AssociationError(`${file} does not export a class named "${name}".`);
  }
  registerModel(found as ModelClass, name);
  return found as ModelClass;
}

function required(file: string, name: string): Record<string, unknown> {
  const { createRequire } = process.getBuiltinModule("node:module");
  try {
    return createRequire(file)(file) as Record<string, unknown>;
  } catch (error) {
    if (!/require\(\) async module/.test(String(error))) throw error;
    throw new AssociationError(
      `${file} uses top-level await, so it cannot be imported while ${name} is looked up by name.`,
      {
        cause: error,
        hint: `Import it where the program starts, or call registerModels({ ${name} }) there.`,
      },
    );
  }
}
