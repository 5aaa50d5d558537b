/** Deep comparison and copy of JSON-like values. Pure; imports nothing. */

/** Arrays and typed arrays: the driver gives either for the same column. */
export function isList(value: unknown): value is ArrayLike<unknown> & Iterable<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** Whether JSON would write it in braces. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && !!value && !Array.isArray(value);
}

/** JSON whose keys are in order; bigint, which JSON does not have, is text of its own kind. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "bigint"
      ? `${item}n`
      : isObject(item)
        ? Object.fromEntries(
            Object.keys(item)
              .sort()
              .map((key) => [key, Reflect.get(item, key)]),
          )
        : item,
  );
}

/** Equal by content, as JSON sees it: a key that is undefined is equal to a missing one. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b);
}

/** A copy that shares nothing mutable with the value. */
export function copy(value: unknown): unknown {
  return typeof value === "object" ? structuredClone(value) : value;
}
