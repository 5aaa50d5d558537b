/** One side under load: `bun worker.ts <bare|baked-orm|baked-orm find>` with BENCH_URL, told what to run over IPC. */
import { SQL } from "bun";
import { connect, disconnect, Model, query } from "../../src/index";
import { serve, tell } from "../child";
import { userId } from "../data";
import * as schema from "../schema";
import { quantile } from "../statistics";

export interface LoadRequest {
  readonly kind: "run" | "end";
  readonly callers: number;
  readonly pool: number;
  /** Milliseconds of a slow query that one more caller runs again and again; 0: none. */
  readonly slowMs: number;
  readonly seconds: number;
}

export interface Latency {
  readonly perSecond: number;
  /** Milliseconds of a quick query. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Microseconds of the client's CPU for one quick query. */
  readonly cpuUs: number;
}

export type LoadReply =
  | { readonly kind: "ready" }
  | ({ readonly kind: "measured" } & Latency)
  | { readonly kind: "failed"; readonly error: string };

interface Side {
  open(url: string, pool: number): Promise<void>;
  quick(turn: number): Promise<unknown>;
  slow(seconds: number): Promise<unknown>;
  close(): Promise<void>;
}

class User extends Model(schema.users) {}

function bare(): Side {
  let sql: SQL;
  return {
    async open(url, max) {
      sql = new SQL(url, { max });
      await sql`select 1`;
    },
    quick: (turn) =>
      sql`select id, name, email, age, active, bio, created_at, updated_at from users where id = ${userId(turn)} limit ${1}`,
    slow: (seconds) => sql`select pg_sleep(${seconds})`,
    close: () => sql.close(),
  };
}

function ours(quick: Side["quick"]): Side {
  return {
    open: (url, max) => connect(url, { max }),
    quick,
    slow: (seconds) => query("select pg_sleep($1)", [seconds]),
    close: () => disconnect(),
  };
}

const sides: Readonly<Record<string, () => Side>> = {
  bare,
  // One statement for each call, as bare Bun.sql has.
  "baked-orm": () => ours((turn) => User.where({ id: userId(turn) }).take()),
  // find() calls of one tick share a statement.
  "baked-orm find": () => ours((turn) => User.find(userId(turn))),
};

const WARM_UP_MS = 300;
/** However slow the machine: this many queries of each caller. */
const LEAST = 10;

/** All callers, each with its next query as soon as it has an answer. Gives milliseconds of each. */
async function run(
  quick: () => Promise<unknown>,
  callers: number,
  milliseconds: number,
  slow?: () => Promise<unknown>,
): Promise<number[]> {
  const latencies: number[] = [];
  const end = performance.now() + milliseconds;
  const isOver = () => performance.now() >= end && latencies.length >= callers * LEAST;
  const caller = async () => {
    while (!isOver()) {
      const start = performance.now();
      await quick();
      latencies.push(performance.now() - start);
    }
  };
  const beside = async () => {
    while (slow && !isOver()) await slow();
  };
  await Promise.all([...Array.from({ length: callers }, caller), beside()]);
  return latencies;
}

async function measure(side: Side, request: LoadRequest): Promise<Latency> {
  const { callers, pool, slowMs, seconds } = request;
  await side.open(process.env.BENCH_URL ?? "", pool);
  let turn = 0;
  const quick = () => side.quick(turn++);
  const slow = slowMs > 0 ? () => side.slow(slowMs / 1_000) : undefined;
  // Opens the connections of the pool, too.
  await run(quick, Math.max(callers, pool), WARM_UP_MS);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const latencies = await run(quick, callers, seconds * 1_000, slow);
  const took = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await side.close();
  return {
    perSecond: latencies.length / took,
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
    p99: quantile(latencies, 0.99),
    max: latencies.reduce((most, each) => Math.max(most, each), 0),
    cpuUs: (user + system) / latencies.length,
  };
}

const side = sides[process.argv[2] ?? ""]?.();
serve<LoadRequest, LoadReply>(async (request) => {
  if (!side) throw new Error(`No side "${process.argv[2]}".`);
  if (request.kind === "end") return undefined;
  return { kind: "measured", ...(await measure(side, request)) };
});
tell({ kind: "ready" });
