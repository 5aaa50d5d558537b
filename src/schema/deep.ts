/** Deep comparison and copy of the values a column can hold. Pure; imports nothing. */

/** Arrays and typed arrays: the driver gives either for the same column. */
export function isList(value: unknown): value is ArrayLike<unknown> & Iterable<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** Equal by content: Dates by time, NaN equal to NaN, a key that is undefined equal to a missing one. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  if (a instanceof Date || b instanceof Date) {
    return a instanceof Date && b instanceof Date && Object.is(+a, +b);
  }
  if (isList(a) || isList(b)) {
    return (
      isList(a) &&
      isList(b) &&
      a.length === b.length &&
      Array.from(a).every((item, index) => same(item, b[index]))
    );
  }
  const other = new Map(Object.entries(b));
  return (
    a.constructor === b.constructor &&
    Object.entries(a).every(([key, item]) => same(item, other.get(key))) &&
    [...other].every(([key, item]) => item === undefined || Object.hasOwn(a, key))
  );
}

/** A copy that shares nothing mutable; objects of other classes (Temporal) are immutable or opaque. */
export function copy(value: unknown): unknown {
  if (typeof value !== "object" || !value) return value;
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Date) return new Date(value);
  // Not slice(): a Buffer's slice shares its memory.
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (isList(value)) return Array.from(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  // fromEntries defines: a "__proto__" key that came with JSON stays an ordinary key.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
}
