/** TypeScript 5 and 6: the classic compiler API. */
import { dirname } from "node:path";
import type ts from "typescript-5.9";
import { ConfigurationError } from "../errors";
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

type Module = typeof ts;

export class TypeScript5 implements Compiler {
  readonly version: string;
  readonly kinds: Kinds;
  readonly #ts: Module;
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  readonly #questions: TypeQuestions<ts.Type>;

  private constructor(version: string, module: Module, program: ts.Program) {
    this.version = version;
    this.kinds = kindsFrom(module.SyntaxKind as unknown as Record<string, number>);
    this.#ts = module;
    this.#program = program;
    this.#checker = program.getTypeChecker();
    this.#questions = this.#ask();
  }

  static async open(root: string, config: string, version: string): Promise<TypeScript5> {
    const module: { default: Module } = await import(Bun.resolveSync("typescript", root));
    const { default: compiler } = module;
    const { config: json, error } = compiler.readConfigFile(config, compiler.sys.readFile);
    if (error) {
      const text = compiler.flattenDiagnosticMessageText(error.messageText, "\n");
      throw new ConfigurationError(`${config} cannot be read: ${text}`);
    }
    const parsed = compiler.parseJsonConfigFileContent(json, compiler.sys, dirname(config));
    const program = compiler.createProgram(parsed.fileNames, { ...parsed.options, noEmit: true });
    return new TypeScript5(version, compiler, program);
  }

  async sources(): Promise<readonly SourceUnit[]> {
    return this.#program
      .getSourceFiles()
      .filter(({ fileName, isDeclarationFile }) => {
        return !isDeclarationFile && !fileName.includes("/node_modules/");
      })
      .map((file) => ({ fileName: file.fileName, text: file.text, root: file }));
  }

  async meaningOf(name: SyntaxNode): Promise<Meaning | undefined> {
    const symbol = this.#checker.getSymbolAtLocation(name as ts.Node);
    return symbol && this.#meaning(symbol);
  }

  #meaning(symbol: ts.Symbol): Meaning {
    const declarations = symbol.declarations ?? [];
    return {
      name: symbol.name,
      files: declarations.map((declaration) => declaration.getSourceFile().fileName),
      declaration: async () => declarations[0],
      target: async () => {
        if (!(symbol.flags & this.#ts.SymbolFlags.Alias)) return this.#meaning(symbol);
        const target = this.#checker.getAliasedSymbol(symbol);
        return this.#checker.isUnknownSymbol(target) ? undefined : this.#meaning(target);
      },
    };
  }

  async shapeOf(expression: SyntaxNode): Promise<Shape> {
    const type = this.#checker.getTypeAtLocation(expression as ts.Node);
    return await readShape(this.#questions, type);
  }

  async propertiesOf(typeNode: SyntaxNode): Promise<readonly Property[] | undefined> {
    const type = this.#checker.getTypeAtLocation(typeNode as ts.Node);
    if (!(type.flags & this.#ts.TypeFlags.Object)) return undefined;
    return await Promise.all(
      this.#checker.getPropertiesOfType(type).map(async (symbol) => ({
        name: symbol.name,
        shape: await readShape(this.#questions, this.#checker.getTypeOfSymbol(symbol)),
      })),
    );
  }

  #ask(): TypeQuestions<ts.Type> {
    const checker = this.#checker;
    return {
      flags: this.#ts.TypeFlags,
      flagsOf: (type) => type.flags,
      literalOf: (type) => (type.isLiteral() ? type.value : undefined),
      membersOf: async (type) => (type.isUnionOrIntersection() ? type.types : []),
      elementOf: async (type) => {
        if (!checker.isArrayLikeType(type)) return undefined;
        return checker.getTypeArguments(type as ts.TypeReference)[0];
      },
      nameOf: async (type) => type.symbol?.name ?? checker.typeToString(type),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
