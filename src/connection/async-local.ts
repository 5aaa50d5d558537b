/** Values that follow the running code through its awaits. */
import type { AsyncLocalStorage } from "node:async_hooks";

/** AsyncLocalStorage set up at its first run(): loading it takes a quarter of what an import of all of ours does. */
export class AsyncLocal<T> {
  #storage: AsyncLocalStorage<T> | undefined;

  /** The value of the innermost run() around the calling code. */
  get current(): T | undefined {
    return this.#storage?.getStore();
  }

  run<R>(value: T, fn: () => R): R {
    this.#storage ??= create<T>();
    return this.#storage.run(value, fn);
  }
}

function create<T>(): AsyncLocalStorage<T> {
  const hooks: typeof import("node:async_hooks") = require("node:async_hooks");
  return new hooks.AsyncLocalStorage<T>();
}
