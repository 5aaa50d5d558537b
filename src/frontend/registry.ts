/** Which class a `__typename` stands for. */
import { ConfigurationError, HydrationError } from "../errors";
import { DEFINITION, type DefinedRecord } from "../record/definition";
import { ownValue, type RecordClass } from "../record/typename";

/** A class that can be made without arguments and registered. */
export interface RegisteredClass extends RecordClass {
  new (): DefinedRecord & { markPersisted(): void };
}

const classes = new Map<string, RegisteredClass>();

/**
 * Registers frontend models, once at the start of the app, so that payloads find their class.
 *
 * The key becomes the class's `typename`, which survives minification. Registering again under the same
 * name replaces the class (hot reloading); subclasses of registered classes are registered on their own.
 *
 * @param models classes by `__typename`
 * @throws ConfigurationError when a class already has another typename
 * @example
 * registerModels({ User, Post });
 */
export function registerModels(models: Readonly<Record<string, RegisteredClass>>): void {
  for (const [name, model] of Object.entries(models)) {
    if (!(DEFINITION in Object(model?.prototype))) {
      throw new ConfigurationError(`registerModels(): "${name}" is not a frontend model.`);
    }
    const own = ownValue(model, "typename");
    if ((own ?? name) !== name) {
      throw new ConfigurationError(
        `Cannot register class under typename "${name}": already registered as "${own}".`,
      );
    }
    Object.defineProperty(model, "typename", { value: name, configurable: true });
    classes.set(name, model);
  }
}

/** The class registered under a name; throws `HydrationError` when there is none. */
export function registeredClass(name: string): RegisteredClass {
  const found = classes.get(name);
  if (!found) {
    throw new HydrationError(
      `Unknown model type: "${name}". Register it via registerModels({ ${name} }) before calling hydrate().`,
    );
  }
  return found;
}
