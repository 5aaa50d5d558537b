/** `bun run build`: what the package gives to TypeScript and to Bun, into dist. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { buildDeclarations } from "./declarations";
import { root } from "./modules";
import { buildRuntime } from "./runtime";

const output = join(root, "dist");
rmSync(output, { recursive: true, force: true });
await Promise.all([buildDeclarations(output), buildRuntime(output)]);
