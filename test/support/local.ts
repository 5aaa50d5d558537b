/** A project whose local server the tests start, break and mend. */
import { join } from "node:path";
import { SQL } from "bun";
import {
  ensureLocalServer,
  type LocalServer,
  type LocalServerOptions,
} from "../../src/local/index";
import { repository, type TemporaryProject, temporaryProject } from "./cli";

const entry = JSON.stringify(join(repository, "src/local/index"));

/** A program that starts the server of its folder, or attaches to it, and prints what it got. */
export const startProgram = `import { ensureLocalServer } from ${entry};
  console.log(JSON.stringify(await ensureLocalServer()));`;

/** The project, its server's folder, and a shorthand that gathers what is announced. */
export interface LocalProject extends TemporaryProject {
  readonly server: string;
  readonly data: string;
  readonly announced: string[];
  ensure(options?: LocalServerOptions): Promise<LocalServer>;
}

/** Creates a project named "@acme/My-Shop". */
export function localProject(): LocalProject {
  const project = temporaryProject({ "package.json": '{ "name": "@acme/My-Shop" }' });
  const directory = join(project.directory, ".bake/postgres");
  const announced: string[] = [];
  const announce = (line: string) => announced.push(line);
  return {
    ...project,
    server: directory,
    data: join(directory, "data"),
    announced,
    ensure: (options) =>
      ensureLocalServer({ directory, database: "my_shop", announce, ...options }),
  };
}

/** The first row of a query on a session of its own. */
export async function ask(url: string, text: string): Promise<unknown> {
  const sql = new SQL(url, { max: 1 });
  try {
    const rows: unknown[] = await sql.unsafe(text);
    return rows[0];
  } finally {
    await sql.close();
  }
}

/** The error of work that must fail. */
export async function failure(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("It did not fail.");
}
