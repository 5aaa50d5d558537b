/**
 * Which text a query has. Queries that the same verbs made, with other values, are printed alike: each step of the
 * builder leads to one place, and the place keeps the text. Steps that are not known here lead nowhere, and such a
 * query is printed each time.
 */
import type { Expression, OrderItem, SelectStatement } from "../sql/nodes";
import type { Template } from "./templates";

// A program that builds its queries at random must not fill memory.
const MOST = 2_000;
const NONE = Symbol("no step");

export class TextPath implements Template {
  text: string | undefined = undefined;
  readonly knowsConditions = true;
  #next: Map<unknown, TextPath> | undefined = undefined;
  /** The step that was taken last: mostly the next one is the same. */
  #lastStep: unknown = NONE;
  #lastPlace: TextPath | undefined = undefined;
  readonly #root: { places: number };

  constructor(root: { places: number } = { places: 0 }) {
    this.#root = root;
  }

  /** The place one step further; undefined when there are too many. */
  next(step: unknown): TextPath | undefined {
    if (step === this.#lastStep) return this.#lastPlace;
    this.#next ??= new Map();
    let place = this.#next.get(step);
    if (!place && this.#root.places < MOST) {
      this.#root.places++;
      place = new TextPath(this.#root);
      this.#next.set(step, place);
    }
    if (place) {
      this.#lastStep = step;
      this.#lastPlace = place;
    }
    return place;
  }
}

/** A statement and its place. Whoever puts another statement beside it has a query without a place. */
export interface Placed {
  readonly statement: SelectStatement;
  readonly path: TextPath;
}

/** The place after these steps. */
export function afterSteps(
  path: TextPath | undefined,
  steps: readonly unknown[],
): TextPath | undefined {
  let place = path;
  for (const step of steps) place = place?.next(step);
  return place;
}

/** The place of the statement after conditions were added. */
export function afterConditions(
  path: TextPath | undefined,
  added: readonly Expression[],
): TextPath | undefined {
  let place = path;
  for (const condition of added) place = place && afterCondition(place, condition);
  return place;
}

function afterCondition(path: TextPath, condition: Expression): TextPath | undefined {
  switch (condition.kind) {
    case "comparison": {
      const { left, operator, right } = condition;
      if (left.kind !== "column" || right.kind !== "parameter") return undefined;
      return path.next(left)?.next(operator)?.next(right.type);
    }
    case "null-test": {
      const { operand, negated } = condition;
      return operand.kind === "column" ? path.next(operand)?.next(negated) : undefined;
    }
    case "any": {
      const { left, list, negated } = condition;
      if (left.kind !== "column" || list.kind !== "parameter") return undefined;
      return path
        .next(left)
        ?.next(negated ? "<> all" : "any")
        ?.next(list.type);
    }
    default:
      return undefined;
  }
}

/** The place of the statement after it was sorted by more. */
export function afterOrder(
  path: TextPath | undefined,
  items: readonly OrderItem[],
): TextPath | undefined {
  let place = path;
  for (const { expression, direction, nulls } of items) {
    if (expression.kind === "output") place = place?.next("output")?.next(expression.name);
    else if (expression.kind === "column" && !expression.qualified) place = place?.next(expression);
    else return undefined;
    place = place?.next(direction)?.next(nulls);
  }
  return place;
}
