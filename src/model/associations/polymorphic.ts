/** belongsTo({ polymorphic: true }): one step to a class that each record names itself. */
import { AssociationError, didYouMean } from "../../errors";
import type { Hop, RecordSource } from "../../query/source";
import type { Expression } from "../../sql/nodes";
import {
  type AnyScope,
  type AssociatedModel,
  type Association,
  columnName,
  type OwnerColumn,
  type Route,
} from "./association";
import type { PolymorphicBelongsToDef } from "./define";
import { typeCondition } from "./direct";
import { asTextSides } from "./key-types";
import { scopedHop } from "./scope";

export class PolymorphicAssociation implements Association {
  readonly name: string;
  readonly definition: PolymorphicBelongsToDef;
  readonly owner: AssociatedModel;
  readonly cardinality = "one";
  #targets: ReadonlyMap<string, AssociatedModel> | undefined;

  constructor(name: string, definition: PolymorphicBelongsToDef, owner: AssociatedModel) {
    this.name = name;
    this.definition = definition;
    this.owner = owner;
  }

  get place(): string {
    return `${this.owner.name}.${this.name}`;
  }

  get idAttribute(): string {
    return this.#attribute(this.definition.options.foreignKey ?? `${this.name}Id`);
  }

  get typeAttribute(): string {
    return this.#attribute(this.definition.options.foreignType ?? `${this.name}Type`);
  }

  #attribute(name: string): string {
    const { columns, tableName } = this.owner.table;
    if (Object.hasOwn(columns, name)) return name;
    throw new AssociationError(
      `${this.place}: table "${tableName}" has no column "${name}".${didYouMean(name, Object.keys(columns))}`,
    );
  }

  get ownerKey(): readonly string[] {
    return [this.typeAttribute, this.idAttribute];
  }

  /** The declared targets by type name; undefined when the declaration leaves them open. */
  get declaredTargets(): ReadonlyMap<string, AssociatedModel> | undefined {
    const { targets } = this.definition.options;
    if (!targets) return undefined;
    this.#targets ??= new Map(
      targets.map((reference) => {
        const model = this.owner.resolve(reference, this.place);
        return [model.typeName, model];
      }),
    );
    return this.#targets;
  }

  /** The class that a type value names. Throws AssociationError for one that may not be referred to. */
  modelOf(type: string): AssociatedModel {
    const declared = this.declaredTargets;
    if (declared) {
      const found = declared.get(type);
      if (found) return found;
      throw new AssociationError(
        `${this.place}: "${type}" is none of its targets (${[...declared.keys()].join(", ")}).`,
      );
    }
    const found = this.owner.modelNamed(type);
    if (found) return found;
    throw new AssociationError(
      `${this.place}: Polymorphic type "${type}" not found in model registry. Make sure the model class is defined.`,
      { hint: "A file of modelsPath must export it, or { targets } must name it." },
    );
  }

  /** Whether records of the class may be referred to. */
  accepts(model: AssociatedModel): boolean {
    return this.declaredTargets?.has(model.typeName) ?? true;
  }

  target(): undefined {
    return undefined;
  }

  targets(): readonly RecordSource[] | undefined {
    const declared = this.declaredTargets;
    return declared && [...declared.values()].map(({ source }) => source);
  }

  hops(): readonly Hop[] {
    throw new AssociationError(
      `${this.place} is polymorphic: no single table can be joined or asked for it.`,
      { hint: "Ask the other way round, or go through it with { sourceType }." },
    );
  }

  route(): readonly Hop[] {
    return this.hops();
  }

  /** The attribute of a target that is referred to. */
  primaryKeyOf(model: AssociatedModel): string {
    const [key, ...rest] = model.table.primaryKey;
    if (key !== undefined && rest.length === 0) return key;
    throw new AssociationError(
      `${this.place} cannot refer to ${model.name}: it needs a primary key of one column.`,
    );
  }

  #hop(model: AssociatedModel, isConverted: boolean): Hop {
    const key = this.primaryKeyOf(model);
    const [from, to] = [this.owner.table.columns[this.idAttribute], model.table.columns[key]];
    const asText = from && to && !isConverted ? asTextSides(from, to) : undefined;
    const pair = {
      from: columnName(this.owner.table, this.idAttribute),
      to: columnName(model.table, key),
    };
    return { source: model.source, keys: [asText ? { ...pair, asText } : pair] };
  }

  /** The step to one class, for a way through; the type is a condition on the table before. */
  routeTo(
    model: AssociatedModel,
    extra: readonly AnyScope[],
  ): { readonly hop: Hop; readonly typeCondition: (alias: string) => Expression } {
    const own = this.definition.options.defaultScope;
    const scopes = own ? [own, ...extra] : extra;
    const hop = this.#hop(model, false);
    return {
      hop: scopedHop({ hop, target: model, scopes, takesFirst: false, place: this.place }),
      typeCondition: (alias) => typeCondition(this.owner, this.typeAttribute, alias, model),
    };
  }

  /** How to load the records of one class; keys are given converted to the type of its primary key. */
  loadingOf(model: AssociatedModel): Route {
    const definition = model.table.columns[this.primaryKeyOf(model)];
    const attribute = this.idAttribute;
    const name = columnName(this.owner.table, attribute);
    const owner: OwnerColumn[] = definition ? [{ attribute, name, definition }] : [];
    return {
      place: this.place,
      target: model,
      owner,
      hops: [this.#hop(model, true)],
      scope: this.definition.options.defaultScope,
      takesFirst: false,
      distinct: true,
    };
  }
}
