/** Runs the validations of a record, at once or awaiting what is asynchronous. Browser-safe. */
import { ConfigurationError } from "../errors";
import type { ColumnType } from "../schema/table";
import type { RecordDefinition } from "./definition";
import { ValidationErrors } from "./errors";
import { fieldsOf } from "./shape";
import { inheritedStatic } from "./typename";
import type {
  CustomValidation,
  RuleOptions,
  ValidationContext,
  ValidationRule,
  ValidatorResult,
} from "./validation";
import { validatorOf } from "./validators";

/** The answer of one check: which attribute it is about, and the message that replaces all of its own. */
interface Finding {
  field: string;
  result: ValidatorResult | Promise<ValidatorResult>;
  message: string | undefined;
}

function outsideEnum({ enumValues, element }: ColumnType, value: unknown): string | undefined {
  const labels = enumValues ?? element?.enumValues;
  const outside = (item: unknown) => item != null && !labels?.includes(String(item));
  return labels && [value].flat(Number.POSITIVE_INFINITY).some(outside)
    ? `is not a valid value (must be one of: ${labels.join(", ")})`
    : undefined;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}

/** Enum columns first, then the rules of the parent class, its own, and the checks of the whole record. */
function findings(
  record: object,
  { modelClass, shape }: RecordDefinition,
  context: ValidationContext,
): Finding[] {
  const fields = fieldsOf(record);
  const found: Finding[] = [];
  const run = (field: string, options: RuleOptions, check: () => Finding["result"], message?: string | undefined) => {
    if ((options.on && options.on !== context) || (options.if && !options.if(fields))) return;
    const result = check();
    // Another check may throw before this one is awaited; its rejection must not end the process.
    if (isPromise(result)) Promise.resolve(result).catch(() => {});
    found.push({ field, result, message });
  };

  for (const field of shape.names) {
    const column = shape.columns[field];
    if (column) run(field, {}, () => outsideEnum(column, fields[field]));
  }
  for (const rules of inheritedStatic(modelClass, "validations")) {
    for (const [field, rule] of Object.entries<ValidationRule | ValidationRule[]>(Object(rules))) {
      for (const { validator, options } of [rule].flat()) {
        const check = validatorOf(validator);
        run(field, options, () => check(fields[field], fields, options, field));
      }
    }
  }
  for (const { check, options } of inheritedStatic(modelClass, "customValidations").flat() as CustomValidation[]) {
    run("base", options, () => check(fields), options.message);
  }
  return found;
}

function add(errors: ValidationErrors, { field, message }: Finding, result: ValidatorResult): void {
  if (!result) return;
  if (typeof result === "string") {
    errors.add(field, result);
    return;
  }
  const entries = result instanceof ValidationErrors ? result : Object.entries(result);
  for (const [name, messages] of entries) {
    for (const text of [messages ?? []].flat()) errors.add(name, message ?? text);
  }
}

/**
 * Runs all validations and waits for the asynchronous ones.
 *
 * @param record the instance
 * @param definition of its class
 * @param context rules with another `on` are left out
 * @throws ConfigurationError for an unknown validator
 */
export async function runValidations(
  record: object,
  definition: RecordDefinition,
  context: ValidationContext,
): Promise<ValidationErrors> {
  const errors = new ValidationErrors();
  const found = findings(record, definition, context);
  const results = await Promise.all(found.map(({ result }) => result));
  for (const [index, finding] of found.entries()) add(errors, finding, results[index]);
  return errors;
}

/**
 * Runs all validations at once.
 *
 * @throws ConfigurationError for an unknown validator, and for one that is asynchronous
 */
export function runValidationsSync(
  record: object,
  definition: RecordDefinition,
  context: ValidationContext,
): ValidationErrors {
  const errors = new ValidationErrors();
  const found = findings(record, definition, context);
  for (const finding of found) {
    const { field, result } = finding;
    if (isPromise(result)) {
      throw new ConfigurationError(
        `A validation of ${definition.modelClass.name} (${field}) is asynchronous.`,
        { hint: "Call `await record.validate()` instead of `isValid()`." },
      );
    }
    add(errors, finding, result);
  }
  return errors;
}
