/** Rows of a statement the application wrote: columns of the model by attribute, the rest as extras. */
import type { DriverResult, DriverRow } from "../connection/driver";
import type { RowShape } from "../query/source";
import { codecOf } from "../schema/codecs";
import type { ModelInfo } from "./info";

/** Renames database names to attributes, and gives json the text form that the codecs read. */
export function rowsByAttribute(
  info: ModelInfo,
  result: DriverResult,
): { rows: DriverResult; shape: RowShape } {
  const { columns } = info.source;
  const byName = new Map(
    [...columns.values()].map((found) => [found.definition.columnName, found]),
  );
  const names = result.columns?.map(({ name }) => name) ?? Object.keys(result[0] ?? {});
  const attributes: string[] = [];
  const extras: string[] = [];
  const copies: ((from: DriverRow, to: DriverRow) => void)[] = [];
  for (const name of new Set(names)) {
    const found = byName.get(name) ?? columns.get(name);
    if (!found) {
      extras.push(name);
      copies.push((from, to) => {
        to[name] = from[name];
      });
      continue;
    }
    const { attribute, definition } = found;
    const asText = codecOf(definition).asText;
    attributes.push(attribute);
    copies.push((from, to) => {
      const raw = from[name];
      to[attribute] = asText && raw !== null ? textForm(raw) : raw;
    });
  }
  const rows = result.map((from) => {
    const to: DriverRow = {};
    for (const copy of copies) copy(from, to);
    return to;
  });
  return {
    rows: Object.assign(rows, { count: result.count, command: result.command }),
    shape: { attributes, extras },
  };
}

/** What `::text` would have given: the driver parses json and shortens timestamps on its own. */
function textForm(raw: unknown): string {
  if (raw instanceof Date) return raw.toISOString();
  return JSON.stringify(raw);
}

/** Extras that the text makes of a sensitive column by a plain alias: `password_digest AS pd`. */
export function secretAliases(
  info: ModelInfo,
  text: string,
  extras: readonly string[],
): ReadonlySet<string> {
  const { sensitive, shape } = info.definition;
  const columns = shape.names.flatMap((name) =>
    sensitive.has(name) ? (shape.columns[name]?.columnName ?? []) : [],
  );
  if (columns.length === 0) return new Set();
  const escaped = (name: string) => name.replace(/[^\w]/g, "\\$&");
  const names = columns.map(escaped).join("|");
  return new Set(
    extras.filter((alias) =>
      new RegExp(`(?<![\\w$])(?:${names})"?\\s+(?:as\\s+)?"?${escaped(alias)}(?![\\w$])`, "i").test(
        text,
      ),
    ),
  );
}
