/** TypeScript 7 and its API, which speaks to the native compiler over a pipe. */
import type { Node } from "typescript/unstable/ast";
import type * as Api from "typescript/unstable/async";
import {
  type Compiler,
  type Kinds,
  kindsFrom,
  type Meaning,
  type Property,
  type SourceUnit,
  type SyntaxNode,
} from "./compiler";
import type { Shape } from "./shape";
import { readShape, type TypeQuestions } from "./type-reader";

type Ast = typeof import("typescript/unstable/ast");
type Modules = { readonly api: typeof Api; readonly ast: Ast };

export class TypeScript7 implements Compiler {
  readonly version: string;
  readonly kinds: Kinds;
  readonly #api: Api.API;
  readonly #project: Api.Project;
  readonly #modules: Modules;
  readonly #questions: TypeQuestions<Api.Type>;

  private constructor(version: string, modules: Modules, api: Api.API, project: Api.Project) {
    this.version = version;
    this.kinds = kindsFrom(modules.ast.SyntaxKind as unknown as Record<string, number>);
    this.#modules = modules;
    this.#api = api;
    this.#project = project;
    this.#questions = this.#ask();
  }

  static async open(root: string, config: string, version: string): Promise<TypeScript7> {
    const modules: Modules = {
      api: await import(Bun.resolveSync("typescript/unstable/async", root)),
      ast: await import(Bun.resolveSync("typescript/unstable/ast", root)),
    };
    const api = new modules.api.API({ cwd: root });
    try {
      const snapshot = await api.updateSnapshot({ openProjects: [config] });
      const project = snapshot.getProject(config);
      if (!project) throw new Error(`TypeScript did not open ${config}`);
      return new TypeScript7(version, modules, api, project);
    } catch (error) {
      await api.close();
      throw error;
    }
  }

  async sources(): Promise<readonly SourceUnit[]> {
    const { program } = this.#project;
    const units: SourceUnit[] = [];
    for (const fileName of await program.getSourceFileNames()) {
      if (/\/node_modules\/|\.d\.[cm]?ts$/.test(fileName)) continue;
      const file = await program.getSourceFile(fileName);
      if (file) units.push({ fileName, text: file.text, root: file });
    }
    return units;
  }

  async meaningOf(name: SyntaxNode): Promise<Meaning | undefined> {
    const symbol = await this.#project.checker.getSymbolAtLocation(name as Node);
    return symbol && this.#meaning(symbol);
  }

  #meaning(symbol: Api.Symbol): Meaning {
    const { checker } = this.#project;
    const [first] = symbol.declarations;
    const isAlias = (symbol.flags & this.#modules.api.SymbolFlags.Alias) !== 0;
    return {
      name: symbol.name,
      files: symbol.declarations.map(({ path }) => path),
      declaration: async () => await first?.resolve(this.#project),
      target: async () => {
        if (!isAlias) return this.#meaning(symbol);
        const target = await checker.getAliasedSymbol(symbol);
        return (await checker.isUnknownSymbol(target)) ? undefined : this.#meaning(target);
      },
    };
  }

  async shapeOf(expression: SyntaxNode): Promise<Shape> {
    const type = await this.#project.checker.getTypeAtLocation(expression as Node);
    return type ? await readShape(this.#questions, type) : { kind: "unknown" };
  }

  async propertiesOf(typeNode: SyntaxNode): Promise<readonly Property[] | undefined> {
    const { checker } = this.#project;
    const type = await checker.getTypeAtLocation(typeNode as Node);
    if (!type || !(type.flags & this.#questions.flags.Object)) return undefined;
    const properties: Property[] = [];
    for (const symbol of await checker.getPropertiesOfType(type)) {
      const own = await checker.getTypeOfSymbol(symbol);
      const shape: Shape = own ? await readShape(this.#questions, own) : { kind: "unknown" };
      properties.push({ name: symbol.name, shape });
    }
    return properties;
  }

  #ask(): TypeQuestions<Api.Type> {
    const { checker } = this.#project;
    const { TypeFlags } = this.#modules.api;
    return {
      flags: TypeFlags,
      flagsOf: (type) => type.flags,
      literalOf: (type) => (type.isLiteralType() ? type.value : undefined),
      membersOf: async (type) =>
        type.isUnionType() || type.isIntersectionType() ? await type.getTypes() : [],
      elementOf: async (type) => {
        if (!(await checker.isArrayLikeType(type)) || !type.isTypeReference()) return undefined;
        return (await checker.getTypeArguments(type))[0];
      },
      nameOf: async (type) => (await type.getSymbol())?.name ?? (await checker.typeToString(type)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#api.close();
  }
}
