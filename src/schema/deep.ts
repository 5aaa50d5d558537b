/** Deep comparison and copy of the values a column can hold. Pure; imports nothing. */

/** Arrays and typed arrays: the driver gives either for the same column. */
export function isList(value: unknown): value is ArrayLike<unknown> & Iterable<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** Equal by content: Dates by time, NaN equal to NaN, a key that is undefined equal to a missing one. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  if (isList(a) && isList(b)) {
    return a.length === b.length && Array.from(a).every((item, index) => same(item, b[index]));
  }
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Date) return Object.is(+a, Number(b));
  const own = (object: object, key: string): unknown =>
    Object.hasOwn(object, key) ? Reflect.get(object, key) : undefined;
  return Object.keys({ ...a, ...b }).every((key) => same(own(a, key), own(b, key)));
}

/** A copy that shares nothing mutable; objects of other classes (Temporal) are immutable or opaque. */
export function copy(value: unknown): unknown {
  if (typeof value !== "object" || !value) return value;
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Date) return new Date(value);
  // Not slice(): a Buffer's slice shares its memory.
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (isList(value)) return Array.from(value);
  if (Object.getPrototypeOf(Object.getPrototypeOf(value) ?? Object.prototype)) return value;
  // fromEntries defines: a "__proto__" key that came with JSON stays an ordinary key.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
}
