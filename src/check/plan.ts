/** What a plan tells about nulls: which tables stand on the side of a join that may be missing. Pure. */

/** A node of EXPLAIN (VERBOSE, FORMAT JSON). */
export interface PlanNode {
  readonly "Node Type": string;
  readonly "Join Type"?: string;
  readonly "Parent Relationship"?: string;
  readonly "Subplan Name"?: string;
  readonly "CTE Name"?: string;
  readonly "Relation Name"?: string;
  readonly Schema?: string;
  readonly "Grouping Sets"?: unknown;
  readonly Output?: readonly string[];
  readonly Plans?: readonly PlanNode[];
}

export interface PlanNulls {
  /** Every column may be null, whatever its table says. */
  readonly all: boolean;
  /** Tables that may be missing from a row. */
  readonly tables: readonly PlanTable[];
  /** Those among them that are read nowhere else. */
  readonly missing: readonly PlanTable[];
  /** No row is made up of missing ones, and rows come from one place: expressions mean what they say. */
  readonly isPlain: boolean;
}

export type PlanTable = readonly [schema: string, name: string];

// Leaves that read no table, so that no column of theirs claims to come from one.
const withoutTable = new Set([
  "Function Scan",
  "Table Function Scan",
  "Values Scan",
  "WorkTable Scan",
  "Named Tuplestore Scan",
]);

export function nullsOf(plan: PlanNode): PlanNulls {
  const ctes = new Map<string, PlanNode>();
  let all = false;
  let isPlain = true;
  const tables = new Map<string, PlanTable>();
  const reads = { all: new Map<string, number>(), missing: new Map<string, number>() };
  const count = (map: Map<string, number>, { Schema, "Relation Name": name }: PlanNode) => {
    const key = `${Schema}.${name}`;
    map.set(key, (map.get(key) ?? 0) + 1);
    return key;
  };
  const everywhere = (node: PlanNode) => {
    const name = /^CTE (.*)$/s.exec(node["Subplan Name"] ?? "")?.[1];
    if (name !== undefined) ctes.set(name, node);
    if (node["Grouping Sets"] !== undefined) all = true;
    if (/Append|SetOp|Recursive Union/.test(node["Node Type"])) isPlain = false;
    // A join that another server does shows only what it reads.
    if (/Foreign|Custom/.test(node["Node Type"]) && node["Relation Name"] === undefined) all = true;
    count(reads.all, node);
    for (const child of node.Plans ?? []) everywhere(child);
  };
  everywhere(plan);
  const seen = new Set<PlanNode>();
  const missing = (node: PlanNode) => {
    if (seen.has(node)) return;
    seen.add(node);
    const { Schema, Plans = [] } = node;
    const relation = node["Relation Name"];
    const cte = node["CTE Name"];
    if (relation !== undefined && Schema !== undefined) {
      tables.set(count(reads.missing, node), [Schema, relation]);
    } else if (cte !== undefined) {
      const source = ctes.get(cte);
      if (source) missing(source);
      else all = true;
    } else if (Plans.length === 0 && !withoutTable.has(node["Node Type"])) all = true;
    for (const child of Plans) missing(child);
  };
  const joins = (node: PlanNode) => {
    const { Plans = [] } = node;
    const sides: Readonly<Record<string, readonly string[]>> = {
      Left: ["Inner"],
      Right: ["Outer"],
      Full: ["Inner", "Outer"],
    };
    const optional = sides[node["Join Type"] ?? ""];
    if (optional) {
      isPlain = false;
      for (const child of Plans) {
        if (optional.includes(child["Parent Relationship"] ?? "")) missing(child);
      }
    }
    for (const child of Plans) joins(child);
  };
  joins(plan);
  return {
    all,
    tables: [...tables.values()],
    missing: [...tables].flatMap(([key, table]) =>
      reads.missing.get(key) === reads.all.get(key) ? [table] : [],
    ),
    isPlain: isPlain && !all,
  };
}

const neverNull =
  /^(count|row_number|rank|dense_rank|percent_rank|cume_dist|ntile|now|gen_random_uuid|random|concat|concat_ws|num_nulls|num_nonnulls)$/;

/** Whether an expression, as EXPLAIN prints it, can be told never to be null. */
export function isNeverNull(printed: string): boolean {
  let text = printed.trim();
  for (;;) {
    const inner =
      insideParentheses(text) ?? /^(.*\S)::[a-z0-9_ ]+(\(\d+(,\d+)?\))?[a-z ]*$/s.exec(text)?.[1];
    if (inner === undefined) break;
    text = inner.trim();
  }
  if (/^'([^']|'')*'$/.test(text) || /^-?\d+(\.\d+)?$/.test(text)) return true;
  if (/^(true|false|CURRENT_TIMESTAMP|CURRENT_DATE|EXISTS\(SubPlan \d+\))$/.test(text)) return true;
  const [, name = "", rest = ""] = /^([a-z_]+)(\(.*)$/is.exec(text) ?? [];
  const call = rest.replace(/\s+(FILTER|OVER)\s*[(\w].*$/s, "");
  const body = insideParentheses(call);
  if (body === undefined) return false;
  if (name === "COALESCE" || name === "coalesce") {
    return topLevelItems(body).some((item) => isNeverNull(item));
  }
  return neverNull.test(name);
}

/** The inside of "(...)", when the first parenthesis closes at the very end. */
function insideParentheses(text: string): string | undefined {
  if (!text.startsWith("(") || !text.endsWith(")")) return undefined;
  const items = depths(text);
  return items.indexOf(0) === text.length - 1 ? text.slice(1, -1) : undefined;
}

function topLevelItems(text: string): string[] {
  const items: string[] = [];
  let start = 0;
  const depth = depths(text);
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "," && depth[index] === 0) {
      items.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...items, text.slice(start)];
}

/** How deep in parentheses each character leaves one; what is quoted counts as deep. */
function depths(text: string): number[] {
  let depth = 0;
  let quote = "";
  return text.split("").map((character) => {
    if (quote !== "") {
      if (character === quote) quote = "";
      return depth + 1;
    }
    if (character === "'" || character === '"') quote = character;
    else if (character === "(" || character === "[") depth++;
    else if (character === ")" || character === "]") depth--;
    return quote === "" ? depth : depth + 1;
  });
}
