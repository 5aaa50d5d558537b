/** The libraries by name; each is a module of its own, loaded only in its own process. */
import type { Library } from "../workloads";

interface LibraryModule {
  readonly library: Library;
}

export const libraries: Readonly<Record<string, () => Promise<LibraryModule>>> = {
  bare: () => import("./bare"),
  // The same code again: what it differs by is noise.
  "bare again": () => import("./bare"),
  tuned: () => import("./tuned"),
  "baked-orm": () => import("./ours"),
  "published 0.14.3": () => import("./published"),
  "postgres.js": () => import("./postgres"),
  drizzle: () => import("./drizzle"),
  "drizzle prepared": () => import("./drizzle-prepared"),
  "drizzle rqb": () => import("./drizzle-rqb"),
  kysely: () => import("./kysely"),
  "prisma 7": () => import("./prisma"),
  "mikro-orm 7": () => import("./mikro-orm"),
  "typeorm 1": () => import("./typeorm"),
};
