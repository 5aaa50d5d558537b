/** Model(table, associations): assembles the class that an application extends. */
import type { DriverRow } from "../connection/driver";
import { ConfigurationError, didYouMean } from "../errors";
import type { WritableName } from "../query/types";
import { assignAttributes } from "../record/attributes";
import { defineValidator } from "../record/validators";
import type { ColumnName, Facts } from "../schema/meta";
import type { TableDefinition } from "../schema/table";
import { assignAssociation } from "./associations/assign";
import { loadedValue } from "./associations/cache";
import { type AssociationDefinition, isAssociationDefinition } from "./associations/define";
import { AssociationMembers } from "./associations/members";
import { preload } from "./associations/preload";
import type { ModelClass } from "./class";
import type { ModelDeclarations, Scopes } from "./declarations";
import { declareOn } from "./declare";
import { namedRow } from "./hydrate";
import { infoOf } from "./info";
import type { ModelStatic } from "./model-static";
import { type ModelOrigin, ORIGIN } from "./origin";
import { equipBase } from "./plugins";
import { BaseModel } from "./record";
import { compileRecordClass } from "./record-class";
import { type HydratedResult, RecordState } from "./state";
import { ModelStatics } from "./statics";
import type { ModelInstance } from "./types";
import { associated, uniqueness } from "./validators";

defineValidator("uniqueness", uniqueness);
defineValidator("associated", associated);

/** No associations, no scopes: a constraint that nothing but an empty object meets would not infer. */
type None = Record<never, never>;

type AnyAssociations = Readonly<Record<string, AssociationDefinition<unknown>>>;

/**
 * A class over a table of `db/schema.ts`, to be extended.
 * @param table the generated definition
 * @param associations by name; the models they lead to are looked up when they are first used
 * @param declarations sensitive fields, scopes, defaults, validations, callbacks: what could be statics of the class
 * @example
 * class User extends Model(users, { posts: hasMany<Post>("Post") }, {
 *   sensitiveFields: ["passwordDigest"],
 *   beforeSave: (user) => { user.email = user.email.toLowerCase(); },
 * }) {}
 */
export function Model<Table extends TableDefinition, Associations extends AnyAssociations = None>(
  table: Table,
  associations?: Associations,
): ModelStatic<ModelInstance<Table, Associations>>;
export function Model<
  Table extends TableDefinition,
  Associations extends AnyAssociations,
  Named extends Scopes<ModelInstance<Table, Associations>>,
  const Sensitive extends ColumnName<ModelInstance<Table, Associations>> = never,
  Defaulted extends WritableName<ModelInstance<Table, Associations>> = never,
>(
  table: Table,
  associations: Associations,
  declarations: ModelDeclarations<ModelInstance<Table, Associations>, Sensitive, Named, Defaulted>,
): ModelStatic<ModelInstance<Table, Associations, Facts<Sensitive, Named, Defaulted>>>;
export function Model(
  table: TableDefinition,
  associations?: AnyAssociations,
  declarations?: object,
): unknown {
  if (table === null || typeof table !== "object" || typeof table.rowClass !== "function") {
    throw new ConfigurationError("Model() expects a table definition of db/schema.ts.", {
      hint: "Is the import spelled as in the generated file? `bake db migrate up` writes it.",
    });
  }
  const ModelBase = compileRecordClass(table, { begin: beginRecord, stateOf: beginState });
  Object.defineProperty(ModelBase, "name", { value: `Model(${table.tableName})` });
  defineGetters(ModelBase, {
    tableDefinition: () => table,
    tableName: () => table.tableName,
    primaryKeyField: () => table.primaryKey[0] ?? "",
  });

  copyMembers(BaseModel.prototype, ModelBase.prototype);
  copyMembers(AssociationMembers.prototype, ModelBase.prototype);
  copyMembers(ModelStatics, ModelBase);
  const declared = associations ?? {};
  checkNames(table, declared, ModelBase.prototype);
  equipBase(ModelBase, ModelBase.prototype, [
    ...Object.keys(table.columns),
    ...Object.keys(declared),
  ]);
  defineAssociations(ModelBase.prototype, Object.keys(declared));
  const origin: ModelOrigin = {
    table,
    associations: declared,
    base: ModelBase.prototype,
    preload,
    defineAssociations,
  };
  Object.defineProperty(ModelBase, ORIGIN, { value: origin });
  if (declarations !== undefined) declareOn(ModelBase, declarations);
  // The class was put together at run time; its type above is the interface that describes the parts.
  return ModelBase;
}

/** What `new User(attributes)` does: defaults first, then what was given. */
function beginRecord(record: object, modelClass: object, attributes: object | undefined): void {
  const info = infoOf(modelClass as ModelClass);
  // The class's own fields come after the constructor of the base.
  if (info.hidesFields) queueMicrotask(() => info.hideFields(record));
  info.applyDefaults(record);
  if (attributes === undefined) return;
  assignAttributes(record, info.definition, info.normalized(attributes), { columnsOnly: true });
}

function beginState(
  record: object,
  row: DriverRow | undefined,
  result: HydratedResult | undefined,
): RecordState {
  const state = new RecordState(infoOf(record.constructor as ModelClass).definition.shape);
  if (row === undefined || result === undefined) return state;
  state.baseline = namedRow(row, state.shape.names);
  state.group = result.group;
  if (result.strict) state.strict = true;
  if (result.inverse) state.inverse = result.inverse;
  return state;
}

function defineGetters(target: object, getters: Readonly<Record<string, () => unknown>>): void {
  for (const [name, get] of Object.entries(getters)) {
    Object.defineProperty(target, name, { get, configurable: true });
  }
}

/** Copies the own members of one object onto another; what is there already stays. */
function copyMembers(from: object, to: object): void {
  for (const key of Reflect.ownKeys(from)) {
    if (key === "constructor" || key === "prototype" || key === "name" || key === "length")
      continue;
    const descriptor = Object.getOwnPropertyDescriptor(from, key);
    if (descriptor && !Object.hasOwn(to, key)) Object.defineProperty(to, key, descriptor);
  }
}

/** A column or association must not take the place of a member: records would lose it. */
function checkNames(table: TableDefinition, associations: AnyAssociations, base: object): void {
  for (const name of Object.keys(table.columns)) {
    if (name in base) {
      throw new ConfigurationError(
        `The column "${name}" of "${table.tableName}" has the name of a member of every record.`,
        { hint: "`bake db migrate up` writes db/schema.ts with a name that works." },
      );
    }
  }
  for (const [name, definition] of Object.entries(associations)) {
    if (!isAssociationDefinition(definition)) {
      throw new ConfigurationError(
        `Model(${table.tableName}): "${name}" is not an association.${didYouMean(name, ["hasMany", "hasOne", "belongsTo"])}`,
        { hint: "Use hasMany(), hasOne(), belongsTo() or hasManyThrough()." },
      );
    }
    if (name in base || name in table.columns) {
      throw new ConfigurationError(
        `The association "${name}" of "${table.tableName}" has the name of ${name in base ? "a member of every record" : "a column"}.`,
        { hint: "Choose another name." },
      );
    }
  }
}

/** `record.posts`: what was loaded, undefined before; assigning counts as loading. */
function defineAssociations(prototype: object, names: readonly string[]): void {
  for (const name of names) {
    if (Object.hasOwn(prototype, name)) continue;
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: false,
      get(this: object) {
        return loadedValue(this, name);
      },
      set(this: object, value: unknown) {
        const association = infoOf(this.constructor as ModelClass).association(name);
        assignAssociation(association, this, value);
      },
    });
  }
}
