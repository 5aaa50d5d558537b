/**
 * The commands that scripts and people run all day, in their plainest words: there is nothing to parse, and the
 * parser takes longer to load than they take to run. program.ts knows them as well.
 */
export const plainCommands: Readonly<Record<string, () => Promise<number>>> = {
  "db status": async () => (await import("./commands/status")).status({}),
  "db migrate up": async () => (await import("./commands/migrate")).migrate("up", {}),
  "db schema --check": async () => (await import("./commands/schema")).schema({ check: true }),
  "db url": async () => (await import("./commands/local")).url(),
};
