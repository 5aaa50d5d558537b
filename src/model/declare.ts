/** Model(table, associations, declarations) and `static { this.declare({...}) }`: what a class declares, in one object. */
import { ConfigurationError, describe, didYouMean } from "../errors";
import { fieldsOf } from "../record/shape";
import { ownValue } from "../record/typename";
import { addCallback, callbackHooks, isCallbackHook } from "./callbacks";

const statics = [
  "validations",
  "customValidations",
  "sensitiveFields",
  "scopes",
  "normalizes",
  "defaults",
  "strictLoadingByDefault",
] as const;

/** The statics that declarations may set: those of the library, and options of plugins, which every class has. */
function isStatic(modelClass: object, name: string): boolean {
  if ((statics as readonly string[]).includes(name)) return true;
  return name in modelClass && typeof fieldsOf(modelClass)[name] === "boolean";
}

/**
 * Declares one static of a class: a list is appended to the class's own, the entries of an object are added to it,
 * anything else takes its place.
 */
function declareStatic(modelClass: object, name: string, value: unknown): void {
  const own = ownValue(modelClass, name);
  Object.defineProperty(modelClass, name, {
    configurable: true,
    enumerable: true,
    writable: true,
    value: Array.isArray(value)
      ? [...(Array.isArray(own) ? own : []), ...value]
      : typeof value === "object"
        ? { ...Object(own), ...value }
        : value,
  });
}

/**
 * Adds declarations to a class: callbacks by the name of their hook, all else by the name of its static.
 * @throws ConfigurationError for a name that is neither; nothing is declared then
 */
export function declareOn(modelClass: object, declarations: unknown): void {
  if (typeof declarations !== "object" || declarations === null) {
    throw new ConfigurationError(`Declarations are an object, got ${describe(declarations)}.`);
  }
  const entries = Object.entries(declarations).filter(([, value]) => value !== undefined);
  for (const [name] of entries) {
    if (isCallbackHook(name) || isStatic(modelClass, name)) continue;
    throw new ConfigurationError(
      `There is nothing to declare by the name "${name}".${didYouMean(name, [...statics, ...callbackHooks()])}`,
    );
  }
  for (const [name, value] of entries) {
    if (!isCallbackHook(name)) declareStatic(modelClass, name, value);
    else for (const callback of [value].flat()) addCallback(modelClass, name, callback);
  }
}
