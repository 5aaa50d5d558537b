/** Results of different libraries in one form, to be compared. */

const camel = (name: string) =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Sorted camelCase keys, moments and numbers as text; lists of records sorted.
 * @param isOrdered the list itself was asked for in an order, and stays in it
 */
export function canonical(value: unknown, isOrdered = false): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) {
    const items = Array.from(value, (item) => canonical(item));
    // The order of rows that were asked for by a list of ids, and of children, is nobody's promise.
    return !isOrdered && items.every((item) => item !== null && typeof item === "object")
      ? items.sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)))
      : items;
  }
  if (typeof value !== "object") return value;
  const entries = Object.entries(value)
    .filter(([key, item]) => item !== undefined && !key.startsWith("_"))
    .map(([key, item]) => [camel(key), canonical(item)] as const)
    .sort(([a], [b]) => compareText(a, b));
  return Object.fromEntries(entries);
}
