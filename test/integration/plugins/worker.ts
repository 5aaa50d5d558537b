/** A process of its own for the tests of locks: `bun worker.ts URL ROLE INDEX ...`; prints one line of JSON. */
import { connect, disconnect, transaction } from "../../../src/index";
import { Account, Job } from "./models";

const [url = "", role = "", index = "", ...args] = process.argv.slice(2);

/** Takes jobs, five at a time, until there are none that nobody else has. */
async function drain(): Promise<number[]> {
  const done: number[] = [];
  for (;;) {
    const taken = await transaction(async () => {
      const jobs = await Job.where({ status: "pending" })
        .order({ id: "ASC" })
        .lock("FOR UPDATE SKIP LOCKED")
        .limit(5);
      await Job.where({ id: jobs.map(({ id }) => id) }).updateAll({
        status: "done",
        worker: index,
      });
      return jobs.map(({ id }) => id);
    });
    done.push(...taken);
    // What others hold just now they finish; nobody puts a job back.
    if (taken.length === 0) return done;
  }
}

async function increment(id: number, times: number): Promise<number> {
  const account = await Account.find(id);
  for (let count = 0; count < times; count++) {
    await account.withLock(async () => {
      account.balance += 1;
      await account.save();
    });
  }
  return times;
}

async function nowait() {
  const nameOf = (error: unknown) => (error instanceof Error ? error.name : String(error));
  const attempt = (mode: "FOR UPDATE NOWAIT" | "FOR SHARE NOWAIT") =>
    transaction(async () => {
      await Account.where({ id: 1 }).lock(mode).pluck("id");
      return null;
    }).catch(nameOf);
  const free = await transaction(() =>
    Account.order({ id: "ASC" }).lock("FOR UPDATE SKIP LOCKED").pluck("id"),
  );
  return {
    error: await attempt("FOR UPDATE NOWAIT"),
    free,
    shared: await attempt("FOR SHARE NOWAIT"),
  };
}

await connect(url);
const result =
  role === "drain"
    ? await drain()
    : role === "increment"
      ? await increment(Number(args[0]), Number(args[1]))
      : await nowait();
console.log(JSON.stringify(result));
await disconnect();
