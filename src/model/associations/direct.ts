/** hasMany, hasOne and belongsTo: one step, by one foreign key. */
import { AssociationError } from "../../errors";
import type { Hop, RecordSource } from "../../query/source";
import { column, equals, parameter } from "../../sql/build";
import type { Expression } from "../../sql/nodes";
import {
  type AnyScope,
  type AssociatedModel,
  type Association,
  columnName,
  isUnique,
  type OwnerColumn,
  type Route,
} from "./association";
import type { BelongsToDef, HasManyDef, HasOneDef, HasOptions } from "./define";
import { asTextSides } from "./key-types";
import { type KeyPair, keyPair } from "./keys";
import { scopedHop } from "./scope";

/** The attribute pair, and for `as` the attribute that holds the owner's type. */
interface DirectKeys {
  readonly owner: readonly string[];
  readonly target: readonly string[];
}

export class DirectAssociation implements Association {
  readonly name: string;
  readonly definition: HasManyDef | HasOneDef | BelongsToDef;
  readonly owner: AssociatedModel;
  #target: AssociatedModel | undefined;
  #keys: DirectKeys | undefined;
  #route: Route | undefined;

  constructor(
    name: string,
    definition: HasManyDef | HasOneDef | BelongsToDef,
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

  get isBelongsTo(): boolean {
    return this.definition.kind === "belongsTo";
  }

  get model(): AssociatedModel {
    const { model } = this.definition;
    if (model === undefined) throw new AssociationError(`${this.place} names no model.`);
    this.#target ??= this.owner.resolve(model, this.place);
    return this.#target;
  }

  /** The name of the polymorphic belongsTo on the other side. */
  get as(): string | undefined {
    return this.definition.kind === "belongsTo" ? undefined : this.definition.options.as;
  }

  /** The attribute of the target that holds the owner's type, for `as`. */
  get typeAttribute(): string | undefined {
    const { as, model } = this;
    if (as === undefined) return undefined;
    const name = `${as}Type`;
    if (model.table.columns[name]) return name;
    throw new AssociationError(
      `${this.place}: table "${model.table.tableName}" has no column "${name}" for { as: "${as}" }.`,
    );
  }

  /** Attribute names on the owner's side and on the target's, pair by pair. */
  get keys(): DirectKeys {
    this.#keys ??= this.#findKeys();
    return this.#keys;
  }

  #findKeys(): DirectKeys {
    const { owner, model, place, name } = this;
    const { options } = this.definition;
    const given = { foreignKey: options.foreignKey, primaryKey: options.primaryKey };
    if (this.isBelongsTo) {
      const { foreign, primary } = keyPair(owner.table, model.table, given, {
        place,
        names: [`${name}Id`],
        model: model.typeName,
      });
      return { owner: foreign, target: primary };
    }
    const inverse = this.#namedInverse();
    if (inverse) return { owner: inverse.keys.target, target: inverse.keys.owner };
    const { as } = this;
    const pair: KeyPair = keyPair(
      model.table,
      owner.table,
      as === undefined ? given : { ...given, foreignKey: given.foreignKey ?? `${as}Id` },
      { place, names: [], model: owner.typeName },
    );
    return { owner: pair.primary, target: pair.foreign };
  }

  /** The belongsTo that inverseOf names, when nothing else says by which key it goes. */
  #namedInverse(): DirectAssociation | undefined {
    const { inverseOf, foreignKey, primaryKey } = this.definition.options;
    if (typeof inverseOf !== "string" || foreignKey !== undefined || primaryKey !== undefined) {
      return undefined;
    }
    const found = this.model.associations.get(inverseOf);
    return found instanceof DirectAssociation && found.isBelongsTo ? found : undefined;
  }

  get ownerKey(): readonly string[] {
    return this.keys.owner;
  }

  /** Whether a key can have but one record on the other side. */
  get isUnique(): boolean {
    const { model, keys, typeAttribute } = this;
    return isUnique(
      model.table,
      typeAttribute === undefined ? keys.target : [...keys.target, typeAttribute],
    );
  }

  get #takesFirst(): boolean {
    return this.cardinality === "one" && !this.isUnique;
  }

  target(): RecordSource {
    return this.model.source;
  }

  hops(): readonly Hop[] {
    return this.route([]);
  }

  /** The step without scopes. */
  get hop(): Hop {
    const { owner, model, keys, typeAttribute } = this;
    const pairs = keys.owner.map((from, index) => {
      const to = keys.target[index] ?? "";
      const [left, right] = [owner.table.columns[from], model.table.columns[to]];
      const asText = left && right ? asTextSides(left, right) : undefined;
      const pair = { from: columnName(owner.table, from), to: columnName(model.table, to) };
      return asText ? { ...pair, asText } : pair;
    });
    const hop = { source: model.source, keys: pairs };
    if (typeAttribute === undefined) return hop;
    return { ...hop, conditions: (alias) => [typeCondition(model, typeAttribute, alias, owner)] };
  }

  route(extra: readonly AnyScope[]): readonly Hop[] {
    const { model, place, hop } = this;
    const own = this.definition.options.defaultScope;
    const scopes = own ? [own, ...extra] : extra;
    return [scopedHop({ hop, target: model, scopes, takesFirst: this.#takesFirst, place })];
  }

  /** How to load it for many owners. */
  loading(): Route {
    this.#route ??= {
      place: this.place,
      target: this.model,
      owner: ownerColumns(this.owner, this.keys.owner),
      hops: [this.hop],
      scope: this.definition.options.defaultScope,
      takesFirst: this.#takesFirst,
      distinct: true,
    };
    return this.#route;
  }

  /** Attributes that belonging to an owner sets on the target. */
  get setAttributes(): readonly string[] {
    return [...this.keys.target, ...Object.keys(this.typeValues)];
  }

  /** Attributes of the target that a record of this association has besides its foreign key. */
  get typeValues(): Readonly<Record<string, unknown>> {
    const { typeAttribute } = this;
    return typeAttribute === undefined ? {} : { [typeAttribute]: this.owner.typeName };
  }
}

/** Options that only has* associations have. */
export function hasOptions(association: DirectAssociation): HasOptions<never> | undefined {
  const { definition } = association;
  return definition.kind === "belongsTo" ? undefined : definition.options;
}

/** `table.type = 'User'`. */
export function typeCondition(
  model: AssociatedModel,
  attribute: string,
  alias: string,
  { typeName }: { readonly typeName: string },
): Expression {
  const definition = model.table.columns[attribute];
  return equals(column(alias, columnName(model.table, attribute)), parameter(typeName, definition));
}

export function ownerColumns(
  { table }: AssociatedModel,
  attributes: readonly string[],
): OwnerColumn[] {
  return attributes.flatMap((attribute) => {
    const definition = table.columns[attribute];
    return definition ? [{ attribute, name: definition.columnName, definition }] : [];
  });
}
