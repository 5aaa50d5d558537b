/** What every model class can do; thin over query/. The methods are put on each class that Model() makes. */
import { currentDatabase } from "../connection/database";
import { QueryError, UniqueViolationError } from "../errors";
import type {
  CountOptions,
  IncludeOptions,
  Projection,
  QueryBuilder,
  SelectEntry,
} from "../query/builder";
import type { ConflictOption } from "../query/conflict";
import { type CopyOptions, copyRows } from "../query/copy";
import { type InsertOptions, insertRows } from "../query/insert";
import { checkOptions } from "../query/options";
import type { QueryOptions } from "../query/sql-query";
import type {
  AssociationName,
  CheckedPath,
  ColumnName,
  KeyOf,
  Loaded,
  Order,
  PlainConditions,
  Plucked,
  PrimaryKey,
  ScopeArguments,
  ScopeArgumentsOf,
  ScopeName,
  TargetByPath,
  Where,
} from "../query/types";
import { noteRaw } from "../query/writes";
import { ValidationError } from "../record/errors";
import { compile } from "../sql/compiler";
import { rawStatement, SqlFragment } from "../sql/raw";
import * as define from "./associations/define";
import type { CreateAttributes, InsertAttributes, PartialAttributes } from "./attributes";
import { addCallback, type CallbackFunction, type CallbackHook } from "./callbacks";
import type { ModelClass } from "./class";
import type { Declarations } from "./declarations";
import { declareOn } from "./declare";
import { infoOf, type ModelInfo } from "./info";
import { saveRecord } from "./lifecycle";
import { type Permit, type PermittedName, permitted } from "./permit";
import { rowsByAttribute, secretExtras } from "./raw-rows";
import type { ClassOf } from "./types";

/** How a conflict is met: skipped, or the row that is there is updated. */
export interface UpsertOptions<
  Names extends string = string,
  Conditions = Readonly<Record<string, unknown>>,
> {
  conflict: Exclude<ConflictOption<Names, Conditions>, "ignore">;
}

// The static methods are typed by the class they are called on; the rooms below know records as objects.
function infoFrom(modelClass: ClassOf<unknown>): ModelInfo {
  return infoOf(modelClass as unknown as ModelClass);
}

function queryOf<Row>(modelClass: ClassOf<Row>): QueryBuilder<Row> {
  return infoFrom(modelClass).query() as unknown as QueryBuilder<Row>;
}

/** For verbs that run at once: their own stack has the caller's line, which queryOf() notes. */
function everyOf<Row>(modelClass: ClassOf<Row>): QueryBuilder<Row> {
  return infoFrom(modelClass).every as unknown as QueryBuilder<Row>;
}

function built<Row>(modelClass: ClassOf<Row>, attributes: object): Row {
  return infoFrom(modelClass).build(attributes) as Row;
}

/** Bulk rows with the class's normalizers applied; validations and callbacks do not run. */
async function bulk<Row>(
  modelClass: ClassOf<Row>,
  verb: string,
  rows: readonly object[],
  options: { readonly conflict?: unknown },
  fallback: "ignore" | "update",
): Promise<Row[]> {
  checkOptions(verb, options, ["conflict"]);
  const { conflict } = options;
  if (fallback === "update" && conflict === undefined) {
    throw new QueryError(
      `${verb} needs { conflict: { columns } } or { conflict: { constraint } }.`,
    );
  }
  if (!Array.isArray(rows)) throw new QueryError(`${verb} expects an array of attributes.`);
  if (rows.length === 0) return [];
  const info = infoFrom(modelClass);
  const inserted = await insertRows(info.source, {
    verb,
    rows: info.normalizes ? rows.map((row) => info.normalized(row)) : rows,
    conflict,
    fallback,
    returning: info.source.items,
  });
  return info.hydrate(inserted, { attributes: "all", extras: [] }) as Row[];
}

/** Whether a save may have failed because the row is there already. */
function isTaken(error: unknown): boolean {
  return error instanceof ValidationError || error instanceof UniqueViolationError;
}

export abstract class ModelStatics {
  // --- Queries

  /** All records, to be narrowed: a query without conditions. */
  static all<Row>(this: ClassOf<Row>): QueryBuilder<Row> {
    return queryOf(this);
  }

  /** Records that match; see QueryBuilder.where. */
  static where<Row>(this: ClassOf<Row>, conditions: Where<Row> | SqlFragment): QueryBuilder<Row> {
    return queryOf(this).where(conditions);
  }

  /** Records that do not match. */
  static whereNot<Row>(this: ClassOf<Row>, conditions: Where<Row>): QueryBuilder<Row> {
    return queryOf(this).whereNot(conditions);
  }

  /** Records that match a condition in SQL. */
  static whereRaw<Row>(
    this: ClassOf<Row>,
    fragment: string | SqlFragment,
    values?: readonly unknown[],
  ): QueryBuilder<Row> {
    return queryOf(this).whereRaw(fragment, values);
  }

  static whereMissing<Row>(this: ClassOf<Row>, name: AssociationName<Row>): QueryBuilder<Row> {
    return queryOf(this).whereMissing(name);
  }

  static whereAssociated<Row>(this: ClassOf<Row>, name: AssociationName<Row>): QueryBuilder<Row> {
    return queryOf(this).whereAssociated(name);
  }

  static order<Row>(
    this: ClassOf<Row>,
    ...orders: readonly (Order<Row> | SqlFragment)[]
  ): QueryBuilder<Row> {
    return queryOf(this).order(...orders);
  }

  static limit<Row>(this: ClassOf<Row>, count: number): QueryBuilder<Row> {
    return queryOf(this).limit(count);
  }

  static offset<Row>(this: ClassOf<Row>, count: number): QueryBuilder<Row> {
    return queryOf(this).offset(count);
  }

  static distinct<Row>(this: ClassOf<Row>): QueryBuilder<Row> {
    return queryOf(this).distinct();
  }

  static select<Row, const Names extends readonly SelectEntry<Row>[]>(
    this: ClassOf<Row>,
    ...columns: Names
  ): QueryBuilder<Projection<Row, Names[number]>> {
    return queryOf(this).select(...columns);
  }

  static joins<Row>(
    this: ClassOf<Row>,
    path: AssociationName<Row> | (string & {}) | SqlFragment,
    values?: readonly unknown[],
  ): QueryBuilder<Row> {
    return queryOf(this).joins(path, values);
  }

  static leftJoins<Row>(
    this: ClassOf<Row>,
    path: AssociationName<Row> | (string & {}) | SqlFragment,
  ): QueryBuilder<Row> {
    return queryOf(this).leftJoins(path);
  }

  static includes<Row, const Path extends string>(
    this: ClassOf<Row>,
    ...paths: readonly CheckedPath<Row, Path>[]
  ): QueryBuilder<Loaded<Row, Path>>;
  static includes<Row, const Path extends string>(
    this: ClassOf<Row>,
    path: CheckedPath<Row, Path>,
    options: IncludeOptions<TargetByPath<Row, Path>>,
  ): QueryBuilder<Loaded<Row, Path>>;
  static includes<Row, Path extends string>(
    this: ClassOf<Row>,
    ...args: readonly unknown[]
  ): QueryBuilder<Loaded<Row, Path>> {
    return queryOf(this).includes(...(args as readonly never[])) as unknown as QueryBuilder<
      Loaded<Row, Path>
    >;
  }

  static withCount<Row, Name extends AssociationName<Row>, As extends string = `${Name}Count`>(
    this: ClassOf<Row>,
    name: Name,
    as?: As,
  ): QueryBuilder<Row & { readonly [Key in As]: number }> {
    return queryOf(this).withCount(name, as);
  }

  /** Loading an association of the records lazily is an error; `static strictLoadingByDefault = true` for all. */
  static strictLoading<Row>(this: ClassOf<Row>): QueryBuilder<Row> {
    return queryOf(this).strictLoading();
  }

  static none<Row>(this: ClassOf<Row>): QueryBuilder<Row> {
    return queryOf(this).none();
  }

  /** A query narrowed by one of the scopes given to Model(), or of `static scopes`. */
  static scope<Row, Named extends object, Name extends keyof Named & string>(
    this: ClassOf<Row> & { readonly scopes: Named },
    name: Name,
    ...args: ScopeArguments<Named[Name]>
  ): QueryBuilder<Row>;
  static scope<Row, Name extends ScopeName<Row>>(
    this: ClassOf<Row>,
    name: Name,
    ...args: ScopeArgumentsOf<Row, Name>
  ): QueryBuilder<Row>;
  static scope<Row>(
    this: ClassOf<Row>,
    name: string,
    ...args: readonly unknown[]
  ): QueryBuilder<Row> {
    return queryOf(this).scope(name as never, ...(args as never));
  }

  // --- Terminals

  /** The record with this primary key; a list of keys gives a list. Throws RecordNotFoundError. */
  static find<Row>(this: ClassOf<Row>, key: PrimaryKey<Row>): Promise<Row>;
  static find<Row>(this: ClassOf<Row>, keys: readonly PrimaryKey<Row>[]): Promise<Row[]>;
  static find<Row>(this: ClassOf<Row>, key: unknown): Promise<Row | Row[]> {
    return everyOf(this).find(key as PrimaryKey<Row>);
  }

  /** The first record with these values; null when there is none. */
  static findBy<Row>(this: ClassOf<Row>, conditions: PlainConditions<Row>): Promise<Row | null> {
    return everyOf(this).findBy(conditions);
  }

  /**
   * Records from a statement of your own; values that are no columns become virtuals.
   * @example
   * await User.findBySql("SELECT * FROM users WHERE name = $1", ["Alice"])
   */
  static async findBySql<Row>(
    this: ClassOf<Row>,
    text: string | SqlFragment,
    values?: readonly unknown[],
    options: QueryOptions = {},
  ): Promise<Row[]> {
    const info = infoFrom(this);
    const raw = text instanceof SqlFragment ? text.node : rawStatement(text, values);
    const statement = compile({ kind: "raw-statement", raw });
    const result = await currentDatabase().execute(statement, {
      model: info.name,
      hasSensitive: info.source.hasSensitive,
      signal: options.signal,
    });
    noteRaw(statement.text);
    const { rows, shape } = rowsByAttribute(info, result);
    const secret = secretExtras(info, statement.text, shape.extras);
    return info.hydrate(rows, shape, undefined, secret) as Row[];
  }

  static first<Row>(this: ClassOf<Row>): Promise<Row | null> {
    return everyOf(this).first();
  }

  static last<Row>(this: ClassOf<Row>): Promise<Row | null> {
    return everyOf(this).last();
  }

  static take<Row>(this: ClassOf<Row>): Promise<Row | null> {
    return everyOf(this).take();
  }

  static sole<Row>(this: ClassOf<Row>): Promise<Row> {
    return everyOf(this).sole();
  }

  static count<Row>(this: ClassOf<Row>, options?: CountOptions<Row>): Promise<number>;
  static count<Row>(
    this: ClassOf<Row>,
    column: ColumnName<Row>,
    options?: CountOptions<Row>,
  ): Promise<number>;
  static count<Row>(
    this: ClassOf<Row>,
    first?: ColumnName<Row> | CountOptions<Row>,
    second?: CountOptions<Row>,
  ): Promise<number> {
    const query = everyOf(this);
    return typeof first === "string" ? query.count(first, second) : query.count(first);
  }

  static exists<Row>(this: ClassOf<Row>, conditions?: Where<Row>): Promise<boolean> {
    return everyOf(this).exists(conditions);
  }

  static pluck<Row, const Names extends readonly ColumnName<Row>[]>(
    this: ClassOf<Row>,
    ...columns: Names
  ): Promise<Plucked<Row, Names>[]>;
  static pluck<Row>(
    this: ClassOf<Row>,
    ...columns: readonly (ColumnName<Row> | SqlFragment)[]
  ): Promise<unknown[]>;
  static pluck<Row>(
    this: ClassOf<Row>,
    ...columns: readonly (ColumnName<Row> | SqlFragment)[]
  ): Promise<unknown[]> {
    return everyOf(this).pluck(...columns);
  }

  static pick<Row, const Names extends readonly ColumnName<Row>[]>(
    this: ClassOf<Row>,
    ...columns: Names
  ): Promise<Plucked<Row, Names> | null>;
  static pick<Row>(
    this: ClassOf<Row>,
    ...columns: readonly (ColumnName<Row> | SqlFragment)[]
  ): Promise<unknown>;
  static pick<Row>(
    this: ClassOf<Row>,
    ...columns: readonly (ColumnName<Row> | SqlFragment)[]
  ): Promise<unknown> {
    return everyOf(this).pick(...columns);
  }

  static ids<Row>(this: ClassOf<Row>): Promise<KeyOf<Row>[]> {
    return everyOf(this).ids();
  }

  // --- Writing

  /**
   * A new record, virtuals included, not saved; what is given must be enough to save it. For less, or for attributes
   * out of a request, `new` takes some of the columns, and assignAttributes() or permit() the others.
   * Throws UnknownAttributeError.
   */
  static build<Row>(this: ClassOf<Row>, attributes?: CreateAttributes<Row>): Row {
    return built(this, attributes ?? {});
  }

  /**
   * The attributes that a request may set: reads them out of a parsed JSON body, and leaves all else.
   * Throws UnknownAttributeError for a name that cannot be assigned.
   * @example
   * User.permit("name", "email").assign(user, await request.json());
   */
  static permit<Row, const Names extends readonly PermittedName<Row>[]>(
    this: ClassOf<Row>,
    ...names: Names
  ): Permit<Row, Names[number]> {
    return permitted<Row, Names[number]>(infoFrom(this), names);
  }

  /**
   * Builds and saves. With a conflict that is ignored the record stays new when its row was skipped.
   * @example
   * await User.create({ name: "Alice", email: "alice@example.com" }) // INSERT INTO "users" ... RETURNING ...
   */
  static async create<Row>(
    this: ClassOf<Row>,
    attributes: CreateAttributes<Row>,
    options: InsertOptions<ColumnName<Row>, Where<Row>> = {},
  ): Promise<Row> {
    checkOptions("create()", options, ["conflict"]);
    const record = built(this, attributes);
    await saveRecord(infoFrom(this), record as object, options.conflict);
    return record;
  }

  /**
   * The first record with these values, else a new one with them and `attributes`, saved. When somebody else
   * creates it in the meantime, theirs is found; that needs a unique constraint on the values.
   * @example
   * await User.findOrCreateBy({ email }, { name: "Ann" })
   */
  static async findOrCreateBy<Row>(
    this: ClassOf<Row>,
    conditions: PlainConditions<Row>,
    attributes?: PartialAttributes<Row>,
  ): Promise<Row> {
    const query = queryOf(this);
    const found = await query.findBy(conditions);
    if (found !== null) return found;
    const record = built<Row>(this, { ...attributes, ...conditions });
    const save = () => saveRecord(infoFrom(this), record as object);
    const database = currentDatabase();
    try {
      // A savepoint inside a transaction: it must live on when the row turns out to be there.
      await (database.scope ? database.transaction({}, save) : save());
      return record;
    } catch (error) {
      const theirs = isTaken(error) ? await query.findBy(conditions) : null;
      if (theirs === null) throw error;
      return theirs;
    }
  }

  /** The first record with these values, else a new one with them and `attributes`, not saved. */
  static async findOrBuildBy<Row>(
    this: ClassOf<Row>,
    conditions: PlainConditions<Row>,
    attributes?: PartialAttributes<Row>,
  ): Promise<Row> {
    const found = await everyOf(this).findBy(conditions);
    return found ?? built<Row>(this, { ...attributes, ...conditions });
  }

  /** Inserts many rows in one statement, without validations and callbacks. */
  static createMany<Row>(
    this: ClassOf<Row>,
    rows: readonly InsertAttributes<Row>[],
    options: InsertOptions<ColumnName<Row>, Where<Row>> = {},
  ): Promise<Row[]> {
    return bulk(this, "createMany()", rows, options, "ignore");
  }

  /** Inserts a row or updates the one it collides with, without validations and callbacks. */
  static async upsert<Row>(
    this: ClassOf<Row>,
    attributes: InsertAttributes<Row>,
    options: UpsertOptions<ColumnName<Row>, Where<Row>>,
  ): Promise<Row> {
    const [record] = await bulk(this, "upsert()", [attributes], options, "update");
    if (record === undefined) {
      throw new QueryError(
        `${this.name}.upsert: conflict with action "ignore" matched an existing row — no row returned. Use create() with conflict instead if you expect skipped inserts.`,
      );
    }
    return record;
  }

  /** upsert() for many rows in one statement. */
  static upsertAll<Row>(
    this: ClassOf<Row>,
    rows: readonly InsertAttributes<Row>[],
    options: UpsertOptions<ColumnName<Row>, Where<Row>>,
  ): Promise<Row[]> {
    return bulk(this, "upsertAll()", rows, options, "update");
  }

  /**
   * Loads very many rows by COPY, without validations and callbacks; gives their number.
   * @param rows objects with the same attributes, as they come: an array, a generator, a stream
   * @example
   * await User.copyFrom(readCsv("users.csv"), { columns: ["name", "email"] }) // COPY "users" ("name", "email") FROM STDIN
   */
  static copyFrom<Row>(
    this: ClassOf<Row>,
    rows: AsyncIterable<InsertAttributes<Row>> | Iterable<InsertAttributes<Row>>,
    options: CopyOptions<ColumnName<Row>> = {},
  ): Promise<number> {
    return copyRows(infoFrom(this).source, rows, options);
  }

  // --- Declarations

  /**
   * Adds a callback, with the record typed; for static blocks. To wrap a save, override save() and call super.save().
   * @example
   * class User extends Model(users) {
   *   static { this.on("beforeSave", (user) => { user.email = user.email.toLowerCase(); }); }
   * }
   */
  static on<Row>(this: ClassOf<Row>, hook: CallbackHook, callback: CallbackFunction<Row>): void {
    addCallback(this, hook, callback);
  }

  /**
   * Declares what could be statics of the class, with the record typed; for static blocks. It may be called again:
   * lists and objects are added to those that are there.
   * @throws ConfigurationError for a name that cannot be declared
   * @example
   * class User extends Model(users) {
   *   static {
   *     this.declare({
   *       sensitiveFields: ["passwordDigest"],
   *       validations: { name: validates("presence") },
   *       beforeSave: (user) => { user.email = user.email.toLowerCase(); },
   *     });
   *   }
   * }
   */
  static declare<Row>(this: ClassOf<Row>, declarations: Declarations<Row>): void {
    declareOn(this, declarations);
  }

  static hasMany = define.hasMany;
  static hasOne = define.hasOne;
  static belongsTo = define.belongsTo;
  static hasManyThrough = define.hasManyThrough;
  static hasOneThrough = define.hasOneThrough;
}
