/** Splits SQL text into the tokens that matter for safety: quotes, comments, placeholders, semicolons. Pure. */

export type TokenKind = "text" | "string" | "identifier" | "comment" | "parameter" | "semicolon";

/** `text.slice(start, end)` is the token; "text" tokens are everything in between. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** False when a quote or comment is never closed. */
  readonly closed: boolean;
}

const wordStart = /[A-Za-z_\u0080-\uffff]/;
const wordPart = /[A-Za-z0-9_$\u0080-\uffff]/;

// The same few fragments and statements come again and again; the bounds are for programs that make theirs up.
const known = new Map<string, readonly Token[]>();
const MOST = 1_000;
const LONGEST = 4_000;

/** Tokens in order, without gaps. Never throws: an unclosed quote ends with the text and is marked. */
export function tokenize(sql: string): readonly Token[] {
  let tokens = known.get(sql);
  if (tokens === undefined) {
    tokens = split(sql);
    if (known.size >= MOST) known.clear();
    if (sql.length <= LONGEST) known.set(sql, tokens);
  }
  return tokens;
}

function split(sql: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  let textStart = 0;
  const push = (kind: TokenKind, start: number, end: number, closed = true) => {
    if (start > textStart)
      tokens.push({ kind: "text", start: textStart, end: start, closed: true });
    tokens.push({ kind, start, end, closed });
    position = end;
    textStart = end;
  };
  while (position < sql.length) {
    const character = sql[position] as string;
    const next = sql[position + 1];
    if (character === "'" || character === '"') {
      const end = quotedEnd(sql, position, character, false);
      push(character === "'" ? "string" : "identifier", position, end.end, end.closed);
    } else if (character === "-" && next === "-") {
      const newline = sql.indexOf("\n", position);
      push("comment", position, newline < 0 ? sql.length : newline + 1, newline >= 0);
    } else if (character === "/" && next === "*") {
      const end = commentEnd(sql, position);
      push("comment", position, end.end, end.closed);
    } else if (character === ";") {
      push("semicolon", position, position + 1);
    } else if (character === "$") {
      const digits = /^\$\d+/.exec(sql.slice(position, position + 12));
      const tag = /^\$([A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/.exec(
        sql.slice(position, position + 130),
      );
      if (digits) push("parameter", position, position + digits[0].length);
      else if (tag) {
        const close = sql.indexOf(tag[0], position + tag[0].length);
        push("string", position, close < 0 ? sql.length : close + tag[0].length, close >= 0);
      } else position++;
    } else if (wordStart.test(character)) {
      let end = position + 1;
      while (end < sql.length && wordPart.test(sql[end] as string)) end++;
      // E'...' knows backslash escapes; the prefix belongs to the literal.
      if (sql[end] === "'" && /^e$/i.test(sql.slice(position, end))) {
        const literal = quotedEnd(sql, end, "'", true);
        push("string", position, literal.end, literal.closed);
      } else position = end;
    } else if (/[0-9]/.test(character)) {
      let end = position + 1;
      while (end < sql.length && wordPart.test(sql[end] as string)) end++;
      position = end;
    } else position++;
  }
  if (textStart < sql.length) {
    tokens.push({ kind: "text", start: textStart, end: sql.length, closed: true });
  }
  return tokens;
}

function quotedEnd(
  sql: string,
  start: number,
  quote: string,
  backslash: boolean,
): { end: number; closed: boolean } {
  for (let position = start + 1; position < sql.length; position++) {
    if (backslash && sql[position] === "\\") position++;
    else if (sql[position] === quote) {
      if (sql[position + 1] !== quote) return { end: position + 1, closed: true };
      position++;
    }
  }
  return { end: sql.length, closed: false };
}

/** Block comments nest in PostgreSQL. */
function commentEnd(sql: string, start: number): { end: number; closed: boolean } {
  let depth = 0;
  for (let position = start; position < sql.length - 1; position++) {
    const pair = sql.slice(position, position + 2);
    if (pair === "/*") {
      depth++;
      position++;
    } else if (pair === "*/") {
      depth--;
      position++;
      if (depth === 0) return { end: position + 1, closed: true };
    }
  }
  return { end: sql.length, closed: false };
}
