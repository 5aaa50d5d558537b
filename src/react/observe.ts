/** Makes a record observable without touching its class: a proxy that tells listeners what happened to it. */
import type { FrontendBaseModel } from "../frontend/types";

/** A record under observation. */
export interface Observed<Instance> {
  /**
   * Stands for the record; what is assigned through it, or done by its methods, is noticed. Another object after
   * each change, as React compares what it remembers by identity; all of them stand for the same record.
   */
  readonly current: () => Instance;
  readonly subscribe: (listener: () => void) => () => void;
}

/** By record, and by what stands for it: observing that observes the record. */
const known = new WeakMap<object, Observed<unknown>>();

/** Everything a component may show of a record, to tell whether a method changed it. */
function signature(record: FrontendBaseModel): unknown[] {
  return [
    ...Object.entries(record).flat(),
    JSON.stringify(record.errors),
    record.isNewRecord,
    record.changed(),
  ];
}

/** Observes a record; the same record gives the same answer, so that components share what they see. */
export function observe<Instance extends FrontendBaseModel>(record: Instance): Observed<Instance> {
  const found = known.get(record);
  // The map is filled below, with an entry of the key's own type.
  if (found) return found as Observed<Instance>;
  const listeners = new Set<() => void>();
  let seen = signature(record);
  const look = () => {
    const now = signature(record);
    if (now.length === seen.length && now.every((item, index) => Object.is(item, seen[index]))) {
      return;
    }
    seen = now;
    stand();
    for (const listener of [...listeners]) listener();
  };
  const handler: ProxyHandler<Instance> = {
    // Members see the record itself, not the proxy: private fields of the class work, too.
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function" || name === "constructor") return member;
      return (...parameters: unknown[]) => {
        const result: unknown = member.apply(target, parameters);
        // Not at once: a method may be called while a component renders.
        if (result instanceof Promise) result.then(look, look);
        else queueMicrotask(look);
        return result === target ? receiver : result;
      };
    },
    set(target, name, value) {
      const done = Reflect.set(target, name, value);
      look();
      return done;
    },
    deleteProperty(target, name) {
      const done = Reflect.deleteProperty(target, name);
      look();
      return done;
    },
  };
  let current: Instance;
  const observed: Observed<Instance> = {
    current: () => current,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const stand = () => {
    current = new Proxy(record, handler);
    known.set(current, observed);
  };
  known.set(record, observed);
  stand();
  return observed;
}
