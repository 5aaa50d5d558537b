/** Checks the tagged statements of a project against its database. Nothing is executed there. */
import { resolve } from "node:path";
import type { ReservedSQL } from "bun";
import { didYouMean } from "../errors";
import { type TypeFacts, typesByOid } from "./catalog";
import type { Compiler } from "./compiler";
import type { Describer, Description } from "./describer";
import { columnType, type ResultColumn } from "./emit";
import type { ServerRefusal } from "./frames";
import { type Nullability, nullabilities } from "./nullability";
import { type Shape, showShape, UNKNOWN } from "./shape";
import {
  firstWord,
  isStatement,
  type Place,
  placeIn,
  type Statement,
  statementOf,
} from "./statement";
import { type Template, TemplateFinder } from "./templates";
import { declaredType, wrongResult, wrongValue } from "./values";

export interface Problem extends Place {
  readonly message: string;
  readonly hint?: string;
  /** The SQLSTATE, when it is the server that complains. */
  readonly code?: string;
}

export interface CheckedStatement extends Place {
  readonly name: string | undefined;
  /** "unchecked": why it says in `reason`. */
  readonly status: "right" | "wrong" | "unchecked";
  readonly text: string | undefined;
  readonly reason?: string;
  readonly problems: readonly Problem[];
  readonly parameters: readonly { readonly type: string; readonly given: string }[];
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly typescript: string;
  }[];
}

export interface SqlReport {
  readonly files: number;
  readonly statements: readonly CheckedStatement[];
  /** Templates that are parts of other templates and were checked with them. */
  readonly nested: number;
  /** Templates that are parts of queries which are only made at run time. */
  readonly fragments: readonly Place[];
  /** The columns of the named statements. */
  readonly results: ReadonlyMap<string, readonly ResultColumn[]>;
}

export interface Surroundings {
  readonly compiler: Compiler;
  readonly describer: Describer;
  readonly sql: ReservedSQL;
  /** A path as it is shown. */
  readonly show: (path: string) => string;
}

// An application may compile them too, by way of `paths`.
const ownSources = resolve(import.meta.dir, "..");

export async function checkStatements(around: Surroundings): Promise<SqlReport> {
  const sources = await around.compiler.sources();
  const units = sources
    .filter(({ fileName }) => !fileName.startsWith(`${ownSources}/`))
    .map((unit) => ({ ...unit, fileName: around.show(unit.fileName) }));
  const { templates, nested } = await new TemplateFinder(around.compiler, units).find();
  const statements: CheckedStatement[] = [];
  const fragments: Place[] = [];
  const results = new Map<string, readonly ResultColumn[]>();
  const named = new Map<string, Place>();
  for (const template of templates) {
    const place = placeIn(template.unit, template.node.getStart());
    const { name } = template;
    if (template.unknown === undefined && name === undefined && !template.isQueried) {
      if (!isStatement(statementOf(template).text)) {
        fragments.push(place);
        continue;
      }
    }
    const { checked, columns } = await checkOne(around, template, place);
    const first = name === undefined ? undefined : named.get(name);
    if (name === undefined || template.unknown !== undefined) statements.push(checked);
    else if (first) statements.push(twice(checked, name, first));
    else {
      statements.push(checked);
      named.set(name, place);
      if (columns) results.set(name, columns);
    }
  }
  return { files: units.length, statements, nested, fragments, results };
}

function twice(checked: CheckedStatement, name: string, first: Place): CheckedStatement {
  const { file, line, column } = checked;
  const problem = {
    ...{ file, line, column },
    message: `another statement is named "${name}"`,
    hint: `The first is at ${first.file}:${first.line}:${first.column}.`,
  };
  return { ...checked, status: "wrong", problems: [problem, ...checked.problems] };
}

interface Checked {
  readonly checked: CheckedStatement;
  readonly columns?: readonly ResultColumn[];
}

async function checkOne(around: Surroundings, template: Template, place: Place): Promise<Checked> {
  const about = { ...place, name: template.name, problems: [], parameters: [], columns: [] };
  const unchecked = (reason: string, text?: string): Checked => ({
    checked: { ...about, status: "unchecked", text, reason },
  });
  if (template.unknown !== undefined) return unchecked(template.unknown);
  const statement = statementOf(template);
  const { text } = statement;
  if (!isStatement(text)) {
    const word = firstWord(text);
    return unchecked(
      word === "" ? "it is no statement" : `PostgreSQL describes no ${word} statements`,
      text,
    );
  }
  const shapes: Shape[] = [];
  for (const { node, isList } of statement.values) {
    const shape = await around.compiler.shapeOf(node);
    shapes.push(isList && shape.kind === "array" ? shape.element : shape);
  }
  const declared = shapes.map(declaredType);
  const described = await around.describer.describe(text, declared);
  if ("message" in described) {
    return {
      checked: {
        ...about,
        status: "wrong",
        text,
        problems: [refused(statement, described, place)],
      },
    };
  }
  const parameters = await takenTypes(around.describer, text, declared, described);
  return await compare(around, { template, statement, described, parameters, shapes }, about);
}

function refused(
  statement: Statement,
  { message, detail, hint, code, position }: ServerRefusal,
  place: Place,
): Problem {
  return {
    ...(position === undefined ? place : statement.placeOf(position)),
    message: detail === undefined ? message : `${message}. ${detail}`,
    ...(hint === undefined ? {} : { hint }),
    code,
  };
}

const TEXT = 25;

/**
 * The types that the statement itself gives its parameters. A number is declared as such by the driver; what the
 * server would have taken in its place tells more, but for text, which it takes when it knows nothing.
 */
async function takenTypes(
  describer: Describer,
  text: string,
  declared: readonly number[],
  described: Description,
): Promise<readonly number[]> {
  if (declared.every((oid) => oid === 0)) return described.parameters;
  const inferred = await describer.describe(text);
  if ("message" in inferred) return described.parameters;
  return described.parameters.map((own, index) => {
    const oid = inferred.parameters[index] ?? own;
    return declared[index] !== 0 && oid === TEXT ? own : oid;
  });
}

interface Comparison {
  readonly template: Template;
  readonly statement: Statement;
  readonly described: Description;
  /** The oids that values are compared with. */
  readonly parameters: readonly number[];
  readonly shapes: readonly Shape[];
}

async function compare(
  around: Surroundings,
  { template, statement, described, parameters, shapes }: Comparison,
  about: Omit<CheckedStatement, "status" | "text">,
): Promise<Checked> {
  const types = await typesByOid(around.sql, [
    ...parameters,
    ...described.parameters,
    ...described.columns.map(({ type }) => type),
  ]);
  const sent = described.parameters.map((oid) => typeOf(types, oid).shown);
  const nulls = await nullabilities(around.sql, statement.text, described.columns, sent);
  const columns = described.columns.map(
    (column, index): ResultColumn => ({
      name: column.name,
      type: typeOf(types, column.type),
      isNullable: nulls[index] !== "never",
    }),
  );
  const taken = parameters.map((oid) => typeOf(types, oid));
  const problems = [
    ...wrongValues(statement, taken, shapes),
    ...(await wrongRow(around, template, columns, nulls)),
    ...sameNames(template, columns),
  ];
  return {
    columns,
    checked: {
      ...about,
      status: problems.length === 0 ? "right" : "wrong",
      text: statement.text,
      problems,
      parameters: taken.map(({ shown }, index) => ({
        type: shown,
        given: showShape(shapes[index] ?? UNKNOWN),
      })),
      columns: columns.map((column) => ({
        name: column.name,
        type: column.type.shown,
        typescript: columnType(column),
      })),
    },
  };
}

function wrongValues(
  statement: Statement,
  types: readonly TypeFacts[],
  shapes: readonly Shape[],
): Problem[] {
  return statement.values.flatMap(({ node, unit }, index) => {
    const wrong = wrongValue(types[index] ?? nothingKnown, shapes[index] ?? UNKNOWN);
    if (wrong === undefined) return [];
    const place = placeIn(unit, node.getStart());
    return [{ ...place, message: aboutValue(node.getText(), wrong) }];
  });
}

/** A literal is its own type: that it "is" what it is need not be said. */
function aboutValue(text: string, wrong: string): string {
  const start = `is ${text}, but `;
  const rest = wrong.startsWith(start) ? `does not fit: ${wrong.slice(start.length)}` : wrong;
  return `${text.replace(/\s+/g, " ")} ${rest}`;
}

const nothingKnown: TypeFacts = {
  shown: "unknown",
  name: "unknown",
  isBuiltIn: false,
  isArray: false,
  labels: undefined,
};

const typeOf = (types: ReadonlyMap<number, TypeFacts>, oid: number) =>
  types.get(oid) ?? nothingKnown;

/** What stands against the Row of query<Row>(). */
async function wrongRow(
  { compiler }: Surroundings,
  { rowType, unit }: Template,
  columns: readonly ResultColumn[],
  nulls: readonly Nullability[],
): Promise<Problem[]> {
  const properties = rowType && (await compiler.propertiesOf(rowType));
  if (!rowType || !properties) return [];
  const place = placeIn(unit, rowType.getStart());
  const names = columns.map(({ name }) => name);
  return properties.flatMap(({ name, shape }: { name: string; shape: Shape }) => {
    const index = names.lastIndexOf(name);
    const column = columns[index];
    if (!column) {
      const hint = didYouMean(name, names).trim();
      const message = `the statement gives no column "${name}"`;
      return [{ ...place, message, ...(hint === "" ? {} : { hint }) }];
    }
    const wrong = wrongResult(column.type, nulls[index] === "yes", shape);
    return wrong === undefined ? [] : [{ ...place, message: `column "${name}" ${wrong}` }];
  });
}

/** Rows are objects: of two columns with one name only the last is seen. */
function sameNames(template: Template, columns: readonly ResultColumn[]): Problem[] {
  const names = columns.map(({ name }) => name);
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return repeated.map((name) => ({
    ...placeIn(template.unit, template.node.getStart()),
    message: `the statement gives more than one column "${name}", and query() keeps the last`,
    hint: "Name them apart with AS.",
  }));
}
