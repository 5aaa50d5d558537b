/** Runs the statement of a route and sorts its rows by owner. */
import type { DriverResult, DriverRow } from "../../connection/driver";
import { run } from "../../query/pipeline";
import type { HydrateOptions, LoadScope } from "../../query/source";
import type { QueryState } from "../../query/state";
import { watchWrites } from "../../query/writes";
import type { AnyScope, Route } from "./association";
import type { Key } from "./record-keys";
import { keyText } from "./record-keys";
import { loadStatement, type RowOwner } from "./statement";

/** The keys of some owners, each once. */
export class KeySet {
  readonly keys: Key[] = [];
  readonly #positions = new Map<string, number>();

  /** Adds a key; gives its position. */
  add(key: Key): number {
    const text = keyText(key);
    let position = this.#positions.get(text);
    if (position === undefined) {
      position = this.keys.push(key) - 1;
      this.#positions.set(text, position);
    }
    return position;
  }

  find(text: string): number | undefined {
    return this.#positions.get(text);
  }
}

/** What came back: rows by the position of their key. */
export interface Fetched {
  readonly state: QueryState<object>;
  /** Empty positions are absent. */
  readonly rows: ReadonlyMap<number, readonly DriverRow[]>;
  /** Makes records of rows; twice of one row makes two. */
  hydrate(rows: readonly DriverRow[]): object[];
  /** Whether a table that was read has been written since. */
  readonly isStale: () => boolean;
}

/** The scopes of the target: its default, none, or the one that takes its place. */
export function scopesOf(route: Route, override: LoadScope | undefined): readonly AnyScope[] {
  if (override === false) return [];
  // An override is called as any scope; its type leaves the query open.
  if (override) return [override as AnyScope];
  return route.scope ? [route.scope] : [];
}

export async function fetchRows(
  route: Route,
  keys: KeySet,
  override: LoadScope | undefined,
  options: HydrateOptions,
  isAhead: boolean,
): Promise<Fetched> {
  const { source } = route.target;
  const { state, statement, owner } = loadStatement(route, keys.keys, scopesOf(route, override));
  const hydrated: HydrateOptions = {
    strict: options.strict || state.strict,
    autoBatch: options.autoBatch && state.autoBatch,
  };
  const isStale = isAhead ? watchWrites(statement, readsViews(route)) : never;
  const result: readonly DriverRow[] = state.isEmpty
    ? []
    : await run(source, statement, "load", { signal: state.signal });
  return {
    state,
    isStale,
    rows: byOwner(result, owner, keys),
    hydrate: (rows) => source.hydrate(asResult(rows), state.shape, hydrated),
  };
}

function never(): boolean {
  return false;
}

export function readsViews({ hops }: Route): boolean {
  return hops.some(({ source }) => source.table.kind !== undefined);
}

function byOwner(
  result: readonly DriverRow[],
  owner: RowOwner,
  keys: KeySet,
): Map<number, DriverRow[]> {
  const found = new Map<number, DriverRow[]>();
  for (const row of result) {
    const position = positionOf(row, owner, keys);
    const list = found.get(position);
    if (list) list.push(row);
    else found.set(position, [row]);
  }
  return found;
}

function positionOf(row: DriverRow, owner: RowOwner, keys: KeySet): number {
  switch (owner.kind) {
    case "only":
      return 0;
    case "number":
      return Number(row[owner.name]) - 1;
    case "key":
      return keys.find(String(row[owner.name])) ?? -1;
  }
}

function asResult(rows: readonly DriverRow[]): DriverResult {
  return Object.assign([...rows], { count: rows.length, command: "SELECT" });
}
