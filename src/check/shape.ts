/** A TypeScript type reduced to what matters at the door of the database. Pure. */

export type Shape =
  | {
      readonly kind: "string" | "number" | "bigint" | "boolean";
      readonly literal?: string | number | boolean | bigint;
    }
  | { readonly kind: "null" | "undefined" }
  | { readonly kind: "array"; readonly element: Shape }
  /** A class, interface or literal type, with the name that it is declared by. */
  | { readonly kind: "object"; readonly name: string }
  | { readonly kind: "union"; readonly members: readonly Shape[] }
  /** any, unknown, a type parameter: nothing can be said. */
  | { readonly kind: "unknown" };

export const UNKNOWN: Shape = { kind: "unknown" };

/** The members of a union, of its unions too; any other shape is its own only member. */
export function membersOf(shape: Shape): readonly Exclude<Shape, { kind: "union" }>[] {
  return shape.kind === "union" ? shape.members.flatMap(membersOf) : [shape];
}

/** The shape as TypeScript writes it, for messages. */
export function showShape(shape: Shape): string {
  switch (shape.kind) {
    case "union":
      return [...new Set(membersOf(shape).map(showShape))].join(" | ");
    case "array":
      return shape.element.kind === "union"
        ? `(${showShape(shape.element)})[]`
        : `${showShape(shape.element)}[]`;
    case "object":
      return shape.name;
    case "string":
      return shape.literal === undefined ? "string" : JSON.stringify(shape.literal);
    case "bigint":
      return shape.literal === undefined ? "bigint" : `${shape.literal}n`;
    case "number":
    case "boolean":
      return String(shape.literal ?? shape.kind);
    default:
      return shape.kind;
  }
}
