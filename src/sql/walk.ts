/** Looks through statements and expressions without knowing their kinds. Pure. */

/** Calls `visit` with every node inside a statement or expression, itself first; values of parameters are no nodes. */
export function walk(
  tree: unknown,
  visit: (node: Readonly<Record<string, unknown>>) => void,
): void {
  if (typeof tree !== "object" || tree === null) return;
  if (Array.isArray(tree)) {
    for (const item of tree) walk(item, visit);
    return;
  }
  const node = tree as Readonly<Record<string, unknown>>;
  visit(node);
  if (node.kind === "parameter") return;
  for (const key in node) walk(node[key], visit);
}

/** How often one node, the very object, stands in a tree. */
export function occurrences(tree: unknown, wanted: object): number {
  let count = 0;
  walk(tree, (node) => {
    if (node === wanted) count++;
  });
  return count;
}

/** Whether the tree has a node of one of these kinds. */
export function hasKind(tree: unknown, ...kinds: readonly string[]): boolean {
  let found = false;
  walk(tree, ({ kind }) => {
    if (typeof kind === "string" && kinds.includes(kind)) found = true;
  });
  return found;
}
