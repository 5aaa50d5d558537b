/**
 * Records of a group load for each other. The first that asks is served alone; when a second one asks, the rest
 * of the group is loaded ahead with it, a chunk at a time. What was loaded ahead stays hidden until it is asked
 * for, and is dropped when a statement of now could give something else.
 */
import { currentDatabase } from "../../connection/database";
import { endOfTick } from "../../connection/tick";
import { type RecordGroup, stateOf } from "../state";
import { presentKey } from "./record-keys";

/** What one load gave for several records. */
export interface Outcome {
  readonly values: ReadonlyMap<object, unknown>;
  readonly errors: ReadonlyMap<object, Error>;
  /** Whether a table that was read has been written since. */
  readonly isStale: () => boolean;
}

/** Something that can be loaded for several records of a group at once. */
export interface BatchLoad {
  /** Which of the records' values this is: "posts", or "posts.count". */
  readonly key: string;
  /** Attributes whose values the loaded value depends on. */
  readonly names: readonly string[];
  /** Whether a member may be loaded ahead: same class, with a key, not loaded yet. */
  accepts(member: object): boolean;
  load(records: readonly object[]): Promise<Outcome>;
}

/** Members loaded ahead by one statement: enough to save nearly all statements, few enough to waste little. */
const CHUNK = 2_000;
/** Milliseconds for which a value loaded ahead stands for what the database has. */
const LIFETIME = 5_000;

interface Flight {
  readonly context: object;
  readonly asked: Set<object>;
  /** Loaded ahead; known once the statement is sent. */
  ahead: ReadonlySet<object>;
  isSent: boolean;
  readonly done: Promise<Outcome>;
}

/** What a group knows of one of its values. */
interface Asking {
  flights: Flight[];
  readonly askers: WeakSet<object>;
  isFirst: boolean;
  /** How many to load ahead; falls when what was loaded ahead is outdated by writes before it is asked for. */
  chunk: number;
}

const groups = new WeakMap<RecordGroup, Map<string, Asking>>();

function askingOf(group: RecordGroup, key: string): Asking {
  const askings = groups.get(group) ?? new Map<string, Asking>();
  groups.set(group, askings);
  let asking = askings.get(key);
  if (!asking) {
    asking = { flights: [], askers: new WeakSet(), isFirst: true, chunk: CHUNK };
    askings.set(key, asking);
  }
  return asking;
}

/** What a load sees: the transaction, else the database. */
function contextOf(): object {
  const database = currentDatabase();
  return database.scope ?? database;
}

/** The value for one record, loaded with others of its group where that saves statements. */
export async function loadBatched(
  group: RecordGroup,
  record: object,
  load: BatchLoad,
): Promise<unknown> {
  const asking = askingOf(group, load.key);
  const context = contextOf();
  const underWay = asking.flights.find(
    (flight) => flight.context === context && flight.ahead.has(record),
  );
  // Its failure is the business of those who asked.
  if (underWay) await underWay.done.catch(() => {});
  const taken = takeAhead(record, load.key, asking);
  if (taken) return taken.value;
  const { values, errors } = await board(group, record, load, asking, context).done;
  const error = errors.get(record);
  if (error) throw error;
  return values.get(record);
}

function takeAhead(record: object, key: string, asking: Asking) {
  const { prefetched } = stateOf(record);
  const found = prefetched?.get(key);
  if (!found) return undefined;
  prefetched?.delete(key);
  const isValid = found.isValid();
  asking.chunk = isValid ? Math.min(CHUNK, asking.chunk * 2) : 1;
  asking.askers.add(record);
  return isValid ? found : undefined;
}

function board(
  group: RecordGroup,
  record: object,
  load: BatchLoad,
  asking: Asking,
  context: object,
): Flight {
  const open = asking.flights.find((flight) => !flight.isSent && flight.context === context);
  if (open) {
    open.asked.add(record);
    return open;
  }
  const flight: Flight = {
    context,
    asked: new Set([record]),
    ahead: new Set(),
    isSent: false,
    done: fly(),
  };
  asking.flights.push(flight);
  return flight;

  async function fly(): Promise<Outcome> {
    await endOfTick();
    flight.isSent = true;
    try {
      return await serve(group, flight, load, asking);
    } finally {
      asking.flights = asking.flights.filter((other) => other !== flight);
    }
  }
}

async function serve(
  group: RecordGroup,
  flight: Flight,
  load: BatchLoad,
  asking: Asking,
): Promise<Outcome> {
  const asked = [...flight.asked];
  const others = isSecond(asked, asking) ? membersAfter(group, asked, load, asking.chunk) : [];
  if (asked.length + others.length === 1) return await load.load(asked);
  flight.ahead = new Set(others);
  const start = performance.now();
  const keys = new Map(others.map((member) => [member, presentKey(member, load.names)]));
  let outcome: Outcome;
  try {
    outcome = await load.load([...asked, ...others]);
  } catch (error) {
    // One record's trouble is not another's. In a transaction nothing can be tried again.
    if (currentDatabase().scope) throw error;
    return await serveAlone(asked, load);
  }
  for (const [member, key] of keys) keepAhead(member, key, load, outcome, start, flight.context);
  return outcome;
}

async function serveAlone(asked: readonly object[], load: BatchLoad): Promise<Outcome> {
  const values = new Map<object, unknown>();
  const errors = new Map<object, Error>();
  for (const record of asked) {
    try {
      const outcome = await load.load([record]);
      values.set(record, outcome.values.get(record));
      for (const [each, error] of outcome.errors) errors.set(each, error);
    } catch (error) {
      errors.set(record, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return { values, errors, isStale: () => true };
}

/** Whether the group has asked for this before, by another of its members. */
function isSecond(asked: readonly object[], asking: Asking): boolean {
  const isOther = asking.isFirst
    ? asked.length > 1
    : asked.some((record) => !asking.askers.has(record));
  asking.isFirst = false;
  for (const record of asked) asking.askers.add(record);
  return isOther;
}

/** The next members of the group in its order, from behind the one that asks and round. */
function membersAfter(
  group: RecordGroup,
  asked: readonly object[],
  load: BatchLoad,
  chunk: number,
): object[] {
  const members = group.members();
  const taken = new Set(asked);
  const [first] = asked;
  const start = first ? members.indexOf(first) + 1 : 0;
  const others: object[] = [];
  for (let step = 0; step < members.length && others.length < chunk; step++) {
    const member = members[(start + step) % members.length];
    if (!member || taken.has(member) || !load.accepts(member)) continue;
    if (stateOf(member).prefetched?.get(load.key)?.isValid()) continue;
    taken.add(member);
    others.push(member);
  }
  return others;
}

function keepAhead(
  member: object,
  key: string,
  load: BatchLoad,
  { values, isStale }: Outcome,
  start: number,
  context: object,
): void {
  if (!values.has(member)) return;
  const state = stateOf(member);
  state.prefetched ??= new Map();
  state.prefetched.set(load.key, {
    value: values.get(member),
    isValid: () =>
      !isStale() &&
      performance.now() - start < LIFETIME &&
      contextOf() === context &&
      presentKey(member, load.names) === key,
  });
}
