/** A statement as it is sent, and the way back from its characters to the source. Pure. */
import { parameter } from "../sql/build";
import { compile } from "../sql/compiler";
import { tokenize } from "../sql/lexer";
import type { RawNode } from "../sql/nodes";
import type { SourceUnit } from "./compiler";
import type { BoundValue, Part, Template } from "./templates";

/** A place in a file, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Statement {
  readonly text: string;
  /** What is bound to $1, $2... */
  readonly values: readonly BoundValue[];
  /** The place of a character, counted from 1 as the server does. */
  placeOf(position: number): Place;
}

const print = (pieces: RawNode["pieces"]) =>
  compile({ kind: "raw-statement", raw: { kind: "raw", pieces } }).text;

export function statementOf(template: Template): Statement {
  const pieces: RawNode["pieces"][number][] = [];
  const values: BoundValue[] = [];
  const starts: { readonly at: number; readonly part: Part & { readonly kind: "text" } }[] = [];
  let length = 0;
  for (const part of template.parts) {
    if (part.kind === "text") {
      starts.push({ at: length, part });
      pieces.push(part.piece.text);
      length += part.piece.text.length;
    } else if (part.kind === "value") {
      values.push(part.value);
      pieces.push(parameter(null));
      length += `$${values.length}`.length;
    } else {
      pieces.push(part.node);
      length += print([part.node]).length;
    }
  }
  const placeOf = (position: number): Place => {
    const found = starts.findLast(({ at }) => at < position);
    if (!found) return placeIn(template.unit, template.node.getStart());
    const { piece, unit } = found.part;
    const within = Math.min(position - 1 - found.at, piece.text.length);
    return placeIn(unit, piece.start + within);
  };
  return { text: print(pieces), values, placeOf };
}

export function placeIn(unit: SourceUnit, offset: number): Place {
  const before = unit.text.slice(0, offset);
  const line = before.split("\n").length;
  return { file: unit.fileName, line, column: offset - before.lastIndexOf("\n") };
}

/** The text without comments and without what is quoted: what remains are words. */
export function wordsOf(text: string): string {
  return tokenize(text)
    .filter(({ kind }) => kind !== "comment" && kind !== "string")
    .map(({ kind, start, end }) => (kind === "identifier" ? '""' : text.slice(start, end)))
    .join(" ");
}

const described = new Set([
  "SELECT",
  "WITH",
  "VALUES",
  "TABLE",
  "INSERT",
  "UPDATE",
  "DELETE",
  "MERGE",
]);

/** Whether a text is a whole statement that PostgreSQL can describe, by its first word. */
export function isStatement(text: string): boolean {
  return described.has(firstWord(text));
}

export function firstWord(text: string): string {
  return (/^[\s(]*([a-z]+)(?![a-z0-9_$.])/i.exec(wordsOf(text))?.[1] ?? "").toUpperCase();
}
