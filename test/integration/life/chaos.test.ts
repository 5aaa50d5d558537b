/**
 * Connections are killed at random under mixed work. Afterwards: nothing hangs, no committed row is lost, no
 * record claims what the database does not hold, and the pool works as on the first day.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  CommitOutcomeUnknownError,
  ConnectionError,
  connect,
  disconnect,
  Model,
  query,
  TimeoutError,
  transaction,
} from "../../../src/index";
import { createDatabase, type TestDatabase } from "../../support/database";
import { schemaFiles } from "../../support/schema/generate";
import * as schema from "../../support/schema/life";

const CONNECTIONS = 10;
const OPERATIONS = 10_000;
const WORKERS = 20;

class Document extends Model(schema.documents) {}
class Account extends Model(schema.accounts) {}
class Watched extends Model(schema.documents) {
  static afterSave = [() => undefined];
  static afterCommit = [() => undefined];
}

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase();
  await database.sql.unsafe(await Bun.file(schemaFiles("life").sql).text());
});
afterAll(async () => {
  await disconnect();
  await database.drop();
});

/** A generator of its own for each run of the test, so that a failing one can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** What the work knows to be so, because it was told. */
interface Known {
  /** Title by id of documents whose save was confirmed. */
  readonly kept: Map<string, string>;
  readonly destroyed: Set<string>;
  /** Documents of which nobody can say: the connection broke while the answer was under way. */
  readonly unknown: Set<string>;
  readonly records: Document[];
  increments: number;
  uncertainIncrements: number;
  broken: number;
}

/** Broken connections are what the test is about; anything else, waiting in vain for one too, is a failure. */
function isBroken(error: unknown): boolean {
  return error instanceof ConnectionError && !(error instanceof TimeoutError);
}

async function operate(
  known: Known,
  /** Saved records of this worker alone. */
  mine: Document[],
  next: () => number,
  title: string,
): Promise<void> {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(next() * items.length)];
  const kind = Math.floor(next() * 8);
  const id = crypto.randomUUID();
  const create = async (modelClass: typeof Document) => {
    const record = modelClass.build({ title, ...({ id } as object) });
    known.records.push(record);
    await record.save();
    return record;
  };
  try {
    switch (kind) {
      case 0:
        mine.push(await create(Document));
        known.kept.set(id, title);
        break;
      case 1:
        mine.push(await create(Watched));
        known.kept.set(id, title);
        break;
      case 2: {
        const record = pick(mine);
        if (!record || record.isNewRecord || known.unknown.has(record.id)) break;
        const before = record.title;
        try {
          await record.update({ title });
          known.kept.set(record.id, record.title);
        } catch (error) {
          if (isBroken(error)) known.unknown.add(record.id);
          record.title = before;
          throw error;
        }
        break;
      }
      case 3: {
        const record = pick(mine);
        if (!record || record.isNewRecord || known.unknown.has(record.id)) break;
        known.unknown.add(record.id);
        await record.destroy();
        known.unknown.delete(record.id);
        known.kept.delete(record.id);
        known.destroyed.add(record.id);
        break;
      }
      case 4:
        mine.push(
          await transaction(async () => {
            const record = await create(Document);
            await transaction(() => Account.where({ id: 1 }).count());
            return record;
          }),
        );
        known.kept.set(id, title);
        break;
      case 5: {
        const failing = transaction(async () => {
          await create(Watched);
          throw new Error("undo");
        });
        await failing.catch((error) => {
          if (error.message !== "undo") throw error;
        });
        known.destroyed.add(id);
        break;
      }
      case 6: {
        const account = await Account.find(1 + Math.floor(next() * 10));
        known.uncertainIncrements++;
        await account.increment("balance");
        known.uncertainIncrements--;
        known.increments++;
        break;
      }
      default:
        await Document.where({ title: { gte: title } }).limit(2);
    }
  } catch (error) {
    if (!isBroken(error)) throw error;
    known.broken++;
    // Of a statement, or a COMMIT, that was under way nobody knows; a record then says it was not saved.
    if (kind < 5) known.unknown.add(id);
    if (kind === 5 && error instanceof CommitOutcomeUnknownError) throw error;
  }
}

/** Kills one connection after another until it is told to stop. */
async function kill(next: () => number, isOver: () => boolean): Promise<number> {
  let killed = 0;
  while (!isOver()) {
    const count = next() < 0.1 ? CONNECTIONS : 1;
    const rows = await database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'baked-orm'
      order by random() limit ${count}::int`;
    killed += rows.length;
    await Bun.sleep(5 + next() * 60);
  }
  return killed;
}

test(`${OPERATIONS} operations on ${CONNECTIONS} connections while connections are killed`, async () => {
  const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const next = random(seed);
  await connect(database.url, { max: CONNECTIONS, acquireTimeout: 30_000 });
  await Account.createMany(Array.from({ length: 10 }, (_, n) => ({ id: n + 1, owner: "x" })));
  const known: Known = {
    kept: new Map(),
    destroyed: new Set(),
    unknown: new Set(),
    records: [],
    increments: 0,
    uncertainIncrements: 0,
    broken: 0,
  };
  let left = OPERATIONS;
  let isOver = false;
  const killing = kill(random(seed + 1), () => isOver);
  const worker = async () => {
    const mine: Document[] = [];
    while (left-- > 0) await operate(known, mine, next, `title ${left}`);
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  isOver = true;
  const killed = await killing;

  const rows: { id: string; title: string }[] = await database.sql`select id, title from documents`;
  const held = new Map(rows.map(({ id, title }) => [id, title]));
  const wrong: unknown[] = [];
  for (const [id, title] of known.kept) {
    if (!known.unknown.has(id) && held.get(id) !== title)
      wrong.push(["lost", id, title, held.get(id)]);
  }
  for (const id of known.destroyed) {
    if (!known.unknown.has(id) && held.has(id)) wrong.push(["kept", id]);
  }
  for (const record of known.records) {
    if (record.isNewRecord || known.unknown.has(record.id)) continue;
    if (!record.changed() && held.get(record.id) !== record.title) wrong.push(["claimed", record]);
  }
  expect({ seed, wrong }).toEqual({ seed, wrong: [] });

  const [{ total }] = await database.sql`select sum(balance)::int as total from accounts`;
  expect(total).toBeGreaterThanOrEqual(known.increments);
  expect(total).toBeLessThanOrEqual(known.increments + known.uncertainIncrements);
  expect(killed).toBeGreaterThan(10);
  expect(known.broken).toBeGreaterThan(0);
  expect(known.unknown.size).toBeLessThanOrEqual(known.broken);
  expect(known.kept.size).toBeGreaterThan(OPERATIONS / 5);

  // The pool is as good as new: every connection at once, in transactions and outside.
  const everyone = Array.from({ length: CONNECTIONS * 3 }, (_, n) =>
    n % 2 === 0 ? query("select 1 as one") : transaction(() => query("select 1 as one")),
  );
  const results = await Promise.allSettled(everyone);
  const again = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => transaction(() => query("select pg_sleep(0.01)"))),
  );
  expect(results.filter(({ status }) => status === "rejected").length).toBeLessThan(CONNECTIONS);
  expect(again).toHaveLength(CONNECTIONS);
}, 180_000);
