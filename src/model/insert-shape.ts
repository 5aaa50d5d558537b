/** Which attributes the INSERT of a record gives: worked out once for all records that give the same. */
import type { InsertShape } from "../query/insert";
import { itemsBeside, storedIn } from "../query/known-values";
import type { SourceColumn } from "../query/source";
import { templateOf } from "../query/templates";
import { isWritable } from "./accept";
import type { ModelInfo } from "./info";

interface Known {
  /** The columns that take values. */
  readonly writable: readonly SourceColumn[];
  /** The shapes used so far. */
  readonly shapes: InsertShape[];
}

const known = new WeakMap<ModelInfo, Known>();
// A program creates its records at a few places. One that leaves out attributes at random must not fill memory.
const LIMIT = 16;

/** The shape of the INSERT of these values. To compare with the shapes of before is quicker than to make one. */
export function insertShape(
  info: ModelInfo,
  fields: Readonly<Record<string, unknown>>,
): InsertShape {
  const { writable, shapes } = knownOf(info);
  for (const shape of shapes) if (fits(shape, writable, fields)) return shape;
  const columns = writable.filter(({ attribute }) => fields[attribute] !== undefined);
  const attributes = columns.map(({ attribute }) => attribute);
  const { source } = info;
  const stored = columns.map((column) => storedIn(source, column));
  const rest = itemsBeside(
    source,
    attributes.filter((_name, index) => stored[index]),
  );
  const key = `insert\0${attributes.join("\0")}`;
  const unsure = { items: source.items, template: templateOf(source, key) };
  const shape: InsertShape = {
    given: writable.map((column) => columns.includes(column)),
    columns,
    attributes,
    names: columns.map(({ node }) => node.name),
    stored,
    uncertain: attributes.filter((_name, index) => !stored[index]),
    rest:
      rest === source.items
        ? unsure
        : { items: rest, template: templateOf(source, `rest\0${key}`) },
    unsure,
  };
  if (shapes.length >= LIMIT) shapes.length = 0;
  shapes.push(shape);
  return shape;
}

function knownOf(info: ModelInfo): Known {
  let found = known.get(info);
  if (!found) {
    const columns = [...info.source.columns.values()];
    found = { writable: columns.filter(({ definition }) => isWritable(definition)), shapes: [] };
    known.set(info, found);
  }
  return found;
}

function fits(
  { given }: InsertShape,
  writable: readonly SourceColumn[],
  fields: Readonly<Record<string, unknown>>,
): boolean {
  for (let index = 0; index < writable.length; index++) {
    const isGiven = fields[(writable[index] as SourceColumn).attribute] !== undefined;
    if (isGiven !== given[index]) return false;
  }
  return true;
}
