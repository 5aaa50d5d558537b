/** Names: snake_case in the database, camelCase in TypeScript, singular and plural. Pure. */
import type pluralize from "pluralize";

/** Loaded at the first inflection: its several hundred rules take as long to set up as the whole library. */
const inflector = (): typeof pluralize => require("pluralize");

/** "user_id" -> "userId"; every underscore goes and the letter after it is upper-case ("_x" -> "X"). */
export function camelCase(name: string): string {
  return name.replace(/_+([^_]?)/g, (_match, next: string) => next.toUpperCase());
}

/** "user_accounts" -> "UserAccounts"; upper-case letters inside are kept. */
export function pascalCase(name: string): string {
  const camel = camelCase(name);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

/** "BlogPost" -> "blog_post", "HTMLParser" -> "html_parser". */
export function snakeCase(name: string): string {
  return name
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** "category" -> "categories"; the last word of a compound is inflected. */
export function plural(name: string): string {
  return inflector().plural(name);
}

/** "categories" -> "category", "statuses" -> "status". */
export function singular(name: string): string {
  return inflector().singular(name);
}

/** The table a model is stored in: "BlogPost" -> "blog_posts", "Person" -> "people". */
export function tableNameOf(modelName: string): string {
  const words = snakeCase(modelName).split("_");
  words.push(plural(words.pop() ?? ""));
  return words.join("_");
}

/** The model stored in a table: "blog_posts" -> "BlogPost". */
export function modelNameOf(tableName: string): string {
  const words = tableName.split("_");
  words.push(singular(words.pop() ?? ""));
  return pascalCase(words.join("_"));
}
