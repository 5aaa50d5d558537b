/** Declaring validations: rules are data, validators are looked up by name when they run. Browser-safe. */
<<<<<<< HEAD
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
  if?: ((record: Instance) => boolean) | undefined;
}

/** Nothing when valid; a message for the attribute; or messages by attribute. */
export type ValidatorResult =
  | string
  | undefined
  // A validator that ends without `return` is one that found nothing.
  // biome-ignore lint/suspicious/noConfusingVoidType: the result of such a function is void
  | void
  | Readonly<Record<string, string | readonly string[]>>
  | ValidationErrors;

/** Checks one attribute; may be asynchronous, for the server. */
export type Validator = (
  value: unknown,
  record: ValidatedRecord,
  options: RuleOptions & Record<string, unknown>,
  field: string,
) => ValidatorResult | Promise<ValidatorResult>;

/** A bound of a comparison: a value, or a function of the record. */
export type Bound<Instance = ValidatedRecord> =
  | number
  | bigint
  | string
  | Date
  | object
  | ((record: Instance) => unknown);

/** Options of `comparison`. */
export interface ComparisonOptions<Instance = ValidatedRecord> {
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
=======
import type {
  CustomValidation,
  RecordResult,
  RuleOptions,
  ValidatedRecord,
  ValidationRule,
  ValidatorOptions,
} from "./rules";
import { validatorOf } from "./validators";
>>>>>>> record

/** Validators that say nothing without options. */
type NeedsOptions = {
  [Name in keyof ValidatorOptions]: object extends ValidatorOptions[Name] ? never : Name;
}[keyof ValidatorOptions];

/**
 * Declares a rule for one attribute.
 *
 * @param name of a built-in validator, or of one registered with `defineValidator`
 * @param options those of the validator, and `message`, `on`, `if`
 * @example
 * static validations = { email: [validates("presence"), validates("length", { maximum: 255 })] };
 */
export function validates<Name extends NeedsOptions, Instance extends object = ValidatedRecord>(
  name: Name,
  options: RuleOptions<Instance> & ValidatorOptions<Instance>[Name],
): ValidationRule;
export function validates<
  Name extends Exclude<keyof ValidatorOptions, NeedsOptions>,
  Instance extends object = ValidatedRecord,
>(name: Name, options?: RuleOptions<Instance> & ValidatorOptions<Instance>[Name]): ValidationRule;
export function validates<Name extends string, Instance extends object = ValidatedRecord>(
  name: Name extends keyof ValidatorOptions ? never : Name,
  options?: RuleOptions<Instance> & Readonly<Record<string, unknown>>,
): ValidationRule;
export function validates(
  validator: string,
  options: ValidationRule["options"] = {},
): ValidationRule {
  return {
    validator,
    options,
    check: (record, field) => validatorOf(validator)(record[field], record, options, field),
  };
}

/**
 * Declares a check of the whole record.
 *
 * @param check answers messages by attribute (`base` for the record itself), or nothing
 * @param options `message` replaces all messages; `on`, `if`
 * @example
 * static customValidations = [
 *   validate<Event>((event) => event.endsAt < event.startsAt ? { endsAt: "must be after the start" } : undefined),
 * ];
 */
export function validate<Instance extends object = ValidatedRecord>(
  check: (record: Instance) => RecordResult | Promise<RecordResult>,
  options: RuleOptions<Instance> = {},
): CustomValidation {
  // The class that declares the check is the class of the records it is given.
  return { check, options } as unknown as CustomValidation;
}
