/** Which database, and which transaction of it, the running code uses. */
import { AsyncLocal } from "./async-local";
import type { TransactionScope } from "./scope";

/** One entry for each Database.run() and transaction() around the code, the innermost first. */
export interface Context<Owner> {
  readonly owner: Owner;
  readonly scope: TransactionScope | undefined;
  readonly outer: Context<Owner> | undefined;
}

/** The entries of all code that is running; `Owner` is the database. */
export class Contexts<Owner> {
  readonly #innermost = new AsyncLocal<Context<Owner>>();

  /** The innermost entry; undefined where the default database is meant. */
  get current(): Context<Owner> | undefined {
    return this.#innermost.current;
  }

  /** The transaction of `owner` that the calling code is in, also where another database is used. */
  scopeOf(owner: Owner): TransactionScope | undefined {
    let context = this.#innermost.current;
    while (context && context.owner !== owner) context = context.outer;
    return context?.scope;
  }

  run<R>(owner: Owner, scope: TransactionScope | undefined, fn: () => R): R {
    return this.#innermost.run({ owner, scope, outer: this.#innermost.current }, fn);
  }
}
