/** The project a command works on: its config and its database. */
import { relative } from "node:path";
import { loadConfig, type ResolvedConfig } from "../connection/config";
import type { DatabaseTarget } from "../connection/database-target";
import { databaseTarget, type TargetOptions } from "../connection/target";

export interface Project {
  readonly config: ResolvedConfig;
  /** The one database that all commands use; starts the embedded server when none is configured. */
  target(options?: TargetOptions): Promise<DatabaseTarget>;
  /** A path as it is shown: relative to the project when it lies inside. */
  show(path: string): string;
}

/** Reads the config of the current folder. Throws ConfigurationError. */
export async function openProject(): Promise<Project> {
  const config = await loadConfig();
  return {
    config,
    target: (options) => databaseTarget(config, process.env, options),
    show: (path) => {
      const short = relative(config.root, path);
      return short.startsWith("..") ? path : short;
    },
  };
}

export function isProduction(): boolean {
  return process.env.NODE_ENV === "production";
}
