/** Rows of a statement the application wrote: columns of the model by attribute, the rest as extras. */
import type { DriverResult, DriverRow } from "../connection/driver";
import type { RowShape } from "../query/source";
import { codecOf } from "../schema/codecs";
import { tokenize } from "../sql/lexer";
import type { ModelInfo } from "./info";

/** Renames database names to attributes, and gives json the text form that the codecs read. */
export function rowsByAttribute(
  info: ModelInfo,
  result: DriverResult,
): { rows: DriverResult; shape: RowShape } {
  const { columns } = info.source;
  const byName = new Map(
    [...columns.values()].map((found) => [found.definition.columnName, found]),
  );
  const names = result.columns?.map(({ name }) => name) ?? Object.keys(result[0] ?? {});
  const attributes: string[] = [];
  const extras: string[] = [];
  const copies: ((from: DriverRow, to: DriverRow) => void)[] = [];
  for (const name of new Set(names)) {
    const found = byName.get(name) ?? columns.get(name);
    if (!found) {
      extras.push(name);
      copies.push((from, to) => {
        to[name] = from[name];
      });
      continue;
    }
    const { attribute, definition } = found;
    const asText = codecOf(definition).asText;
    attributes.push(attribute);
    copies.push((from, to) => {
      const raw = from[name];
      to[attribute] = asText && raw !== null ? textForm(raw) : raw;
    });
  }
  const rows = result.map((from) => {
    const to: DriverRow = {};
    for (const copy of copies) copy(from, to);
    return to;
  });
  return {
    rows: Object.assign(rows, { count: result.count, command: result.command }),
    shape: { attributes, extras },
  };
}

/** What `::text` would have given: the driver parses json and shortens timestamps on its own. */
function textForm(raw: unknown): string {
  if (raw instanceof Date) return raw.toISOString();
  return JSON.stringify(raw);
}

/**
 * Extras that the text makes of a sensitive column: `password_digest AS pd`, `upper(password_digest)`, and what a
 * CTE or subquery made of one. An expression under the name of a virtual that the class declares is the author's
 * own decision: `password_digest IS NOT NULL AS "hasPassword"`.
 */
export function secretExtras(
  info: ModelInfo,
  text: string,
  extras: readonly string[],
): ReadonlySet<string> {
  const { sensitive, shape } = info.definition;
  const columns = shape.names.flatMap((name) =>
    sensitive.has(name) ? (shape.columns[name]?.columnName ?? []) : [],
  );
  if (extras.length === 0 || columns.length === 0) return new Set();
  const secrets = new Set(columns.map((name) => name.toLowerCase()));
  const words = wordsOf(text);
  if (!words.some((word) => secrets.has(word))) return new Set();
  const items = aliasedItems(words);
  for (let size = 0; size !== secrets.size; ) {
    size = secrets.size;
    for (const { alias, expression } of items) {
      if (expression.some((word) => secrets.has(word))) secrets.add(alias);
    }
  }
  const isSecret = (extra: string) => {
    const found = items.filter(({ alias }) => alias === extra.toLowerCase());
    // A function, or an expression, without an alias.
    if (found.length === 0) return true;
    if (!secrets.has(extra.toLowerCase())) return false;
    const isPlain = found.some(({ expression: [only, ...more] }) => more.length === 0 && only);
    return isPlain || !info.fields.includes(extra);
  };
  return new Set(extras.filter(isSecret));
}

interface AliasedItem {
  readonly alias: string;
  /** The words of the expression; of `t.password_digest` only the column. */
  readonly expression: readonly string[];
}

/** Names, keywords, and the punctuation that ends an expression, in lower case; no literals and no comments. */
function wordsOf(text: string): string[] {
  return tokenize(text).flatMap(({ kind, start, end }) => {
    if (kind === "identifier") return [text.slice(start + 1, end - 1).toLowerCase()];
    return kind === "text"
      ? (text
          .slice(start, end)
          .toLowerCase()
          .match(/[\p{L}_][\p{L}\d_$]*|[(),.]|\S/gu) ?? [])
      : [];
  });
}

const afterItem = new Set([",", ")", "from", undefined]);

/** `expression AS alias` and `expression alias` of every SELECT in the text. */
function aliasedItems(words: readonly string[]): AliasedItem[] {
  const items: AliasedItem[] = [];
  for (const [index, alias] of words.entries()) {
    if (!/^[\p{L}_]/u.test(alias) || !afterItem.has(words[index + 1])) continue;
    const expression: string[] = [];
    let depth = 0;
    for (let at = index - 1; at >= 0; at--) {
      const word = words[at] ?? "";
      if (word === ")") depth++;
      if (word === "(") depth--;
      if (depth < 0 || (depth === 0 && (word === "," || word === "select"))) break;
      // The alias itself is no expression, and neither is what only says where a column is.
      if (word === "as" || word === "." || words[at + 1] === ".") continue;
      expression.unshift(word);
    }
    // A column by its own name.
    items.push({ alias, expression: expression.length > 0 ? expression : [alias] });
  }
  return items;
}
