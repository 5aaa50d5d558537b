/**
 * The statement of a walk inside one table. WITH RECURSIVE carries keys only, and the rows are joined back to it:
 * they are compared by key, so that json columns do not matter. Pure.
 */
import {
  ast,
  type ColumnType,
  type CommonTable,
  type CompoundStatement,
  type Expression,
  type OrderItem,
  type SelectItem,
  type SelectStatement,
  type SourceColumn,
} from "../plugin";
import { withoutTests } from "./seed-predicates";

/** One walk, with everything its options say settled. */
export interface Walk {
  /** The name the table has in the query. */
  readonly alias: string;
  readonly keys: readonly SourceColumn[];
  readonly from: SourceColumn;
  readonly to: SourceColumn;
  readonly union: CompoundStatement["operator"];
  /** Names of the values to add to the rows. */
  readonly depth: string | undefined;
  readonly path: string | undefined;
  readonly maxDepth: number | undefined;
}

const WALK = "__walk";
const PARENT = "__parent";
const CHILD = "__child";
const PLACE = "__place";
const INTEGER: ColumnType = { type: "integer" };

/** What the walk's rows carry besides their key. */
interface Baggage {
  /** The value to go on from, where that is not the key. */
  readonly next: boolean;
  readonly depth: boolean;
  /** The key the row's walk began with. */
  readonly start: boolean;
  /** All keys on the way. */
  readonly path: boolean;
}

function baggage({ keys, to, depth, path, maxDepth }: Walk): Baggage {
  const placed = depth !== undefined || path !== undefined;
  // Where each row has one way in, a cycle can only lead back to where the walk began.
  const isTree = keys.length === 1 && to === keys[0];
  return {
    next: !keys.includes(to),
    depth: placed || maxDepth !== undefined,
    start: placed && isTree && path === undefined,
    path: placed && (!isTree || path !== undefined),
  };
}

/** The statement, narrowed to the rows that the walk reaches from its own rows. */
export function reached(statement: SelectStatement, walk: Walk): SelectStatement {
  const { alias, keys, depth, path } = walk;
  const tables = { recursive: true, tables: [walkTable(walk, statement)] } as const;
  const walked = keyColumns(walk, WALK);
  const source = { kind: "table", name: WALK } as const;
  const keyNodes = keys.map(({ node }) => ast.column(alias, node.name));
  if (depth === undefined && path === undefined) {
    const among = ast.select(items(walked), source);
    return { ...statement, with: tables, where: [ast.inQuery(single(keyNodes), among)] };
  }
  const values = [
    ...(depth === undefined ? [] : [ast.selectItem(ast.column(WALK, "depth"), depth)]),
    ...(path === undefined ? [] : [ast.selectItem(ast.column(WALK, "path"), path)]),
  ];
  // A row that was reached in several ways stands where the shortest of them leads.
  const places: SelectStatement = {
    ...ast.select([...items(walked), ...values], source),
    distinct: walked,
    orderBy: [...walked, ast.column(WALK, "depth")].map((each): OrderItem => ast.orderBy(each)),
  };
  const placed = keyColumns(walk, PLACE);
  return {
    ...statement,
    with: tables,
    where: [],
    joins: [
      {
        kind: "join",
        type: "INNER",
        source: { kind: "derived", alias: PLACE, query: places },
        on: ast.equals(single(keyNodes), single(placed)),
        single: true,
      },
    ],
    columns: [
      ...statement.columns,
      ...values.map(({ alias: name = "" }) => ast.selectItem(ast.column(PLACE, name), name)),
    ],
  };
}

function walkTable(walk: Walk, seed: SelectStatement): CommonTable {
  const bag = baggage(walk);
  const columns = [
    ...walk.keys.map((_column, index) => `key_${index}`),
    ...(["next", "depth", "start", "path"] as const).filter((name) => bag[name]),
  ];
  const queries = [anchor(walk, bag, seed), step(walk, bag, seed, columns)];
  return { name: WALK, columns, query: { kind: "compound", operator: walk.union, queries } };
}

/** The rows the walk begins with. */
function anchor({ keys, to }: Walk, bag: Baggage, seed: SelectStatement): SelectStatement {
  const own = keys.map(({ node }) => node);
  const columns = items([
    ...own,
    ...(bag.next ? [to.node] : []),
    ...(bag.depth ? [ast.cast(ast.constant(0), INTEGER)] : []),
    ...(bag.start ? own : []),
    ...(bag.path ? [array(own)] : []),
  ]);
  return { ...ast.select(columns, seed.from), where: seed.where };
}

/** From the rows of the walk to those one edge further. */
function step(
  walk: Walk,
  bag: Baggage,
  seed: SelectStatement,
  columns: readonly string[],
): SelectStatement {
  const { alias, keys, from, to, maxDepth } = walk;
  const row = [...keys.map(({ node }) => node), ...(bag.next ? [to.node] : [])];
  const parent = (name: string) => ast.column(PARENT, name);
  const edge = ast.equals(
    ast.column(alias, from.node.name),
    parent(bag.next ? "next" : `key_${keys.indexOf(to)}`),
  );
  // A query of its own, in which the table has its own name: all predicates hold there as they were written.
  const child: SelectStatement = {
    ...ast.select(
      row.map((node, index) => ast.selectItem(node, columns[index])),
      seed.from,
    ),
    where: [edge, ...withoutTests(seed.where, walk)],
  };
  const own = keyColumns(walk, CHILD);
  const where: Expression[] = [];
  if (maxDepth !== undefined) {
    where.push(ast.compare(parent("depth"), "<", ast.constant(maxDepth)));
  }
  if (bag.start) where.push(ast.compare(single(own), "<>", parent("start")));
  if (bag.path) where.push(ast.anyOf(single(own), parent("path"), true));
  const selected = items([
    ...row.map((_node, index) => ast.column(CHILD, columns[index] ?? "")),
    ...(bag.depth ? [operation("+", parent("depth"), ast.constant(1))] : []),
    ...(bag.start ? [parent("start")] : []),
    ...(bag.path ? [operation("||", parent("path"), array(own))] : []),
  ]);
  return {
    ...ast.select(selected, { kind: "table", name: WALK, alias: PARENT }),
    joins: [
      {
        kind: "join",
        type: "CROSS",
        source: { kind: "derived", lateral: true, alias: CHILD, query: child },
      },
    ],
    where,
  };
}

function keyColumns({ keys }: Walk, table: string): Expression[] {
  return keys.map((_column, index) => ast.column(table, `key_${index}`));
}

function items(expressions: readonly Expression[]): SelectItem[] {
  return expressions.map((expression) => ast.selectItem(expression));
}

/** The value of a key: a row of values where it has several columns. */
function single(keys: readonly Expression[]): Expression {
  const [only] = keys;
  return only && keys.length === 1 ? only : ast.tuple(keys);
}

function array(keys: readonly Expression[]): Expression {
  return { kind: "raw", pieces: ["ARRAY[", single(keys), "]"] };
}

function operation(operator: "+" | "||", left: Expression, right: Expression): Expression {
  return { kind: "arithmetic", operator, left, right };
}
