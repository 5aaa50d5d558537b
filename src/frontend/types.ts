/** What a frontend record looks like to TypeScript: the generated row, dates and times as Temporal objects. */
import type { Temporal } from "temporal-polyfill";
import type { Changes } from "../record/changes";
import type { DEFINITION, RecordDefinition } from "../record/definition";
import type { ValidationErrors } from "../record/errors";
import type {
  CustomValidation,
  ValidationConfig,
  ValidationContext,
  ValidationFor,
} from "../record/rules";
import type { TableDefinition } from "../schema/table";

/** Replaces `From` by `To` inside arrays and unions. */
type Swap<Value, From, To> = Value extends From
  ? To
  : Value extends readonly (infer Item)[]
    ? Swap<Item, From, To>[]
    : Value;

type RevivedType<Type extends string, Value> = Type extends
  | "timestamptz"
  | `timestamp${string}with time zone`
  ? Swap<Value, Date, Temporal.Instant>
  : Type extends "timestamp" | `timestamp${string}`
    ? Swap<Value, Date, Temporal.PlainDateTime>
    : Type extends "date"
      ? Swap<Value, Date, Temporal.PlainDate>
      : Type extends "interval" | `interval${string}`
        ? Swap<Value, string, Temporal.Duration>
        : Type extends "timetz" | `time${string}with time zone`
          ? Value
          : Type extends "time" | `time${string}`
            ? Swap<Value, string, Temporal.PlainTime>
            : Swap<Value, Date, Temporal.Instant>;

/** A column's value on the frontend; `Column` is its entry in the table, with literal types. */
type Revived<Column, Value> = Column extends { readonly element: infer Element }
  ? Revived<Element, Value>
  : Column extends { readonly type: infer Type extends string }
    ? string extends Type
      ? Swap<Value, Date, Temporal.Instant>
      : RevivedType<Type, Value>
    : Value;

type RowOf<Table> = Table extends { readonly rowClass: new () => infer Row } ? Row : never;

/**
 * The row of a table as a frontend model has it: `timestamptz` is `Temporal.Instant`, `timestamp`
 * `Temporal.PlainDateTime`, `date` `Temporal.PlainDate`, `time` `Temporal.PlainTime`, `interval` `Temporal.Duration`.
 */
export type FrontendRow<Table extends TableDefinition> = {
  [Name in keyof RowOf<Table>]: Name extends keyof Table["columns"]
    ? Revived<Table["columns"][Name], RowOf<Table>[Name]>
    : RowOf<Table>[Name];
};

/** Keys that are named, not those of an index signature. */
type Named<Row> = keyof {
  [Key in keyof Row as string extends Key ? never : number extends Key ? never : Key]: 1;
};

/** What can be assigned to a record: its named fields, without the methods every frontend model has. */
export type FrontendAttributes<Instance> = {
  [Key in Exclude<Named<Instance>, keyof NamedBase>]?: Key extends keyof Instance
    ? Instance[Key] extends (...args: never[]) => unknown
      ? never
      : Instance[Key] | undefined
    : never;
};

type NamedBase = Pick<FrontendBaseModel, Named<FrontendBaseModel>>;

/** What every frontend record can do, besides holding its row. */
export interface FrontendBaseModel {
  /** Fields that the server sent and no class declares. */
  [field: string]: unknown;
  /** Whether the record has not come from the server yet. */
  readonly isNewRecord: boolean;
  /** What the last validation, or `applyErrors`, found. */
  readonly errors: ValidationErrors;
  /** Sets columns and declared virtuals; unknown names are an `UnknownAttributeError`. */
  assignAttributes(attributes: FrontendAttributes<this>): void;
  /** Declares the record to be in step with the server: nothing is changed any more. */
  markPersisted(): void;
  /** Whether the record, or the named attribute, has changed. */
  changed(field?: Named<this> & string): boolean;
  /** `{ name: { was: "Old", now: "New" } }` */
  changedAttributes(): Changes;
  readonly [DEFINITION]: RecordDefinition;
  /** A shallow copy with the same baseline, for state that is replaced and not altered. */
  clone(overrides?: FrontendAttributes<this>): this;
  /** Validates at once; the context is "create" for a new record, else "update". */
  isValid(context?: ValidationContext): boolean;
  /** Validates and waits for asynchronous validators. */
  validate(context?: ValidationContext): Promise<boolean>;
  /** Takes the errors of a `ValidationError` that the server answered with, in place of the own ones. */
  applyErrors(json: unknown): void;
  /** The changed columns as JSON, with the primary key and `lockVersion`: the body of a PATCH request. */
  patch(): Record<string, unknown>;
  /** All columns and virtuals with `__typename`; Temporal values stay what they are. */
  toJSON(): Record<string, unknown>;
}

/** What `static { this.declare({...}) }` takes: the statics of the class under their names. */
export interface FrontendDeclarations<Instance> {
  readonly validations?: ValidationConfig<Instance>;
  readonly customValidations?: readonly (ValidationFor<Instance> | CustomValidation)[];
  /** Attributes that toJSON() leaves out. */
  readonly sensitiveFields?: readonly (Exclude<Named<Instance>, keyof NamedBase> & string)[];
}

/** The class that `FrontendModel(table)` returns. */
export interface FrontendModelStatic<Row> {
  /** A new record with the given columns. */
  new (attributes?: { [Name in keyof Row]?: Row[Name] | undefined }): Row & FrontendBaseModel;
  readonly tableDefinition: TableDefinition;
  /** The name on the wire; `registerModels` sets it. */
  readonly typename?: string;
  /** A new record with the given columns and virtuals; they win over the class's field defaults. */
  build<Instance extends object>(
    this: new () => Instance,
    attributes?: FrontendAttributes<Instance>,
  ): Instance;
  /**
   * Sets what could be statics of the class, with the record typed; for static blocks.
   * @example
   * class User extends FrontendModel(users) {
   *   static { this.declare({ validations: { name: validates("presence") } }); }
   * }
   */
  declare<Instance extends object>(
    this: new () => Instance,
    declarations: FrontendDeclarations<Instance>,
  ): void;
  /**
   * A persisted record out of the server's payload, which must be of this class or a subclass.
   *
   * @throws HydrationError when it is not, or when a value does not fit its column
   */
  fromJSON<Instance extends object>(this: new () => Instance, json: unknown): Instance;
}
