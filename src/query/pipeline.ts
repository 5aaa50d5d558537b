/** The one road to the database: hooks, check, compile, guards, execute. */
import { currentDatabase, isInTransaction } from "../connection/database";
import type { DriverResult } from "../connection/driver";
import { checkStatement } from "../sql/check";
import { compile } from "../sql/compiler";
import type {
  CompiledQuery,
  InsertStatement,
  Parameter,
  SelectItem,
  Statement,
  UpdateStatement,
} from "../sql/nodes";
import { guards, hooks } from "./hooks";
import type { RecordSource } from "./source";
import { plainParameters, type Template } from "./templates";
import { noteStatement } from "./writes";

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Made where the query was built. */
  readonly origin?: Error | undefined;
  /** The statement's values are one list per column. */
  readonly bulk?: boolean;
  readonly template?: Template | undefined;
  /** Rows of all columns, and nothing else, may come as arrays. */
  readonly asArrays?: boolean | undefined;
  /** What a write that returns less has to return, when a hook has it write something else. */
  readonly whole?: () => readonly SelectItem[];
}

/** The statement as it would be sent, after hooks, checks and guards. */
export function prepare(
  source: RecordSource,
  statement: Statement,
  terminal: string,
  { template, whole, asArrays }: RunOptions = {},
): CompiledQuery {
  // Messages write some verbs with parentheses; hooks and guards compare names.
  const verb = terminal.endsWith("()") ? terminal.slice(0, -2) : terminal;
  // One object for hooks and guards: `locks` is known once the text is.
  const context = { source, terminal: verb, inTransaction: isInTransaction(), locks: false };
  let rewritten = statement;
  for (const hook of hooks) rewritten = hook(rewritten, context);
  if (whole && rewritten !== statement && writesOther(statement, rewritten)) {
    rewritten = { ...rewritten, returning: whole() };
  }
  checkStatement(rewritten);
  const query =
    (template && rewritten === statement ? fill(template, statement) : undefined) ??
    compile(rewritten);
  context.locks = query.locks === true;
  for (const guard of guards) guard(rewritten, context);
  const isWhole = asArrays && rewritten.kind === "select" && rewritten.columns === source.items;
  return isWhole ? { ...query, asArrays: true } : query;
}

/** Whether a hook changed what is written, and left what is returned. */
function writesOther(
  given: Statement,
  rewritten: Statement,
): rewritten is InsertStatement | UpdateStatement {
  if (given.kind === "update" && rewritten.kind === "update") {
    return (
      rewritten.returning === given.returning &&
      (rewritten.set !== given.set || rewritten.table !== given.table)
    );
  }
  if (given.kind !== "insert" || rewritten.kind !== "insert") return false;
  const facts = ["table", "columns", "source", "conflict"] as const;
  return (
    rewritten.returning === given.returning && facts.some((fact) => rewritten[fact] !== given[fact])
  );
}

function fill(template: Template, statement: Statement): CompiledQuery | undefined {
  const parameters = plainParameters(statement, template.knowsConditions);
  if (!parameters) return undefined;
  if (template.text === undefined) {
    const printed = compile(statement);
    // A value at a place that nobody looked at: the text must not be kept.
    if (!isSameList(printed.parameters, parameters)) return printed;
    template.text = printed.text;
  }
  return { text: template.text, parameters };
}

function isSameList(one: readonly Parameter[], other: readonly Parameter[]): boolean {
  return (
    one.length === other.length &&
    one.every(
      ({ value, type }, index) => value === other[index]?.value && type === other[index]?.type,
    )
  );
}

/** Prepares and sends a statement of a model. Throws at once what hooks, checks and guards refuse. */
export function run(
  source: RecordSource,
  statement: Statement,
  terminal: string,
  options: RunOptions = {},
): Promise<DriverResult> {
  const query = prepare(source, statement, terminal, options);
  return currentDatabase().execute(query, {
    model: source.name,
    hasSensitive: source.hasSensitive,
    isRead: statement.kind === "select" && statement.lock === undefined && !statement.with,
    signal: options.signal,
    origin: options.origin,
    bulk: options.bulk,
    // Told, not awaited: another async function here would be a good part of what a save costs.
    onSuccess: statement.kind === "select" ? undefined : () => noteStatement(statement),
  });
}
