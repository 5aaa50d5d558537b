/** Import time: a program that imports the library and ends, over one that imports nothing. */
import { join } from "node:path";
import { packageFolder } from "./package";
import { type Command, type Startup, timed } from "./spawn";

/** What an application that queries has to import. */
const modules: Readonly<Record<string, readonly string[]>> = {
  empty: [],
  "baked-orm": [join(packageFolder, "index.js")],
  "published 0.14.3": ["baked-orm-published"],
  "postgres.js": ["postgres"],
  drizzle: ["drizzle-orm", "drizzle-orm/pg-core", "drizzle-orm/bun-sql"],
  kysely: ["kysely", "kysely-postgres-js"],
  "prisma 7": ["@prisma/adapter-pg", "./prisma/client/client"],
  "mikro-orm 7": ["@mikro-orm/postgresql"],
  "typeorm 1": ["reflect-metadata", "typeorm"],
};

export function imports(rounds: number): Record<string, Startup> {
  const commands = Object.entries(modules).map(([name, names]): Command => {
    const program = names.map((each) => `import ${JSON.stringify(each)};`).join("");
    // `process.exit`: a pool of a library that stays open is not its import.
    return {
      name,
      cmd: [process.execPath, "-e", `${program}process.exit()`],
      cwd: join(import.meta.dir, ".."),
    };
  });
  return timed(commands, rounds);
}
