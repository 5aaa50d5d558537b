/** Runs the validations of a record, at once or awaiting what is asynchronous. Browser-safe. */
import { ConfigurationError } from "../errors";
import type { ColumnType } from "../schema/table";
import type { RecordDefinition } from "./definition";
import { ValidationErrors } from "./errors";
import type {
  CustomValidation,
  RuleOptions,
  ValidationContext,
  ValidationRule,
  ValidatorResult,
} from "./rules";
import { fieldsOf } from "./shape";
import { inheritedStatic } from "./typename";

type Result = ValidatorResult | Promise<ValidatorResult>;

/** The attribute that was checked, the answer, and the message that replaces those in the answer. */
type Finding = [field: string, result: Result, message: string | undefined];

function outsideEnum({ enumValues, element }: ColumnType, value: unknown): string | undefined {
  const labels = enumValues ?? element?.enumValues;
  const outside = (item: unknown) => item != null && !labels?.includes(String(item));
  return labels && [value].flat(9).some(outside)
    ? `is not a valid value (must be one of: ${labels.join(", ")})`
    : undefined;
}

function isPromise(value: Result): value is Promise<ValidatorResult> {
  return typeof Object(value).then === "function";
}

/** Enum columns first, then the rules of the parent class, its own, and the checks of the whole record. */
function findings(
  record: object,
  { modelClass, shape }: RecordDefinition,
  context: ValidationContext,
): Finding[] {
  const fields = fieldsOf(record);
  const found: Finding[] = [];
  const run = (field: string, { check, options }: ValidationRule | CustomValidation) => {
    const { on, if: condition, message }: RuleOptions = options;
    if ((on && on !== context) || (condition && !condition(fields))) return;
    const result = check(fields, field);
    // Another check may throw before this one is awaited; its rejection must not go unhandled.
    if (isPromise(result)) result.then(undefined, () => {});
    found.push([field, result, message]);
  };
  for (const [field, column] of Object.entries(shape.columns)) {
    const message = outsideEnum(column, fields[field]);
    if (message) found.push([field, message, undefined]);
  }
  for (const rules of inheritedStatic(modelClass, "validations")) {
    for (const [field, list] of Object.entries<ValidationRule | ValidationRule[]>(Object(rules))) {
      for (const rule of [list].flat()) run(field, rule);
    }
  }
  for (const list of inheritedStatic(modelClass, "customValidations")) {
    for (const check of list as CustomValidation[]) run("base", check);
  }
  return found;
}

function collect(found: readonly Finding[], model: string): ValidationErrors {
  const errors = new ValidationErrors();
  for (const [field, result, message] of found) {
    if (isPromise(result)) {
      throw new ConfigurationError(
        `A validation of ${model} (${field}) is asynchronous: call \`await record.validate()\`.`,
      );
    }
    if (typeof result === "string") errors.add(field, result);
    else {
      const entries = result instanceof ValidationErrors ? result : Object.entries(result ?? {});
      for (const [name, texts] of entries) {
        for (const text of [texts].flat()) errors.add(name, message ?? text);
      }
    }
  }
  return errors;
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
  const found = findings(record, definition, context);
  for (const finding of found) finding[1] = await finding[1];
  return collect(found, definition.name);
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
  return collect(findings(record, definition, context), definition.name);
}
