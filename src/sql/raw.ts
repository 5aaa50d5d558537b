/** SQL written by the application: the `sql` tag, and text with `$1` placeholders. Values are always bound. */
import { describe, QueryError } from "../errors";
import { parameter } from "./build";
import { type Token, tokenize } from "./lexer";
import type { Identifier, NestedQuery, Parameter, RawNode } from "./nodes";
import { OPERAND, type Operand, SUBQUERY, type SubqueryDescriptor } from "./operand";
import type { SqlResult } from "./results";

type Piece = RawNode["pieces"][number];

/** A fragment of SQL with its values, made by the `sql` tag; it can stand wherever raw SQL is accepted. */
export class SqlFragment<Value = unknown> {
  readonly node: RawNode;
  /** What it evaluates to, for the type checker: sql<number>`...`. */
  declare readonly value?: Value;

  constructor(node: RawNode) {
    this.node = node;
  }
}

/** A whole statement with a name, whose rows `bake sql check` has typed; made by `sql.typed`. */
export class TypedSql<Row> extends SqlFragment {
  readonly name: string;
  /** What query() gives for it, for the type checker. */
  declare readonly row?: Row;

  constructor(node: RawNode, name: string) {
    super(node);
    this.name = name;
  }
}

/**
 * Tokens of fragments that were found to be right: the lexer gives the same ones for the same text. And the strings of
 * templates: a line of the program gives the same object each time.
 */
const sound = new WeakSet<readonly Token[] | TemplateStringsArray>();

/** Checks text that will stand inside a larger statement: balanced, one statement, nothing left open. */
function checkFragment(text: string, label: string): void {
  const tokens = tokenize(text);
  if (sound.has(tokens)) return;
  let depth = 0;
  for (const token of tokens) {
    const open = token.kind === "comment" && text.startsWith("--", token.start);
    if (!token.closed && !open) {
      throw new QueryError(
        `${label} has a quote or comment that is never closed: ${describe(text)}.`,
      );
    }
    if (token.kind === "semicolon") {
      throw new QueryError(
        `${label} must be one expression, without a semicolon: ${describe(text)}.`,
      );
    }
    if (token.kind !== "text") continue;
    for (let index = token.start; index < token.end; index++) {
      const character = text[index];
      if (character === "(") depth++;
      else if (character === ")" && --depth < 0) break;
    }
    if (depth < 0) break;
  }
  if (depth !== 0) {
    throw new QueryError(`${label} has unbalanced parentheses: ${describe(text)}.`);
  }
  sound.add(tokens);
}

/**
 * Text with `$1`, `$2`... and the values they stand for. A `$1` inside quotes or a comment is text.
 * Throws QueryError when a placeholder has no value, or a value no placeholder.
 */
export function rawFragment(
  text: string,
  values: readonly unknown[] = [],
  label = "Raw SQL",
): RawNode {
  checkFragment(text, label);
  return { kind: "raw", pieces: bindPlaceholders(text, values, label) };
}

/** A whole statement of the application: not checked for semicolons, its placeholders are bound alike. */
export function rawStatement(text: string, values: readonly unknown[] = []): RawNode {
  return { kind: "raw", pieces: bindPlaceholders(text, values, "The query") };
}

function bindPlaceholders(text: string, values: readonly unknown[], label: string): Piece[] {
  if (typeof text !== "string") throw new QueryError(`${label} must be a string.`);
  const pieces: Piece[] = [];
  const bound = new Map<number, Parameter>();
  let start = 0;
  for (const token of tokenize(text)) {
    if (token.kind !== "parameter") continue;
    const number = Number(text.slice(token.start + 1, token.end));
    if (number < 1 || number > values.length) {
      throw new QueryError(
        `${label} uses $${number}, but ${values.length} value${values.length === 1 ? " was" : "s were"} given: ${describe(text)}.`,
      );
    }
    const value = values[number - 1];
    if (value === undefined) {
      throw new QueryError(`${label}: the value of $${number} is undefined.`, {
        hint: "Pass null for SQL NULL.",
      });
    }
    let node = bound.get(number);
    if (!node) {
      node = parameter(value);
      bound.set(number, node);
    }
    if (token.start > start) pieces.push(text.slice(start, token.start));
    pieces.push(node);
    start = token.end;
  }
  if (start < text.length) pieces.push(text.slice(start));
  if (bound.size < values.length) {
    throw new QueryError(
      `${label} has ${values.length} values, but uses only ${bound.size}: ${describe(text)}.`,
    );
  }
  return pieces;
}

/** The statement of a builder, or of anything that answers the SUBQUERY protocol. */
export function operandStatement(value: unknown, withoutNulls = false): NestedQuery | undefined {
  if (value === null || typeof value !== "object") return undefined;
  const operand = value as Partial<Operand> & { [SUBQUERY]?: () => SubqueryDescriptor };
  if (typeof operand[OPERAND] === "function") return operand[OPERAND](withoutNulls);
  if (typeof operand[SUBQUERY] !== "function") return undefined;
  const { sql, values } = operand[SUBQUERY]();
  return { kind: "raw-statement", raw: rawStatement(sql, values) };
}

function pieceOf(value: unknown): Piece[] {
  if (value instanceof SqlFragment) return [...value.node.pieces];
  if (value instanceof SqlName) return [value.node];
  if (value instanceof SqlList) return value.pieces;
  if (value === undefined) {
    throw new QueryError("sql`...` was given undefined.", { hint: "Pass null for SQL NULL." });
  }
  const query = operandStatement(value);
  return [query ? { kind: "subquery", query } : parameter(value)];
}

/** A query brings its own parentheses: `IN (${query})` loses those around it, or it would be one value of a list. */
function withoutDoubleParentheses(pieces: Piece[]): Piece[] {
  if (!pieces.some((piece) => typeof piece !== "string" && piece.kind === "subquery"))
    return pieces;
  const result = [...pieces];
  pieces.forEach((piece, index) => {
    const [before, after] = [result[index - 1], result[index + 1]];
    if (typeof piece === "string" || piece.kind !== "subquery") return;
    if (typeof before !== "string" || typeof after !== "string") return;
    if (!/\b(in|exists|any|some|all|array)\s*\(\s*$/i.test(before) || !/^\s*\)/.test(after)) return;
    result[index - 1] = before.replace(/\(\s*$/, "");
    result[index + 1] = after.replace(/^\s*\)/, "");
  });
  return result;
}

class SqlName {
  readonly node: Identifier;
  constructor(path: readonly string[]) {
    this.node = { kind: "identifier", path };
  }
}

class SqlList {
  readonly pieces: Piece[];
  constructor(pieces: Piece[]) {
    this.pieces = pieces;
  }
}

/**
 * A fragment of SQL: every `${value}` is bound, nested fragments and queries are composed, names and lists have
 * helpers. Throws QueryError for undefined.
 * @example
 * User.where(sql`lower(${sql.id("email")}) = ${email}`)         // (lower("email") = $1)
 * User.where(sql`id IN (${Post.select("userId")}) OR active`) // (id IN (SELECT "user_id" FROM "posts") OR active)
 */
export function sql<Value = unknown>(
  strings: TemplateStringsArray,
  ...values: readonly unknown[]
): SqlFragment<Value> {
  const pieces: Piece[] = [];
  for (let index = 0; index < strings.length; index++) {
    const text = strings[index] as string;
    if (text !== "") pieces.push(text);
    if (index < values.length) pieces.push(...pieceOf(values[index]));
  }
  refuseQuotedValues(strings);
  return new SqlFragment({ kind: "raw", pieces: withoutDoubleParentheses(pieces) });
}

/** A value inside a quote would be part of the text, and its placeholder would never be seen. */
function refuseQuotedValues(strings: TemplateStringsArray): void {
  if (sound.has(strings)) return;
  const text = strings.join("\u0001");
  for (const { kind, start, end } of tokenize(text)) {
    if (kind !== "text" && kind !== "parameter" && text.slice(start, end).includes("\u0001")) {
      throw new QueryError(
        `A value stands inside a quote or comment: ${describe(strings.join("..."))}.`,
        { hint: "Leave the quotes out: values are bound, not printed." },
      );
    }
  }
  // An array that somebody calls the tag with may change.
  if (Object.isFrozen(strings)) sound.add(strings);
}

/**
 * A tag for a whole statement with a name of its own. `bake sql check --write` asks the database for its columns and
 * writes their types; query() then gives rows of that type.
 * @example
 * const totals = await query(sql.typed("userTotals")`
 *   SELECT user_id, sum(total) AS total FROM orders WHERE status = ${"active"} GROUP BY user_id`);
 * totals[0]?.total; // string | null
 */
sql.typed =
  <const Name extends string>(name: Name) =>
  (strings: TemplateStringsArray, ...values: readonly unknown[]): TypedSql<SqlResult<Name>> =>
    new TypedSql(sql(strings, ...values).node, name);

/** A quoted identifier: `sql.id("public", "users")` -> `"public"."users"`. */
sql.id = (...path: readonly string[]): SqlName => new SqlName(path);

/** Values or fragments with commas between them: `sql.list([1, 2])` -> `$1, $2`. */
sql.list = (values: readonly unknown[]): SqlList => sql.join(values, ", ");

const separators = [", ", " AND ", " OR ", " "] as const;

/** Fragments or values with a separator of ours between them. */
sql.join = (values: readonly unknown[], separator: (typeof separators)[number] = ", "): SqlList => {
  if (values.length === 0)
    throw new QueryError("sql.join() and sql.list() need at least one item.");
  if (!separators.includes(separator)) {
    throw new QueryError(`sql.join() does not know the separator ${describe(separator)}.`, {
      hint: `Separators: ${separators.map((each) => JSON.stringify(each)).join(", ")}.`,
    });
  }
  return new SqlList(
    values.flatMap((value, index) =>
      index === 0 ? pieceOf(value) : [separator, ...pieceOf(value)],
    ),
  );
};

/** Text of the application as it is; never pass it anything that a user typed. */
sql.raw = (text: string): SqlFragment => new SqlFragment({ kind: "raw", pieces: [text] });

/** The same SQL with its values masked in logs and errors. */
export function hidden(raw: RawNode): RawNode {
  const pieces = raw.pieces.map((piece): Piece => {
    if (typeof piece === "string") return piece;
    if (piece.kind === "raw") return hidden(piece);
    return piece.kind === "parameter" ? { ...piece, sensitive: true } : piece;
  });
  return { ...raw, pieces };
}

/**
 * The fragment as a node for an expression position; checked like rawFragment.
 * @param sensitive its values are meant for a sensitive column
 */
export function fragmentNode(
  fragment: SqlFragment,
  label = "The sql fragment",
  sensitive = false,
): RawNode {
  let text = "";
  for (const piece of fragment.node.pieces) text += typeof piece === "string" ? piece : " x ";
  checkFragment(text, label);
  return sensitive ? hidden(fragment.node) : fragment.node;
}

/** A node from either spelling of raw SQL. */
export function rawNode(
  fragment: string | SqlFragment,
  values: readonly unknown[] | undefined,
  label: string,
): RawNode {
  if (fragment instanceof SqlFragment) {
    if (values !== undefined) {
      throw new QueryError(`${label}: values belong into the sql fragment itself.`);
    }
    return fragmentNode(fragment, label);
  }
  return rawFragment(fragment, values, label);
}
