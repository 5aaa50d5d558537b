/** What a project is called, and so its database. */
import { basename, join } from "node:path";
import { readText } from "./files";

/** The database of a project: its package's name, or the folder's. */
export function defaultDatabase(project: string): string {
  const name = packageName(join(project, "package.json")) ?? basename(project);
  const plain = name
    .toLowerCase()
    .replace(/^@[^/]*\//, "")
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  // PostgreSQL brings these along.
  const taken = ["", "postgres", "template0", "template1"].includes(plain);
  return taken ? `${plain}_app`.replace(/^_/, "") : plain;
}

function packageName(file: string): string | undefined {
  try {
    const content: unknown = JSON.parse(readText(file) ?? "");
    const named = typeof content === "object" && content !== null && "name" in content;
    return named && typeof content.name === "string" && content.name ? content.name : undefined;
  } catch {
    // No package, or one that its own tools will complain about.
    return undefined;
  }
}
