/**
 * From database names to names in TypeScript. Pure.
 *
 * Attributes (one column each):
 *  1. The name is camel-cased: `user_id` is `userId`.
 *  2. What cannot stand in an identifier separates words like an underscore, and vanishes at the
 *     ends: `first name`, `first-name` are `firstName`. A name that still cannot begin an
 *     identifier gets `_` in front (`2fa` is `_2fa`); one of which nothing is left is `column`.
 *  3. A member of every record keeps its name, the attribute gets `_` behind: `errors` is `errors_`.
 *  4. Two columns with one attribute: the first one in the table that needs none of 2 and 3 keeps
 *     it, the others get the next free number: `foo_bar` is `fooBar`, then `fooBar` is `fooBar2`.
 *
 * Constants, classes and types of the file (`names-plan.ts`) follow 2 and 4; tables are not
 * camel-cased, and a reserved word gets `_` behind (`class` is `class_`).
 * Whatever changed by more than rule 1 carries a comment in the generated file.
 */
import { camelCase, pascalCase } from "../schema/naming";
import { reservedAttributes } from "../schema/reserved";

/** A name in TypeScript, and why it is not the obvious one. */
export interface AllottedName {
  readonly name: string;
  readonly reason?: string;
}

const separators = /[^\p{ID_Continue}$]+/gu;
const separatorsAtEnds = /^[^\p{ID_Continue}$]+|[^\p{ID_Continue}$]+$/gu;
const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Words of the language, of CommonJS modules, and of the generated file itself. */
const reservedWords: ReadonlySet<string> = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval
  export extends false finally for function globalThis if implements import in instanceof interface
  let new null package private protected public return static super switch this throw true try
  typeof undefined var void while with yield exports require module __filename __dirname __proto__
  schema Date Uint8Array Temporal TableDefinition SchemaDefinition`.split(/\s+/),
);

/** Whether `name` may be written without quotes as a property. */
export function isIdentifier(name: string): boolean {
  return identifier.test(name);
}

function withoutSeparators(name: string): string {
  return name.replace(separatorsAtEnds, "").replace(separators, "_");
}

function begun(name: string, whenEmpty: string): string {
  if (name === "") return whenEmpty;
  return identifier.test(name) ? name : `_${name}`;
}

/** The name for a constant: "order items" -> "order_items", "class" -> "class_". */
export function constantName(name: string, whenEmpty = "table"): string {
  const valid = begun(withoutSeparators(name), whenEmpty);
  return reservedWords.has(valid) ? `${valid}_` : valid;
}

/** The name for a class or type: "order items" -> "OrderItems". */
export function className(name: string, whenEmpty: string): string {
  return begun(pascalCase(withoutSeparators(name)), whenEmpty);
}

/** The attribute a column would have if it were alone, as rules 1 to 3 say. */
export function attributeName(column: string): AllottedName {
  const plain = camelCase(column);
  const valid = begun(camelCase(withoutSeparators(column)), "column");
  if (reservedAttributes.has(valid)) {
    return { name: `${valid}_`, reason: `every record has a member "${valid}"` };
  }
  return valid === plain ? { name: valid } : { name: valid, reason: "not an identifier" };
}

/** `name`, or `name2`, `name3`, ...: the first that is free. */
export function firstFree(name: string, isTaken: (name: string) => boolean): string {
  let free = name;
  for (let number = 2; isTaken(free); number++) free = `${name}${number}`;
  return free;
}

/**
 * Allots an attribute to each column of a table (or field of a composite), by rule 4 where they clash.
 * @example attributeNames(["user_id", "errors"]).get("errors")?.name; // "errors_"
 */
export function attributeNames(columns: readonly string[]): ReadonlyMap<string, AllottedName> {
  const wanted = columns.map((column) => ({ column, ...attributeName(column) }));
  const owners = new Map<string, string>();
  for (const { column, name, reason } of wanted) {
    if (reason === undefined && !owners.has(name)) owners.set(name, column);
  }
  return new Map(
    wanted.map(({ column, name, reason }): [string, AllottedName] => {
      if (owners.get(name) === column) return [column, { name }];
      const rival = owners.get(name);
      const free = firstFree(name, (other) => owners.has(other) || reservedAttributes.has(other));
      owners.set(free, column);
      const why = rival === undefined ? reason : `"${name}" is the attribute of column "${rival}"`;
      return [column, why === undefined ? { name: free } : { name: free, reason: why }];
    }),
  );
}

/** Whether a constant, class or type may not have this name in the generated file. */
export function isReservedWord(name: string): boolean {
  return reservedWords.has(name);
}
