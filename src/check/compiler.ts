/** What is asked of the project's own TypeScript, whichever generation it is. */
import type { Shape } from "./shape";

/** A node of the syntax tree: the part that both generations have alike. */
export interface SyntaxNode {
  readonly kind: number;
  readonly parent: SyntaxNode;
  readonly end: number;
  getStart(): number;
  getText(): string;
  forEachChild<T>(visit: (node: SyntaxNode) => T | undefined): T | undefined;
}

/** The kinds of node that are looked for; their numbers differ from version to version. */
export const kindNames = [
  "ArrayLiteralExpression",
  "ArrowFunction",
  "AsExpression",
  "CallExpression",
  "Identifier",
  "ImportDeclaration",
  "ImportSpecifier",
  "NamespaceImport",
  "NoSubstitutionTemplateLiteral",
  "NonNullExpression",
  "ParenthesizedExpression",
  "PropertyAccessExpression",
  "SatisfiesExpression",
  "StringLiteral",
  "TaggedTemplateExpression",
  "TemplateExpression",
  "VariableDeclaration",
] as const;
export type Kinds = Readonly<Record<(typeof kindNames)[number], number>>;

export interface SourceUnit {
  readonly fileName: string;
  readonly text: string;
  readonly root: SyntaxNode;
}

/** What a name stands for. */
export interface Meaning {
  readonly name: string;
  /** The files that declare it. */
  readonly files: readonly string[];
  declaration(): Promise<SyntaxNode | undefined>;
  /** Itself, or what an import leads to at its end. */
  target(): Promise<Meaning | undefined>;
}

export interface Property {
  readonly name: string;
  readonly shape: Shape;
}

/** A type-checked project. */
export interface Compiler extends AsyncDisposable {
  /** For messages: "TypeScript 7.0.2". */
  readonly version: string;
  readonly kinds: Kinds;
  /** The project's own files: neither packages nor declarations. */
  sources(): Promise<readonly SourceUnit[]>;
  meaningOf(name: SyntaxNode): Promise<Meaning | undefined>;
  shapeOf(expression: SyntaxNode): Promise<Shape>;
  /** The properties of a type that stands in the source; undefined when it is any or unknown. */
  propertiesOf(typeNode: SyntaxNode): Promise<readonly Property[] | undefined>;
}

/** The numbers of the kinds in one version. */
export function kindsFrom(numbers: Readonly<Record<string, string | number>>): Kinds {
  return Object.fromEntries(kindNames.map((name) => [name, numbers[name]])) as Kinds;
}
