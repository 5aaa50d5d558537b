/** What a class may declare in one object, typed by its record. Types only. */
import type { QueryBuilder } from "../query/builder";
import type { ColumnName, VirtualName } from "../query/types";
import type { CustomValidation, ValidationConfig, ValidationFor } from "../record/rules";
import type { NewAttributes } from "./attributes";
import type { CallbackFunction, CallbackHook } from "./callbacks";
import type { ModelClass } from "./class";
import type { SensitiveFields } from "./types";

/** A scope: narrows a query, with arguments of its own. */
// What it returns is not asked for: it would be worked out before the class is known that Model() makes.
export type ScopeFunction<Row> = (query: QueryBuilder<Row>, ...args: never[]) => void;

/** Scopes by name. */
export type Scopes<Row> = Readonly<Record<string, ScopeFunction<Row>>>;

/** By attribute, what a value is turned into whenever it is assigned; null is left alone. */
// A conditional type, though nothing is asked: the compiler works those out for the table that Model() was given
// before it types the functions in it.
export type Normalizers<Row> = Row extends infer Given
  ? {
      readonly [Name in ColumnName<Given> | VirtualName<Given>]?: (
        value: NonNullable<Given[Name]>,
      ) => Given[Name];
    }
  : never;

/** By column, what a new record has; a function is called for each record. */
export type DefaultValues<Row> = Row extends infer Given
  ? {
      readonly [Name in keyof NewAttributes<Given>]?:
        | NewAttributes<Given>[Name]
        | (() => NewAttributes<Given>[Name]);
    }
  : never;

/** Callbacks by the name of their hook: one, or several in order. */
export type Callbacks<Row> = {
  readonly [Hook in CallbackHook]?: CallbackFunction<Row> | readonly CallbackFunction<Row>[];
};

/** Statics that plugins read of a class: `softDelete`. */
type PluginOptions = Partial<
  Omit<ModelClass, "name" | "prototype" | "typename" | "tableDefinition">
>;

interface CommonDeclarations<Row> {
  /** Rules by attribute: `{ name: validates("presence") }`. */
  readonly validations?: ValidationConfig<Row>;
  /** Checks of the whole record: `[validate((user) => ...)]`. */
  readonly customValidations?: readonly (ValidationFor<Row> | CustomValidation)[];
  readonly normalizes?: Normalizers<Row>;
  /** Loading an association of the records lazily is an error. */
  readonly strictLoadingByDefault?: boolean;
}

/**
 * What `static { this.declare({...}) }` takes: the statics of the class under their names, and callbacks.
 * The record is the class's own, with its virtuals and methods.
 */
export type Declarations<Row> = CommonDeclarations<Row> &
  PluginOptions &
  Callbacks<Row> & {
    /** Attributes that never leave in JSON and are masked in logs. */
    readonly sensitiveFields?: SensitiveFields<Row>;
    readonly defaults?: DefaultValues<Row>;
    readonly scopes?: Scopes<Row>;
  };

/**
 * What Model() takes as its third argument. The types of its results know of it: sensitive columns are no part of a
 * payload, scopes are known by name, and create() does not require what has a default.
 */
export type ModelDeclarations<
  Row,
  Sensitive extends string,
  Named extends Scopes<Row>,
  Defaulted extends string,
> = CommonDeclarations<Row> &
  PluginOptions &
  Callbacks<Row> & {
    /** Columns that never leave in JSON and are masked in logs. */
    readonly sensitiveFields?: readonly Sensitive[];
    readonly defaults?: { readonly [Name in Defaulted]: unknown } & DefaultValues<Row>;
    readonly scopes?: Named;
  };
