/** Counts the writes of this process by table, so that what was read ahead can be told from what is there now. */
import { currentScope } from "../connection/database";
import type { Statement } from "../sql/nodes";
import { walk } from "../sql/walk";

const byTable = new Map<string, number>();
/** Writes that may have changed any table: raw statements, and deletes, which may cascade. */
let anywhere = 0;
let total = 0;

function count(table: string | undefined): void {
  total++;
  if (table === undefined) anywhere++;
  else byTable.set(table, (byTable.get(table) ?? 0) + 1);
}

/** Notes a write now, and once more when its transaction commits: others see it only then. */
function note(table: string | undefined): void {
  count(table);
  const scope = currentScope();
  // Once for each table: its name is the key.
  if (scope?.isOpen) scope.afterCommit(() => count(table), table);
}

/** Notes what a statement of a model has written. */
export function noteStatement(statement: Statement): void {
  switch (statement.kind) {
    case "insert":
    case "update":
    case "copy":
      return note(statement.table.name);
    case "delete":
    case "raw-statement":
      return note(undefined);
    default:
  }
}

/** Notes a statement of the application, unless it only reads. */
export function noteRaw(text: string): void {
  if (!/^\s*(select|values|table|show)\b/i.test(text)) note(undefined);
}

/** Tells later whether a table the statement reads was written since. */
export function watchWrites(statement: Statement, readsViews: boolean): () => boolean {
  const tables = new Set<string>();
  let isOpaque = readsViews;
  walk(statement, ({ kind, name }) => {
    if (kind === "table" && typeof name === "string") tables.add(name);
    // Raw SQL may read any table, and so may a view.
    if (kind === "raw" || kind === "raw-statement") isOpaque = true;
  });
  if (isOpaque) {
    const then = total;
    return () => total !== then;
  }
  const stamp = () => [...tables].reduce((sum, table) => sum + (byTable.get(table) ?? 0), anywhere);
  const then = stamp();
  return () => stamp() !== then;
}
