/** Comments of the generated file: what people wrote with COMMENT ON, and what was renamed. Pure. */
import { stringLiteral } from "./literal";
import type { AllottedName } from "./names";

/** Text that may stand in a comment: it cannot end it, and control characters are gone. */
function lines(text: string): string[] {
  return text
    .replaceAll("*/", "*\\/")
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replace(/[\p{Cc}\p{Bidi_Control}]+/gu, " ").trimEnd());
}

/** A name of the database inside a line comment or docstring: printed as a string when it is odd. */
export function shownName(name: string): string {
  if (/^[\p{ID_Continue}$ -]+$/u.test(name)) return name;
  return stringLiteral(name).replaceAll("*/", "*\\/");
}

/** The docstring of a class or property; empty when there is nothing to say. */
export function docstring(
  comment: string | undefined,
  renamed: { from: string; to: AllottedName } | undefined,
  indent = "",
): string {
  const said = comment === undefined ? [] : lines(comment);
  if (renamed?.to.reason !== undefined) {
    if (said.length > 0) said.push("");
    said.push(...lines(`Renamed from ${stringLiteral(renamed.from)}: ${renamed.to.reason}.`));
  }
  if (said.length === 0) return "";
  if (said.length === 1) return `${indent}/** ${said[0]} */\n`;
  const body = said.map((line) => `${indent} *${line === "" ? "" : ` ${line}`}\n`);
  return `${indent}/**\n${body.join("")}${indent} */\n`;
}
