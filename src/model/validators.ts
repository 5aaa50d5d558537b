/** Validators that need a database or other records: uniqueness and associated. */
import { unknownColumn } from "../query/conditions";
import { equality } from "../query/equality";
import { existsRow } from "../query/read";
import { mergeErrors, ValidationErrors } from "../record/errors";
import type { RuleOptions, ValidatedRecord } from "../record/rules";
import { fieldsOf } from "../record/shape";
import { isTextType } from "../schema/types";
import { and, call, isNull, not } from "../sql/build";
import type { Expression } from "../sql/nodes";
import type { ModelClass } from "./class";
import { infoOf, type ModelInfo } from "./info";
import { isValidRecord } from "./lifecycle";
import { STATE, type Stateful, stateOf } from "./state";

/** Options of `uniqueness`. */
export interface UniquenessOptions {
  /** Attributes that must be equal too for a value to count as taken. */
  scope?: string | readonly string[];
  /** Default true. */
  caseSensitive?: boolean;
}

declare module "../record/rules" {
  interface ValidatorOptions<Instance> {
    uniqueness: UniquenessOptions;
    associated: object;
  }
}

type Options = RuleOptions & Record<string, unknown>;

function infoOfRecord(record: object): ModelInfo {
  return infoOf(record.constructor as ModelClass);
}

function isSavable(value: unknown): value is object & Stateful {
  return typeof value === "object" && value !== null && STATE in value;
}

/** No other row has the value; the query runs only when something of it has changed. */
async function isTaken(
  info: ModelInfo,
  record: object,
  attribute: string,
  { scope = [], caseSensitive = true }: UniquenessOptions,
): Promise<boolean> {
  const state = stateOf(record);
  const names = [attribute, ...[scope].flat()];
  if (!state.isNew && !names.some((name) => state.differs(record, name))) return false;
  const fields = fieldsOf(record);
  const where: Expression[] = names.map((name) => {
    const found = info.source.columns.get(name);
    if (!found) throw unknownColumn(info.source, 'validates("uniqueness")', name);
    const value = fields[name];
    if (value === undefined || value === null) return isNull(found.node);
    const equal = equality(found, found.node, value);
    const isFolded = name === attribute && !caseSensitive && isTextType(found.definition);
    return isFolded && equal.kind === "comparison"
      ? { ...equal, left: call("lower", equal.left), right: call("lower", equal.right) }
      : equal;
  });
  if (!state.isNew) where.push(not(and(ownRow(info, record))));
  const query = info.query();
  const { statement } = query.state;
  return await existsRow({ ...query.state, statement: { ...statement, where } });
}

function ownRow(info: ModelInfo, record: object): Expression[] {
  const key = stateOf(record).key(record);
  return info.table.primaryKey.flatMap((name, index) => {
    const found = info.source.columns.get(name);
    return found ? [equality(found, found.node, key[index] ?? null)] : [];
  });
}

/** No other row has the value, within `scope` if there is one. */
export async function uniqueness(
  value: unknown,
  record: ValidatedRecord,
  options: Options,
  field: string,
): Promise<string | undefined> {
  if (value === null || value === undefined || !isSavable(record)) return undefined;
  const taken = await isTaken(infoOfRecord(record), record, field, options as UniquenessOptions);
  return taken ? (options.message ?? "has already been taken") : undefined;
}

/** What was loaded of the association is valid; its messages stand under "posts[0].title". */
export async function associated(
  value: unknown,
  _record: ValidatedRecord,
  _options: Options,
  field: string,
): Promise<ValidationErrors> {
  const errors = new ValidationErrors();
  const isList = Array.isArray(value);
  for (const [index, each] of [value].flat().entries()) {
    if (!isSavable(each)) continue;
    const isValid = await isValidRecord(infoOfRecord(each), each);
    const found = stateOf(each).errors;
    if (!isValid && found) mergeErrors(errors, isList ? `${field}[${index}]` : field, found);
  }
  return errors;
}
