/** What is worked out once for the updates of a model: which attributes changed, and how they are written. */
import { requireColumn } from "../query/conditions";
import { isStoredAsSent, type Returned, storedIn, type WriteShape } from "../query/known-values";
import { type ChangedNames, compileChangedNames } from "./changed-names";
import type { ModelInfo } from "./info";

// Columns changed together make a shape of their own; a program that changes them at random must not fill memory.
const LIMIT = 500;

class UpdatePlan {
  readonly changedNames: ChangedNames;
  readonly #info: ModelInfo;
  readonly #shapes = new Map<string, WriteShape>();

  constructor(info: ModelInfo) {
    this.#info = info;
    this.changedNames = compileChangedNames(info.table);
  }

  /** The shape of the UPDATE that writes these attributes. */
  shape(names: readonly string[]): WriteShape {
    const key = names.length === 1 ? (names[0] as string) : names.join("\0");
    let shape = this.#shapes.get(key);
    if (!shape) {
      shape = makeShape(this.#info, names);
      if (this.#shapes.size >= LIMIT) this.#shapes.clear();
      this.#shapes.set(key, shape);
    }
    return shape;
  }
}

// As a type only: a module that exports functions alone can be loaded late (bin/build/parts.ts).
export type { UpdatePlan };

const plans = new WeakMap<ModelInfo, UpdatePlan>();

/** The plan of a model, made when a record of it is first updated. */
export function updatePlan(info: ModelInfo): UpdatePlan {
  let plan = plans.get(info);
  if (!plan) {
    plan = new UpdatePlan(info);
    plans.set(info, plan);
  }
  return plan;
}

function makeShape({ source, table }: ModelInfo, names: readonly string[]): WriteShape {
  const columns = names.map((name) => requireColumn(source, "save()", name));
  const stored = columns.map((column) => storedIn(source, column));
  const returned = (attributes: readonly string[]): Returned => ({
    items: source.items.filter(
      ({ alias = "" }) => attributes.includes(alias) || table.columns[alias]?.generated,
    ),
    template: { text: undefined },
  });
  if (!isStoredAsSent(source)) {
    // Anything may have happened to the row on its way.
    const whole = { items: source.items, template: { text: undefined } };
    return { columns, stored, rest: whole, unsure: whole };
  }
  const rest = returned(names.filter((_name, index) => !stored[index]));
  return { columns, stored, rest, unsure: returned(names) };
}
