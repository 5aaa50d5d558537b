/** The baked-orm that the project itself imports: models and `connect` must come from one copy. */

/** `typeof import("../index")`, without loading it. */
export type Library = typeof import("../index");

/** Loads it from the project, else from beside this command. */
export async function loadLibrary(root: string): Promise<Library> {
  let path: string;
  try {
    path = Bun.resolveSync("baked-orm", root);
  } catch {
    return await import("../index");
  }
  return await import(path);
}
