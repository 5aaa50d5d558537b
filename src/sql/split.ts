/** Cuts a script into its statements, and brings SQL into a form in which layout and comments do not count. Pure. */
import { describe, QueryError } from "../errors";
import { tokenize } from "./lexer";

/** `CREATE FUNCTION ... BEGIN ATOMIC a; b; END` is one statement although it holds semicolons. */
const routine = /^create\s+(or\s+replace\s+)?(function|procedure)\b/i;

/**
 * The statements of a script, trimmed, without their semicolons; pieces with nothing but comments are left out.
 * Semicolons in quotes, dollar quotes, comments, parentheses (CREATE RULE) and BEGIN ATOMIC bodies do not cut.
 * Throws QueryError when a quote or block comment is never closed.
 */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let parentheses = 0;
  let blocks = 0;
  const finish = (end: number) => {
    const statement = script.slice(start, end);
    if (normalizeSql(statement) !== "") statements.push(statement.trim());
    start = end + 1;
    parentheses = 0;
    blocks = 0;
  };
  for (const token of tokenize(script)) {
    const text = script.slice(token.start, token.end);
    if (!token.closed && !text.startsWith("--")) {
      throw new QueryError(`A quote or comment is never closed: ${describe(text.slice(0, 80))}.`);
    }
    if (token.kind === "semicolon" && parentheses === 0 && blocks === 0) finish(token.start);
    if (token.kind !== "text") continue;
    for (const [word] of text.matchAll(/[()]|[A-Za-z_][A-Za-z0-9_$]*/g)) {
      if (word === "(") parentheses++;
      else if (word === ")") parentheses = Math.max(0, parentheses - 1);
      else if (/^begin$/i.test(word)) {
        if (routine.test(normalizeSql(script.slice(start, token.end)))) blocks++;
      } else if (blocks > 0 && /^case$/i.test(word)) blocks++;
      else if (blocks > 0 && /^end$/i.test(word)) blocks--;
    }
  }
  finish(script.length);
  return statements;
}

/** SQL without comments, every run of white space outside quotes as one space, trimmed. */
export function normalizeSql(sql: string): string {
  let result = "";
  let plain = "";
  for (const token of tokenize(sql)) {
    const text = sql.slice(token.start, token.end);
    if (token.kind === "comment") plain += " ";
    else if (token.kind === "string" || token.kind === "identifier") {
      result += plain.replace(/\s+/g, " ") + text;
      plain = "";
    } else plain += text;
  }
  return (result + plain.replace(/\s+/g, " ")).trim();
}
