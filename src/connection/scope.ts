/** One transaction or savepoint: its connection, the queue of nested ones, and what to do when it ends. */
import { TransactionError } from "../errors";
import type { DriverConnection } from "./driver";

type Hook = () => unknown;

export class TransactionScope {
  /** The database the transaction belongs to. */
  readonly owner: object;
  readonly connection: DriverConnection;
  readonly parent: TransactionScope | undefined;
  /** Set when the scope ended; later queries are refused. */
  #closed = false;
  /** Why the scope may not be used any more, for example its timeout. */
  #failure: Error | undefined;
  /** The nested scope that is open: queries of this scope wait for it, or they would share its fate. */
  #nested: Promise<void> | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #afterCommit: Hook[] = [];
  #afterRollback: Hook[] = [];
  #restores = new Map<object, Hook>();

  constructor(owner: object, connection: DriverConnection, parent?: TransactionScope) {
    this.owner = owner;
    this.connection = connection;
    this.parent = parent;
  }

  get isOpen(): boolean {
    return !this.#closed && (this.parent?.isOpen ?? true);
  }

  /** Resolves when a statement of this scope may be sent. Throws TransactionError when the scope has ended. */
  ready(): void | Promise<void> {
    const { failure } = this;
    if (failure) throw failure;
    if (!this.isOpen) {
      throw new TransactionError("This transaction has already ended.", {
        hint: "Await every query inside the transaction() callback.",
      });
    }
    return this.#nested?.then(() => this.ready());
  }

  /** Runs nested scopes one after another: savepoints are a stack. */
  exclusively<R>(fn: () => Promise<R>): Promise<R> {
    const turn = this.#queue.then(() => {
      const running = fn();
      const gate = running.then(ignore, ignore).then(() => {
        if (this.#nested === gate) this.#nested = undefined;
      });
      this.#nested = gate;
      return running;
    });
    this.#queue = turn.catch(ignore);
    return turn;
  }

  /** No statement is accepted from now on; `error` is what later ones throw. */
  fail(error: Error): void {
    this.#failure ??= error;
  }

  get failure(): Error | undefined {
    return this.#failure ?? this.parent?.failure;
  }

  close(): void {
    this.#closed = true;
  }

  /** Called once for the first change of `record` in this scope; `restore` undoes it in memory on rollback. */
  remember(record: object, restore: Hook): void {
    if (!this.#restores.has(record)) this.#restores.set(record, restore);
  }

  remembers(record: object): boolean {
    return this.#restores.has(record);
  }

  afterCommit(hook: Hook): void {
    this.#afterCommit.push(hook);
  }

  afterRollback(hook: Hook): void {
    this.#afterRollback.push(hook);
  }

  /** A savepoint was released: what it did now depends on its parent. */
  mergeInto(parent: TransactionScope): void {
    for (const [record, restore] of this.#restores) parent.remember(record, restore);
    parent.#afterCommit.push(...this.#afterCommit);
    parent.#afterRollback.push(...this.#afterRollback);
  }

  /** The records go back to what they were when the scope first touched them. */
  restore(): void {
    for (const restore of this.#restores.values()) restore();
    this.#restores.clear();
  }

  async runAfterCommit(): Promise<void> {
    for (const hook of this.#afterCommit.splice(0)) await hook();
  }

  async runAfterRollback(): Promise<void> {
    for (const hook of this.#afterRollback.splice(0)) await hook();
  }
}

function ignore(): void {}
