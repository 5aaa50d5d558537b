/** Mass assignment: only attributes that are known, and never a member of the class. Browser-safe. */
import { describe, UnknownAttributeError } from "../errors";
import { isObject } from "../schema/deep";
import type { RecordDefinition } from "./definition";
import { fieldsOf } from "./shape";
import { standingOf } from "./virtuals";

/** Which names `assignAttributes` accepts. */
export interface AssignOptions {
  /** Refuse all but columns: inside a constructor, where the class's own fields do not exist yet. */
  columnsOnly?: boolean;
}

/**
 * Sets the given attributes, or none when one of them is refused. `undefined` means "not given".
 *
 * @param record the instance
 * @param definition of its class
 * @param attributes own enumerable keys: columns, associations, virtuals of the class
 * @throws UnknownAttributeError for an unknown name, a computed one, or a member of the class
 * @example
 * assignAttributes(user, definition, { name: "Ann" });
 */
export function assignAttributes(
  record: object,
  definition: RecordDefinition,
  attributes: object,
  options: AssignOptions = {},
): void {
  const { name: model } = definition;
  if (!isObject(attributes)) {
    throw new UnknownAttributeError(
      `Attributes of ${model} must be an object, got ${describe(attributes)}.`,
    );
  }
  const given = fieldsOf(attributes);
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  for (const name of names) {
    const standing = standingOf(record, name, definition);
    if (["column", "association", options.columnsOnly || "virtual"].includes(standing)) continue;
    const hint = options.columnsOnly
      ? ` Virtuals go through ${model}.build().`
      : (definition.suggest?.(name) ?? "");
    throw new UnknownAttributeError(
      `Attribute "${name}" of ${model} is ${standing} and cannot be assigned.${hint}`,
    );
  }
  for (const name of names) fieldsOf(record)[name] = given[name];
}
