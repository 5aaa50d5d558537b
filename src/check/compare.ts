/** A statement as the server describes it, against the TypeScript around it. */
import { didYouMean } from "../errors";
import { type TypeFacts, typesByOid } from "./catalog";
import type { Description } from "./describer";
import { columnType, type ResultColumn } from "./emit";
import { type Nullability, nullabilities } from "./nullability";
import type { CheckedStatement, Problem, Surroundings } from "./report";
import { type Shape, showShape, UNKNOWN } from "./shape";
import { placeIn, type Statement } from "./statement";
import type { Template } from "./templates";
import { wrongResult, wrongValue } from "./values";

export interface Checked {
  readonly checked: CheckedStatement;
  readonly columns?: readonly ResultColumn[];
}

export interface Comparison {
  readonly template: Template;
  readonly statement: Statement;
  readonly described: Description;
  /** The oids that values are compared with. */
  readonly parameters: readonly number[];
  readonly shapes: readonly Shape[];
}

/** What stands against the values of a statement that the server accepts, and against the rows declared for it. */
export async function compare(
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
