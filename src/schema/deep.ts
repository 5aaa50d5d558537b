/** Deep comparison and copy of JSON-like values. Pure; imports nothing. */

/** Arrays and typed arrays: the driver gives either for the same column. */
export function isList(value: unknown): value is ArrayLike<unknown> & Iterable<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** Own fields only: JSON may hold keys such as "constructor" or "__proto__". */
const own = (object: object, key: string): unknown =>
  Object.hasOwn(object, key) ? Reflect.get(object, key) : undefined;

/** Equal by content: Dates by time, NaN equal to NaN, a key that is undefined equal to a missing one. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  if (a instanceof Date || b instanceof Date) return Number(a) === Number(b);
  return (
    isList(a) === isList(b) &&
    Object.keys({ ...a, ...b }).every((key) => same(own(a, key), own(b, key)))
  );
}

/** A copy that shares nothing mutable with the value. */
export function copy(value: unknown): unknown {
  return typeof value === "object" ? structuredClone(value) : value;
}
