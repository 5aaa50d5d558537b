/** Finds the `sql` templates of a project, and puts together the statements that they make. */
import type { RawNode } from "../sql/nodes";
import { sql } from "../sql/raw";
import type { Compiler, Meaning, SourceUnit, SyntaxNode } from "./compiler";
import { membersOf, type Shape } from "./shape";
import { type Call, Syntax, type TaggedTemplate, type TextPiece } from "./syntax";

/** A value that is bound. */
export interface BoundValue {
  readonly unit: SourceUnit;
  readonly node: SyntaxNode;
  /** The list whose items are bound, where it is one: `sql.list(ids)`. */
  readonly isList: boolean;
}

/** Text with its place in a file, a value, or SQL without a place: `sql.id("users")`. */
export type Part =
  | { readonly kind: "text"; readonly piece: TextPiece; readonly unit: SourceUnit }
  | { readonly kind: "value"; readonly value: BoundValue }
  | { readonly kind: "node"; readonly node: RawNode["pieces"][number] };

export interface Template {
  readonly unit: SourceUnit;
  readonly node: TaggedTemplate;
  /** Of `sql.typed("name")`. */
  readonly name: string | undefined;
  /** The type argument of the query<T>() that it is given to. */
  readonly rowType: SyntaxNode | undefined;
  /** It is the argument of query(). */
  readonly isQueried: boolean;
  /** Its first piece of text. */
  readonly head: string;
  readonly parts: readonly Part[];
  /** Why its text is only known at run time. */
  readonly unknown: string | undefined;
}

interface Found {
  readonly unit: SourceUnit;
  readonly node: TaggedTemplate;
  readonly name: string | undefined;
}

/** The folder with `src` and `dist`: this file is somewhere in one of them. */
const packageRoot = import.meta.dir.replace(/^(.*)\/(src|dist)\b.*$/, "$1");

/** Whether a file is one of baked-orm's: beside this one, or another copy that the project resolves. */
const isOfPackage = (file: string) =>
  ["src", "dist"].some((folder) => file.startsWith(`${packageRoot}/${folder}/`)) ||
  /\/node_modules\/baked-orm\/[^/]+\//.test(file);

/** What may stand in a template and is no value. */
const sqlClasses = ["SqlFragment", "TypedSql", "SqlName", "SqlList"];

/** Why a template cannot be put together. */
class Unknown extends Error {}

export class TemplateFinder {
  readonly #compiler: Compiler;
  readonly #syntax: Syntax;
  readonly #found = new Map<SyntaxNode, Found>();
  /** Templates that stand inside others. */
  readonly #nested = new Set<SyntaxNode>();
  readonly #units: readonly SourceUnit[];

  constructor(compiler: Compiler, units: readonly SourceUnit[]) {
    this.#compiler = compiler;
    this.#syntax = new Syntax(compiler.kinds);
    this.#units = units;
  }

  /** All templates in the order of the files; `nested` ones are checked as parts of the others. */
  async find(): Promise<{ templates: Template[]; nested: number }> {
    for (const unit of this.#units) {
      for (const node of this.#tagged(unit.root)) {
        const tag = await this.#tag(node.tag);
        if (tag) this.#found.set(node, { unit, node, name: tag.name });
      }
    }
    const templates: Template[] = [];
    for (const found of this.#found.values()) templates.push(await this.#template(found));
    const outer = templates.filter(({ node }) => !this.#nested.has(node));
    return { templates: outer, nested: templates.length - outer.length };
  }

  #tagged(root: SyntaxNode): TaggedTemplate[] {
    const tagged: TaggedTemplate[] = [];
    const visit = (node: SyntaxNode): undefined => {
      if (this.#syntax.isTagged(node)) tagged.push(node);
      node.forEachChild(visit);
    };
    visit(root);
    return tagged;
  }

  /** Whether a tag is ours: `sql`, or `sql.typed("name")`. */
  async #tag(tag: SyntaxNode): Promise<{ name: string | undefined } | undefined> {
    if (this.#syntax.isCall(tag)) {
      if ((await this.#helper(tag.expression)) !== "typed") return undefined;
      return { name: this.#syntax.literal(tag.arguments[0]) ?? tag.arguments[0]?.getText() ?? "" };
    }
    return (await this.#isOurs(tag, "sql")) ? { name: undefined } : undefined;
  }

  /** The helper's name in `sql.list`. */
  async #helper(node: SyntaxNode): Promise<string | undefined> {
    if (!this.#syntax.isMember(node)) return undefined;
    return (await this.#isOurs(node.expression, "sql")) ? node.name.text : undefined;
  }

  /** Whether an expression is what baked-orm exports by that name, directly or by way of other files. */
  async #isOurs(node: SyntaxNode, name: string): Promise<boolean> {
    if (this.#syntax.isMember(node)) {
      if (node.name.text !== name || !this.#syntax.isName(node.expression)) return false;
      const module = await this.#compiler.meaningOf(node.expression);
      const imported = await this.#imported(module);
      return imported?.name === "*" && imported.from === "baked-orm";
    }
    if (!this.#syntax.isName(node)) return false;
    const meaning = await this.#compiler.meaningOf(node);
    const imported = await this.#imported(meaning);
    if (!imported) return false;
    if (imported.from === "baked-orm") return imported.name === name;
    const target = await meaning?.target();
    return target?.name === name && target.files.some(isOfPackage);
  }

  async #imported(meaning: Meaning | undefined) {
    const declaration = await meaning?.declaration();
    return declaration && this.#syntax.imported(declaration);
  }

  async #template(found: Found): Promise<Template> {
    const { node } = found;
    const call = await this.#queryCall(node);
    const about = {
      ...found,
      head: this.#syntax.template(node).texts[0]?.text ?? "",
      isQueried: call !== undefined,
      rowType: found.name === undefined ? call?.typeArguments?.[0] : undefined,
    };
    try {
      const tag = this.#syntax.isCall(node.tag) ? node.tag : undefined;
      if (tag && this.#syntax.literal(tag.arguments[0]) === undefined) {
        throw new Unknown("the name given to sql.typed() is no literal");
      }
      return { ...about, parts: await this.#parts(found, new Set()), unknown: undefined };
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      return { ...about, parts: [], unknown: error.message };
    }
  }

  /** The query(...) whose first argument the template is. */
  async #queryCall(node: TaggedTemplate): Promise<Call | undefined> {
    const argument = this.#syntax.around(node);
    const { parent } = argument;
    if (!this.#syntax.isCall(parent) || parent.arguments[0] !== argument) return undefined;
    return (await this.#isOurs(parent.expression, "query")) ? parent : undefined;
  }

  async #parts({ unit, node }: Found, around: ReadonlySet<SyntaxNode>): Promise<Part[]> {
    if (around.has(node)) throw new Unknown("a fragment contains itself");
    const inside = new Set(around).add(node);
    const { texts, values } = this.#syntax.template(node);
    const parts: Part[] = [];
    for (const [index, piece] of texts.entries()) {
      if (piece.text !== "") parts.push({ kind: "text", piece, unit });
      const value = values[index];
      if (value) parts.push(...(await this.#value(unit, value, piece.text, inside)));
    }
    return parts;
  }

  /** What `${value}` puts into the text. */
  async #value(
    unit: SourceUnit,
    given: SyntaxNode,
    before: string,
    around: ReadonlySet<SyntaxNode>,
  ): Promise<Part[]> {
    const node = this.#syntax.bare(given);
    const fragment = await this.#fragment(node);
    if (fragment) {
      this.#nested.add(fragment.node);
      return await this.#parts(fragment, around);
    }
    if (this.#syntax.isCall(node)) {
      const helper = await this.#helper(node.expression);
      if (helper !== undefined) return await this.#helped(unit, helper, node, before, around);
    }
    const shape = await this.#compiler.shapeOf(node);
    const isSql = (member: Shape) => member.kind === "object" && sqlClasses.includes(member.name);
    if (membersOf(shape).some(isSql)) {
      throw new Unknown(`${shown(node)} is SQL that is put together at run time`);
    }
    return [{ kind: "value", value: { unit, node, isList: false } }];
  }

  /** The template that an expression is, that the constant it names was given, or that the function it calls gives. */
  async #fragment(node: SyntaxNode): Promise<Found | undefined> {
    const found = this.#found.get(node);
    if (found) return found;
    if (this.#syntax.isName(node)) return this.#found.get((await this.#constant(node)) ?? node);
    if (!this.#syntax.isCall(node) || !this.#syntax.isName(node.expression)) return undefined;
    const called = await this.#constant(node.expression);
    const given = called && this.#syntax.arrowBody(called);
    return given && this.#found.get(given);
  }

  /** What the constant of a name was given. */
  async #constant(name: SyntaxNode): Promise<SyntaxNode | undefined> {
    const meaning = await (await this.#compiler.meaningOf(name))?.target();
    const declaration = await meaning?.declaration();
    return declaration && this.#syntax.initializer(declaration);
  }

  async #helped(
    unit: SourceUnit,
    helper: string,
    call: Call,
    before: string,
    around: ReadonlySet<SyntaxNode>,
  ): Promise<Part[]> {
    const [first, second] = call.arguments;
    switch (helper) {
      case "id": {
        const path = call.arguments.map((argument) => this.#syntax.literal(argument));
        if (path.some((name) => name === undefined)) {
          throw new Unknown(`${shown(call)} takes its name at run time`);
        }
        const { node } = sql.id(...path.map(String));
        return [{ kind: "node", node }];
      }
      case "raw": {
        const text = this.#syntax.literal(first);
        if (text === undefined) throw new Unknown(`${shown(call)} takes its text at run time`);
        return [{ kind: "node", node: text }];
      }
      case "list":
      case "join": {
        const items = this.#syntax.items(first);
        if (!items) {
          // Its length does not matter to IN (...): one item has the same types.
          if (helper === "list" && first && /\bin\s*\(\s*$/i.test(before)) {
            return [{ kind: "value", value: { unit, node: first, isList: true } }];
          }
          throw new Unknown(`the length of ${shown(call)} is only known at run time`);
        }
        const separator = helper === "list" || !second ? ", " : this.#syntax.literal(second);
        if (separator === undefined) throw new Unknown(`${shown(call)} is joined at run time`);
        const parts: Part[] = [];
        for (const item of items) {
          if (parts.length > 0) parts.push({ kind: "node", node: separator });
          parts.push(...(await this.#value(unit, item, "", around)));
        }
        return parts;
      }
      default:
        throw new Unknown(`${shown(call)} is not known to this check`);
    }
  }
}

function shown(node: SyntaxNode): string {
  const text = node.getText().replace(/\s+/g, " ");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
