/** The types of validations: rules, validators and their options. Imports types only. */
import type { AssociationsOf, ColumnName, ROW, VirtualName } from "../schema/meta";
import type { ValidationErrors } from "./errors";

/** What a save is: an insert or an update. */
export type ValidationContext = "create" | "update";

/** What a validator sees of the record; annotate the parameter to have it typed as your class. */
export type ValidatedRecord = Record<string, unknown>;

/** Options that every rule takes. */
export interface RuleOptions<Instance = ValidatedRecord> {
  /** Replaces the validator's own message. */
  message?: string | undefined;
  /** Run on insert or on update only. */
  on?: ValidationContext | undefined;
  /** Run only when this answers true. */
  if?: ((record: Instance) => boolean | Promise<boolean>) | undefined;
}

/** Nothing when valid; a message for the attribute; or messages by attribute. */
export type ValidatorResult =
  | string
  | undefined
  // A validator that ends without `return` is one that found nothing.
  // biome-ignore lint/suspicious/noConfusingVoidType: the result of such a function is void
  | void
  | Messages
  | ValidationErrors;

/** Checks one attribute; may be asynchronous, for the server. */
export type Validator = (
  value: unknown,
  record: ValidatedRecord,
  options: RuleOptions & Record<string, unknown>,
  field: string,
) => ValidatorResult | Promise<ValidatorResult>;

/** A bound of a comparison: a value, or a function of the record. */
type Bound<Instance = ValidatedRecord> =
  | number
  | bigint
  | string
  | Date
  | object
  | ((record: Instance) => unknown);

/** Options of `comparison`. */
interface ComparisonOptions<Instance = ValidatedRecord> {
  greaterThan?: Bound<Instance>;
  greaterThanOrEqualTo?: Bound<Instance>;
  lessThan?: Bound<Instance>;
  lessThanOrEqualTo?: Bound<Instance>;
  equalTo?: Bound<Instance>;
  otherThan?: Bound<Instance>;
}

/** Options by validator; merge into this interface to type a validator of your own. */
export interface ValidatorOptions<Instance = ValidatedRecord> {
  presence: object;
  length: { minimum?: number; maximum?: number; is?: number };
  numericality: {
    greaterThan?: number | bigint;
    greaterThanOrEqualTo?: number | bigint;
    lessThan?: number | bigint;
    lessThanOrEqualTo?: number | bigint;
    equalTo?: number | bigint;
    integer?: boolean;
    notANumberMessage?: string;
    notAnIntegerMessage?: string;
  };
  format: { pattern: RegExp };
  inclusion: { in: readonly unknown[] };
  exclusion: { in: readonly unknown[] };
  email: object;
  confirmation: object;
  acceptance: { accept?: readonly unknown[] };
  comparison: ComparisonOptions<Instance>;
  custom: {
    validate: (value: unknown, record: Instance) => ValidatorResult | Promise<ValidatorResult>;
  };
}

/** Messages by attribute. */
export type Messages = Readonly<Record<string, string | readonly string[]>>;

/** Runs one rule, options and all, on an attribute of a record: the runner itself knows neither. */
export type RuleCheck = (
  record: ValidatedRecord,
  field: string,
  context: ValidationContext,
) => Messages | undefined | Promise<Messages | undefined>;

/** One rule of `static validations`. */
export interface ValidationRule {
  readonly validator: string;
  readonly options: RuleOptions & Record<string, unknown>;
  readonly check: RuleCheck;
}

/** One entry of `static customValidations`. */
export interface CustomValidation {
  readonly check: RuleCheck;
  readonly options: RuleOptions;
}

/** For the checker only: the class whose records a rule is for. */
declare const SUBJECT: unique symbol;

/** A rule, or a check, whose functions are given records of one class. */
interface Subject<Instance> {
  readonly [SUBJECT]?: (record: Instance) => void;
}
export interface RuleFor<Instance> extends ValidationRule, Subject<Instance> {}
export interface ValidationFor<Instance> extends CustomValidation, Subject<Instance> {}

/** What a check of the whole record answers: messages by attribute, or nothing. */
export type RecordResult = Exclude<ValidatorResult, string>;

type Method = (...args: never[]) => unknown;

/** The attributes of a class without its methods, and without its index signature, if it has one. */
type Named<Row> = keyof {
  [Key in keyof Row as string extends Key ? never : Row[Key] extends Method ? never : Key]: 1;
};

/** What can be validated: columns, virtuals and associations. */
type Validated<Row> = Row extends { readonly [ROW]: unknown }
  ? ColumnName<Row> | VirtualName<Row> | (keyof AssociationsOf<Row> & string)
  : Named<Row>;

/** For `static validations = {...} satisfies ValidationConfig<User>`: flags misspelt attributes. */
export type ValidationConfig<Row = ValidatedRecord> = {
  readonly [Key in Validated<Row>]?:
    | (RuleFor<Row> | ValidationRule)
    | readonly (RuleFor<Row> | ValidationRule)[];
};
