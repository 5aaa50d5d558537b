/** What is worked out once for each model class: columns, associations, hydration, its source for queries. */
import type { DriverResult, DriverRow } from "../connection/driver";
import { ConfigurationError, didYouMean } from "../errors";
import { QueryBuilder } from "../query/builder";
import { sourceColumns } from "../query/columns";
import type { HydrateOptions, RecordSource, RowShape } from "../query/source";
import { begunAt, initialState } from "../query/state";
import { assignAttributes } from "../record/attributes";
import { defineRecord } from "../record/define";
import type { RecordDefinition } from "../record/definition";
import { checkSensitive } from "../record/sensitive";
import { fieldsOf, type RecordShape, recordShape } from "../record/shape";
import { inheritedStatic } from "../record/typename";
import { standingOf } from "../record/virtuals";
import { codecOf } from "../schema/codecs";
import type { TableDefinition } from "../schema/table";
import { registerSecrets } from "../sql/secrets";
import type { AssociatedModel, Association } from "./associations/association";
import {
  type AssociationDefinition,
  isAssociationDefinition,
  type ModelReference,
} from "./associations/define";
import { makeAssociation } from "./associations/make";
import type { ModelClass } from "./class";
import { type AssignRow, compileAssignRow, isWide } from "./hydrate";
import { type ModelOrigin, ORIGIN } from "./origin";
import { compileFillRecords, type FillRecords } from "./record-class";
import { findModel, registerModel, requireModel } from "./registry";
import { looseGroup, stateOf, weakGroup } from "./state";
import { computedVirtuals, ownVirtuals, type VirtualOwner } from "./virtuals";

/** Results up to this size know their records one by one; larger ones their array. */
const LOOSE = 100;

const hiddenField = { configurable: true, enumerable: false, writable: true } as const;

const infos = new WeakMap<object, ModelInfo>();

/** The facts of a model class, worked out at its first use; this use also registers it by name. */
export function infoOf(modelClass: ModelClass): ModelInfo {
  const known = infos.get(modelClass);
  if (known) return known;
  const origin = (modelClass as unknown as { [ORIGIN]?: ModelOrigin })[ORIGIN];
  if (!origin) {
    throw new ConfigurationError(`${modelClass.name || "The class"} is not a model.`, {
      hint: "Extend Model(table).",
    });
  }
  const info = new ModelInfo(modelClass, origin);
  infos.set(modelClass, info);
  registerModel(modelClass);
  try {
    info.finish();
  } catch (error) {
    // A wrong declaration is an error at every use, not only at the first.
    infos.delete(modelClass);
    throw error;
  }
  return info;
}

// As a type only: a module that exports functions alone can be loaded late (bin/build/parts.ts).
export type { ModelInfo };

class ModelInfo implements AssociatedModel, VirtualOwner {
  readonly modelClass: ModelClass;
  readonly origin: ModelOrigin;
  readonly name: string;
  readonly table: TableDefinition;
  definition: RecordDefinition;
  readonly associations: ReadonlyMap<string, Association>;
  readonly source: RecordSource<object>;
  /** Whether a column is checked against the labels of an enum. */
  readonly hasEnums: boolean;
  /** Class fields of an instance that was given nothing: the settable virtuals. */
  fields: readonly string[] = [];
  /** Those of them that are sensitive. */
  #secretFields: readonly string[] = [];
  #isStrict: boolean | undefined;
  #defaults: Readonly<Record<string, unknown>> | undefined;
  #normalizes: Readonly<Record<string, (value: never) => unknown>> | undefined;
  readonly #assigners = new Map<string, AssignRow>();
  /** By the name that the records are sorted by, if they are. */
  readonly #fillers = new Map<string | undefined, FillRecords>();
  #every: QueryBuilder<object> | undefined;
  readonly #declared: ReadonlyMap<string, AssociationDefinition>;

  constructor(modelClass: ModelClass, origin: ModelOrigin) {
    const { table } = origin;
    this.modelClass = modelClass;
    this.origin = origin;
    this.name = modelClass.name || "(anonymous model)";
    this.table = table;
    this.hasEnums = Object.values(table.columns).some(
      ({ enumValues, element }) => enumValues !== undefined || element?.enumValues !== undefined,
    );
    const declared = declaredAssociations(modelClass, origin);
    // Those declared as statics are known only now.
    const statics = [...declared.keys()].filter(
      (name) => !Object.hasOwn(origin.associations, name),
    );
    origin.defineAssociations(modelClass.prototype, statics);
    this.#declared = declared;
    ownVirtuals(this);
    this.definition = this.#define(recordShape(table, codecOf));
    this.#hideSensitive();
    const associations = new Map<string, Association>();
    for (const [name, definition] of declared) {
      associations.set(name, makeAssociation(name, definition, this));
    }
    this.associations = associations;
    this.source = this.#makeSource();
  }

  #define(shape: RecordShape): RecordDefinition {
    const { modelClass, origin } = this;
    return defineRecord({
      modelClass,
      shape,
      base: origin.base,
      associations: [...this.#declared.keys()],
      pluginVirtuals: computedVirtuals(modelClass),
    });
  }

  isAttribute(name: string): boolean {
    return Object.hasOwn(this.table.columns, name) || this.#declared.has(name);
  }

  /** A plugin that came late contributed virtuals. */
  redefine(): void {
    this.definition = this.#define(this.definition.shape);
  }

  /**
   * Sensitive columns become accessors: their values are on no record itself, so a spread, a copy or a plain
   * JSON.stringify of its fields leaves them behind. Values beside them in SQL are masked from now on.
   */
  #hideSensitive(): void {
    const { modelClass, table, definition } = this;
    const names = definition.shape.names.filter((name) => definition.sensitive.has(name));
    for (const name of names) {
      // An accessor that the class declares itself keeps its own value.
      if (name in modelClass.prototype) continue;
      Object.defineProperty(modelClass.prototype, name, {
        configurable: true,
        enumerable: false,
        get(this: object) {
          return stateOf(this).hidden?.[name];
        },
        set(this: object, value: unknown) {
          const state = stateOf(this);
          state.hidden ??= Object.create(null) as Record<string, unknown>;
          state.hidden[name] = value;
        },
      });
    }
    registerSecrets(
      table.tableName,
      names.flatMap((name) => table.columns[name]?.columnName ?? []),
    );
  }

  /** Looks at a blank instance: which fields the class adds, and whether one hides a column. */
  finish(): void {
    let blank: object;
    try {
      blank = new this.modelClass();
    } catch (error) {
      // A constructor that needs arguments cannot be asked; a wrong declaration can.
      if (error instanceof ConfigurationError) throw error;
      checkSensitive(this.definition, [...this.definition.sensitive]);
      return;
    }
    const { shape } = this.definition;
    const defaults = this.attributeDefaults();
    const own = Object.keys(blank);
    for (const name of own) {
      if (!shape.types[name]) continue;
      if (name in defaults) continue;
      throw new ConfigurationError(
        `${this.name} declares the field "${name}", which hides the column: values read from the database would be lost.`,
        { hint: `Write \`declare ${name}: ...\`, and put a default into \`static defaults\`.` },
      );
    }
    this.fields = own.filter((name) => !shape.types[name]);
    this.#secretFields = this.fields.filter((name) => this.definition.sensitive.has(name));
    checkSensitive(this.definition, this.fields);
  }

  /**
   * Sensitive virtuals are fields of the class, put there when the library's constructor has ended; from now on no
   * spread, copy or plain JSON.stringify sees them.
   */
  hideFields(record: object): void {
    for (const name of this.#secretFields) {
      if (Object.hasOwn(record, name)) {
        Object.defineProperty(record, name, { enumerable: false });
      }
    }
  }

  get hidesFields(): boolean {
    return this.#secretFields.length > 0;
  }

  /** `static defaults` along the chain of classes. */
  attributeDefaults(): Readonly<Record<string, unknown>> {
    this.#defaults ??= Object.assign(
      {},
      ...inheritedStatic(this.modelClass, "defaults").map(Object),
    );
    return this.#defaults ?? {};
  }

  /** Gives a new record its defaults; a function is called for each record. */
  applyDefaults(record: object): void {
    const defaults = this.attributeDefaults();
    for (const name of Object.keys(defaults)) {
      const value = defaults[name];
      fieldsOf(record)[name] = typeof value === "function" ? value() : structuredClone(value);
    }
  }

  /** All records of the model, to be narrowed. */
  query(): QueryBuilder<object> {
    return new QueryBuilder<object>(begunAt(this.every.state, new Error()));
  }

  /** All records, without a note of the caller. */
  get every(): QueryBuilder<object> {
    this.#every ??= new QueryBuilder<object>(initialState(this.source));
    return this.#every;
  }

  /** The model an association names. Throws AssociationError with the remedies when it cannot be found. */
  resolve(reference: ModelReference, wantedBy: string): ModelInfo {
    const found = typeof reference === "string" ? requireModel(reference, wantedBy) : reference();
    return infoOf(found as ModelClass);
  }

  /** `static strictLoadingByDefault`: lazy loading from the model's records is an error. */
  get isStrict(): boolean {
    this.#isStrict ??= inheritedStatic(this.modelClass, "strictLoadingByDefault").at(-1) === true;
    return this.#isStrict;
  }

  /** What a `_type` column holds for records of the model: subclasses go by the name of the topmost class. */
  get typeName(): string {
    let topmost: object = this.modelClass;
    for (;;) {
      const parent: unknown = Object.getPrototypeOf(topmost);
      if (typeof parent !== "function" || Object.hasOwn(parent, ORIGIN) || !(ORIGIN in parent))
        break;
      topmost = parent;
    }
    return (topmost as ModelClass).name;
  }

  /** A model by the name that a `_type` column holds; other classes are none. */
  modelNamed(name: string): ModelInfo | undefined {
    const found = findModel(name);
    return found && ORIGIN in found ? infoOf(found) : undefined;
  }

  modelOf(record: object): ModelInfo {
    return infoOf(record.constructor as ModelClass);
  }

  /** A new record, virtuals included, not saved. */
  build(attributes: object): object {
    const record = new this.modelClass();
    this.hideFields(record);
    // After the field initialisers, which would otherwise win over what was given.
    assignAttributes(record, this.definition, this.normalized(attributes));
    return record;
  }

  /** `static normalizes` along the chain of classes. */
  #normalizers(): Readonly<Record<string, (value: never) => unknown>> {
    this.#normalizes ??= Object.assign(
      {},
      ...inheritedStatic(this.modelClass, "normalizes").map(Object),
    );
    return this.#normalizes ?? {};
  }

  /** Whether normalized() has anything to do. */
  get normalizes(): boolean {
    for (const _name in this.#normalizers()) return true;
    return false;
  }

  /** Attributes as they are stored: each passed through its normalizer; null and undefined are left alone. */
  normalized<Given extends object>(attributes: Given): Given {
    const normalizers = this.#normalizers();
    if (!this.normalizes) return attributes;
    const names = Object.keys(normalizers).filter((name) =>
      Object.hasOwn(Object(attributes), name),
    );
    if (names.length === 0) return attributes;
    const result = fieldsOf({ ...attributes });
    for (const name of names) {
      const value = result[name];
      if (value != null) result[name] = normalizers[name]?.(value as never);
    }
    return result as Given;
  }

  /** Normalizes what was assigned directly. */
  normalizeRecord(record: object): void {
    const fields = fieldsOf(record);
    for (const [name, normalize] of Object.entries(this.#normalizers())) {
      const value = fields[name];
      if (value != null && stateOf(record).differs(record, name))
        fields[name] = normalize(value as never);
    }
  }

  association(name: string): Association {
    const found = this.associations.get(name);
    if (found) return found;
    throw new ConfigurationError(
      `Association "${name}" not found on ${this.name}.${didYouMean(name, this.associations.keys())}`,
    );
  }

  #assigner(attributes: readonly string[]): AssignRow {
    const key = attributes.join("\0");
    let assign = this.#assigners.get(key);
    if (!assign) {
      assign = compileAssignRow(this.table.columns, attributes);
      this.#assigners.set(key, assign);
    }
    return assign;
  }

  #filler(sortName: string | undefined): FillRecords {
    let fill = this.#fillers.get(sortName);
    if (!fill) {
      fill = compileFillRecords(this.modelClass, sortName);
      this.#fillers.set(sortName, fill);
    }
    return fill;
  }

  /** @param secret extras that hold what a sensitive column does: they are set, but seen by no copy and no JSON. */
  hydrate(
    rows: DriverResult,
    shape: RowShape,
    options?: HydrateOptions,
    secret?: ReadonlySet<string>,
  ): object[] {
    const { attributes, extras } = shape;
    const records: object[] = new Array(rows.length);
    const { names } = this.definition.shape;
    const isRead = attributes === "all" && (!this.source.takesArrays || Array.isArray(rows[0]));
    const autoBatch = options?.autoBatch ?? true;
    const isGroup = rows.length > 1 && this.associations.size > 0 && !options?.ungrouped;
    const isLoose = isGroup && autoBatch && (options?.apart || rows.length <= LOOSE);
    const held: WeakRef<object>[] = [];
    const whole = isGroup && !isLoose ? weakGroup(records, autoBatch) : undefined;
    const lists = options?.lists;
    const result = {
      group: isLoose ? looseGroup(held) : whole,
      strict: options?.strict === true || this.isStrict,
      inverse: undefined,
      assign: isRead ? undefined : this.#assigner(attributes === "all" ? names : attributes),
    };
    this.#filler(lists?.name)(records, rows, result, lists);
    if (isLoose) for (const record of records) held.push(new WeakRef(record));
    if (this.hidesFields) for (const record of records) this.hideFields(record);
    if (extras.length > 0) {
      for (const [index, record] of records.entries()) {
        this.#assignExtras(record, rows[index] as DriverRow, shape, secret);
      }
    }
    return records;
  }

  /** Values under names that are no columns: virtuals, when nothing of the class is in the way. */
  #assignExtras(
    record: object,
    row: DriverRow,
    { extras, types }: RowShape,
    secret: ReadonlySet<string> | undefined,
  ): void {
    for (const name of extras) {
      const standing = standingOf(record, name, this.definition);
      if (standing !== "virtual" && standing !== "unknown") {
        throw new ConfigurationError(
          `A row of ${this.name} has a value named "${name}", which is ${standing} of the class.`,
          { hint: "Give it another alias." },
        );
      }
      const type = types?.[name];
      const raw = row[name];
      const value = type && raw !== null ? codecOf(type).decode(raw) : raw;
      if (secret?.has(name)) Object.defineProperty(record, name, { ...hiddenField, value });
      else fieldsOf(record)[name] = value;
    }
  }

  #makeSource(): RecordSource<object> {
    const { table, definition, associations, modelClass } = this;
    const scopes = Object.assign({}, ...inheritedStatic(modelClass, "scopes").map(Object));
    return {
      name: this.name,
      table,
      modelClass,
      ...sourceColumns(table, definition.sensitive, this.#normalizers()),
      hasSensitive: definition.sensitive.size > 0,
      association: (name) => associations.get(name),
      associationNames: () => [...associations.keys()],
      scope: (name) => (Object.hasOwn(scopes, name) ? scopes[name] : undefined),
      scopeNames: () => Object.keys(scopes),
      takesArrays: isWide(table),
      hydrate: (rows, shape, options) => this.hydrate(rows, shape, options),
      preload: (records, plan, options) => this.origin.preload(this, records, plan, options),
    };
  }
}

/** Associations given to Model(), then those declared as statics, parents first. */
function declaredAssociations(
  modelClass: object,
  origin: ModelOrigin,
): Map<string, AssociationDefinition> {
  const found = new Map(Object.entries(origin.associations));
  const chain: object[] = [];
  for (
    let current: object | null = modelClass;
    current && current !== Function.prototype;
    current = Object.getPrototypeOf(current)
  ) {
    chain.unshift(current);
  }
  for (const each of chain) {
    for (const name of Object.getOwnPropertyNames(each)) {
      const descriptor = Object.getOwnPropertyDescriptor(each, name);
      if (descriptor && isAssociationDefinition(descriptor.value))
        found.set(name, descriptor.value);
    }
  }
  return found;
}
