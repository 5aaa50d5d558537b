/** where({ posts: { some: {...} } }) -> EXISTS over the hops of the association. */
import { didYouMean, QueryError } from "../errors";
import {
  and,
  column,
  compare,
  constant,
  equals,
  exists,
  select,
  selectItem,
  TRUE,
} from "../sql/build";
import type { Expression, FromSource, JoinNode, SelectStatement } from "../sql/nodes";
import type { Hop, RecordSource, SourceAssociation } from "./source";

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
  return exists(relatedQuery(association, alias, [selectItem(constant(1))], matching), negated);
}

/** SELECT `items` FROM the target joined back through the hops, correlated with `alias`. */
export function relatedQuery(
  association: SourceAssociation,
  alias: string,
  items: SelectStatement["columns"],
  matching: (target: RecordSource, alias: string) => readonly Expression[],
): SelectStatement {
  const { from, joins, where, target } = chain(association.hops(), alias);
  return {
    ...select(items, from),
    joins,
    where: [...where, ...matching(target.source, target.alias)],
  };
}

interface Chain {
  readonly from: FromSource;
  readonly joins: readonly JoinNode[];
  readonly where: readonly Expression[];
  readonly target: { readonly source: RecordSource; readonly alias: string };
}

/** The first hop becomes FROM (correlated by WHERE), the others are joined to it. */
function chain(hops: readonly Hop[], outer: string): Chain {
  const [first, ...rest] = hops;
  if (!first) throw new QueryError("An association without a step cannot be queried.");
  const used = new Set([outer]);
  let previous = aliasFor(first.source, used);
  const from: FromSource = { ...first.source.from, alias: previous };
  const where = hopConditions(first, outer, previous);
  const joins: JoinNode[] = [];
  let source = first.source;
  for (const hop of rest) {
    const alias = aliasFor(hop.source, used);
    joins.push({
      kind: "join",
      type: "INNER",
      source: { ...hop.source.from, alias },
      on: and(hopConditions(hop, previous, alias)),
    });
    previous = alias;
    source = hop.source;
  }
  return {
    from: withoutOwnAlias(from),
    joins: joins.map(tidy),
    where,
    target: { source, alias: previous },
  };
}

function tidy(join: JoinNode): JoinNode {
  return { ...join, source: withoutOwnAlias(join.source) };
}

function withoutOwnAlias(source: FromSource): FromSource {
  if (source.kind !== "table" || source.alias !== source.name) return source;
  const { alias: _own, ...rest } = source;
  return rest;
}

/** The conditions that tie a hop to the table before it. */
export function hopConditions(hop: Hop, previous: string, alias: string): Expression[] {
  return [
    ...hop.keys.map(({ from, to }) => equals(column(alias, to), column(previous, from))),
    ...(hop.conditions?.(alias) ?? []),
  ];
}

/** The table's own name when it is free in the query, else the name with a number. */
export function aliasFor(source: RecordSource, used: Set<string>): string {
  const name = source.from.name;
  let alias = name;
  for (let number = 2; used.has(alias); number++) alias = `${name}_${number}`;
  used.add(alias);
  return alias;
}
