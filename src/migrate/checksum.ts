/** What a migration does, as a short text: comments and layout do not count, neither TypeScript's nor SQL's. Pure. */
import { normalizeSql } from "../sql/split";

// Stands for a `${...}` in a template literal while its SQL is normalised.
const HOLE = "\u0001";

/** The checksum of a migration file, with the number of the method in front so that it may change one day. */
export function migrationChecksum(source: string): string {
  return `1:${new Bun.CryptoHasher("sha256").update(normalizeSource(source)).digest("hex")}`;
}

/** Whether a recorded checksum says that the file has changed; one of another method says nothing. */
export function isEdited(recorded: string | null, source: string): boolean {
  return recorded?.startsWith("1:") === true && recorded !== migrationChecksum(source);
}

/**
 * TypeScript without comments and needless white space, template literals read as SQL. Not a parser: a regular
 * expression literal with quotes in it may be misread, but the same source always gives the same text.
 */
export function normalizeSource(source: string): string {
  return scan(source, 0, false).text;
}

interface Scan {
  text: string;
  end: number;
}

/** Code up to the end, or up to the brace that closes a template's hole. */
function scan(source: string, start: number, inHole: boolean): Scan {
  let text = "";
  let gap = false;
  let depth = 0;
  let position = start;
  const append = (piece: string, end: number) => {
    // White space only matters between two words.
    if (gap && /[\w$]$/.test(text.slice(-1)) && /^[\w$]/.test(piece)) text += " ";
    text += piece;
    gap = false;
    position = end;
  };
  const skip = (end: number) => {
    gap = true;
    position = end;
  };
  while (position < source.length) {
    const character = source.charAt(position);
    const pair = source.slice(position, position + 2);
    if (pair === "//") skip(endOf(source, "\n", position));
    else if (pair === "/*") skip(endOf(source, "*/", position + 2));
    else if (/\s/.test(character)) skip(position + 1);
    else if (character === "'" || character === '"') {
      const end = stringEnd(source, position, character);
      append(source.slice(position, end), end);
    } else if (character === "`") {
      const template = scanTemplate(source, position + 1);
      append(template.text, template.end);
    } else {
      if (character === "{") depth++;
      if (character === "}" && depth-- === 0 && inHole) return { text, end: position + 1 };
      append(character, position + 1);
    }
  }
  return { text, end: position };
}

function endOf(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from);
  return found < 0 ? source.length : found + mark.length;
}

function stringEnd(source: string, start: number, quote: string): number {
  for (let position = start + 1; position < source.length; position++) {
    const character = source.charAt(position);
    if (character === "\\") position++;
    else if (character === quote || character === "\n") return position + 1;
  }
  return source.length;
}

function scanTemplate(source: string, start: number): Scan {
  let sql = "";
  const holes: string[] = [];
  let position = start;
  while (position < source.length) {
    const character = source.charAt(position);
    if (character === "`") {
      position++;
      break;
    }
    if (character === "$" && source.charAt(position + 1) === "{") {
      const hole = scan(source, position + 2, true);
      holes.push(hole.text);
      sql += HOLE;
      position = hole.end;
    } else if (character === "\\") {
      sql += source.slice(position, position + 2);
      position += 2;
    } else {
      sql += character;
      position++;
    }
  }
  return {
    text: `\`${normalizeSql(sql)}\`${holes.map((hole) => `{${hole}}`).join("")}`,
    end: position,
  };
}
