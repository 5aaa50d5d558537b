/** What plugins do to every statement: hooks rewrite it, guards refuse it. */
import type { Statement } from "../sql/nodes";
import type { RecordSource } from "./source";

/** What a hook or guard is told besides the statement. */
export interface StatementContext {
  readonly source: RecordSource;
  /** The verb that runs the statement: "toArray", "count", "updateAll", "save"... */
  readonly terminal: string;
  readonly inTransaction: boolean;
}

/** What a guard is told: it sees the statement as it will be sent. */
export interface GuardContext extends StatementContext {
  /** The statement locks rows: FOR UPDATE and the like stand somewhere in it. */
  readonly locks: boolean;
}

/** Rewrites a statement; pure. */
export type StatementHook = (statement: Statement, context: StatementContext) => Statement;
/** Throws when the statement must not run. */
export type StatementGuard = (statement: Statement, context: GuardContext) => void;

export const hooks: StatementHook[] = [];
export const guards: StatementGuard[] = [];

/** Adds a hook after those that are there; for plugins. */
export function addStatementHook(hook: StatementHook): void {
  hooks.push(hook);
}

/** Adds a guard after those that are there; for plugins. */
export function addStatementGuard(guard: StatementGuard): void {
  guards.push(guard);
}
