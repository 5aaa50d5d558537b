/** Which line of the application asked: for logs, and for errors whose own stack does not reach it. */

const own = new URL("..", import.meta.url).pathname;

function applicationFrames(origin: Error | undefined): string[] {
  const lines = origin?.stack?.split("\n").slice(1) ?? [];
  return lines.filter(
    (line) => /:\d+:\d+\)?$/.test(line) && !line.includes(own) && !/\b(node|bun):/.test(line),
  );
}

/** The first frame outside this library: "/app/users.ts:12:5"; empty when there is none. */
export function callerOf(origin: Error | undefined): string {
  return /\(?([^\s()]+:\d+:\d+)\)?$/.exec(applicationFrames(origin)[0] ?? "")?.[1] ?? "";
}

/**
 * Adds the application's frames to an error. A query that is awaited runs in a job of its own, whose stack
 * does not know who awaits it; `origin` was made where the query was built.
 */
export function addOrigin(error: unknown, origin: Error | undefined): unknown {
  if (!(error instanceof Error) || origin === undefined) return error;
  const missing = applicationFrames(origin).filter((frame) => !error.stack?.includes(frame.trim()));
  if (missing.length > 0) error.stack = `${error.stack}\n${missing.join("\n")}`;
  return error;
}
