/** `baked-orm/frontend/native`: the frontend where Temporal is native; it brings no polyfill. */
export { FrontendModel } from "./model";

// What the model needs comes first in a bundle, which compresses a little better so.

export type { Change, Changes } from "../record/changes";
export { ValidationErrors } from "../record/errors";
export type {
  CustomValidation,
  RuleOptions,
  ValidationConfig,
  ValidationContext,
  ValidationRule,
  Validator,
  ValidatorOptions,
} from "../record/rules";
export { validate, validates } from "../record/validation";
export { defineValidator } from "../record/validators";
export type { ColumnDefinition, TableDefinition } from "../schema/table";
export { provideTemporal } from "../schema/temporal";
export { hydrate } from "./hydrate";
export { registerModels } from "./registry";
export type {
  FrontendAttributes,
  FrontendBaseModel,
  FrontendDeclarations,
  FrontendModelStatic,
  FrontendRow,
} from "./types";
