/** where({ posts: { some: {...} } }) -> EXISTS over the hops of the association. */
import { didYouMean, QueryError } from "../errors";
import {
  and,
  cast,
  column,
  compare,
  constant,
  equals,
  exists,
  select,
  selectItem,
  TRUE,
  tuple,
} from "../sql/build";
import type {
  DerivedSource,
  Expression,
  FromSource,
  FunctionNode,
  JoinNode,
  SelectStatement,
  TableSource,
} from "../sql/nodes";
import type { Hop, Previous, RecordSource, SourceAssociation } from "./source";

type ConditionList = (source: RecordSource, conditions: unknown, alias?: string) => Expression[];

const quantifiers = ["some", "none", "every", "is", "isNot"] as const;

/** The condition of one association key. Throws QueryError for anything but its quantifiers. */
export function associationCondition(
  source: RecordSource,
  association: SourceAssociation,
  value: unknown,
  alias: string,
  conditionList: ConditionList,
): Expression {
  if (value === null && association.cardinality === "one") {
    return related(association, alias, () => [], true);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new QueryError(
      `where() on ${source.name}: the association "${association.name}" expects { ${quantifiers.join(" | ")}: conditions }.`,
    );
  }
  const parts: Expression[] = [];
  for (const [name, conditions] of Object.entries(value)) {
    const matching = (target: RecordSource, name: string) =>
      conditions === null ? [] : conditionList(target, conditions, name);
    switch (name) {
      case "some":
      case "is":
        parts.push(related(association, alias, matching, name === "is" && conditions === null));
        break;
      case "none":
      case "isNot":
        parts.push(
          related(association, alias, matching, !(name === "isNot" && conditions === null)),
        );
        break;
      case "every":
        parts.push(
          related(
            association,
            alias,
            // A record that is not known to match (NULL) does not match.
            (target, name) => [compare(and(matching(target, name)), "IS DISTINCT FROM", TRUE)],
            true,
          ),
        );
        break;
      default:
        throw new QueryError(
          `where() on ${source.name}: unknown quantifier "${name}" for the association "${association.name}".${didYouMean(name, quantifiers)} Use ${quantifiers.join(", ")}.`,
        );
    }
  }
  if (parts.length === 0) {
    throw new QueryError(
      `where() on ${source.name}: the association "${association.name}" expects one of ${quantifiers.join(", ")}.`,
    );
  }
  return and(parts);
}

/** EXISTS (a related record that matches), or NOT EXISTS. */
export function related(
  association: SourceAssociation,
  alias: string,
  matching: (target: RecordSource, alias: string) => readonly Expression[],
  negated: boolean,
): Expression {
  const { from, joins, where, target } = chainOf(association, alias);
  const query = {
    ...select([selectItem(constant(1))], from),
    joins,
    where: [...where, ...matching(target.source, target.alias)],
  };
  return exists(query, negated);
}

/** The number of related records, as loading would find them. */
export function relatedCount(association: SourceAssociation, alias: string): SelectStatement {
  const { from, joins, where, target } = chainOf(association, alias);
  const { source } = target;
  const keys = source.table.primaryKey.map((name) =>
    column(target.alias, source.columns.get(name)?.node.name ?? name),
  );
  const [key] = keys;
  const counted: FunctionNode =
    association.repeats && key
      ? {
          kind: "function",
          name: "count",
          distinct: true,
          arguments: [keys.length === 1 ? key : tuple(keys)],
        }
      : { kind: "function", name: "count", arguments: [{ kind: "star" }] };
  return { ...select([selectItem(counted)], from), joins, where };
}

/** The hops back from the target to the row under `alias`. */
function chainOf(association: SourceAssociation, alias: string): Chain {
  return chain(association.hops(), columnsOf(alias), new Set([alias]));
}

export interface Chain {
  readonly from: FromSource;
  readonly joins: readonly JoinNode[];
  readonly where: readonly Expression[];
  readonly target: { readonly source: RecordSource; readonly alias: string };
}

/** The columns of a table that is in the query under `alias`. */
export function columnsOf(alias: string): Previous {
  return (name) => column(alias, name);
}

/** The first hop becomes FROM, tied to what is around it; the others are joined to it. `used` names are avoided. */
export function chain(hops: readonly Hop[], outer: Previous, used: Set<string>): Chain {
  const [first, ...rest] = hops;
  if (!first) throw new QueryError("An association without a step cannot be queried.");
  const start = startOf(first, outer, used);
  const joins: JoinNode[] = [...start.joins];
  let previous = start.alias;
  for (const hop of rest) {
    const next = hopJoins(hop, columnsOf(previous), used, "INNER");
    joins.push(...next.joins);
    previous = next.alias;
  }
  const last = hops[hops.length - 1] ?? first;
  return { ...start, joins, target: { source: last.source, alias: previous } };
}

function startOf(hop: Hop, outer: Previous, used: Set<string>) {
  if (hop.rows) {
    const [step, rows] = lateralJoins(hop, hop.rows, outer, used, "INNER");
    return {
      from: step.source,
      joins: [rows],
      where: hop.conditions?.(rows.source.alias) ?? [],
      alias: rows.source.alias,
    };
  }
  const alias = aliasFor(hop.source, used);
  return {
    from: tableAs(hop.source, alias),
    joins: [],
    where: hopConditions(hop, outer, alias),
    alias,
  };
}

function tableAs(source: RecordSource, alias: string): TableSource {
  return alias === source.from.name ? source.from : { ...source.from, alias };
}

/** The joins that lead from the table before to the hop's, and the name the hop's table gets. */
export function hopJoins(
  hop: Hop,
  previous: Previous,
  used: Set<string>,
  type: "INNER" | "LEFT",
): { readonly joins: readonly JoinNode[]; readonly alias: string } {
  if (hop.rows) {
    const [step, rows] = lateralJoins(hop, hop.rows, previous, used, type);
    const { alias } = rows.source;
    const conditions = hop.conditions?.(alias) ?? [];
    const last = conditions.length > 0 ? { ...rows, on: and(conditions) } : rows;
    return { joins: [step, last], alias };
  }
  const alias = aliasFor(hop.source, used);
  const on = and(hopConditions(hop, previous, alias));
  return { joins: [{ kind: "join", type, source: tableAs(hop.source, alias), on }], alias };
}

type DerivedJoin = JoinNode & { readonly source: DerivedSource };

/**
 * The keys of the row before under a name of their own, then the rows that belong to them: inside the rows'
 * query the table before may have the name of a table there.
 */
function lateralJoins(
  hop: Hop,
  rows: NonNullable<Hop["rows"]>,
  previous: Previous,
  used: Set<string>,
  type: "INNER" | "LEFT",
): readonly [step: DerivedJoin, rows: DerivedJoin] {
  const step = freeAlias(hop.step ?? "baked_step", used);
  const alias = aliasFor(hop.source, used);
  const names = [...new Set(hop.keys.map(({ from }) => from))];
  const keys = select(names.map((name) => selectItem(typed(previous(name)), name)));
  const join = (name: string, query: SelectStatement): DerivedJoin => ({
    kind: "join",
    type,
    source: { kind: "derived", lateral: true, query, alias: name },
  });
  return [join(step, keys), join(alias, rows(columnsOf(step)))];
}

/** A value that stands alone in a SELECT must say its type. */
function typed(expression: Expression): Expression {
  return expression.kind === "parameter" && expression.type
    ? cast(expression, expression.type)
    : expression;
}

const TEXT = { type: "text" } as const;

/** The conditions that tie a hop to the table before it. */
export function hopConditions(hop: Hop, previous: Previous, alias: string): Expression[] {
  return [
    ...hop.keys.map(({ from, to, asText }) => {
      const left = column(alias, to);
      const right = previous(from);
      return equals(
        asText === "to" || asText === "both" ? cast(left, TEXT) : left,
        asText === "from" || asText === "both" ? cast(typed(right), TEXT) : right,
      );
    }),
    ...(hop.conditions?.(alias) ?? []),
  ];
}

/** The table's own name when it is free in the query, else the name with a number. */
export function aliasFor(source: RecordSource, used: Set<string>): string {
  return freeAlias(source.from.name, used);
}

function freeAlias(name: string, used: Set<string>): string {
  let alias = name;
  for (let number = 2; used.has(alias); number++) alias = `${name}_${number}`;
  used.add(alias);
  return alias;
}
