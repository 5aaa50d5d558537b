/** What is worked out once for the updates of a model: which attributes changed, and how they are written. */
import { requireColumn } from "../query/conditions";
import type { Returned } from "../query/known-values";
import type { SourceColumn } from "../query/source";
import { type Stored, storedBy } from "../schema/stored";
import { type ChangedNames, compileChangedNames } from "./changed-names";
import type { ModelInfo } from "./info";

/** The UPDATE of some attributes. */
export interface UpdateShape {
  readonly columns: readonly SourceColumn[];
  /** By column: what will be stored of a value, where that can be told. */
  readonly stored: readonly (Stored | undefined)[];
  /** When each value is stored as it is: what the database computes, and columns of which nothing can be told. */
  readonly rest: Returned;
  /** When a value may be another once it is stored; of a row that triggers may change, all there is. */
  readonly unsure: Returned;
}

// Columns changed together make a shape of their own; a program that changes them at random must not fill memory.
const LIMIT = 500;

class UpdatePlan {
  readonly changedNames: ChangedNames;
  readonly #info: ModelInfo;
  readonly #shapes = new Map<string, UpdateShape>();

  constructor(info: ModelInfo) {
    this.#info = info;
    this.changedNames = compileChangedNames(info.table);
  }

  /** The shape of the UPDATE that writes these attributes. */
  shape(names: readonly string[]): UpdateShape {
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

// Of a module that exports functions and types only, a part of the built package can be made.
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

function makeShape({ source, table }: ModelInfo, names: readonly string[]): UpdateShape {
  const columns = names.map((name) => requireColumn(source, "save()", name));
  // Without the entry nothing is known, and anything may happen to a row on its way.
  const isStoredAsSent = table.rowTriggers?.length === 0;
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
