/** Virtual attributes that plugins contribute: accessors on each concrete class, serialized like its own getters. */
import { PluginError } from "../errors";
import type { ModelClass } from "./class";

/** A computed attribute; with `set` it can also be assigned and mass-assigned. */
export interface PluginVirtual {
  get(): unknown;
  set?(value: never): void;
}

/** As much of a plugin as matters here. */
interface Contributor {
  readonly name: string;
  readonly virtuals?: (model: ModelClass) => Readonly<Record<string, PluginVirtual>>;
  readonly appliesTo?: (model: ModelClass) => boolean;
}

/** A model class and how it learns of virtuals that come late. */
export interface VirtualOwner {
  readonly modelClass: ModelClass;
  /** Columns and associations win over virtuals. */
  isAttribute(name: string): boolean;
  redefine(): void;
}

const contributors: Contributor[] = [];
const owners = new Set<WeakRef<VirtualOwner>>();
/** By prototype: which plugin contributed a name. */
const contributed = new WeakMap<object, Map<string, string>>();

/** Adds a plugin's virtuals to the models in use; to later ones when they are first used. */
export function contribute(plugin: Contributor): void {
  if (!plugin.virtuals) return;
  for (const reference of owners) {
    const owner = reference.deref();
    if (!owner) {
      owners.delete(reference);
      continue;
    }
    install(plugin, owner);
    owner.redefine();
  }
  contributors.push(plugin);
}

/** Gives a model class, at its first use, the virtuals of all plugins. */
export function ownVirtuals(owner: VirtualOwner): void {
  for (const plugin of contributors) install(plugin, owner);
  owners.add(new WeakRef(owner));
}

/** Names of the virtuals of a class that cannot be assigned. */
export function computedVirtuals({ prototype }: ModelClass): string[] {
  const names = [...(contributed.get(prototype)?.keys() ?? [])];
  return names.filter((name) => !Object.getOwnPropertyDescriptor(prototype, name)?.set);
}

function install(plugin: Contributor, owner: VirtualOwner): void {
  const { modelClass } = owner;
  if (plugin.appliesTo && !plugin.appliesTo(modelClass)) return;
  const { prototype } = modelClass;
  const known = contributed.get(prototype) ?? new Map<string, string>();
  contributed.set(prototype, known);
  for (const [name, virtual] of Object.entries(plugin.virtuals?.(modelClass) ?? {})) {
    const other = known.get(name);
    // After an error the class is asked again: what is there of this plugin stays.
    if (other === plugin.name) continue;
    if (other !== undefined) {
      throw new PluginError(
        `Plugin "${plugin.name}" tried to contribute virtual "${name}" on ${modelClass.name}, but plugin "${other}" already registered it. Each plugin virtual name must be unique per model.`,
      );
    }
    if (typeof virtual?.get !== "function") {
      throw new PluginError(
        `The virtual "${name}" of plugin "${plugin.name}" needs a get function.`,
      );
    }
    if (owner.isAttribute(name) || isMember(prototype, name)) continue;
    const { get, set } = virtual;
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: false,
      get,
      ...(set ? { set } : undefined),
    });
    known.set(name, plugin.name);
  }
}

/** Whether the class has a member of that name which no plugin contributed to a class above it. */
function isMember(prototype: object, name: string): boolean {
  for (
    let current: object | null = prototype;
    current;
    current = Object.getPrototypeOf(current) as object | null
  ) {
    if (Object.hasOwn(current, name)) return !contributed.get(current)?.has(name);
  }
  return false;
}
