/** Declaring validations: rules are data, validators are looked up by name when they run. Browser-safe. */
import type {
  CustomValidation,
  RecordResult,
  RuleOptions,
  ValidatedRecord,
  ValidationRule,
  ValidatorOptions,
} from "./rules";
import { validatorOf } from "./validators";

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
