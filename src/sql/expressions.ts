/** Expressions as text. What stands in parentheses here keeps its meaning wherever it is put. */
import type { ColumnType } from "../schema/table";
import { isJsonType, shortTypeName } from "../schema/types";
import type { ComparisonOperator, ConstantNode, Expression, Parameter, RawNode } from "./nodes";
import { hidden } from "./raw";
import { mentionsSecret } from "./secrets";
import { typeName } from "./type-name";
import { flat, printList, quoteIdentifier, quoteLiteral, type Writer } from "./writer";

export function printExpression(writer: Writer, expression: Expression): string {
  switch (expression.kind) {
    case "column":
      return expression.table !== writer.scope || expression.qualified
        ? `${quoteIdentifier(expression.table)}.${quoteIdentifier(expression.name)}`
        : quoteIdentifier(expression.name);
    case "parameter":
      return printParameter(writer, expression);
    case "comparison":
      return `${printTerm(writer, expression.left)}${infix(expression.operator)}${printTerm(writer, expression.right)}`;
    case "and":
      return printList(writer, expression.operands, " AND ", printOperand);
    case "or":
      return printList(writer, expression.operands, " OR ", printOperand);
    case "not":
      return `NOT (${printExpression(writer, expression.operand)})`;
    case "null-test":
      return `${printTerm(writer, expression.operand)}${expression.negated ? " IS NOT NULL" : " IS NULL"}`;
    case "any":
      return `${printTerm(writer, expression.left)}${expression.negated ? " <> ALL(" : " = ANY("}${printExpression(writer, expression.list)})`;
    case "millisecond":
      return printMillisecond(writer, expression);
    case "in":
      return `${printTerm(writer, expression.left)}${expression.negated ? " NOT IN (" : " IN ("}${writer.nested(writer, expression.query)})`;
    case "exists":
      return `${expression.negated ? "NOT EXISTS (" : "EXISTS ("}${writer.nested(writer, expression.query)})`;
    case "constant":
      return constantText(expression.value);
    case "function":
      return printFunction(writer, expression);
    case "cast":
      return printCast(writer, expression.operand, expression.type, expression.list);
    case "tuple":
      return `(${printList(writer, expression.items, ", ", printExpression)})`;
    case "raw":
      return printRawExpression(writer, expression);
    case "subquery":
      return `(${writer.nested(writer, expression.query)})`;
    case "output":
      return quoteIdentifier(expression.name);
    case "star":
      return "*";
    case "excluded":
      return `EXCLUDED.${quoteIdentifier(expression.name)}`;
    case "default":
      return "DEFAULT";
    case "arithmetic":
      return `${printTerm(writer, expression.left)} ${expression.operator} ${printTerm(writer, expression.right)}`;
    case "case":
      return printCase(writer, expression);
  }
}

const infixes = new Map<string, string>();

/** The operator between spaces; there are few, and a string that is kept costs less than one that is made. */
function infix(operator: ComparisonOperator): string {
  let text = infixes.get(operator);
  if (text === undefined) {
    text = flat(` ${operator} `);
    infixes.set(operator, text);
  }
  return text;
}

/** An operand of AND, OR and NOT; looser operators get parentheses. */
export function printOperand(writer: Writer, expression: Expression): string {
  const text = printExpression(writer, expression);
  return expression.kind === "and" || expression.kind === "or" ? `(${text})` : text;
}

/** A side of a comparison; anything that is not a simple value gets parentheses. */
function printTerm(writer: Writer, expression: Expression): string {
  const text = printExpression(writer, expression);
  switch (expression.kind) {
    case "column":
    case "parameter":
    case "constant":
    case "function":
    case "cast":
    case "subquery":
    case "raw":
    case "tuple":
    case "excluded":
      return text;
    default:
      return `(${text})`;
  }
}

function printParameter(writer: Writer, parameter: Parameter): string {
  const placeholder = writer.bind(parameter);
  // The driver would encode a string for json once more (bun-sql 1.9), so json always travels as text.
  if (parameter.type && !parameter.list && isJsonType(parameter.type)) {
    return `${placeholder}::text::${shortTypeName(parameter.type.type)}`;
  }
  return placeholder;
}

function printMillisecond(
  writer: Writer,
  node: Extract<Expression, { kind: "millisecond" }>,
): string {
  const type = (node.moment.type && typeName(node.moment.type)) ?? "timestamptz";
  const left = printTerm(writer, node.left);
  const start = writer.bind(node.moment);
  // Once more, since the left side may bind values of its own.
  const again = printTerm(writer, node.left);
  return `${node.negated ? "NOT (" : "("}${left} >= ${start}::${type} AND ${again} < ${start}::${type} + interval '1 millisecond')`;
}

function printFunction(
  writer: Writer,
  { name, distinct, arguments: args, filter }: Extract<Expression, { kind: "function" }>,
): string {
  const call = `${name}(${distinct ? "DISTINCT " : ""}${printList(writer, args, ", ", printExpression)})`;
  return filter ? `${call} FILTER (WHERE ${printExpression(writer, filter)})` : call;
}

function printCase(
  writer: Writer,
  { branches, otherwise }: Extract<Expression, { kind: "case" }>,
): string {
  let text = "CASE";
  for (const { when, result } of branches) {
    text += ` WHEN ${printExpression(writer, when)} THEN ${printExpression(writer, result)}`;
  }
  if (otherwise) text += ` ELSE ${printExpression(writer, otherwise)}`;
  return `${text} END`;
}

function printCast(writer: Writer, operand: Expression, type: ColumnType, list?: true): string {
  const name = typeName(type);
  if (name === undefined) return printTerm(writer, operand);
  const suffix = `::${name}${list && !name.endsWith("[]") ? "[]" : ""}`;
  if (operand.kind !== "parameter") return `${printTerm(writer, operand)}${suffix}`;
  // By way of text: a string for an array or json parameter reaches the server verbatim.
  const isText = list || type.element || isJsonType(type);
  return `${writer.bind(operand)}${isText ? "::text" : ""}${suffix}`;
}

function constantText(value: ConstantNode["value"]): string {
  if (value === null) return "NULL";
  if (value === true) return "TRUE";
  if (value === false) return "FALSE";
  if (typeof value === "string") return quoteLiteral(value);
  if (typeof value === "bigint") return String(value);
  if (!Number.isFinite(value)) return `${quoteLiteral(String(value))}::float8`;
  // A negative constant after an operator would read as two operators or as a comment ("--1").
  return value < 0 || Object.is(value, -0) ? `(${value})` : String(value);
}

export function printRaw(writer: Writer, raw: RawNode): string {
  const secret = raw.pieces.some((piece) => mentionsSecret(rawText(piece)));
  let text = "";
  for (const piece of secret ? hidden(raw).pieces : raw.pieces) {
    if (typeof piece === "string") text += piece;
    else if (piece.kind === "identifier") text += piece.path.map(quoteIdentifier).join(".");
    else if (piece.kind === "raw") text += printRaw(writer, piece);
    else text += printExpression(writer, piece);
  }
  return text;
}

/** The text of a piece as far as it may name a column. */
function rawText(piece: RawNode["pieces"][number]): string {
  if (typeof piece === "string") return piece;
  return piece.kind === "identifier" ? (piece.path.at(-1) ?? "") : "";
}

/** Raw text stands in parentheses, so that an OR in it cannot escape; a newline ends a `--` comment. */
function printRawExpression(writer: Writer, raw: RawNode): string {
  const last = raw.pieces.at(-1);
  const isOpen = typeof last === "string" && last.includes("--");
  return `(${printRaw(writer, raw)}${isOpen ? "\n)" : ")"}`;
}
