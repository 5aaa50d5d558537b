/** compile(statement) -> text and parameters; the only place where a tree becomes text. */
import { QueryError } from "../errors";
import { countParameter } from "./build";
import { printExpression, printOperand, printRaw } from "./expressions";
import type {
  Assignment,
  CompiledQuery,
  CompoundStatement,
  ConflictClause,
  DeleteStatement,
  Expression,
  FromSource,
  InsertStatement,
  JoinNode,
  LockClause,
  OrderItem,
  RawNode,
  SelectItem,
  SelectStatement,
  Statement,
  TableSource,
  UpdateStatement,
  WithClause,
} from "./nodes";
import { flat, printList, printNames, quoteIdentifier, Writer } from "./writer";

/** Prints a statement: `{ text: 'SELECT "id" FROM "users" WHERE "active" = $1', parameters }`. */
export function compile(statement: Statement): CompiledQuery {
  const writer = new Writer(printNested);
  const text = printStatement(writer, statement);
  const { parameters } = writer;
  return writer.locks ? { text, parameters, locks: true } : { text, parameters };
}

/** Prints one expression as it would stand in a query over `scope`. */
export function compileExpression(expression: Expression, scope?: string): CompiledQuery {
  const writer = new Writer(printNested);
  writer.scope = scope;
  const text = printExpression(writer, expression);
  return { text, parameters: writer.parameters };
}

function printStatement(writer: Writer, statement: Statement): string {
  switch (statement.kind) {
    case "select":
      return printSelect(writer, statement);
    case "compound":
      return printCompound(writer, statement);
    case "insert":
      return printInsert(writer, statement);
    case "update":
      return printUpdate(writer, statement);
    case "delete":
      return printDelete(writer, statement);
    case "raw-statement":
      return printRaw(writer, statement.raw);
    case "copy":
      return `COPY ${printTable(statement.table)} (${printNames(statement.columns)}) FROM STDIN`;
    case "explain": {
      const { options } = statement;
      const explain = options.length > 0 ? `EXPLAIN (${options.join(", ")}) ` : "EXPLAIN ";
      return explain + printStatement(writer, statement.statement);
    }
  }
}

/** A statement inside another: it has a scope of its own. */
function printNested(writer: Writer, statement: Statement): string {
  const outer = writer.scope;
  const text = printStatement(writer, statement);
  writer.scope = outer;
  return text;
}

function printWith(writer: Writer, clause: WithClause | undefined): string {
  if (!clause || clause.tables.length === 0) return "";
  const tables = clause.tables.map(({ name, columns, query }) => {
    const names = columns ? ` (${printNames(columns)})` : "";
    return `${quoteIdentifier(name)}${names} AS (${printNested(writer, query)})`;
  });
  return `${clause.recursive ? "WITH RECURSIVE " : "WITH "}${tables.join(", ")} `;
}

function printSelect(writer: Writer, select: SelectStatement): string {
  let text = printWith(writer, select.with);
  const { from, joins, limit, offset } = select;
  writer.scope =
    from && joins.length === 0
      ? from.kind === "table"
        ? (from.alias ?? from.name)
        : from.alias
      : undefined;
  text += printHead(writer, select);
  for (let index = 0; index < joins.length; index++) {
    const join = joins[index] as JoinNode | RawNode;
    text += ` ${join.kind === "raw" ? printRaw(writer, join) : printJoin(writer, join)}`;
  }
  if (select.where.length > 0) text += printConditions(writer, " WHERE ", select.where);
  if (select.groupBy.length > 0) {
    text += ` GROUP BY ${printList(writer, select.groupBy, ", ", (to, { expression }) => printExpression(to, expression))}`;
  }
  if (select.having.length > 0) text += printConditions(writer, " HAVING ", select.having);
  if (select.orderBy.length > 0) {
    text += ` ORDER BY ${printList(writer, select.orderBy, ", ", printOrder)}`;
  }
  // LIMIT and OFFSET are bound, so that the text depends on the shape only.
  if (limit !== undefined) text += ` LIMIT ${bindCount(writer, limit)}`;
  if (offset !== undefined) text += ` OFFSET ${bindCount(writer, offset)}`;
  if (select.lock) text += printLock(writer, select.lock, joins.length > 0);
  return text;
}

function bindCount(writer: Writer, value: number): string {
  return writer.bind(countParameter(value));
}

function printLock(writer: Writer, { strength, wait, of }: LockClause, isJoined: boolean): string {
  writer.locks = true;
  // Of one table it says nothing; of several it keeps the others free, and outer joins allowed.
  const tables = of && of.length > 0 && isJoined ? ` OF ${printNames(of)}` : "";
  return ` FOR ${strength}${tables}${wait ? ` ${wait}` : ""}`;
}

function printCompound(writer: Writer, { queries, operator }: CompoundStatement): string {
  return queries.map((query) => `(${printNested(writer, query)})`).join(` ${operator} `);
}

interface Head {
  readonly from: FromSource | undefined;
  readonly text: string;
}

const NO_HEAD: Head = { from: undefined, text: "" };

/** `SELECT ... FROM ...` of the lists that come again and again: models select all columns of their table. */
const heads = new WeakMap<readonly SelectItem[], Head>();

/** Keeps what the list prints, from when it is first printed. It must hold no parameters. */
export function keepHead(columns: readonly SelectItem[]): void {
  heads.set(columns, NO_HEAD);
}

function printHead(writer: Writer, { columns, from, distinct, joins }: SelectStatement): string {
  const isPlain = distinct === undefined && joins.length === 0 && from?.kind === "table";
  const known = isPlain ? heads.get(columns) : undefined;
  if (known && known.from === from) return known.text;
  let text = "SELECT ";
  if (distinct === true) text += "DISTINCT ";
  else if (distinct) text += `DISTINCT ON (${printList(writer, distinct, ", ", printExpression)}) `;
  text += printItems(writer, columns);
  if (from) text += ` FROM ${printSource(writer, from)}`;
  if (known) heads.set(columns, { from, text: flat(text) });
  return text;
}

function printItems(writer: Writer, items: readonly SelectItem[]): string {
  return printList(writer, items, ", ", printItem);
}

function printItem(writer: Writer, { expression, alias }: SelectItem): string {
  const text = printExpression(writer, expression);
  const isNamed = expression.kind === "column" && expression.name === alias;
  return alias === undefined || isNamed ? text : `${text} AS ${quoteIdentifier(alias)}`;
}

function printTable({ schema, name, alias }: TableSource): string {
  let text = quoteIdentifier(name);
  if (schema !== undefined) text = `${quoteIdentifier(schema)}.${text}`;
  return alias === undefined ? text : `${text} AS ${quoteIdentifier(alias)}`;
}

function printSource(writer: Writer, source: FromSource): string {
  switch (source.kind) {
    case "table":
      return printTable(source);
    case "derived":
      return `${source.lateral ? "LATERAL (" : "("}${printNested(writer, source.query)}) AS ${quoteIdentifier(source.alias)}`;
    case "unnest": {
      const lists = printList(writer, source.lists, ", ", printExpression);
      const counted = source.ordinality === undefined ? "" : " WITH ORDINALITY";
      const names =
        source.ordinality === undefined ? source.columns : [...source.columns, source.ordinality];
      return `unnest(${lists})${counted} AS ${quoteIdentifier(source.alias)}(${printNames(names)})`;
    }
  }
}

function printJoin(writer: Writer, { type, source, on }: JoinNode): string {
  const text = `${type} JOIN ${printSource(writer, source)}`;
  if (type === "CROSS") return text;
  return `${text} ON ${on ? printExpression(writer, on) : "TRUE"}`;
}

function printConditions(writer: Writer, keyword: string, list: readonly Expression[]): string {
  return keyword + printList(writer, list, " AND ", printOperand);
}

function printWhere(writer: Writer, list: readonly Expression[]): string {
  return list.length === 0 ? "" : printConditions(writer, " WHERE ", list);
}

function printOrder(writer: Writer, { expression, direction, nulls }: OrderItem): string {
  const text = printExpression(writer, expression) + (direction === "DESC" ? " DESC" : " ASC");
  return nulls ? `${text} NULLS ${nulls}` : text;
}

function printInsert(writer: Writer, insert: InsertStatement): string {
  let text = printWith(writer, insert.with);
  const scope = insert.table.alias ?? insert.table.name;
  writer.scope = scope;
  text += `INSERT INTO ${printTable(insert.table)}`;
  const { source } = insert;
  if (source.kind === "default-values") text += " DEFAULT VALUES";
  else {
    text += ` (${printNames(insert.columns)}) `;
    text +=
      source.kind === "query"
        ? printNested(writer, source.query)
        : `VALUES ${printList(writer, source.rows, ", ", (to, row) => `(${printList(to, row, ", ", printExpression)})`)}`;
  }
  writer.scope = scope;
  if (insert.conflict) text += printConflict(writer, insert.conflict);
  writer.scope = scope;
  return text + printReturning(writer, insert.returning);
}

function printConflict(writer: Writer, conflict: ConflictClause): string {
  let text = " ON CONFLICT ";
  const { target, action } = conflict;
  if (target && "constraint" in target) {
    text += `ON CONSTRAINT ${quoteIdentifier(target.constraint)} `;
  } else if (target) {
    text += `(${printNames(target.columns)}) `;
    if (target.where) text += `WHERE ${printExpression(writer, target.where)} `;
  }
  if (action === "nothing") return `${text}DO NOTHING`;
  // Both the table and EXCLUDED are in scope here.
  writer.scope = undefined;
  text += `DO UPDATE SET ${printAssignments(writer, action)}`;
  return conflict.where ? `${text} WHERE ${printExpression(writer, conflict.where)}` : text;
}

function printAssignments(writer: Writer, assignments: readonly Assignment[]): string {
  if (assignments.length === 0) throw new QueryError("An UPDATE needs at least one column to set.");
  return printList(
    writer,
    assignments,
    ", ",
    (to, { column, value }) => `${quoteIdentifier(column)} = ${printExpression(to, value)}`,
  );
}

function printUpdate(writer: Writer, update: UpdateStatement): string {
  let text = printWith(writer, update.with);
  const name = update.table.alias ?? update.table.name;
  writer.scope = update.from ? undefined : name;
  text += `UPDATE ${printTable(update.table)} SET ${printAssignments(writer, update.set)}`;
  if (update.from) text += ` FROM ${printSource(writer, update.from)}`;
  text += printWhere(writer, update.where);
  return text + printReturning(writer, update.returning);
}

function printDelete(writer: Writer, statement: DeleteStatement): string {
  let text = printWith(writer, statement.with);
  const { table, using } = statement;
  writer.scope = using ? undefined : (table.alias ?? table.name);
  text += `DELETE FROM ${printTable(table)}`;
  if (using) text += ` USING ${printSource(writer, using)}`;
  text += printWhere(writer, statement.where);
  return text + printReturning(writer, statement.returning);
}

function printReturning(writer: Writer, items: readonly SelectItem[]): string {
  return items.length === 0 ? "" : ` RETURNING ${printItems(writer, items)}`;
}
