/** Code blocks of the documentation as modules that can be type-checked and run. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";

export interface Block {
  /** "README.md:42". */
  readonly place: string;
  /** The words after ```ts: "run", "frontend", "file:models/user.ts". */
  readonly flags: readonly string[];
  readonly code: string;
}

/** The TypeScript blocks of a Markdown file. */
export function blocksOf(file: string, root: string): Block[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^```tsx?([^\n]*)\n([\s\S]*?)^```/gm)].map((match) => ({
    place: `${relative(root, file)}:${text.slice(0, match.index).split("\n").length}`,
    flags: (match[1] ?? "").trim().split(/\s+/).filter(Boolean),
    code: match[2] ?? "",
  }));
}

/** Whether the block is a file of its own: "file:models/user.ts". */
export const isFile = (block: Block): boolean => pathOf(block) !== "";

/** Where a block that is a file stands in its application. */
export const pathOf = ({ flags }: Block): string =>
  flags.find((flag) => flag.startsWith("file:"))?.slice(5) ?? "";

const importLine = /^import [\s\S]*?from "[^"]+";$/gm;

/** Names that the block uses and does not declare itself. */
function wanted(code: string, names: readonly string[]): string[] {
  return names.filter((name) => {
    const declared = new RegExp(
      `\\b(class|const|let|function|type|interface)\\s+${name}\\b|import [^;]*\\b${name}\\b[^;]*from`,
    );
    return new RegExp(`\\b${name}\\b`).test(code) && !declared.test(code);
  });
}

/** `expression; // => value` becomes a comparison; the expression may span lines. */
function withChecks(code: string): string {
  return code.replace(
    /^([ \t]*)((?:await |\w|\()(?:(?!;[ \t]*(?:\/\/.*)?$)[\s\S])*?);[ \t]*\/\/ => (.+)$/gm,
    (line, indent: string, expression: string, value: string) =>
      /^(const|let|import|return)\b/.test(expression)
        ? line
        : `${indent}$check(${expression}, (${value}));`,
  );
}

/** The block as a module whose default export runs it. */
export function moduleOf(
  block: Block,
  sources: Readonly<Record<string, readonly string[]>>,
): string {
  const imports = block.code.match(importLine) ?? [];
  const body = withChecks(block.code.replace(importLine, ""));
  const added = Object.entries(sources).flatMap(([from, names]) => {
    const used = wanted(block.code, names);
    return used.length > 0 ? [`import { ${used.join(", ")} } from "${from}";`] : [];
  });
  return `${[...imports, ...added].join("\n")}
export default async function run($check: (actual: unknown, expected: unknown) => void) {
  void $check;
${body}
}
`;
}
