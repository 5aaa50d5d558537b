/** One transaction or savepoint: its connection, the queue of nested ones, and what to do when it ends. */
import { TransactionError } from "../errors";
import type { DriverConnection } from "./driver";

type Hook = () => unknown;

/** Whether what was done and seen in a scope was undone. Outlives the scope, and holds nothing of it. */
export class Fate {
  readonly #outer: Fate | undefined;
  #isUndone = false;

  constructor(outer: Fate | undefined) {
    this.#outer = outer;
  }

  get isUndone(): boolean {
    return this.#isUndone || (this.#outer?.isUndone ?? false);
  }

  undo(): void {
    this.#isUndone = true;
  }
}

export class TransactionScope {
  /** The database the transaction belongs to. */
  readonly owner: object;
  readonly connection: DriverConnection;
  readonly parent: TransactionScope | undefined;
  readonly fate: Fate;
  /** Set when the scope ended; later queries are refused. */
  #closed = false;
  /** Why the scope may not be used any more, for example its timeout. */
  #failure: Error | undefined;
  /** The nested scope that is open. */
  #inner: TransactionScope | undefined;
  /** The end of the last turn, and how many turns there are. */
  #queue: Promise<void> | undefined;
  #turns = 0;
  // Made when they are needed: most transactions have neither nested ones nor hooks.
  #afterCommit: Map<unknown, Hook> | undefined;
  #afterRollback: Map<unknown, Hook> | undefined;
  #restores: Map<object, Hook> | undefined;

  constructor(owner: object, connection: DriverConnection, parent?: TransactionScope) {
    this.owner = owner;
    this.connection = connection;
    this.parent = parent;
    this.fate = new Fate(parent?.fate);
    if (parent) parent.#inner = this;
  }

  get isOpen(): boolean {
    return !this.#closed && (this.parent?.isOpen ?? true);
  }

  /** Whether a statement would be sent at once: no nested scope is open or was asked for. */
  get isQuiet(): boolean {
    return this.#turns === 0;
  }

  /** Throws TransactionError when the scope has ended, or why it was given up. */
  check(): void {
    const refusal = this.#refusal();
    if (refusal) throw refusal;
  }

  #refusal(): Error | undefined {
    const { failure } = this;
    if (failure || this.isOpen) return failure;
    return new TransactionError("This transaction has already ended.", {
      hint: "Await every query inside the transaction() callback.",
    });
  }

  /**
   * Sends a statement of this scope: at once, or in line with nested scopes that were asked for before it, since
   * inside one of those it would share its fate.
   */
  statement<R>(send: () => Promise<R>): Promise<R> {
    const refusal = this.#refusal();
    if (refusal) return Promise.reject(refusal);
    if (this.#turns === 0) return send();
    return this.exclusively(() => {
      this.check();
      return send();
    });
  }

  /**
   * Runs nested scopes one after another: savepoints are a stack. Plain awaits, not then(): the stack of an error
   * follows them to the application.
   */
  async exclusively<R>(fn: () => Promise<R>): Promise<R> {
    const previous = this.#queue;
    const turn = Promise.withResolvers<void>();
    this.#queue = turn.promise;
    this.#turns++;
    await previous;
    try {
      return await fn();
    } finally {
      this.#turns--;
      turn.resolve();
    }
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
    const { parent } = this;
    if (parent && parent.#inner === this) parent.#inner = undefined;
  }

  /** Called once for the first change of `record` in this scope; `restore` undoes it in memory on rollback. */
  remember(record: object, restore: Hook): void {
    this.#restores ??= new Map();
    if (!this.#restores.has(record)) this.#restores.set(record, restore);
  }

  remembers(record: object): boolean {
    return this.#restores?.has(record) === true;
  }

  /** @param key hooks with the same key run once, however often they were added. */
  afterCommit(hook: Hook, key: unknown): void {
    this.#afterCommit ??= new Map();
    if (!this.#afterCommit.has(key)) this.#afterCommit.set(key, hook);
  }

  /** @param key hooks with the same key run once, however often they were added. */
  afterRollback(hook: Hook, key: unknown = {}): void {
    this.#afterRollback ??= new Map();
    if (!this.#afterRollback.has(key)) this.#afterRollback.set(key, hook);
  }

  /** A savepoint was released: what it did now depends on its parent. */
  mergeInto(parent: TransactionScope): void {
    for (const [record, restore] of this.#restores ?? []) parent.remember(record, restore);
    for (const [key, hook] of this.#afterCommit ?? []) parent.afterCommit(hook, key);
    for (const [key, hook] of this.#afterRollback ?? []) parent.afterRollback(hook, key);
  }

  /** The records go back to what they were when the scope first touched them. */
  restore(): void {
    this.fate.undo();
    // A savepoint that is still open when a timeout ends the whole: what it changed came last.
    this.#inner?.restore();
    for (const restore of this.#restores?.values() ?? []) restore();
    this.#restores = undefined;
  }

  /** Runs every hook, whatever the others do, and throws what the first one threw. */
  async runAfterCommit(): Promise<void> {
    await runAll(this.#taken(this.#afterCommit));
  }

  /** As runAfterCommit; hooks of savepoints that are still open run first. */
  async runAfterRollback(): Promise<void> {
    const inner = this.#inner ? this.#taken(this.#inner.#afterRollback) : [];
    await runAll([...inner, ...this.#taken(this.#afterRollback)]);
  }

  #taken(hooks: Map<unknown, Hook> | undefined): Hook[] {
    const list = [...(hooks?.values() ?? [])];
    hooks?.clear();
    return list;
  }
}

async function runAll(hooks: readonly Hook[]): Promise<void> {
  let failed = false;
  let failure: unknown;
  for (const hook of hooks) {
    try {
      const pending = hook();
      if (pending !== undefined) await pending;
    } catch (error) {
      if (!failed) failure = error;
      failed = true;
    }
  }
  if (failed) throw failure;
}
