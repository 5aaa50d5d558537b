/** hasManyThrough and hasOneThrough: the steps of one association, then those of another on the records in between. */
import { AssociationError, didYouMean } from "../../errors";
import type { Hop, RecordSource } from "../../query/source";
import { singular } from "../../schema/naming";
import type { AnyScope, AssociatedModel, Association, OwnerColumn, Route } from "./association";
import {
  belongsTo,
  type HasManyThroughDef,
  type HasOneThroughDef,
  hasMany,
  type ModelReference,
} from "./define";
import { DirectAssociation, ownerColumns } from "./direct";
import { PolymorphicAssociation } from "./polymorphic";
import { wholeHop } from "./statement";

export class ThroughAssociation implements Association {
  readonly name: string;
  readonly definition: HasManyThroughDef | HasOneThroughDef;
  readonly owner: AssociatedModel;
  #through: DirectAssociation | ThroughAssociation | undefined;
  #source: Association | undefined;
  #isResolving = false;

  constructor(
    name: string,
    definition: HasManyThroughDef | HasOneThroughDef,
    owner: AssociatedModel,
  ) {
    this.name = name;
    this.definition = definition;
    this.owner = owner;
  }

  get cardinality(): "one" | "many" {
    return this.definition.cardinality;
  }

  get place(): string {
    return `${this.owner.name}.${this.name}`;
  }

  /** The association to the records in between. */
  get through(): DirectAssociation | ThroughAssociation {
    this.#through ??= this.#findThrough();
    return this.#through;
  }

  #findThrough(): DirectAssociation | ThroughAssociation {
    const { through } = this.definition.options;
    const found = this.owner.associations.get(through);
    if (found instanceof DirectAssociation || found instanceof ThroughAssociation) return found;
    throw new AssociationError(
      found
        ? `${this.place} cannot go through "${through}", which is polymorphic.`
        : `Through association "${through}" not found on ${this.owner.name} (wanted by ${this.place}).${didYouMean(through, this.owner.associations.keys())}`,
    );
  }

  /** The model of the records in between. */
  get between(): AssociatedModel {
    return this.through.model;
  }

  /** The association from the records in between to the target. */
  get source(): Association {
    this.#source ??= this.#findSource();
    return this.#source;
  }

  #findSource(): Association {
    const { between, definition, name } = this;
    const { source } = definition.options;
    const names = source === undefined ? [name, singular(name)] : [source];
    for (const each of names) {
      const found = between.associations.get(each);
      if (found) return found;
    }
    // Nothing is declared on the records in between: their foreign key tells, or the target's.
    return this.#inferredSource(source);
  }

  #inferredSource(foreignKey: string | undefined): Association {
    const { between, definition, name, place } = this;
    const model = definition.model as ModelReference<never>;
    const isColumn = foreignKey !== undefined && Object.hasOwn(between.table.columns, foreignKey);
    const attempts = [
      belongsTo(model, isColumn ? { foreignKey } : {}),
      ...(foreignKey === undefined ? [hasMany(model)] : []),
    ];
    if (foreignKey === undefined || isColumn) {
      for (const attempt of attempts) {
        const candidate = new DirectAssociation(singular(name), attempt, between);
        try {
          if (candidate.keys) return candidate;
        } catch (error) {
          if (!(error instanceof AssociationError)) throw error;
        }
      }
    }
    throw new AssociationError(
      `${place}: ${between.name} has no association "${foreignKey ?? name}"${foreignKey === undefined && singular(name) !== name ? ` or "${singular(name)}"` : ""}.${didYouMean(foreignKey ?? name, between.associations.keys())}`,
      { hint: `Declare it on ${between.name}, or name another with { source }.` },
    );
  }

  get model(): AssociatedModel {
    const { source } = this;
    if (source instanceof PolymorphicAssociation) {
      return source.modelOf(this.#sourceType(source));
    }
    return this.#once(() => (source as DirectAssociation | ThroughAssociation).model);
  }

  #sourceType(source: PolymorphicAssociation): string {
    const { sourceType } = this.definition.options;
    if (sourceType !== undefined) return sourceType;
    const { model } = this.definition;
    if (model === undefined) {
      throw new AssociationError(
        `${this.place}: ${source.place} is polymorphic, so { sourceType } must name a class.`,
      );
    }
    return this.owner.resolve(model, this.place).typeName;
  }

  /** Refuses declarations that lead back to themselves. */
  #once<R>(work: () => R): R {
    if (this.#isResolving) {
      throw new AssociationError(`${this.place} goes through itself.`);
    }
    this.#isResolving = true;
    try {
      return work();
    } finally {
      this.#isResolving = false;
    }
  }

  get ownerKey(): readonly string[] {
    return this.#once(() => this.through.ownerKey);
  }

  target(): RecordSource {
    return this.model.source;
  }

  hops(): readonly Hop[] {
    const hops = this.route([]);
    const { cardinality, through, source } = this;
    // Step by step, a limit on the target would hold for each record in between, not for the owner.
    const isLimited = hops.at(-1)?.rows !== undefined && through.cardinality === "many";
    const isFirstOfMany =
      cardinality === "one" && [through, source].some((step) => step.cardinality === "many");
    return isLimited || isFirstOfMany ? [wholeHop(this.loading())] : hops;
  }

  /** Each of a record's children has one parent; only other ways lead to a target more than once. */
  get repeats(): boolean {
    const { through, source, cardinality, definition } = this;
    const isChild = (step: Association) => step instanceof DirectAssociation && !step.isBelongsTo;
    const repeats = cardinality === "many" && !(isChild(through) && isChild(source));
    return repeats && (definition.options.distinct ?? true);
  }

  route(extra: readonly AnyScope[]): readonly Hop[] {
    const own = this.definition.options.defaultScope;
    return this.#steps(own ? [own, ...extra] : extra);
  }

  #steps(scopes: readonly AnyScope[]): readonly Hop[] {
    return this.#once(() => {
      const { through, source, definition } = this;
      const { defaultThroughScope } = definition.options;
      const first = through.route(defaultThroughScope ? [defaultThroughScope] : []);
      if (!(source instanceof PolymorphicAssociation)) return [...first, ...source.route(scopes)];
      const model = source.modelOf(this.#sourceType(source));
      const { hop, typeCondition } = source.routeTo(model, scopes);
      const last = first.at(-1);
      if (!last) return [hop];
      const typed: Hop = {
        ...last,
        conditions: (alias) => [...(last.conditions?.(alias) ?? []), typeCondition(alias)],
      };
      return [...first.slice(0, -1), typed, hop];
    });
  }

  /** How to load it for many owners. */
  loading(): Route {
    return {
      place: this.place,
      target: this.model,
      owner: this.firstColumns(),
      hops: this.#steps([]),
      scope: this.definition.options.defaultScope,
      takesFirst: this.cardinality === "one",
      distinct: this.definition.options.distinct ?? true,
    };
  }

  firstColumns(): readonly OwnerColumn[] {
    return ownerColumns(this.owner, this.ownerKey);
  }
}
