/** The one door to `Temporal`: the native global, or an implementation handed in. Browser-safe. */
import type { Temporal as TemporalNamespace } from "temporal-polyfill";
import { ConfigurationError } from "../errors";

/** The `Temporal` namespace, native or polyfilled: both have the same type. */
export type TemporalImplementation = typeof TemporalNamespace;

export type TemporalDuration = TemporalNamespace.Duration;

let chosen: TemporalImplementation | undefined;

/**
 * Uses the given implementation of Temporal from now on, instead of the native one.
 *
 * @param implementation the namespace of a polyfill; `undefined` goes back to the native one
 * @example
 * import { Temporal } from "temporal-polyfill";
 * provideTemporal(Temporal);
 */
export function provideTemporal(implementation: TemporalImplementation | undefined): void {
  chosen = implementation;
}

/** The implementation in use; asked for at each conversion, so that `provideTemporal` may come late. */
export function temporal(): TemporalImplementation {
  const found: TemporalImplementation | undefined = chosen ?? globalThis.Temporal;
  if (!found) {
    throw new ConfigurationError('Temporal is missing: import "baked-orm/frontend".');
  }
  return found;
}
