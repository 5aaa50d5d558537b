/** joins() and leftJoins(): each step of an association path once, and what merge() makes of two lists of joins. */
import { didYouMean, QueryError } from "../errors";
import type { JoinNode, RawNode, SelectStatement } from "../sql/nodes";
import { rawNode, SqlFragment } from "../sql/raw";
import { columnsOf, hopJoins } from "./association-conditions";
import type { RecordSource } from "./source";
import { aliasOf } from "./state";

type Join = JoinNode | RawNode;

/** joins(): a path of associations, or raw SQL. */
export function joined(
  source: RecordSource,
  statement: SelectStatement,
  path: string | SqlFragment,
  values: readonly unknown[] | undefined,
  type: "INNER" | "LEFT",
): SelectStatement {
  if (path instanceof SqlFragment || /[\s()]/.test(path) || values !== undefined) {
    const label = type === "LEFT" ? "leftJoins()" : "joins()";
    return { ...statement, joins: [...statement.joins, rawNode(path, values, label)] };
  }
  const used = new Set([aliasOf(source), ...statement.joins.flatMap(aliasesOf)]);
  const joins: Join[] = [...statement.joins];
  let current = source;
  let previous = aliasOf(source);
  let walked = "";
  for (const name of path.split(".")) {
    const association = current.association(name);
    if (!association) {
      throw new QueryError(
        `joins(): association "${name}" not found on ${current.name}.${didYouMean(name, current.associationNames())}`,
      );
    }
    walked = walked === "" ? name : `${walked}.${name}`;
    for (const [index, hop] of association.hops().entries()) {
      const step = `${walked}#${index}`;
      const place = joins.findIndex((join) => join.kind === "join" && join.path === step);
      const present = joins[place];
      if (present?.kind === "join") {
        joins[place] = narrowed(present, type);
        previous = aliasOfJoin(present);
      } else {
        const next = hopJoins(hop, columnsOf(previous), used, type);
        const last = next.joins.length - 1;
        const pathAt = (at: number) => (at === last ? step : `${step}/${at}`);
        const single = association.cardinality === "one" ? ({ single: true } as const) : undefined;
        joins.push(...next.joins.map((join, at) => ({ ...join, path: pathAt(at), ...single })));
        previous = next.alias;
      }
      current = hop.source;
    }
  }
  return { ...statement, joins };
}

/** A join that one call wants LEFT and another INNER drops the rows without a match. */
function narrowed(join: JoinNode, type: JoinNode["type"]): JoinNode {
  return join.type === "LEFT" && type === "INNER" ? { ...join, type } : join;
}

function aliasOfJoin({ source }: JoinNode): string {
  return source.kind === "table" ? (source.alias ?? source.name) : source.alias;
}

function aliasesOf(join: Join): string[] {
  return join.kind === "join" ? [aliasOfJoin(join)] : [];
}

/**
 * The joins of both, what is the same in both once. Throws QueryError when the two give one name to different
 * tables: the conditions that came along, raw SQL among them, could not tell which is meant.
 */
export function mergedJoins(joins: readonly Join[], added: readonly Join[]): Join[] {
  const merged = [...joins];
  for (const join of added) {
    const place = merged.findIndex((each) => isSame(each, join));
    const present = merged[place];
    if (present?.kind === "join" && join.kind === "join") {
      merged[place] = narrowed(present, join.type);
    } else if (!present) {
      const names = merged.flatMap(aliasesOf);
      const clash = aliasesOf(join).find((alias) => names.includes(alias));
      if (clash !== undefined) {
        throw new QueryError(`merge(): both queries join something of their own as "${clash}".`, {
          hint: 'Join one of them in SQL, under another name: joins("JOIN users AS editors ON ...").',
        });
      }
      merged.push(join);
    }
  }
  return merged;
}

function isSame(one: Join, other: Join): boolean {
  if (one.kind === "raw" || other.kind === "raw") return Bun.deepEquals(one, other);
  if (one.path === undefined) return Bun.deepEquals(one, other);
  return one.path === other.path && aliasOfJoin(one) === aliasOfJoin(other);
}
