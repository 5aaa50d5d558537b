/** Runs mixed operations from many callers, and tells how much memory is in use: `bun worker.ts` with BENCH_URL. */
import { heapStats } from "bun:jsc";
import { connect, disconnect } from "../../src/index";
import { serve, tell } from "../child";
import { operations } from "./operations";

const CALLERS = 20;
const CONNECTIONS = 10;

export type SoakRequest = { readonly kind: "sample" } | { readonly kind: "end" };

/** What is in use after a full collection. */
export interface Sample {
  readonly operations: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly objects: number;
}

export type SoakReply =
  | { readonly kind: "ready" }
  | ({ readonly kind: "sample" } & Sample)
  | { readonly kind: "failed"; readonly error: string };

const weights = operations.reduce((sum, { weight }) => sum + weight, 0);
let done = 0;
let turns = 0;
let isEnding = false;
let failure: string | undefined;

function chosen() {
  let place = Math.random() * weights;
  for (const operation of operations) {
    place -= operation.weight;
    if (place < 0) return operation;
  }
  return operations[0];
}

async function caller(): Promise<void> {
  while (!isEnding && failure === undefined) {
    const operation = chosen();
    try {
      await operation?.run(++turns);
      done++;
    } catch (error) {
      failure = `${operation?.name}: ${Bun.inspect(error)}`;
    }
  }
}

await connect(process.env.BENCH_URL ?? "", { max: CONNECTIONS });
const callers = Array.from({ length: CALLERS }, caller);
serve<SoakRequest, SoakReply>(async ({ kind }) => {
  if (kind === "end") {
    isEnding = true;
    await Promise.all(callers);
    await disconnect();
    return undefined;
  }
  if (failure !== undefined) return { kind: "failed", error: failure };
  Bun.gc(true);
  const { heapSize, objectCount } = heapStats();
  const megabytes = (bytes: number) => bytes / 2 ** 20;
  return {
    kind: "sample",
    operations: done,
    rssMb: megabytes(process.memoryUsage.rss()),
    heapMb: megabytes(heapSize),
    objects: objectCount,
  };
});
tell({ kind: "ready" });
