/** From a checker's types to shapes: one walk, over the few questions that both generations of TypeScript answer. */
import { type Shape, UNKNOWN } from "./shape";

/** Bits of `type.flags`, by the names that both generations share. */
export type Flags = Readonly<
  Record<
    | "BigIntLike"
    | "BooleanLike"
    | "Intersection"
    | "Null"
    | "NumberLike"
    | "Object"
    | "StringLike"
    | "Undefined"
    | "Union"
    | "Void",
    number
  >
>;

export interface TypeQuestions<Type> {
  readonly flags: Flags;
  flagsOf(type: Type): number;
  literalOf(type: Type): unknown;
  /** Of a union or an intersection. */
  membersOf(type: Type): Promise<readonly Type[]>;
  /** The element of an array or tuple. */
  elementOf(type: Type): Promise<Type | undefined>;
  nameOf(type: Type): Promise<string>;
}

export async function readShape<Type>(
  ask: TypeQuestions<Type>,
  type: Type,
  depth = 0,
): Promise<Shape> {
  const { flags } = ask;
  const own = ask.flagsOf(type);
  // Deeper than any value that is bound; a type may contain itself.
  if (depth > 8) return UNKNOWN;
  if (own & flags.Null) return { kind: "null" };
  if (own & (flags.Undefined | flags.Void)) return { kind: "undefined" };
  // `boolean` is a union of two as well.
  if (own & flags.BooleanLike) return scalar("boolean", ask.literalOf(type));
  if (own & flags.Union) {
    const members = await ask.membersOf(type);
    return {
      kind: "union",
      members: await Promise.all(members.map((member) => readShape(ask, member, depth + 1))),
    };
  }
  if (own & flags.StringLike) return scalar("string", ask.literalOf(type));
  if (own & flags.NumberLike) return scalar("number", ask.literalOf(type));
  if (own & flags.BigIntLike) return scalar("bigint", ask.literalOf(type));
  if (own & flags.Intersection) {
    // A branded string is a string.
    const members = await ask.membersOf(type);
    const shapes = await Promise.all(members.map((member) => readShape(ask, member, depth + 1)));
    return (
      shapes.find(({ kind }) => kind !== "object" && kind !== "unknown") ?? shapes[0] ?? UNKNOWN
    );
  }
  if (own & flags.Object) {
    const element = await ask.elementOf(type);
    if (element !== undefined) {
      return { kind: "array", element: await readShape(ask, element, depth + 1) };
    }
    return { kind: "object", name: await ask.nameOf(type) };
  }
  return UNKNOWN;
}

function scalar(kind: "string" | "number" | "bigint" | "boolean", literal: unknown): Shape {
  // TypeScript 5 keeps a bigint as { negative, base10Value }, which nothing here compares.
  const isPlain = ["string", "number", "boolean", "bigint"].includes(typeof literal);
  return isPlain ? { kind, literal: literal as string | number | boolean | bigint } : { kind };
}
