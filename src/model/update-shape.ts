/** How an UPDATE of some attributes is written, and what of the row has to come back: worked out once for each set. */
import { requireColumn } from "../query/conditions";
import type { SourceColumn } from "../query/source";
import type { Template } from "../query/templates";
import { type Stored, storedBy } from "../schema/stored";
import type { SelectItem } from "../sql/nodes";
import type { ModelInfo } from "./info";

/** What a statement returns, and the text that it has then. */
export interface Returned {
  readonly items: readonly SelectItem[];
  readonly template: Template;
}

export interface UpdateShape {
  readonly columns: readonly SourceColumn[];
  /** By column: what will be stored of a value, where that can be told. */
  readonly stored: readonly (Stored | undefined)[];
  /** When each value is stored as it is: what the database computes, and columns of which nothing can be told. */
  readonly rest: Returned;
  /** When a value may be another once it is stored; of a row that triggers may change, all there is. */
  readonly unsure: Returned;
}

const known = new WeakMap<ModelInfo, Map<string, UpdateShape>>();
// Columns changed together make a shape of their own; a program that changes them at random must not fill memory.
const LIMIT = 500;

/** The shape of the UPDATE that writes these attributes. */
export function updateShape(info: ModelInfo, names: readonly string[]): UpdateShape {
  let shapes = known.get(info);
  if (!shapes) {
    shapes = new Map();
    known.set(info, shapes);
  }
  const key = names.join("\0");
  let shape = shapes.get(key);
  if (!shape) {
    shape = makeShape(info, names);
    if (shapes.size >= LIMIT) shapes.clear();
    shapes.set(key, shape);
  }
  return shape;
}

function makeShape({ source, table }: ModelInfo, names: readonly string[]): UpdateShape {
  const columns = names.map((name) => requireColumn(source, "save()", name));
  // Without the entry nothing is known, and anything may happen to a row on its way.
  const isStoredAsSent = table.updateTriggers?.length === 0;
  const stored = columns.map(({ definition }) =>
    isStoredAsSent ? storedBy(definition) : undefined,
  );
  const returned = (attributes: readonly string[]): Returned => ({
    items: source.items.filter(
      ({ alias = "" }) => attributes.includes(alias) || table.columns[alias]?.generated,
    ),
    template: { text: undefined },
  });
  const whole = { items: source.items, template: { text: undefined } };
  return {
    columns,
    stored,
    rest: isStoredAsSent ? returned(names.filter((_name, index) => !stored[index])) : whole,
    unsure: isStoredAsSent ? returned(names) : whole,
  };
}
