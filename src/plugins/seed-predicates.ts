/** What remains of the conditions on the start of a walk for the rows that follow it. Pure. */
import { ast, type Expression, type SourceColumn } from "../plugin";

interface Edge {
  /** The name the table has in the query. */
  readonly alias: string;
  readonly from: SourceColumn;
  readonly to: SourceColumn;
}

/**
 * The conditions without their tests of the edge's columns: those choose where the walk begins, all others hold
 * at every level. A test inside a group gives way to what says nothing (TRUE, under NOT its opposite), so that
 * the rest of the group still holds as far as it can. Subqueries and raw SQL stay as they are.
 */
export function withoutTests(conditions: readonly Expression[], edge: Edge): Expression[] {
  return conditions
    .map((condition) => project(condition, edge, true))
    .filter((condition) => condition !== ast.TRUE);
}

function project(condition: Expression, edge: Edge, positive: boolean): Expression {
  switch (condition.kind) {
    case "and":
    case "or": {
      const operands = condition.operands.map((operand) => project(operand, edge, positive));
      return condition.kind === "and"
        ? simplified(operands, ast.TRUE, ast.FALSE, ast.and)
        : simplified(operands, ast.FALSE, ast.TRUE, ast.or);
    }
    case "not":
      return negation(project(condition.operand, edge, !positive), ast.not);
    case "comparison":
      // How whereNot() is written: a condition that is not known to hold.
      if (condition.operator === "IS DISTINCT FROM" && condition.right === ast.TRUE) {
        return negation(project(condition.left, edge, !positive), (left) => ({
          ...condition,
          left,
        }));
      }
      return tests(condition.left, edge) ? nothing(positive) : condition;
    case "any":
    case "in":
    case "millisecond":
      return tests(condition.left, edge) ? nothing(positive) : condition;
    case "null-test":
      return tests(condition.operand, edge) ? nothing(positive) : condition;
    default:
      return condition;
  }
}

function nothing(positive: boolean): Expression {
  return positive ? ast.TRUE : ast.FALSE;
}

function simplified(
  operands: readonly Expression[],
  neutral: Expression,
  absorbing: Expression,
  join: (operands: readonly Expression[]) => Expression,
): Expression {
  if (operands.includes(absorbing)) return absorbing;
  return join(operands.filter((operand) => operand !== neutral));
}

function negation(operand: Expression, negate: (operand: Expression) => Expression): Expression {
  if (operand === ast.TRUE) return ast.FALSE;
  return operand === ast.FALSE ? ast.TRUE : negate(operand);
}

/** Whether the tested side is a column of the edge, or made of one. */
function tests(side: Expression, edge: Edge): boolean {
  switch (side.kind) {
    case "column":
      return (
        side.table === edge.alias &&
        (side.name === edge.from.node.name || side.name === edge.to.node.name)
      );
    case "cast":
      return tests(side.operand, edge);
    case "tuple":
      return side.items.some((item) => tests(item, edge));
    case "function":
      return side.arguments.some((argument) => tests(argument, edge));
    default:
      return false;
  }
}
