/** The few shapes of the syntax tree that are looked at, and how they are told apart. */
import type { Kinds, SyntaxNode } from "./compiler";

interface Name extends SyntaxNode {
  readonly text: string;
}
interface Text extends SyntaxNode {
  readonly text: string;
}
interface TemplateExpression extends SyntaxNode {
  readonly head: Text;
  readonly templateSpans: readonly { readonly expression: SyntaxNode; readonly literal: Text }[];
}
export interface TaggedTemplate extends SyntaxNode {
  readonly tag: SyntaxNode;
  readonly template: SyntaxNode;
}
export interface Call extends SyntaxNode {
  readonly expression: SyntaxNode;
  readonly arguments: readonly SyntaxNode[];
  readonly typeArguments?: readonly SyntaxNode[];
}
interface Member extends SyntaxNode {
  readonly expression: SyntaxNode;
  readonly name: Name;
}
interface Import extends SyntaxNode {
  readonly moduleSpecifier: Text;
}
interface ImportName extends SyntaxNode {
  readonly name: Name;
  readonly propertyName?: Name;
}

/** A piece of a template's text, and where in the file it starts. */
export interface TextPiece {
  readonly text: string;
  readonly start: number;
}

export class Syntax {
  readonly #kinds: Kinds;

  constructor(kinds: Kinds) {
    this.#kinds = kinds;
  }

  isTagged(node: SyntaxNode): node is TaggedTemplate {
    return node.kind === this.#kinds.TaggedTemplateExpression;
  }

  isCall(node: SyntaxNode): node is Call {
    return node.kind === this.#kinds.CallExpression;
  }

  isName(node: SyntaxNode): node is Name {
    return node.kind === this.#kinds.Identifier;
  }

  isMember(node: SyntaxNode): node is Member {
    return node.kind === this.#kinds.PropertyAccessExpression;
  }

  /** The text of a string or of a template without values. */
  literal(node: SyntaxNode | undefined): string | undefined {
    if (!node) return undefined;
    const { StringLiteral, NoSubstitutionTemplateLiteral } = this.#kinds;
    const isText = node.kind === StringLiteral || node.kind === NoSubstitutionTemplateLiteral;
    return isText ? (node as Text).text : undefined;
  }

  /** The items of `[a, b]`; undefined for anything else, and where a spread hides some. */
  items(node: SyntaxNode | undefined): readonly SyntaxNode[] | undefined {
    if (node?.kind !== this.#kinds.ArrayLiteralExpression) return undefined;
    const { elements } = node as SyntaxNode & { readonly elements: readonly SyntaxNode[] };
    return elements.some((item) => item.getText().startsWith("...")) ? undefined : elements;
  }

  /** Without parentheses, `as`, `satisfies` and `!` around it. */
  bare(node: SyntaxNode): SyntaxNode {
    const { ParenthesizedExpression, AsExpression, SatisfiesExpression, NonNullExpression } =
      this.#kinds;
    const around = [ParenthesizedExpression, AsExpression, SatisfiesExpression, NonNullExpression];
    return around.includes(node.kind) ? this.bare((node as Member).expression) : node;
  }

  /** With all the parentheses, `as`, `satisfies` and `!` that stand around it. */
  around(node: SyntaxNode): SyntaxNode {
    return this.bare(node.parent) === this.bare(node) ? this.around(node.parent) : node;
  }

  /** The initialiser of `const name = ...`. */
  initializer(node: SyntaxNode): SyntaxNode | undefined {
    if (node.kind !== this.#kinds.VariableDeclaration) return undefined;
    // `let` may have got another value since.
    if (!/^const\b/.test(node.parent.getText())) return undefined;
    const { initializer } = node as SyntaxNode & { readonly initializer?: SyntaxNode };
    return initializer && this.bare(initializer);
  }

  /** What `(a) => body` gives; a block in its place is not looked into. */
  arrowBody(node: SyntaxNode): SyntaxNode | undefined {
    if (node.kind !== this.#kinds.ArrowFunction) return undefined;
    return this.bare((node as SyntaxNode & { readonly body: SyntaxNode }).body);
  }

  /** Of an import's name: what it is called in its module ("*" for all of it), and the module. */
  imported(node: SyntaxNode): { readonly name: string; readonly from: string } | undefined {
    const { ImportSpecifier, NamespaceImport, ImportDeclaration } = this.#kinds;
    if (node.kind !== ImportSpecifier && node.kind !== NamespaceImport) return undefined;
    let declaration = node.parent;
    while (declaration.kind !== ImportDeclaration) declaration = declaration.parent;
    const { propertyName, name } = node as ImportName;
    return {
      name: node.kind === NamespaceImport ? "*" : (propertyName ?? name).text,
      from: (declaration as Import).moduleSpecifier.text,
    };
  }

  /** A template as texts with the values between them: always one text more. */
  template({ template }: TaggedTemplate): { texts: TextPiece[]; values: SyntaxNode[] } {
    if (template.kind !== this.#kinds.TemplateExpression) {
      return { texts: [piece(template as Text)], values: [] };
    }
    const { head, templateSpans } = template as TemplateExpression;
    return {
      texts: [piece(head), ...templateSpans.map(({ literal }) => piece(literal))],
      values: templateSpans.map(({ expression }) => expression),
    };
  }
}

/** The text stands behind "`" or "}". */
const piece = (node: Text): TextPiece => ({ text: node.text, start: node.getStart() + 1 });
