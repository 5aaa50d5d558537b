/** Declaring validations: rules are data, validators are looked up by name when they run. Browser-safe. */
import { ValidationErrors } from "./errors";
import type {
  Messages,
  RecordResult,
  RuleCheck,
  RuleFor,
  RuleOptions,
  ValidatedRecord,
  ValidationFor,
  ValidationRule,
  ValidatorOptions,
  ValidatorResult,
} from "./rules";
import { validatorOf } from "./validators";

/** Every answer of a validator as messages by attribute, replaced by the rule's own one. */
function messages(
  field: string,
  result: ValidatorResult,
  message: string | undefined,
): Messages | undefined {
  if (typeof result === "string") return { [field]: result };
  const found = result instanceof ValidationErrors ? result.toJSON() : result;
  return found && message !== undefined
    ? Object.fromEntries(
        Object.entries(found).map(([name, texts]) => [name, [texts].flat().map(() => message)]),
      )
    : (found ?? undefined);
}

function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return typeof Object(value).then === "function";
}

/** A check with its options: when it runs, and what it says. */
function conditional(
  { on, if: condition, message }: RuleOptions,
  check: (record: ValidatedRecord, field: string) => ValidatorResult | Promise<ValidatorResult>,
): RuleCheck {
  return (record, field, context) => {
    if (on && on !== context) return undefined;
    const wanted = condition ? condition(record) : true;
    const run = (isWanted: boolean) => (isWanted ? check(record, field) : undefined);
    const result = isPromise(wanted) ? wanted.then(run) : run(wanted);
    if (!isPromise(result)) return messages(field, result, message);
    const later = result.then((answer) => messages(field, answer, message));
    // Another check may throw before this one is awaited; its rejection must not go unhandled.
    later.then(undefined, () => {});
    return later;
  };
}

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
): RuleFor<Instance>;
export function validates<
  Name extends Exclude<keyof ValidatorOptions, NeedsOptions>,
  Instance extends object = ValidatedRecord,
>(
  name: Name,
  options?: RuleOptions<Instance> & ValidatorOptions<Instance>[Name],
): RuleFor<Instance>;
export function validates<Name extends string, Instance extends object = ValidatedRecord>(
  name: Name extends keyof ValidatorOptions ? never : Name,
  options?: RuleOptions<Instance> & Readonly<Record<string, unknown>>,
): RuleFor<Instance>;
export function validates(
  validator: string,
  options: ValidationRule["options"] = {},
): ValidationRule {
  return {
    validator,
    options,
    check: conditional(options, (record, field) =>
      validatorOf(validator)(record[field], record, options, field),
    ),
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
): ValidationFor<Instance> {
  // The class that declares the check is the class of the records it is given.
  const untyped = { check, options } as unknown as {
    check: (record: ValidatedRecord) => RecordResult | Promise<RecordResult>;
    options: RuleOptions;
  };
  return { options: untyped.options, check: conditional(untyped.options, untyped.check) };
}
