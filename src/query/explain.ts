/** EXPLAIN of the statement that toArray() would send. */
import { currentDatabase } from "../connection/database";
import type { ExplainStatement } from "../sql/nodes";
import { checkOptions } from "./options";
import { prepare } from "./pipeline";
import { checkUngrouped } from "./read";
import { type QueryState, shownStatement } from "./state";

export interface ExplainOptions {
  /** Runs the statement and measures it. */
  analyze?: boolean;
  verbose?: boolean;
  buffers?: boolean;
}

/** The plan, one line per node. */
export async function explain(state: QueryState, options: ExplainOptions): Promise<string> {
  checkOptions("explain()", options, ["analyze", "verbose", "buffers"]);
  checkUngrouped(state, "explain");
  const chosen: ExplainStatement["options"][number][] = [];
  if (options.analyze) chosen.push("ANALYZE");
  if (options.verbose) chosen.push("VERBOSE");
  if (options.buffers) chosen.push("BUFFERS");
  const { source, signal, origin } = state;
  const statement = { kind: "explain", options: chosen, statement: shownStatement(state) } as const;
  const query = prepare(source, statement, "explain");
  const rows = await currentDatabase().execute(query, { model: source.name, signal, origin });
  return rows.map((row) => String(row["QUERY PLAN"])).join("\n");
}
