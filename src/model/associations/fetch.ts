/** Runs the statement of a route and sorts its rows by owner. */
import type { DriverResult, DriverRow } from "../../connection/driver";
import { run } from "../../query/pipeline";
import type { HydrateOptions, LoadScope } from "../../query/source";
import type { QueryState } from "../../query/state";
import { watchWrites } from "../../query/writes";
import type { AnyScope, Route } from "./association";
import type { Key } from "./record-keys";
import { keyText } from "./record-keys";
import { loadStatement } from "./statement";
import type { RowOwner } from "./tie";

/** The keys of some owners, each once. */
export class KeySet {
  readonly keys: Key[] = [];
  /** What all keys are, while they are single strings or single numbers: those are found without printing them. */
  #plain: "string" | "number" | undefined;
  readonly #positions = new Map<unknown, number>();

  /** Adds a key; gives its position. */
  add(key: Key): number {
    const [only] = key;
    const type = typeof only;
    if (this.keys.length === 0 && key.length === 1 && (type === "string" || type === "number")) {
      this.#plain = type;
    }
    const isPlain = type === this.#plain && key.length === 1;
    if (!isPlain) this.#printAll();
    const found = isPlain ? only : keyText(key);
    let position = this.#positions.get(found);
    if (position === undefined) {
      position = this.keys.push(key) - 1;
      this.#positions.set(found, position);
    }
    return position;
  }

  /** Keys of different kinds are told apart by their text. */
  #printAll(): void {
    if (!this.#plain) return;
    this.#plain = undefined;
    this.#positions.clear();
    for (const [index, key] of this.keys.entries()) this.#positions.set(keyText(key), index);
  }

  /** The position of a key as a row has it. */
  find(value: unknown): number | undefined {
    if (typeof value === this.#plain) return this.#positions.get(value);
    return this.#positions.get(this.#plain === "number" ? Number(value) : String(value));
  }
}

/** What came back. */
export interface Fetched {
  readonly state: QueryState<object>;
  readonly rows: DriverResult;
  /** The position of each row's key; -1 for none. */
  readonly positions: readonly number[];
  /** Makes records of rows; twice of one row makes two. */
  hydrate(rows: DriverResult): object[];
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
    ungrouped: !isAhead,
  };
  const isStale = isAhead ? watchWrites(statement, readsViews(route)) : never;
  const rows = state.isEmpty
    ? asResult([])
    : await run(source, statement, "load", { signal: state.signal });
  return {
    state,
    isStale,
    rows,
    positions: positionsOf(rows, owner, keys),
    hydrate: (some) => source.hydrate(some, state.shape, hydrated),
  };
}

function never(): boolean {
  return false;
}

export function readsViews({ hops }: Route): boolean {
  return hops.some(({ source }) => source.table.kind !== undefined);
}

function positionsOf(rows: DriverResult, owner: RowOwner, keys: KeySet): number[] {
  const positions: number[] = new Array(rows.length);
  if (owner.kind === "only") return positions.fill(0);
  let last: unknown = null;
  let position = -1;
  for (let index = 0; index < rows.length; index++) {
    const value = rows[index]?.[owner.name];
    // Rows of one owner mostly stand together, and a key is compared sooner than found.
    if (value !== last) {
      last = value;
      position = owner.kind === "key" ? (keys.find(value) ?? -1) : Number(value) - 1;
    }
    positions[index] = position;
  }
  return positions;
}

/** Rows of ours in the form the driver gives them. */
export function asResult(rows: DriverRow[]): DriverResult {
  return Object.assign(rows, { count: rows.length, command: "SELECT" });
}
