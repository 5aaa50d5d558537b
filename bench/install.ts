/** Installs what is measured against, when it is missing: peers are dependencies of this folder only. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { dependencies } from "./package.json";

/** Whether something had to be installed. */
export function installPeers(): boolean {
  const folder = join(import.meta.dir, "node_modules");
  const isMissing = !Object.keys(dependencies).every((name) => existsSync(join(folder, name)));
  if (isMissing) {
    console.error("Installing what is measured against (bench/package.json)...");
    const command = [process.execPath, "install", "--frozen-lockfile"];
    if (
      !Bun.spawnSync(command, {
        cwd: import.meta.dir,
        stdio: ["ignore", "inherit", "inherit"],
      }).success
    )
      throw new Error("The peers were not installed.");
  }
  if (!existsSync(join(import.meta.dir, "prisma/client"))) generatePrismaClient();
  return isMissing;
}

/** Without its client prisma is left out, and all else still measured. */
function generatePrismaClient(): void {
  const cli = join(import.meta.dir, "node_modules/prisma/build/index.js");
  Bun.spawnSync([process.execPath, cli, "generate", "--schema", "prisma/schema.prisma"], {
    cwd: import.meta.dir,
    stdio: ["ignore", "ignore", "inherit"],
    // Only migrations need the engine; naming any program keeps it from being downloaded.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
  });
}
