/** definePlugin(): puts a plugin's members on queries, records and model classes, those that exist already too. */
import { describe, didYouMean, PluginError } from "../errors";
import { QueryBuilder } from "../query/builder";
import {
  addStatementGuard,
  addStatementHook,
  type StatementContext,
  type StatementGuard,
  type StatementHook,
} from "../query/hooks";
import type { HasMeta } from "../query/types";
import type { TableDefinition } from "../schema/table";
import type { AssociationDefinition } from "./associations/define";
import {
  addCallbackHook,
  addGeneralCallback,
  type CallbackFunction,
  type CallbackHook,
  callbackHooks,
  isCallbackHook,
} from "./callbacks";
import type { ModelClass } from "./class";
import type { ModelStatic } from "./model-static";
import { BaseModel } from "./record";
import { ModelStatics } from "./statics";
import { contribute, type PluginVirtual } from "./virtuals";

/** A record as plugin code sees it: every attribute by name, of an unknown type. */
export type PluginRecord = BaseModel &
  Record<string, unknown> &
  HasMeta<TableDefinition<Record<string, unknown>>, Record<string, AssociationDefinition>>;

/** Methods, or property descriptors for getters. */
export type PluginMembers<This> = Readonly<Record<string, unknown>> & ThisType<This>;

/** What definePlugin() takes; everything but the name is optional. */
export interface ModelPlugin {
  readonly name: string;
  /** Members of every query. */
  readonly queryBuilder?: PluginMembers<QueryBuilder<PluginRecord>>;
  /** Members of every record. A column or association of the same name wins. */
  readonly instance?: PluginMembers<PluginRecord>;
  /** Members of every model class. */
  readonly static?: PluginMembers<ModelStatic<PluginRecord>>;
  /** Statics that a model may set for this plugin, with their defaults: `{ softDelete: false }`. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Attributes that are serialized; asked once for each model class. */
  readonly virtuals?: (
    model: ModelClass,
  ) => Readonly<Record<string, PluginVirtual>> & ThisType<PluginRecord>;
  /** Lifecycle hooks of the plugin's own, which models may declare like the built-in ones. */
  readonly callbacks?: readonly CallbackHook[];
  /** What to do at points of every record's life: callbacks that run before those of the model itself. */
  readonly on?: { readonly [Hook in CallbackHook]?: (record: PluginRecord) => unknown };
  /** Rewrites every statement of a model before it is checked and printed; pure. */
  readonly statement?: StatementHook;
  /** Throws when a statement must not be sent. */
  readonly guard?: StatementGuard;
  /** Whether the plugin is for this model: elsewhere its members throw and its hooks are not asked. */
  readonly appliesTo?: (model: ModelClass) => boolean;
}

const plugins = new Map<string, ModelPlugin>();

type Room = "queryBuilder" | "instance" | "static";

/** Which plugin added a name, room by room. */
const added: Readonly<Record<Room, Map<string, string>>> = {
  queryBuilder: new Map(),
  instance: new Map(),
  static: new Map(),
};

/** A class that Model() made. */
interface Base {
  readonly modelClass: object;
  readonly prototype: object;
  /** Columns and associations: instance members of these names are left out. */
  readonly taken: ReadonlySet<string>;
}

const bases = new Set<WeakRef<Base>>();
/** Keeps the description of a base for as long as the base itself. */
const held = new WeakMap<object, Base>();

/**
 * Adds members, hooks and virtuals to models and queries. Throws PluginError when a name is taken, by the
 * library or by another plugin, and for members that are neither functions nor property descriptors.
 * @param plugin see the guide in src/plugins/README.md
 * @example
 * definePlugin({
 *   name: "published",
 *   queryBuilder: { published() { return this.where({ published: true }); } },
 * });
 */
export function definePlugin(plugin: ModelPlugin): void {
  const { name, callbacks = [], on = {}, statement, guard } = plugin;
  if (typeof name !== "string" || name === "") throw new PluginError("A plugin needs a name.");
  if (plugins.has(name)) throw new PluginError(`Plugin "${name}" is already defined.`);
  for (const room of rooms) checkMembers(plugin, room);
  for (const hook of callbacks) {
    if (isCallbackHook(hook)) {
      throw new PluginError(`Plugin "${name}" cannot add callback "${hook}": there is one.`);
    }
  }
  checkCallbacks(plugin);
  contribute(plugin);
  plugins.set(name, plugin);
  for (const room of rooms) {
    for (const member of namesOf(plugin, room)) added[room].set(member, name);
  }
  for (const hook of callbacks) addCallbackHook(hook);
  for (const [hook, callback] of Object.entries(on)) {
    addGeneralCallback(hook, callback as CallbackFunction, (model) => applies(plugin, model));
  }
  define(QueryBuilder.prototype, plugin, plugin.queryBuilder, (query) =>
    modelOf((query as QueryBuilder).state.source),
  );
  for (const reference of bases) {
    const base = reference.deref();
    if (base) equip(base, plugin);
    else bases.delete(reference);
  }
  if (statement) addStatementHook((given, context) => rewritten(plugin, statement, given, context));
  if (guard) {
    addStatementGuard((given, context) => {
      if (applies(plugin, modelOf(context.source))) guard(given, context);
    });
  }
}

const rooms: readonly Room[] = ["queryBuilder", "instance", "static"];

function namesOf(plugin: ModelPlugin, room: Room): string[] {
  const options = room === "static" ? Object.keys(plugin.options ?? {}) : [];
  return [...Object.keys(plugin[room] ?? {}), ...options];
}

/** Gives a class that Model() just made the members of all plugins. */
export function equipBase(modelClass: object, prototype: object, taken: Iterable<string>): void {
  const base: Base = { modelClass, prototype, taken: new Set(taken) };
  bases.add(new WeakRef(base));
  held.set(modelClass, base);
  for (const plugin of plugins.values()) equip(base, plugin);
}

function equip({ modelClass, prototype, taken }: Base, plugin: ModelPlugin): void {
  define(prototype, plugin, plugin.instance, (record) => (record as object).constructor, taken);
  define(modelClass, plugin, plugin.static, (model) => model);
  for (const [name, value] of Object.entries(plugin.options ?? {})) {
    Object.defineProperty(modelClass, name, { value, writable: true, configurable: true });
  }
}

function define(
  target: object,
  plugin: ModelPlugin,
  members: Readonly<Record<string, unknown>> | undefined,
  modelFrom: (receiver: unknown) => unknown,
  taken?: ReadonlySet<string>,
): void {
  for (const [name, member] of Object.entries(members ?? {})) {
    if (taken?.has(name)) continue;
    const gate = gated(plugin, name, modelFrom);
    const descriptor =
      typeof member === "function"
        ? { value: gate(member), writable: true }
        : gatedDescriptor(member as PropertyDescriptor, gate);
    Object.defineProperty(target, name, { ...descriptor, configurable: true, enumerable: false });
  }
}

function gatedDescriptor(
  descriptor: PropertyDescriptor,
  gate: (member: unknown) => unknown,
): PropertyDescriptor {
  const { get, set } = descriptor;
  if (!get && !set) return descriptor;
  const result: PropertyDescriptor = {};
  if (get) result.get = gate(get) as () => unknown;
  if (set) result.set = gate(set) as (value: unknown) => void;
  return result;
}

/** Members of a plugin with `appliesTo` say so when they are used on a model it is not for. */
function gated(plugin: ModelPlugin, name: string, modelFrom: (receiver: unknown) => unknown) {
  return (member: unknown): unknown => {
    if (!plugin.appliesTo || typeof member !== "function") return member;
    return function gate(this: unknown, ...args: unknown[]): unknown {
      const model = modelFrom(this);
      if (!applies(plugin, model)) {
        throw new PluginError(
          `Cannot use ${name} on ${(model as ModelClass | undefined)?.name ?? "a bare table"}: the plugin "${plugin.name}" does not apply to it.`,
        );
      }
      return member.apply(this, args);
    };
  };
}

function applies({ appliesTo }: ModelPlugin, model: unknown): boolean {
  if (!appliesTo) return true;
  return typeof model === "function" && appliesTo(model as unknown as ModelClass);
}

function modelOf(source: StatementContext["source"]): unknown {
  return source.modelClass;
}

function rewritten(
  plugin: ModelPlugin,
  hook: StatementHook,
  given: Parameters<StatementHook>[0],
  context: StatementContext,
): ReturnType<StatementHook> {
  if (!applies(plugin, modelOf(context.source))) return given;
  const result = hook(given, context);
  if (result?.kind === given.kind) return result;
  throw new PluginError(
    `The statement hook of plugin "${plugin.name}" must return a statement of the kind it was given ("${given.kind}"), got ${describe(result?.kind)}.`,
  );
}

function checkCallbacks({ name, callbacks = [], on = {} }: ModelPlugin): void {
  const known = [...callbackHooks(), ...callbacks];
  for (const [hook, callback] of Object.entries(on)) {
    if (!known.includes(hook)) {
      throw new PluginError(
        `Plugin "${name}" listens on "${hook}", which is no callback.${didYouMean(hook, known)}`,
      );
    }
    if (typeof callback !== "function") {
      throw new PluginError(
        `Plugin "${name}" needs a function for "${hook}", got ${describe(callback)}.`,
      );
    }
  }
}

const cores: Readonly<Record<Room, readonly object[]>> = {
  queryBuilder: [QueryBuilder.prototype],
  instance: [BaseModel.prototype],
  static: [ModelStatics],
};

/** Statics of a model that the library reads or defines itself, and a name that would make anything a promise. */
const reserved: ReadonlySet<string> = new Set([
  "tableDefinition",
  "tableName",
  "primaryKeyField",
  "associations",
  "customValidations",
  "defaults",
  "normalizes",
  "scopes",
  "sensitiveFields",
  "typename",
  "validations",
  "then",
]);

function checkMembers(plugin: ModelPlugin, room: Room): void {
  for (const name of namesOf(plugin, room)) {
    const other = added[room].get(name);
    const isCore = cores[room].some((object) => name in object);
    if (other !== undefined || isCore || (room !== "queryBuilder" && reserved.has(name))) {
      const owner = other === undefined ? "the library has one" : `plugin "${other}" has added it`;
      throw new PluginError(
        `Plugin "${plugin.name}" cannot add the ${room} member "${name}": ${owner}.`,
        { hint: "Choose another name." },
      );
    }
  }
  const seen = new Set<string>();
  for (const name of namesOf(plugin, room)) {
    if (seen.has(name)) throw new PluginError(`Plugin "${plugin.name}" names "${name}" twice.`);
    seen.add(name);
  }
  for (const [name, member] of Object.entries(plugin[room] ?? {})) {
    if (typeof member === "function" || isDescriptor(member)) continue;
    throw new PluginError(
      `Plugin property "${name}" is neither a function nor a PropertyDescriptor (plugin "${plugin.name}").`,
    );
  }
}

function isDescriptor(member: unknown): member is PropertyDescriptor {
  if (typeof member !== "object" || member === null) return false;
  const { get, set } = member as PropertyDescriptor;
  return typeof get === "function" || typeof set === "function" || Object.hasOwn(member, "value");
}
