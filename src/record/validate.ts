/** Runs the validations of a record, at once or awaiting what is asynchronous. Browser-safe. */
import { ConfigurationError } from "../errors";
import type { RecordDefinition } from "./definition";
import { ValidationErrors } from "./errors";
import type { CustomValidation, RuleCheck, ValidationContext, ValidationRule } from "./rules";
import { fieldsOf } from "./shape";
import { inheritedStatic } from "./typename";

/** The attribute that was checked, and the answer. */
type Finding = [field: string, result: ReturnType<RuleCheck>];

/** Enum columns first, then the rules of the parent class, its own, and the checks of the whole record. */
function* findings(
  record: object,
  { modelClass, shape }: RecordDefinition,
  given: ValidationContext | undefined,
): Generator<Finding> {
  const fields = fieldsOf(record);
  const context = given ?? (fields.isNewRecord ? "create" : "update");
  for (const [field, { enumValues, element }] of Object.entries(shape.columns)) {
    const labels = enumValues ?? element?.enumValues;
    if (
      labels &&
      [fields[field]].flat(9).some((item) => item != null && !labels.includes(String(item)))
    ) {
      yield [field, { [field]: `is not a valid value (must be one of: ${labels.join(", ")})` }];
    }
  }
  const rules = [
    ...inheritedStatic(modelClass, "validations"),
    { base: inheritedStatic(modelClass, "customValidations").flat() },
  ];
  for (const [field, checks] of rules.flatMap((rule) => Object.entries(Object(rule)))) {
    for (const { check } of [checks].flat() as (ValidationRule | CustomValidation)[]) {
      yield [field, check(fields, field, context)];
    }
  }
}

function collect(found: Iterable<Finding>, model: string): ValidationErrors {
  const errors = new ValidationErrors();
  for (const [field, result] of found) {
    if (result instanceof Promise) {
      throw new ConfigurationError(
        `Validation of ${model} (${field}) is asynchronous: await record.validate().`,
      );
    }
    errors.merge(result ?? {});
  }
  return errors;
}

/**
 * Runs all validations and waits for the asynchronous ones.
 *
 * @param record the instance
 * @param definition of its class
 * @param context rules with another `on` are left out; "create" or "update" as the record is new or not
 * @throws ConfigurationError for an unknown validator
 */
export async function runValidations(
  record: object,
  definition: RecordDefinition,
  context?: ValidationContext,
): Promise<ValidationErrors> {
  const found = [...findings(record, definition, context)];
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
  context?: ValidationContext,
): ValidationErrors {
  return collect(findings(record, definition, context), definition.name);
}
