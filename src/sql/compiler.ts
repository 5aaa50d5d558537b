/** compile(statement) -> text and parameters; the only place where a tree becomes text. */
import { QueryError } from "../errors";
import type { ColumnType } from "../schema/table";
import { isJsonType, shortTypeName } from "../schema/types";
import type {
  Assignment,
  CompiledQuery,
  CompoundStatement,
  ConflictClause,
  ConstantNode,
  DeleteStatement,
  Expression,
  FromSource,
  InsertStatement,
  JoinNode,
  OrderItem,
  Parameter,
  RawNode,
  SelectItem,
  SelectStatement,
  Statement,
  TableSource,
  UpdateStatement,
  WithClause,
} from "./nodes";
import { hidden } from "./raw";
import { mentionsSecret } from "./secrets";
import { quoteIdentifier, quoteLiteral, Writer } from "./writer";

/** Prints a statement: `{ text: 'SELECT "id" FROM "users" WHERE "active" = $1', parameters }`. */
export function compile(statement: Statement): CompiledQuery {
  const writer = new Writer();
  writeStatement(writer, statement);
  const { text, parameters } = writer;
  return writer.locks ? { text, parameters, locks: true } : { text, parameters };
}

/** Prints one expression as it would stand in a query over `scope`. */
export function compileExpression(expression: Expression, scope?: string): CompiledQuery {
  const writer = new Writer();
  writer.scope = scope;
  writeExpression(writer, expression);
  return { text: writer.text, parameters: writer.parameters };
}

/** The SQL spelling of a type for a cast; undefined where the schema does not tell it. */
export function typeName(type: ColumnType): string | undefined {
  if (type.pgType) return `${quoteIdentifier(type.pgType[0])}.${quoteIdentifier(type.pgType[1])}`;
  if (type.element) {
    const element = typeName(type.element);
    return element && (element.endsWith("[]") ? element : `${element}[]`);
  }
  if (type.type === "ARRAY" || type.type === "USER-DEFINED") return undefined;
  const name = shortTypeName(type.type);
  // Without quotes these two are bpchar and bit(1), whatever the length of the column.
  return name !== "char" && name !== "bit" && /^[a-z][a-z0-9_ ]*$/.test(name)
    ? name
    : quoteIdentifier(name);
}

function writeStatement(writer: Writer, statement: Statement): void {
  switch (statement.kind) {
    case "select":
      return writeSelect(writer, statement);
    case "compound":
      return writeCompound(writer, statement);
    case "insert":
      return writeInsert(writer, statement);
    case "update":
      return writeUpdate(writer, statement);
    case "delete":
      return writeDelete(writer, statement);
    case "raw-statement":
      return writeRaw(writer, statement.raw);
    case "copy":
      writer.write("COPY ");
      writeTable(writer, statement.table);
      writer.write(" (");
      writeNames(writer, statement.columns);
      return writer.write(") FROM STDIN");
    case "explain": {
      const { options } = statement;
      writer.write(options.length > 0 ? `EXPLAIN (${options.join(", ")}) ` : "EXPLAIN ");
      return writeStatement(writer, statement.statement);
    }
  }
}

function writeList<T>(
  writer: Writer,
  items: readonly T[],
  separator: string,
  each: (writer: Writer, item: T) => void,
): void {
  for (let index = 0; index < items.length; index++) {
    if (index > 0) writer.write(separator);
    each(writer, items[index] as T);
  }
}

function writeNames(writer: Writer, names: readonly string[]): void {
  writeList(writer, names, ", ", (to, name) => to.identifier(name));
}

function writeWith(writer: Writer, clause: WithClause | undefined): void {
  if (!clause || clause.tables.length === 0) return;
  writer.write(clause.recursive ? "WITH RECURSIVE " : "WITH ");
  writeList(writer, clause.tables, ", ", (to, table) => {
    to.identifier(table.name);
    if (table.columns) {
      to.write(" (");
      writeNames(to, table.columns);
      to.write(")");
    }
    to.write(" AS (");
    writeNested(to, table.query);
    to.write(")");
  });
  writer.write(" ");
}

/** A statement inside another: it has a scope of its own. */
function writeNested(writer: Writer, statement: Statement): void {
  const outer = writer.scope;
  writeStatement(writer, statement);
  writer.scope = outer;
}

function writeSelect(writer: Writer, select: SelectStatement): void {
  writeWith(writer, select.with);
  const { from, joins } = select;
  writer.scope =
    from && joins.length === 0
      ? from.kind === "table"
        ? (from.alias ?? from.name)
        : from.alias
      : undefined;
  writer.write("SELECT ");
  if (select.distinct === true) writer.write("DISTINCT ");
  else if (select.distinct) {
    writer.write("DISTINCT ON (");
    writeList(writer, select.distinct, ", ", writeExpression);
    writer.write(") ");
  }
  writeItems(writer, select.columns);
  if (from) {
    writer.write(" FROM ");
    writeSource(writer, from);
  }
  for (let index = 0; index < joins.length; index++) {
    const join = joins[index] as JoinNode | RawNode;
    writer.write(" ");
    if (join.kind === "raw") writeRaw(writer, join);
    else writeJoin(writer, join);
  }
  writeConditions(writer, " WHERE ", select.where);
  if (select.groupBy.length > 0) {
    writer.write(" GROUP BY ");
    writeList(writer, select.groupBy, ", ", (to, { expression }) =>
      writeExpression(to, expression),
    );
  }
  writeConditions(writer, " HAVING ", select.having);
  if (select.orderBy.length > 0) {
    writer.write(" ORDER BY ");
    writeList(writer, select.orderBy, ", ", writeOrder);
  }
  // LIMIT and OFFSET are bound, so that the text depends on the shape only.
  if (select.limit !== undefined) {
    writer.write(" LIMIT ");
    writer.bind({ kind: "parameter", value: select.limit, type: INT8 });
  }
  if (select.offset !== undefined) {
    writer.write(" OFFSET ");
    writer.bind({ kind: "parameter", value: select.offset, type: INT8 });
  }
  if (select.lock) {
    const { strength, wait, of } = select.lock;
    writer.locks = true;
    writer.write(` FOR ${strength}`);
    // Of one table it says nothing; of several it keeps the others free, and outer joins allowed.
    if (of && of.length > 0 && joins.length > 0) {
      writer.write(" OF ");
      writeNames(writer, of);
    }
    if (wait) writer.write(` ${wait}`);
  }
}

const INT8: ColumnType = { type: "bigint" };

function writeCompound(writer: Writer, statement: CompoundStatement): void {
  writeList(writer, statement.queries, ` ${statement.operator} `, (to, query) => {
    to.write("(");
    writeNested(to, query);
    to.write(")");
  });
}

const listTexts = new WeakMap<readonly SelectItem[], string>();

function writeItems(writer: Writer, items: readonly SelectItem[]): void {
  // A list without parameters prints the same each time under one scope: models select all columns.
  const cacheable = items.length > 3 && writer.scope !== undefined;
  if (cacheable) {
    const known = listTexts.get(items);
    if (known !== undefined) {
      writer.write(known);
      return;
    }
  }
  const start = writer.text.length;
  const bound = writer.parameters.length;
  writeList(writer, items, ", ", (to, item) => {
    writeExpression(to, item.expression);
    if (item.alias !== undefined && !sameName(item)) {
      to.write(" AS ");
      to.identifier(item.alias);
    }
  });
  if (cacheable && bound === writer.parameters.length && items.every(isOwnColumn(writer.scope))) {
    listTexts.set(items, writer.text.slice(start));
  }
}

function isOwnColumn(scope: string | undefined): (item: SelectItem) => boolean {
  return ({ expression }) => {
    const inner = expression.kind === "cast" ? expression.operand : expression;
    return inner.kind === "column" && inner.table === scope;
  };
}

function sameName({ expression, alias }: SelectItem): boolean {
  return expression.kind === "column" && expression.name === alias;
}

function writeTable(writer: Writer, table: TableSource): void {
  if (table.schema !== undefined) {
    writer.identifier(table.schema);
    writer.write(".");
  }
  writer.identifier(table.name);
  if (table.alias !== undefined) {
    writer.write(" AS ");
    writer.identifier(table.alias);
  }
}

function writeSource(writer: Writer, source: FromSource): void {
  switch (source.kind) {
    case "table":
      return writeTable(writer, source);
    case "derived":
      writer.write(source.lateral ? "LATERAL (" : "(");
      writeNested(writer, source.query);
      writer.write(") AS ");
      return writer.identifier(source.alias);
    case "unnest":
      writer.write("unnest(");
      writeList(writer, source.lists, ", ", writeExpression);
      writer.write(source.ordinality === undefined ? ") AS " : ") WITH ORDINALITY AS ");
      writer.identifier(source.alias);
      writer.write("(");
      writeNames(
        writer,
        source.ordinality === undefined ? source.columns : [...source.columns, source.ordinality],
      );
      writer.write(")");
  }
}

function writeJoin(writer: Writer, join: JoinNode): void {
  writer.write(`${join.type} JOIN `);
  writeSource(writer, join.source);
  if (join.type === "CROSS") return;
  writer.write(" ON ");
  if (join.on) writeExpression(writer, join.on);
  else writer.write("TRUE");
}

function writeConditions(writer: Writer, keyword: string, list: readonly Expression[]): void {
  if (list.length === 0) return;
  writer.write(keyword);
  writeList(writer, list, " AND ", writeOperand);
}

function writeOrder(writer: Writer, item: OrderItem): void {
  writeExpression(writer, item.expression);
  writer.write(item.direction === "DESC" ? " DESC" : " ASC");
  if (item.nulls) writer.write(` NULLS ${item.nulls}`);
}

function writeInsert(writer: Writer, insert: InsertStatement): void {
  writeWith(writer, insert.with);
  writer.scope = insert.table.alias ?? insert.table.name;
  const scope = writer.scope;
  writer.write("INSERT INTO ");
  writeTable(writer, insert.table);
  const { source } = insert;
  if (source.kind === "default-values") writer.write(" DEFAULT VALUES");
  else {
    writer.write(" (");
    writeNames(writer, insert.columns);
    writer.write(") ");
    if (source.kind === "query") {
      writeNested(writer, source.query);
    } else {
      writer.write("VALUES ");
      writeList(writer, source.rows, ", ", (to, row) => {
        to.write("(");
        writeList(to, row, ", ", writeExpression);
        to.write(")");
      });
    }
  }
  writer.scope = scope;
  if (insert.conflict) writeConflict(writer, insert.conflict);
  writer.scope = scope;
  writeReturning(writer, insert.returning);
}

function writeConflict(writer: Writer, conflict: ConflictClause): void {
  writer.write(" ON CONFLICT ");
  const { target, action } = conflict;
  if (target && "constraint" in target) {
    writer.write("ON CONSTRAINT ");
    writer.identifier(target.constraint);
    writer.write(" ");
  } else if (target) {
    writer.write("(");
    writeNames(writer, target.columns);
    writer.write(") ");
    if (target.where) {
      writer.write("WHERE ");
      writeExpression(writer, target.where);
      writer.write(" ");
    }
  }
  if (action === "nothing") {
    writer.write("DO NOTHING");
    return;
  }
  writer.write("DO UPDATE SET ");
  // Both the table and EXCLUDED are in scope here.
  writer.scope = undefined;
  writeAssignments(writer, action);
  if (conflict.where) {
    writer.write(" WHERE ");
    writeExpression(writer, conflict.where);
  }
}

function writeAssignments(writer: Writer, assignments: readonly Assignment[]): void {
  if (assignments.length === 0) throw new QueryError("An UPDATE needs at least one column to set.");
  writeList(writer, assignments, ", ", (to, { column, value }) => {
    to.identifier(column);
    to.write(" = ");
    writeExpression(to, value);
  });
}

function writeUpdate(writer: Writer, update: UpdateStatement): void {
  writeWith(writer, update.with);
  const name = update.table.alias ?? update.table.name;
  writer.scope = update.from ? undefined : name;
  writer.write("UPDATE ");
  writeTable(writer, update.table);
  writer.write(" SET ");
  writeAssignments(writer, update.set);
  if (update.from) {
    writer.write(" FROM ");
    writeSource(writer, update.from);
  }
  writeConditions(writer, " WHERE ", update.where);
  writeReturning(writer, update.returning);
}

function writeDelete(writer: Writer, statement: DeleteStatement): void {
  writeWith(writer, statement.with);
  writer.scope = statement.using ? undefined : (statement.table.alias ?? statement.table.name);
  writer.write("DELETE FROM ");
  writeTable(writer, statement.table);
  if (statement.using) {
    writer.write(" USING ");
    writeSource(writer, statement.using);
  }
  writeConditions(writer, " WHERE ", statement.where);
  writeReturning(writer, statement.returning);
}

function writeReturning(writer: Writer, items: readonly SelectItem[]): void {
  if (items.length === 0) return;
  writer.write(" RETURNING ");
  writeItems(writer, items);
}

function writeRaw(writer: Writer, raw: RawNode): void {
  const secret = raw.pieces.some((piece) => mentionsSecret(rawText(piece)));
  for (const piece of secret ? hidden(raw).pieces : raw.pieces) {
    if (typeof piece === "string") writer.write(piece);
    else if (piece.kind === "identifier") {
      writeList(writer, piece.path, ".", (to, name) => to.identifier(name));
    } else if (piece.kind === "raw") writeRaw(writer, piece);
    else writeExpression(writer, piece);
  }
}

/** The text of a piece as far as it may name a column. */
function rawText(piece: RawNode["pieces"][number]): string {
  if (typeof piece === "string") return piece;
  return piece.kind === "identifier" ? (piece.path.at(-1) ?? "") : "";
}

/** Raw text stands in parentheses, so that an OR in it cannot escape; a newline ends a `--` comment. */
function writeRawExpression(writer: Writer, raw: RawNode): void {
  writer.write("(");
  writeRaw(writer, raw);
  const last = raw.pieces.at(-1);
  writer.write(typeof last === "string" && last.includes("--") ? "\n)" : ")");
}

/** An operand of AND, OR and NOT; looser operators get parentheses. */
function writeOperand(writer: Writer, expression: Expression): void {
  if (expression.kind === "and" || expression.kind === "or") {
    writer.write("(");
    writeExpression(writer, expression);
    writer.write(")");
  } else writeExpression(writer, expression);
}

/** A side of a comparison; anything that is not a simple value gets parentheses. */
function writeTerm(writer: Writer, expression: Expression): void {
  switch (expression.kind) {
    case "column":
    case "parameter":
    case "constant":
    case "function":
    case "cast":
    case "subquery":
    case "raw":
    case "tuple":
    case "excluded":
      return writeExpression(writer, expression);
    default:
      writer.write("(");
      writeExpression(writer, expression);
      writer.write(")");
  }
}

function writeExpression(writer: Writer, expression: Expression): void {
  switch (expression.kind) {
    case "column":
      if (expression.table !== writer.scope || expression.qualified) {
        writer.identifier(expression.table);
        writer.write(".");
      }
      return writer.identifier(expression.name);
    case "parameter":
      return writeParameter(writer, expression);
    case "comparison":
      writeTerm(writer, expression.left);
      writer.write(` ${expression.operator} `);
      return writeTerm(writer, expression.right);
    case "and":
      return writeList(writer, expression.operands, " AND ", writeOperand);
    case "or":
      return writeList(writer, expression.operands, " OR ", writeOperand);
    case "not":
      writer.write("NOT (");
      writeExpression(writer, expression.operand);
      return writer.write(")");
    case "null-test":
      writeTerm(writer, expression.operand);
      return writer.write(expression.negated ? " IS NOT NULL" : " IS NULL");
    case "any":
      writeTerm(writer, expression.left);
      writer.write(expression.negated ? " <> ALL(" : " = ANY(");
      writeExpression(writer, expression.list);
      return writer.write(")");
    case "millisecond":
      return writeMillisecond(writer, expression);
    case "in":
      writeTerm(writer, expression.left);
      writer.write(expression.negated ? " NOT IN (" : " IN (");
      writeNested(writer, expression.query);
      return writer.write(")");
    case "exists":
      writer.write(expression.negated ? "NOT EXISTS (" : "EXISTS (");
      writeNested(writer, expression.query);
      return writer.write(")");
    case "constant":
      return writer.write(constantText(expression.value));
    case "function":
      writer.write(`${expression.name}(`);
      if (expression.distinct) writer.write("DISTINCT ");
      writeList(writer, expression.arguments, ", ", writeExpression);
      writer.write(")");
      if (expression.filter) {
        writer.write(" FILTER (WHERE ");
        writeExpression(writer, expression.filter);
        writer.write(")");
      }
      return;
    case "cast":
      return writeCast(writer, expression.operand, expression.type, expression.list);
    case "tuple":
      writer.write("(");
      writeList(writer, expression.items, ", ", writeExpression);
      return writer.write(")");
    case "raw":
      return writeRawExpression(writer, expression);
    case "subquery":
      writer.write("(");
      writeNested(writer, expression.query);
      return writer.write(")");
    case "output":
      return writer.identifier(expression.name);
    case "star":
      return writer.write("*");
    case "excluded":
      writer.write("EXCLUDED.");
      return writer.identifier(expression.name);
    case "default":
      return writer.write("DEFAULT");
    case "arithmetic":
      writeTerm(writer, expression.left);
      writer.write(` ${expression.operator} `);
      return writeTerm(writer, expression.right);
    case "case":
      writer.write("CASE");
      for (const branch of expression.branches) {
        writer.write(" WHEN ");
        writeExpression(writer, branch.when);
        writer.write(" THEN ");
        writeExpression(writer, branch.result);
      }
      if (expression.otherwise) {
        writer.write(" ELSE ");
        writeExpression(writer, expression.otherwise);
      }
      return writer.write(" END");
  }
}

function writeParameter(writer: Writer, parameter: Parameter): void {
  writer.bind(parameter);
  // The driver would encode a string for json once more (bun-sql 1.9), so json always travels as text.
  if (parameter.type && !parameter.list && isJsonType(parameter.type)) {
    writer.write(`::text::${shortTypeName(parameter.type.type)}`);
  }
}

function writeMillisecond(
  writer: Writer,
  node: Extract<Expression, { kind: "millisecond" }>,
): void {
  const type = (node.moment.type && typeName(node.moment.type)) ?? "timestamptz";
  const start = `$${writer.parameters.length + 1}`;
  writer.write(node.negated ? "NOT (" : "(");
  writeTerm(writer, node.left);
  writer.write(" >= ");
  writer.bind(node.moment);
  writer.write(`::${type} AND `);
  writeTerm(writer, node.left);
  writer.write(` < ${start}::${type} + interval '1 millisecond')`);
}

function writeCast(writer: Writer, operand: Expression, type: ColumnType, list?: true): void {
  const name = typeName(type);
  if (name === undefined) return writeTerm(writer, operand);
  if (operand.kind === "parameter") {
    writer.bind(operand);
    // By way of text: a string for an array or json parameter reaches the server verbatim.
    if (list || type.element || isJsonType(type)) writer.write("::text");
  } else writeTerm(writer, operand);
  writer.write(`::${name}${list && !name.endsWith("[]") ? "[]" : ""}`);
}

function constantText(value: ConstantNode["value"]): string {
  if (value === null) return "NULL";
  if (value === true) return "TRUE";
  if (value === false) return "FALSE";
  if (typeof value === "string") return quoteLiteral(value);
  if (typeof value === "bigint") return String(value);
  if (!Number.isFinite(value)) return `${quoteLiteral(String(value))}::float8`;
  // A negative constant after an operator would read as two operators or as a comment ("--1").
  return value < 0 || Object.is(value, -0) ? `(${value})` : String(value);
}
