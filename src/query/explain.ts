/** EXPLAIN of the statement that toArray() would send. */
import { currentDatabase } from "../connection/database";
import type { ExplainStatement } from "../sql/nodes";
import { prepare } from "./pipeline";
import type { QueryState } from "./state";

export interface ExplainOptions {
  /** Runs the statement and measures it. */
  analyze?: boolean;
  verbose?: boolean;
  buffers?: boolean;
}

/** The plan, one line per node. */
export async function explain(state: QueryState, options: ExplainOptions): Promise<string> {
  const chosen: ExplainStatement["options"][number][] = [];
  if (options.analyze) chosen.push("ANALYZE");
  if (options.verbose) chosen.push("VERBOSE");
  if (options.buffers) chosen.push("BUFFERS");
  const { source, statement } = state;
  const query = prepare(source, { kind: "explain", options: chosen, statement }, "explain");
  const rows = await currentDatabase().execute(query, { model: source.name });
  return rows.map((row) => String(row["QUERY PLAN"])).join("\n");
}
