/** Lifecycle callbacks: which there are, how they are declared, in which order they run. */
import { ConfigurationError, describe, didYouMean } from "../errors";

/** The hooks by name; plugins merge theirs into this interface. */
export interface CallbackHooks {
  beforeValidation: true;
  afterValidation: true;
  beforeSave: true;
  afterSave: true;
  beforeCreate: true;
  afterCreate: true;
  beforeUpdate: true;
  afterUpdate: true;
  beforeDestroy: true;
  afterDestroy: true;
  afterCommit: true;
  afterRollback: true;
}

/** The name of a hook. */
export type CallbackHook = keyof CallbackHooks & string;

/** A callback gets the record, and is awaited; what it throws aborts the operation. */
// Its result is void, which anything may be given for: so nobody asks what a callback in Model() returns.
export type CallbackFunction<Row = never> = (record: Row) => void;

const hooks = new Set<string>([
  "beforeValidation",
  "afterValidation",
  "beforeSave",
  "afterSave",
  "beforeCreate",
  "afterCreate",
  "beforeUpdate",
  "afterUpdate",
  "beforeDestroy",
  "afterDestroy",
  "afterCommit",
  "afterRollback",
]);

/** Whether there is a hook of this name. */
export function isCallbackHook(name: string): boolean {
  return hooks.has(name);
}

/** All names of hooks. */
export function callbackHooks(): readonly string[] {
  return [...hooks];
}

/** Makes a hook's name known; for plugins with a lifecycle of their own. */
export function addCallbackHook(name: string): void {
  hooks.add(name);
  version++;
}

const declared = new WeakMap<object, Map<string, CallbackFunction[]>>();

/** Adds a callback to a class: `this.on("beforeSave", ...)` in a static block. */
export function addCallback(modelClass: object, hook: string, callback: unknown): void {
  if (!hooks.has(hook)) {
    throw new ConfigurationError(`There is no callback "${hook}".${didYouMean(hook, hooks)}`);
  }
  let own = declared.get(modelClass);
  if (!own) {
    own = new Map();
    declared.set(modelClass, own);
  }
  const list = own.get(hook) ?? [];
  list.push(checked(hook, callback));
  own.set(hook, list);
  version++;
}

/** A callback of a plugin, for every class it concerns. */
interface GeneralCallback {
  readonly hook: string;
  readonly callback: CallbackFunction;
  readonly concerns: (modelClass: object) => boolean;
}

const general: GeneralCallback[] = [];

/** Adds a callback for all classes that it concerns; it runs before their own. */
export function addGeneralCallback(
  hook: string,
  callback: CallbackFunction,
  concerns: GeneralCallback["concerns"],
): void {
  general.push({ hook, callback, concerns });
  version++;
}

function checked(hook: string, callback: unknown): CallbackFunction {
  if (typeof callback === "function") return callback as CallbackFunction;
  throw new ConfigurationError(`${hook} expects functions, got ${describe(callback)}.`);
}

type CallbackList = readonly CallbackFunction[];

interface KnownCallbacks {
  readonly version: number;
  readonly byHook: Map<string, CallbackList>;
}

// A callback added to a class concerns those below it, which it does not know.
let version = 0;
const cache = new WeakMap<object, KnownCallbacks>();

/** The callbacks of a class, those of its parents first; undefined when there are none. */
function callbacksOf(modelClass: object, hook: string): CallbackList | undefined {
  return allCallbacks(modelClass).get(hook);
}

function allCallbacks(modelClass: object): KnownCallbacks["byHook"] {
  let known = cache.get(modelClass);
  if (known?.version !== version) {
    known = { version, byHook: new Map() };
    for (const name of hooks) {
      const list = collect(modelClass, name);
      if (list.length > 0) known.byHook.set(name, list);
    }
    cache.set(modelClass, known);
  }
  return known.byHook;
}

function collect(modelClass: object, hook: string): CallbackFunction[] {
  const found = general
    .filter((each) => each.hook === hook && each.concerns(modelClass))
    .map(({ callback }) => callback);
  const chain: object[] = [];
  for (
    let current: object | null = modelClass;
    current && current !== Function.prototype;
    current = Object.getPrototypeOf(current)
  ) {
    chain.unshift(current);
  }
  for (const each of chain) {
    if (Object.hasOwn(each, hook)) {
      const value: unknown = Reflect.get(each, hook);
      if (!Array.isArray(value)) {
        throw new ConfigurationError(
          `static ${hook} must be an array of functions, got ${describe(value)}.`,
        );
      }
      for (const callback of value) found.push(checked(hook, callback));
    }
    found.push(...(declared.get(each)?.get(hook) ?? []));
  }
  return found;
}

/** Runs the callbacks one after another; the first that throws ends it. Undefined when there is nothing to await. */
export function runCallbacks(
  modelClass: object,
  hook: string,
  record: object,
): Promise<void> | undefined {
  return runFrom(0, callbacksOf(modelClass, hook) ?? [], record);
}

/** At once as far as possible: no other code comes between callbacks that do not wait. */
function runFrom(start: number, list: CallbackList, record: object): Promise<void> | undefined {
  for (let index = start; index < list.length; index++) {
    const result = (list[index] as CallbackFunction<object>)(record);
    if (typeof Object(result).then !== "function") continue;
    return Promise.resolve(result).then(() => runFrom(index + 1, list, record));
  }
  return undefined;
}

/** Whether the class has a callback of any of these hooks. */
export function hasCallbacks(modelClass: object, names: readonly string[]): boolean {
  const known = allCallbacks(modelClass);
  return known.size > 0 && names.some((hook) => known.has(hook));
}
