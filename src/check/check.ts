/** Checks the tagged statements of a project against its database. Nothing is executed there. */
import { resolve } from "node:path";
import { type Checked, compare } from "./compare";
import type { Describer, Description } from "./describer";
import type { ResultColumn } from "./emit";
import type { ServerRefusal } from "./frames";
import type { CheckedStatement, Problem, SqlReport, Surroundings } from "./report";
import type { Shape } from "./shape";
import {
  firstWord,
  isStatement,
  type Place,
  placeIn,
  type Statement,
  statementOf,
} from "./statement";
import { type Template, TemplateFinder } from "./templates";
import { declaredType } from "./values";

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
    if (isFragment(template)) {
      fragments.push(place);
      continue;
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

/** Whether a template is a part of a query that is made elsewhere. */
function isFragment(template: Template): boolean {
  if (template.name !== undefined || template.isQueried) return false;
  const text = template.unknown === undefined ? statementOf(template).text : template.head;
  return !isStatement(text);
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

async function checkOne(around: Surroundings, template: Template, place: Place): Promise<Checked> {
  const about = { ...place, name: template.name, problems: [], parameters: [], columns: [] };
  const unchecked = (reason: string, text?: string): Checked => {
    if (template.name === undefined) {
      return { checked: { ...about, status: "unchecked", text, reason } };
    }
    // Whoever gives a name wants rows for it.
    const problems = [{ ...place, message: `its rows cannot be known: ${reason}` }];
    return { checked: { ...about, status: "wrong", text, problems } };
  };
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
