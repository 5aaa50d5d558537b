/** Sends the statement of a route, and sorts its rows by owner. */
import type { DriverResult, DriverRow } from "../../connection/driver";
import { run } from "../../query/pipeline";
import type { HydrateOptions, LoadScope } from "../../query/source";
import type { QueryState } from "../../query/state";
import { watchWrites } from "../../query/writes";
import type { AnyScope, Route } from "./association";
import type { Key, Keys } from "./record-keys";
import { keyText } from "./record-keys";
import { loadStatement } from "./statement";
import type { RowOwner } from "./tie";

/** The keys of some owners, each once. */
export class KeySet implements Keys {
  readonly columns: readonly unknown[][];
  size = 0;
  /** What all keys are, while they are single strings or single numbers: those are found without printing them. */
  #plain: "string" | "number" | undefined;
  readonly #positions = new Map<unknown, number>();

  /** @param width how many columns a key has */
  constructor(width: number) {
    this.columns = Array.from({ length: width }, () => []);
  }

  /** Adds a key; gives its position. */
  add(key: Key): number {
    if (key.length === 1) return this.addSingle(key[0]);
    const text = keyText(key);
    const known = this.#positions.get(text);
    if (known !== undefined) return known;
    for (const [index, column] of this.columns.entries()) column.push(key[index]);
    this.#positions.set(text, this.size);
    return this.size++;
  }

  /** Adds a key of one column. */
  addSingle(value: unknown): number {
    const type = typeof value;
    if (this.size === 0 && (type === "string" || type === "number")) this.#plain = type;
    const isPlain = type === this.#plain;
    if (!isPlain) this.#printAll();
    const found = isPlain ? value : keyText([value]);
    const known = this.#positions.get(found);
    if (known !== undefined) return known;
    this.columns[0]?.push(value);
    this.#positions.set(found, this.size);
    return this.size++;
  }

  /** Keys of different kinds are told apart by their text. */
  #printAll(): void {
    if (!this.#plain) return;
    this.#plain = undefined;
    this.#positions.clear();
    const [values = []] = this.columns;
    for (const [index, value] of values.entries()) this.#positions.set(keyText([value]), index);
  }

  /** The position of a key as a row has it. */
  find(value: unknown): number | undefined {
    if (typeof value === this.#plain) return this.#positions.get(value);
    return this.#positions.get(this.#plain === "number" ? Number(value) : String(value));
  }
}

/** A statement under way, and what its rows will become. */
export interface Fetch {
  readonly state: QueryState<object>;
  readonly rows: Promise<DriverResult>;
  readonly owner: RowOwner;
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

/** Sends the statement for these keys. */
export function fetchRows(
  route: Route,
  keys: Keys,
  override: LoadScope | undefined,
  options: HydrateOptions,
  isAhead: boolean,
): Fetch {
  const { source } = route.target;
  const { state, statement, owner, template } = loadStatement(
    route,
    keys,
    scopesOf(route, override),
  );
  const hydrated: HydrateOptions = {
    strict: options.strict || state.strict,
    autoBatch: options.autoBatch && state.autoBatch,
    ungrouped: !isAhead,
  };
  return {
    state,
    owner,
    isStale: isAhead ? watchWrites(statement, readsViews(route)) : never,
    rows: state.isEmpty
      ? Promise.resolve(asResult([]))
      : run(source, statement, "load", { signal: state.signal, template }),
    hydrate: (some) => source.hydrate(some, state.shape, hydrated),
  };
}

function never(): boolean {
  return false;
}

export function readsViews({ hops }: Route): boolean {
  return hops.some(({ source }) => source.table.kind !== undefined);
}

/** Rows of one owner that stand together: mostly those are all that it has. */
export interface Runs {
  /** The index each begins at. */
  readonly starts: readonly number[];
  /** The position of its owner's key; -1 for none. */
  readonly positions: readonly number[];
}

/** Where the rows of each owner are. */
export function runsOf(rows: DriverResult, owner: RowOwner, keys: KeySet): Runs {
  if (owner.kind === "only") return { starts: [0], positions: [0] };
  const { kind, name } = owner;
  const starts: number[] = [];
  const positions: number[] = [];
  let last: unknown = null;
  for (let index = 0; index < rows.length; index++) {
    const value = (rows[index] as DriverRow)[name];
    // A key is compared sooner than found.
    if (value !== last) {
      last = value;
      starts.push(index);
      positions.push(kind === "key" ? (keys.find(value) ?? -1) : Number(value) - 1);
    }
  }
  return { starts, positions };
}

/** The items of each position, of which there are `count`; undefined where there is none. */
export function listsOf<Item>(
  items: readonly Item[],
  { starts, positions }: Runs,
  count: number,
): (Item[] | undefined)[] {
  const lists: (Item[] | undefined)[] = new Array(count).fill(undefined);
  for (let run = 0; run < starts.length; run++) {
    const position = positions[run] as number;
    // Not as two at once: the array between them would be made for each run.
    const start = starts[run] as number;
    const end = starts[run + 1] ?? items.length;
    if (position < 0 || start === end) continue;
    const list = lists[position];
    if (list) for (let index = start; index < end; index++) list.push(items[index] as Item);
    else lists[position] = items.slice(start, end);
  }
  return lists;
}

/** Rows of ours in the form the driver gives them. */
export function asResult(rows: DriverRow[]): DriverResult {
  return Object.assign(rows, { count: rows.length, command: "SELECT" });
}
