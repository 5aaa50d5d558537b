/** Associations as they are declared: plain data, resolved against the models only when they are used. */

import type { QueryBuilder, ScopeTarget } from "../../query/builder";
import type { HasMeta, ManyAssociation, OneAssociation, TARGET, VALUE } from "../../query/types";

/** A model class as an association may name it: its name, or a function that returns the class. */
export type ModelReference<Target = unknown> =
  | string
  | (() => abstract new (...args: never[]) => Target);

/** Filters, sorts or limits what an association loads; told the class it leads to. */
export type AssociationScope<Target = unknown> = (
  query: QueryBuilder<Target>,
  target: ScopeTarget,
) => void;

export type DependentOption = "destroy" | "delete" | "nullify" | "restrict";

interface CommonOptions<Target> {
  /** Attribute or attributes that hold the key; inferred from the schema's foreign keys, then from names. */
  foreignKey?: string | readonly string[];
  /** Attribute or attributes the foreign key refers to; the primary key by default. */
  primaryKey?: string | readonly string[];
  defaultScope?: AssociationScope<Target>;
  /** Name of the association on the other side; found by itself where it is unambiguous. */
  inverseOf?: string | false;
  /** Saves new and changed records of a loaded association with their owner. Default true for new ones. */
  autosave?: boolean;
}

export interface HasOptions<Target = unknown> extends CommonOptions<Target> {
  /** Polymorphic: the other side's belongsTo has this name. */
  as?: string;
  /** What happens to the records when the owner is destroyed. */
  dependent?: DependentOption;
}

export interface BelongsToOptions<Target = unknown> extends CommonOptions<Target> {
  /** Attribute of the owner that counts its records; true for `<plural>Count`. */
  counterCache?: boolean | string;
  /** Touches the owner's updatedAt, or the named attribute, with each save. */
  touch?: boolean | string;
  polymorphic?: false;
}

export interface PolymorphicOptions<Target = unknown> {
  polymorphic: true;
  /** The classes that may be referred to; others are refused. */
  targets?: readonly ModelReference[];
  foreignKey?: string;
  foreignType?: string;
  defaultScope?: AssociationScope<Target>;
  inverseOf?: string | false;
  touch?: boolean | string;
  autosave?: boolean;
}

/** A record of whatever table: all column names are allowed. */
export type AnyRecord = HasMeta<AnyColumns, Record<never, never>> & Record<string, unknown>;

interface AnyColumns {
  readonly rowClass: new () => Record<string, unknown>;
}

export interface ThroughOptions<Target = unknown, Between = AnyRecord> {
  /** Name of the association that leads to the records in between. */
  through: string;
  /** Name of the association on those records; by default the name of this one, or its singular. */
  source?: string;
  /** For a polymorphic source: the class to keep. */
  sourceType?: string;
  /** Accepted for compatibility: the key of the join records that refers to the owner. */
  foreignKey?: string;
  defaultScope?: AssociationScope<Target>;
  /** Filters, sorts or limits the records in between, after the default scope of the association to them. */
  defaultThroughScope?: AssociationScope<Between>;
  /** Each record once, however many ways lead to it: the default. `false` gives one for each way. */
  distinct?: boolean;
}

interface Common {
  readonly model: ModelReference | undefined;
}

export interface HasManyDef<Target = unknown> extends ManyAssociation<Target>, Common {
  readonly kind: "hasMany";
  readonly options: HasOptions<never>;
}
export interface HasOneDef<Target = unknown> extends OneAssociation<Target>, Common {
  readonly kind: "hasOne";
  readonly options: HasOptions<never>;
}
export interface BelongsToDef<Target = unknown> extends OneAssociation<Target>, Common {
  readonly kind: "belongsTo";
  readonly options: BelongsToOptions<never>;
}
export interface PolymorphicBelongsToDef<Target = unknown> extends OneAssociation<Target>, Common {
  readonly kind: "polymorphic";
  readonly options: PolymorphicOptions<never>;
}
export interface HasManyThroughDef<Target = unknown> extends ManyAssociation<Target>, Common {
  readonly kind: "hasManyThrough";
  readonly options: ThroughOptions<never, never>;
}
export interface HasOneThroughDef<Target = unknown> extends OneAssociation<Target>, Common {
  readonly kind: "hasOneThrough";
  readonly options: ThroughOptions<never, never>;
}

/** Any declared association. */
export type AssociationDefinition<Target = unknown> =
  | HasManyDef<Target>
  | HasOneDef<Target>
  | BelongsToDef<Target>
  | PolymorphicBelongsToDef<Target>
  | HasManyThroughDef<Target>
  | HasOneThroughDef<Target>;

const definitions = new WeakSet<object>();

/** A definition as it is at run time: without what it only tells the checker. */
type Plain<Definition> = Omit<Definition, typeof TARGET | typeof VALUE>;

function define<Definition>(definition: Plain<Definition>): Definition {
  definitions.add(definition);
  return Object.freeze(definition) as Definition;
}

/** Whether a value is an association, for finding those declared as statics of a class. */
export function isAssociationDefinition(value: unknown): value is AssociationDefinition {
  return typeof value === "object" && value !== null && definitions.has(value);
}

/**
 * The records of another table that refer to this one.
 * @example
 * class User extends Model(users, { posts: hasMany<Post>("Post") }) {}
 */
export function hasMany<Target>(
  model: ModelReference<Target>,
  options: HasOptions<Target> = {},
): HasManyDef<Target> {
  return define<HasManyDef<Target>>({
    kind: "hasMany",
    cardinality: "many",
    model,
    options: options as HasOptions<never>,
  });
}

/** The one record of another table that refers to this one; the first by primary key when there are more. */
export function hasOne<Target>(
  model: ModelReference<Target>,
  options: HasOptions<Target> = {},
): HasOneDef<Target> {
  return define<HasOneDef<Target>>({
    kind: "hasOne",
    cardinality: "one",
    model,
    options: options as HasOptions<never>,
  });
}

/**
 * The record that this one refers to by a foreign key, or by type and key when polymorphic.
 * @example
 * belongsTo<User>("User", { foreignKey: "userId" })
 * belongsTo<Post | User>({ polymorphic: true })
 */
export function belongsTo<Target>(
  options: PolymorphicOptions<Target>,
): PolymorphicBelongsToDef<Target>;
export function belongsTo<Target>(
  model: ModelReference<Target>,
  options?: BelongsToOptions<Target>,
): BelongsToDef<Target>;
export function belongsTo<Target>(
  model: ModelReference<Target> | PolymorphicOptions<Target>,
  options: BelongsToOptions<Target> = {},
): BelongsToDef<Target> | PolymorphicBelongsToDef<Target> {
  if (typeof model === "object") {
    return define<PolymorphicBelongsToDef<Target>>({
      kind: "polymorphic",
      cardinality: "one",
      model: undefined,
      options: model as PolymorphicOptions<never>,
    });
  }
  return define<BelongsToDef<Target>>({
    kind: "belongsTo",
    cardinality: "one",
    model,
    options: options as BelongsToOptions<never>,
  });
}

/** Records reached by way of another association: `hasManyThrough<Tag>("Tag", { through: "taggings" })`. */
export function hasManyThrough<Target, Between = AnyRecord>(
  model: ModelReference<Target>,
  options: ThroughOptions<Target, Between>,
): HasManyThroughDef<Target> {
  return define<HasManyThroughDef<Target>>({
    kind: "hasManyThrough",
    cardinality: "many",
    model,
    options: options as ThroughOptions<never, never>,
  });
}

/** The one record reached by way of another association. */
export function hasOneThrough<Target, Between = AnyRecord>(
  model: ModelReference<Target>,
  options: ThroughOptions<Target, Between>,
): HasOneThroughDef<Target> {
  return define<HasOneThroughDef<Target>>({
    kind: "hasOneThrough",
    cardinality: "one",
    model,
    options: options as ThroughOptions<never, never>,
  });
}
