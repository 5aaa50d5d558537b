/** Which database, and which transaction of it, the running code uses. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { TransactionScope } from "./scope";

/** One entry for each Database.run() and transaction() around the code, the innermost first. */
export interface Context<Owner> {
  readonly owner: Owner;
  readonly scope: TransactionScope | undefined;
  readonly outer: Context<Owner> | undefined;
}

/** The entries of all code that is running; `Owner` is the database. */
export class Contexts<Owner> {
  readonly #storage = new AsyncLocalStorage<Context<Owner>>();

  /** The innermost entry; undefined where the default database is meant. */
  get current(): Context<Owner> | undefined {
    return this.#storage.getStore();
  }

  /** The transaction of `owner` that the calling code is in, also where another database is used. */
  scopeOf(owner: Owner): TransactionScope | undefined {
    let context = this.#storage.getStore();
    while (context && context.owner !== owner) context = context.outer;
    return context?.scope;
  }

  run<R>(owner: Owner, scope: TransactionScope | undefined, fn: () => R): R {
    return this.#storage.run({ owner, scope, outer: this.#storage.getStore() }, fn);
  }
}
