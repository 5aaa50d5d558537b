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
    if (this.size === 0 && (typeof value === "string" || typeof value === "number")) {
      this.#plain = typeof value as "string" | "number";
    }
    const isPlain = this.#isPlain(value);
    if (!isPlain) this.#printAll();
    const found = isPlain ? value : keyText([value]);
    const known = this.#positions.get(found);
    if (known !== undefined) return known;
    this.columns[0]?.push(value);
    this.#positions.set(found, this.size);
    return this.size++;
  }

  /** Compared with constants: with each other, types would be compared as text. */
  #isPlain(value: unknown): boolean {
    return this.#plain === "string" ? typeof value === "string" : typeof value === this.#plain;
  }

  /** Keys of different kinds are told apart by their text. */
  #printAll(): void {
    if (!this.#plain) return;
    this.#plain = undefined;
    this.#positions.clear();
    const [values = []] = this.columns;
    for (const [index, value] of values.entries()) this.#positions.set(keyText([value]), index);
  }

  /** The positions by key, while all are of one plain kind; another spelling of a key only find() knows. */
  get plain(): ReadonlyMap<unknown, number> | undefined {
    return this.#plain && this.#positions;
  }

  /** The position of a key as a row has it; -1 for none. */
  find(value: unknown): number {
    if (this.#isPlain(value)) return this.#positions.get(value) ?? -1;
    return this.#positions.get(this.#plain === "number" ? Number(value) : String(value)) ?? -1;
  }
}

/** A statement under way, and what its rows will become. */
export interface Fetch {
  readonly state: QueryState<object>;
  readonly rows: Promise<DriverResult>;
  readonly owner: RowOwner;
  /** Makes records of rows; twice of one row makes two. */
  hydrate(rows: DriverResult, lists?: OwnerLists): object[];
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
    hydrate: (some, lists) =>
      source.hydrate(some, state.shape, lists ? { ...hydrated, lists } : hydrated),
  };
}

function never(): boolean {
  return false;
}

export function readsViews({ hops }: Route): boolean {
  return hops.some(({ source }) => source.table.kind !== undefined);
}

/** The position of the key that a row belongs to, by what the row tells of its owner. */
export function positionOf({ kind }: RowOwner, keys: KeySet, told: unknown): number {
  if (kind === "key") return keys.find(told);
  return kind === "number" ? Number(told) - 1 : 0;
}

/** What belongs to each key: by position, undefined where there is nothing. */
export class OwnerLists<Item extends object = object> {
  /** What a row holds its owner under. */
  readonly name: string;
  readonly byPosition: (Item[] | undefined)[];
  readonly #owner: RowOwner;
  readonly #keys: KeySet;
  readonly #plain: ReadonlyMap<unknown, number> | undefined;

  constructor(owner: RowOwner, keys: KeySet) {
    this.name = owner.kind === "only" ? "" : owner.name;
    this.byPosition = new Array(keys.size).fill(undefined);
    this.#owner = owner;
    this.#keys = keys;
    this.#plain = owner.kind === "key" ? keys.plain : undefined;
  }

  listOf(told: unknown): Item[] | undefined {
    const position = this.#plain?.get(told) ?? positionOf(this.#owner, this.#keys, told);
    if (position < 0) return undefined;
    const known = this.byPosition[position];
    if (known) return known;
    const list: Item[] = [];
    this.byPosition[position] = list;
    return list;
  }
}

/** Rows of ours in the form the driver gives them. */
export function asResult(rows: DriverRow[]): DriverResult {
  return Object.assign(rows, { count: rows.length, command: "SELECT" });
}
