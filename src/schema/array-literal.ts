/** PostgreSQL's text forms of arrays and composites: `{1,NULL,"a b"}` and `(1,,"a b")`. Pure. */

/** An array in text form, or null for NULL, nested to any depth; elements stay text. */
export type NestedText = string | null | NestedText[];

/**
 * Splits an array literal. Bounds (`[0:1]={...}`) are skipped; throws SyntaxError on anything else.
 * @param delimiter between elements: a comma for all types but box
 */
export function parseArrayLiteral(text: string, delimiter = ","): NestedText[] {
  let position = text.startsWith("[") ? text.indexOf("=") + 1 : 0;
  const parse = (): NestedText[] => {
    const items: NestedText[] = [];
    position++;
    if (text[position] === "}") {
      position++;
      return items;
    }
    for (;;) {
      const character = text[position];
      if (character === "{") items.push(parse());
      else if (character === '"') items.push(quotedElement());
      else {
        const start = position;
        while (position < text.length && text[position] !== delimiter && text[position] !== "}")
          position++;
        const word = text.slice(start, position);
        items.push(word === "NULL" ? null : word);
      }
      const separator = text[position++];
      if (separator === "}") return items;
      if (separator !== delimiter) throw new SyntaxError(`Malformed array literal: ${text}`);
    }
  };
  const quotedElement = (): string => {
    let value = "";
    for (position++; text[position] !== '"'; position++) {
      if (position >= text.length) throw new SyntaxError(`Malformed array literal: ${text}`);
      if (text[position] === "\\") position++;
      value += text[position];
    }
    position++;
    return value;
  };
  if (text[position] !== "{") throw new SyntaxError(`Malformed array literal: ${text}`);
  const items = parse();
  if (position !== text.length) throw new SyntaxError(`Malformed array literal: ${text}`);
  return items;
}

/** Prints one element: NULL bare, words bare, everything else quoted. */
export function arrayElement(text: string | null): string {
  if (text === null) return "NULL";
  if (/^[^\s{}",\\]+$/.test(text) && text.toUpperCase() !== "NULL") return text;
  return `"${text.replace(/(["\\])/g, "\\$1")}"`;
}

/** Prints an array of one dimension. */
export function arrayLiteral(texts: readonly (string | null)[]): string {
  return jsonArrayLiteral(texts) ?? `{${texts.map(arrayElement).join(",")}}`;
}

/**
 * Prints an array of what JSON prints as PostgreSQL reads it; undefined for texts that need more. JSON quotes like
 * PostgreSQL, but for the brackets and for control characters, and its native printer is several times as fast as a loop.
 */
export function jsonArrayLiteral(values: readonly unknown[]): string | undefined {
  const json = JSON.stringify(values);
  return /\\[^"\\]/.test(json) ? undefined : `{${json.slice(1, -1)}}`;
}

/** Splits a composite literal into its fields; an empty field is NULL. */
export function parseCompositeLiteral(text: string): (string | null)[] {
  if (!text.startsWith("(") || !text.endsWith(")")) {
    throw new SyntaxError(`Malformed composite literal: ${text}`);
  }
  const fields: (string | null)[] = [];
  let value: string | null = null;
  let quoted = false;
  for (let position = 1; position < text.length; position++) {
    const character = text[position] as string;
    if (quoted) {
      if (character === '"' && text[position + 1] === '"') value += text[++position] as string;
      else if (character === '"') quoted = false;
      else if (character === "\\") value += text[++position] as string;
      else value += character;
    } else if (character === '"') {
      quoted = true;
      value ??= "";
    } else if (character === "," || (character === ")" && position === text.length - 1)) {
      fields.push(value);
      value = null;
    } else value = (value ?? "") + character;
  }
  return fields;
}

/** Prints a composite from the text of its fields. */
export function compositeLiteral(fields: readonly (string | null)[]): string {
  const printed = fields.map((field) => {
    if (field === null) return "";
    return field !== "" && /^[^\s(),"\\]+$/.test(field)
      ? field
      : `"${field.replace(/(["\\])/g, "$1$1")}"`;
  });
  return `(${printed.join(",")})`;
}
