/** A process of its own that is asked one question after another over IPC. */

export class ChildError extends Error {}

/** Every answer names its kind; "failed" says why there is none. */
interface Answer {
  readonly kind: string;
  readonly error?: string;
}

export interface Child<Request, Reply extends Answer> {
  /** Sends a request and waits for its answer. Rejects with ChildError when it failed or the process ended. */
  ask<Kind extends Reply["kind"]>(
    request: Request,
    expected: Kind,
  ): Promise<Extract<Reply, { kind: Kind }>>;
  /** What it says unasked, such as that it is ready. */
  hear<Kind extends Reply["kind"]>(expected: Kind): Promise<Extract<Reply, { kind: Kind }>>;
  /** Sends what needs no answer, and waits for the end of the process. */
  end(request: Request): Promise<void>;
  kill(): void;
}

/** @param prefix what runs the process, such as `taskset -c 1` */
export function startChild<Request, Reply extends Answer>(
  file: string,
  args: readonly string[],
  url: string,
  prefix: readonly string[],
): Child<Request, Reply> {
  const name = args.join(" ");
  const heard: Reply[] = [];
  let settle: (() => void) | undefined;
  let ended: number | undefined;
  const child = Bun.spawn({
    cmd: [...prefix, process.execPath, file, ...args],
    cwd: import.meta.dir,
    env: { ...process.env, BENCH_URL: url, NODE_ENV: "production" },
    stdio: ["ignore", "inherit", "inherit"],
    ipc(message: Reply) {
      heard.push(message);
      settle?.();
    },
  });
  child.exited.then((code) => {
    ended = code;
    settle?.();
  });
  const next = async (): Promise<Reply> => {
    for (;;) {
      const reply = heard.shift();
      if (reply) return reply;
      if (ended !== undefined) throw new ChildError(`${name} ended with code ${ended}.`);
      await new Promise<void>((resolve) => {
        settle = resolve;
      });
    }
  };
  const hear = async <Kind extends Reply["kind"]>(expected: Kind) => {
    const reply = await next();
    if (reply.kind !== expected)
      throw new ChildError(`${name}: ${reply.kind === "failed" ? reply.error : reply.kind}`);
    return reply as Extract<Reply, { kind: Kind }>;
  };
  return {
    hear,
    async ask(request, expected) {
      if (ended === undefined) child.send(request);
      return await hear(expected);
    },
    async end(request) {
      if (ended === undefined) child.send(request);
      await child.exited;
    },
    kill: () => child.kill(),
  };
}

/** The child's side: answers requests until one has no answer, then lets the process end. */
export function serve<Request, Reply extends Answer>(
  answer: (request: Request) => Promise<Reply | undefined>,
): void {
  process.on("message", async (request: Request) => {
    try {
      const reply = await answer(request);
      if (reply) tell(reply);
      else process.disconnect?.();
    } catch (error) {
      tell({ kind: "failed", error: Bun.inspect(error) });
    }
  });
  // Whoever asked is gone, and connections would keep this process alive.
  process.on("disconnect", () => process.exit());
}

export function tell<Reply extends Answer>(reply: Reply): void {
  process.send?.(reply);
}
