/** Texts that are kept: statements that differ in nothing but the values of their parameters are printed once. */
import { countParameter } from "../sql/build";
import type { Expression, Parameter, SelectStatement, Statement } from "../sql/nodes";
import type { RecordSource } from "./source";

/** Kept by whoever knows that its statements have one text. */
export interface Template {
  text: string | undefined;
  /** Its text stands for the kinds of its conditions too; of others only comparisons are known. */
  readonly knowsConditions?: boolean;
}

const bySource = new WeakMap<RecordSource, Map<string, Template>>();
// Columns changed together make a text of their own; a program that changes them at random must not fill memory.
const LIMIT = 500;

/** The template of this name; it stands for one text, whatever the values are. */
export function templateOf(source: RecordSource, name: string): Template {
  let templates = bySource.get(source);
  if (!templates) {
    templates = new Map();
    bySource.set(source, templates);
  }
  let template = templates.get(name);
  if (!template) {
    template = { text: undefined };
    if (templates.size >= LIMIT) templates.clear();
    templates.set(name, template);
  }
  return template;
}

/**
 * The parameters in the order of the text, of a statement that has values at the usual places only: in VALUES,
 * after SET, on the right of comparisons in WHERE, in lists of keys. Undefined for any other.
 */
export function plainParameters(
  statement: Statement,
  knowsConditions = false,
): Parameter[] | undefined {
  const found: Parameter[] = [];
  switch (statement.kind) {
    case "select":
      return selected(statement, found, knowsConditions) ? found : undefined;
    case "insert":
      if (statement.source.kind !== "values") return undefined;
      for (const row of statement.source.rows) {
        for (const value of row) {
          if (value.kind !== "parameter") return undefined;
          found.push(value);
        }
      }
      return found;
    case "update":
      for (const { value } of statement.set) {
        if (value.kind !== "parameter") return undefined;
        found.push(value);
      }
      return compared(statement.where, found, knowsConditions) ? found : undefined;
    default:
      return undefined;
  }
}

function selected(
  { from, joins, where, limit, offset }: SelectStatement,
  found: Parameter[],
  knowsConditions: boolean,
): boolean {
  if (knowsConditions) {
    if (from?.kind === "unnest" && !listed(from.lists, found)) return false;
    for (const join of joins) {
      if (join.kind === "raw" || join.source.kind !== "derived") return false;
      const { query } = join.source;
      if (query.kind !== "select" || !selected(query, found, true)) return false;
    }
  }
  if (!compared(where, found, knowsConditions)) return false;
  if (limit !== undefined) found.push(countParameter(limit));
  if (offset !== undefined) found.push(countParameter(offset));
  return true;
}

/** Lists of keys, each with its type. */
function listed(lists: readonly Expression[], found: Parameter[]): boolean {
  for (const list of lists) {
    if (list.kind !== "cast" || list.operand.kind !== "parameter") return false;
    found.push(list.operand);
  }
  return true;
}

function compared(
  where: readonly Expression[],
  found: Parameter[],
  knowsConditions: boolean,
): boolean {
  for (const expression of where) {
    if (expression.kind !== "comparison" && !knowsConditions) return false;
    switch (expression.kind) {
      case "comparison":
        if (!bound(expression.right, found, knowsConditions)) return false;
        break;
      case "any":
        if (expression.list.kind !== "parameter") return false;
        found.push(expression.list);
        break;
      case "null-test":
        break;
      default:
        return false;
    }
  }
  return true;
}

/** The right side of a comparison; casts and rows of values only where the text is known to have them. */
function bound(value: Expression, found: Parameter[], knowsConditions: boolean): boolean {
  if (value.kind === "parameter") {
    found.push(value);
    return true;
  }
  if (!knowsConditions) return false;
  if (value.kind === "cast") return bound(value.operand, found, true);
  if (value.kind === "tuple") return value.items.every((item) => bound(item, found, true));
  return value.kind === "column";
}
