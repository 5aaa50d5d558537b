/**
 * The names a record has for itself. A column may not take one of them as its attribute name, or
 * `record.save` would be a string; `bake` adds an underscore to such a column's attribute. Pure.
 */

/** What every JavaScript object answers to, and what would change how one is treated. */
const language = [
  "constructor",
  "hasOwnProperty",
  "isPrototypeOf",
  "propertyIsEnumerable",
  "prototype",
  "then",
  "toJSON",
  "toLocaleString",
  "toString",
  "valueOf",
  "__proto__",
  "__defineGetter__",
  "__defineSetter__",
  "__lookupGetter__",
  "__lookupSetter__",
  "__typename",
] as const;

/** State, persistence and validation. */
const record = [
  "applyErrors",
  "assignAttributes",
  "changed",
  "changedAttributes",
  "clone",
  "decrement",
  "destroy",
  "dup",
  "errors",
  "increment",
  "isDestroyed",
  "isNewRecord",
  "isPersisted",
  "isValid",
  "markPersisted",
  "patch",
  "previousChanges",
  "reload",
  "save",
  "serialize",
  "serializeAsync",
  "toggle",
  "touch",
  "update",
  "validate",
] as const;

/** Associations. */
const associations = [
  "add",
  "build",
  "create",
  "isLoaded",
  "load",
  "loadCount",
  "remove",
  "set",
] as const;

/** Verbs of the built-in plugins. */
const plugins = ["discard", "isDiscarded", "isKept", "lock", "undiscard", "withLock"] as const;

/** Every attribute name that belongs to the model class; the generator never gives one to a column. */
export const reservedAttributes: ReadonlySet<string> = new Set<string>([
  ...language,
  ...record,
  ...associations,
  ...plugins,
]);
