/** Rewrites trees: a function is applied to every expression, innermost first; what it leaves alone is shared. */

import { arrayElement } from "../schema/array-literal";
import { codecOf } from "../schema/codecs";
import type { Expression, NestedQuery, Parameter, RawNode, SelectStatement } from "./nodes";

export type ExpressionMap = (expression: Expression) => Expression;

/** The expression with every part of it, subqueries included, passed through `map`. */
export function mapExpression(expression: Expression, map: ExpressionMap): Expression {
  return map(mapChildren(expression, (child) => mapExpression(child, map), map));
}

function mapChildren(expression: Expression, each: ExpressionMap, map: ExpressionMap): Expression {
  switch (expression.kind) {
    case "comparison":
    case "arithmetic":
      return { ...expression, left: each(expression.left), right: each(expression.right) };
    case "any":
      return { ...expression, left: each(expression.left), list: each(expression.list) };
    case "millisecond": {
      const moment = each(expression.moment);
      return moment.kind === "parameter"
        ? { ...expression, left: each(expression.left), moment }
        : expression;
    }
    case "in":
      return {
        ...expression,
        left: each(expression.left),
        query: mapNested(expression.query, map),
      };
    case "exists":
    case "subquery":
      return { ...expression, query: mapNested(expression.query, map) };
    case "null-test":
    case "not":
    case "cast":
      return { ...expression, operand: each(expression.operand) };
    case "and":
    case "or":
      return { ...expression, operands: expression.operands.map(each) };
    case "function": {
      const args = expression.arguments.map(each);
      return expression.filter
        ? { ...expression, arguments: args, filter: each(expression.filter) }
        : { ...expression, arguments: args };
    }
    case "tuple":
      return { ...expression, items: expression.items.map(each) };
    case "raw":
      return mapRaw(expression, each);
    case "case":
      return {
        ...expression,
        branches: expression.branches.map(({ when, result }) => ({
          when: each(when),
          result: each(result),
        })),
        ...(expression.otherwise ? { otherwise: each(expression.otherwise) } : undefined),
      };
    case "column":
    case "constant":
    case "default":
    case "excluded":
    case "output":
    case "parameter":
    case "star":
      return expression;
  }
}

function mapRaw(raw: RawNode, each: ExpressionMap): RawNode {
  return {
    kind: "raw",
    pieces: raw.pieces.map((piece) =>
      typeof piece === "string" || piece.kind === "identifier" ? piece : each(piece),
    ),
  };
}

function mapNested(query: NestedQuery, map: ExpressionMap): NestedQuery {
  if (query.kind === "select") return mapSelect(query, map);
  if (query.kind === "raw-statement") {
    return { ...query, raw: mapRaw(query.raw, (piece) => mapExpression(piece, map)) };
  }
  return {
    ...query,
    queries: query.queries.map((inner) => mapNested(inner, map) as typeof inner),
  };
}

/** The select with every expression of every clause passed through `map`. */
export function mapSelect(select: SelectStatement, map: ExpressionMap): SelectStatement {
  const each: ExpressionMap = (expression) => mapExpression(expression, map);
  const { from } = select;
  return {
    ...select,
    columns: select.columns.map((item) => ({ ...item, expression: each(item.expression) })),
    ...(from?.kind === "derived"
      ? { from: { ...from, query: mapNested(from.query, map) } }
      : undefined),
    ...(from?.kind === "unnest" ? { from: { ...from, lists: from.lists.map(each) } } : undefined),
    joins: select.joins.map((join) =>
      join.kind === "raw" ? mapRaw(join, each) : join.on ? { ...join, on: each(join.on) } : join,
    ),
    where: select.where.map(each),
    groupBy: select.groupBy.map((item) => ({ ...item, expression: each(item.expression) })),
    having: select.having.map(each),
    orderBy: select.orderBy.map((item) => ({ ...item, expression: each(item.expression) })),
    ...(Array.isArray(select.distinct) ? { distinct: select.distinct.map(each) } : undefined),
  };
}

/** The expression with columns of the table `from` taken from `to` instead. */
export function relabel(expression: Expression, from: string, to: string): Expression {
  if (from === to) return expression;
  return mapExpression(expression, (node) =>
    node.kind === "column" && node.table === from ? { ...node, table: to } : node,
  );
}

/** Bound values become constants in the text: the planner must see them to use a partial index. */
export function inlineParameters(expression: Expression): Expression {
  return mapExpression(expression, (node) => (node.kind === "parameter" ? inlined(node) : node));
}

function inlined({ value, type, list }: Parameter): Expression {
  if (value === null || value === undefined) return { kind: "constant", value: null };
  const encode = (item: unknown) => (type ? codecOf(type).encode(item) : String(item));
  if (!list) return { kind: "constant", value: encode(value) };
  const items = (value as readonly unknown[]).map((item) =>
    arrayElement(item === null ? null : encode(item)),
  );
  return { kind: "constant", value: `{${items.join(",")}}` };
}
