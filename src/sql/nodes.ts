/** SQL as data: one tagged union of frozen plain objects. Pure; printed only by compiler.ts. */
import type { ColumnType } from "../schema/table";

export type ComparisonOperator =
  | "="
  | "<>"
  | "<"
  | "<="
  | ">"
  | ">="
  | "LIKE"
  | "ILIKE"
  | "NOT LIKE"
  | "NOT ILIKE"
  | "~"
  | "~*"
  | "@>"
  | "<@"
  | "&&"
  | "@@"
  | "@?"
  | "IS DISTINCT FROM"
  | "IS NOT DISTINCT FROM";

/** A value sent beside the text. `type` decides its encoding; `sensitive` masks it in logs and errors. */
export interface Parameter {
  readonly kind: "parameter";
  readonly value: unknown;
  /** The type the value is encoded as; absent for values of raw fragments. */
  readonly type?: ColumnType;
  /** The value is a list of `type`, bound as one array. */
  readonly list?: true;
  readonly sensitive?: true;
}

export interface ColumnNode {
  readonly kind: "column";
  /** Name or alias of the table in scope. */
  readonly table: string;
  /** Name in the database. */
  readonly name: string;
  /** Always print the table: in ORDER BY a bare name would mean the output column of that name. */
  readonly qualified?: true;
}

export interface ComparisonNode {
  readonly kind: "comparison";
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** `left = ANY(list)`, or `left <> ALL(list)` when negated. */
export interface AnyNode {
  readonly kind: "any";
  readonly left: Expression;
  readonly list: Expression;
  readonly negated: boolean;
}

/** The millisecond that `moment` names, as a half-open range that an index can serve. */
export interface MillisecondNode {
  readonly kind: "millisecond";
  readonly left: Expression;
  readonly moment: Parameter;
  readonly negated: boolean;
}

/** What may stand in parentheses as a query. */
export type NestedQuery = SelectStatement | CompoundStatement | RawStatement;

export interface InNode {
  readonly kind: "in";
  readonly left: Expression;
  readonly query: NestedQuery;
  readonly negated: boolean;
}

export interface ExistsNode {
  readonly kind: "exists";
  readonly query: NestedQuery;
  readonly negated: boolean;
}

export interface NullTestNode {
  readonly kind: "null-test";
  readonly operand: Expression;
  readonly negated: boolean;
}

export interface LogicalNode {
  readonly kind: "and" | "or";
  readonly operands: readonly Expression[];
}

export interface NotNode {
  readonly kind: "not";
  readonly operand: Expression;
}

/** A constant printed inline; needed where the planner must see it (partial indexes). */
export interface ConstantNode {
  readonly kind: "constant";
  readonly value: string | number | bigint | boolean | null;
}

/** A call; `name` is one of our own identifiers, never user text. */
export interface FunctionNode {
  readonly kind: "function";
  readonly name: string;
  readonly arguments: readonly Expression[];
  readonly distinct?: true;
  readonly filter?: Expression;
}

export interface CastNode {
  readonly kind: "cast";
  readonly operand: Expression;
  /** A PostgreSQL type; `list` casts to its array. */
  readonly type: ColumnType;
  readonly list?: true;
}

/** `row(a, b)` without the word: `(a, b)`. */
export interface TupleNode {
  readonly kind: "tuple";
  readonly items: readonly Expression[];
}

/** Text given by the application, with the nodes that stand between its pieces. */
export interface RawNode {
  readonly kind: "raw";
  readonly pieces: readonly (string | Expression | Identifier)[];
}

/** A name quoted by the writer, inside a raw fragment. */
export interface Identifier {
  readonly kind: "identifier";
  readonly path: readonly string[];
}

export interface SubqueryNode {
  readonly kind: "subquery";
  readonly query: NestedQuery;
}

/** An output column by its alias, in ORDER BY. */
export interface OutputNode {
  readonly kind: "output";
  readonly name: string;
}

export interface StarNode {
  readonly kind: "star";
}

/** The row proposed for insertion, inside ON CONFLICT DO UPDATE. */
export interface ExcludedNode {
  readonly kind: "excluded";
  readonly name: string;
}

export interface DefaultNode {
  readonly kind: "default";
}

/** `left operator right` for arithmetic and text, from a closed set. */
export interface ArithmeticNode {
  readonly kind: "arithmetic";
  readonly operator: "+" | "-" | "*" | "/" | "||" | "->" | "->>";
  readonly left: Expression;
  readonly right: Expression;
}

/** CASE WHEN ... THEN ... ELSE ... END. */
export interface CaseNode {
  readonly kind: "case";
  readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
  readonly otherwise?: Expression;
}

export type Expression =
  | AnyNode
  | ArithmeticNode
  | CaseNode
  | CastNode
  | ColumnNode
  | ComparisonNode
  | ConstantNode
  | DefaultNode
  | ExcludedNode
  | ExistsNode
  | FunctionNode
  | InNode
  | LogicalNode
  | MillisecondNode
  | NotNode
  | NullTestNode
  | OutputNode
  | Parameter
  | RawNode
  | StarNode
  | SubqueryNode
  | TupleNode;

export interface SelectItem {
  readonly expression: Expression;
  readonly alias?: string;
}

/** One expression of GROUP BY, and under which name and type its value stands in the rows. */
export interface GroupItem extends SelectItem {
  readonly alias: string;
  readonly type?: ColumnType;
}

export interface OrderItem {
  readonly expression: Expression;
  readonly direction: "ASC" | "DESC";
  readonly nulls?: "FIRST" | "LAST";
}

/** A table of the database, or a common table expression when `schema` is absent. */
export interface TableSource {
  readonly kind: "table";
  readonly name: string;
  readonly schema?: string;
  readonly alias?: string;
}

export interface DerivedSource {
  readonly kind: "derived";
  readonly query: NestedQuery;
  readonly alias: string;
  readonly lateral?: true;
}

/** `unnest(list, ...) AS alias(columns)`, with ordinality when a name for it is given. */
export interface UnnestSource {
  readonly kind: "unnest";
  readonly lists: readonly Expression[];
  readonly alias: string;
  readonly columns: readonly string[];
  readonly ordinality?: string;
}

export type FromSource = TableSource | DerivedSource | UnnestSource;

export interface JoinNode {
  readonly kind: "join";
  readonly type: "INNER" | "LEFT" | "CROSS";
  readonly source: FromSource;
  readonly on?: Expression;
  /** Which step of which association path this is, so that it is joined only once. */
  readonly path?: string;
  /** Matches each row at most once, so that it multiplies nothing. */
  readonly single?: true;
}

export type LockStrength = "UPDATE" | "NO KEY UPDATE" | "SHARE" | "KEY SHARE";

export interface LockClause {
  readonly strength: LockStrength;
  readonly wait?: "NOWAIT" | "SKIP LOCKED";
  /** Table names or aliases for `OF`. */
  readonly of?: readonly string[];
}

export interface CommonTable {
  readonly name: string;
  readonly columns?: readonly string[];
  readonly query: Statement;
}

export interface WithClause {
  readonly recursive?: true;
  readonly tables: readonly CommonTable[];
}

export interface SelectStatement {
  readonly kind: "select";
  readonly with?: WithClause;
  /** `true` for DISTINCT, a list for DISTINCT ON. */
  readonly distinct?: true | readonly Expression[];
  readonly columns: readonly SelectItem[];
  readonly from?: FromSource;
  /** Joins by condition and raw joins, in the order they were added. */
  readonly joins: readonly (JoinNode | RawNode)[];
  /** AND-ed together. */
  readonly where: readonly Expression[];
  readonly groupBy: readonly GroupItem[];
  /** AND-ed together. */
  readonly having: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly limit?: number;
  readonly offset?: number;
  readonly lock?: LockClause;
}

/** Selects joined by UNION, INTERSECT or EXCEPT, each in parentheses. */
export interface CompoundStatement {
  readonly kind: "compound";
  readonly operator: "UNION" | "UNION ALL" | "INTERSECT" | "EXCEPT";
  readonly queries: readonly (SelectStatement | CompoundStatement)[];
}

export type InsertSource =
  | { readonly kind: "values"; readonly rows: readonly (readonly Expression[])[] }
  | { readonly kind: "query"; readonly query: SelectStatement }
  | { readonly kind: "default-values" };

export interface ConflictClause {
  readonly target?:
    | { readonly columns: readonly string[]; readonly where?: Expression }
    | { readonly constraint: string };
  /** `"nothing"`, or the assignments of DO UPDATE. */
  readonly action: "nothing" | readonly Assignment[];
  /** Condition of DO UPDATE. */
  readonly where?: Expression;
}

export interface Assignment {
  readonly column: string;
  readonly value: Expression;
}

export interface InsertStatement {
  readonly kind: "insert";
  readonly with?: WithClause;
  readonly table: TableSource;
  readonly columns: readonly string[];
  readonly source: InsertSource;
  readonly conflict?: ConflictClause;
  readonly returning: readonly SelectItem[];
}

export interface UpdateStatement {
  readonly kind: "update";
  readonly with?: WithClause;
  readonly table: TableSource;
  readonly set: readonly Assignment[];
  readonly from?: FromSource;
  readonly where: readonly Expression[];
  readonly returning: readonly SelectItem[];
}

export interface DeleteStatement {
  readonly kind: "delete";
  readonly with?: WithClause;
  readonly table: TableSource;
  readonly using?: FromSource;
  readonly where: readonly Expression[];
  readonly returning: readonly SelectItem[];
}

/** A whole statement written by the application. */
export interface RawStatement {
  readonly kind: "raw-statement";
  readonly raw: RawNode;
}

/** EXPLAIN of a statement. */
export interface ExplainStatement {
  readonly kind: "explain";
  readonly options: readonly ("ANALYZE" | "VERBOSE" | "BUFFERS" | "FORMAT JSON")[];
  readonly statement: Statement;
}

/** COPY ... FROM STDIN in text format. */
export interface CopyStatement {
  readonly kind: "copy";
  readonly table: TableSource;
  readonly columns: readonly string[];
}

export type Statement =
  | CopyStatement
  | ExplainStatement
  | SelectStatement
  | CompoundStatement
  | InsertStatement
  | UpdateStatement
  | DeleteStatement
  | RawStatement;

/** Text with `$1...$n` and what to send for them. */
export interface CompiledQuery {
  readonly text: string;
  readonly parameters: readonly Parameter[];
  /** It takes row locks: FOR UPDATE and the like stand somewhere in it. */
  readonly locks?: true;
  /** Its rows may come as arrays. */
  readonly asArrays?: true;
}
