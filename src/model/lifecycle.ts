/** The order of a save and of a destroy: validations, callbacks, SQL, and the transaction around them. */
import { AsyncLocal } from "../connection/async-local";
import { currentDatabase, currentScope } from "../connection/database";
import { ValidationError, ValidationErrors } from "../record/errors";
import { runValidations } from "../record/validate";
import { Sent } from "./accept";
import {
  beforeDeleteStatement,
  beforeSaveStatement,
  destroyConcernsOthers,
  saveConcernsOthers,
  validateWithOthers,
} from "./associations/hooks";
import { type CallbackHook, hasCallbacks, runCallbacks } from "./callbacks";
import { asValidation } from "./constraints";
import type { ModelInfo } from "./info";
import {
  checkPersisted,
  checkRecordWritable,
  deleteRecord,
  insertRecord,
  notFound,
} from "./persistence";
import { rememberForRollback } from "./rollback";
import { stateOf } from "./state";
import { sendUpdate, updateRecord } from "./update";
import { endWrite, exclusively, takeForWrite } from "./writing";

/** Records whose validation led here: two that hold each other are each validated once. */
const validating = new AsyncLocal<ReadonlySet<object>>();

interface Validated {
  readonly errors: ValidationErrors;
  /** What the rules saw; undefined where there are none. */
  readonly seen: Sent | undefined;
}

/** Runs validations with their callbacks; the errors stay on the record. */
async function validate(info: ModelInfo, record: object): Promise<Validated> {
  if (!hasValidations(info)) return withoutErrors(info, record);
  if (info.associations.size === 0) return await validateAlone(info, record);
  const outer = validating.current;
  return await validating.run(new Set([...(outer ?? []), record]), () =>
    validateAlone(info, record),
  );
}

const AROUND_VALIDATION = ["beforeValidation", "afterValidation"] as const;

/** Whether there is anything to run for it; most classes of a program have nothing. */
function hasValidations(info: ModelInfo): boolean {
  return (
    info.associations.size > 0 || hasRules(info) || hasCallbacks(info.modelClass, AROUND_VALIDATION)
  );
}

function hasRules({ modelClass, hasEnums }: ModelInfo): boolean {
  return hasEnums || "validations" in modelClass || "customValidations" in modelClass;
}

/** What the record holds now, where something depends on it. */
function snapshot(info: ModelInfo, record: object): Sent | undefined {
  if (!info.normalizes && !hasRules(info)) return undefined;
  return new Sent(info, record, info.definition.shape.names);
}

function withoutErrors(info: ModelInfo, record: object): Validated {
  info.normalizeRecord(record);
  const errors = new ValidationErrors();
  stateOf(record).errors = errors;
  return { errors, seen: snapshot(info, record) };
}

/** How often the rules run again for what was assigned while they ran; one that assigns by itself never ends. */
const ROUNDS = 5;

/** Runs the rules, again when other code assigned something while they were awaited. */
async function runRules(info: ModelInfo, record: object): Promise<Validated> {
  for (let round = 1; ; round++) {
    info.normalizeRecord(record);
    const context = stateOf(record).isNew ? "create" : "update";
    const running = runValidations(record, info.definition, context);
    // After the part of the rules that runs at once: what they assign themselves is no news.
    const seen = snapshot(info, record);
    const errors = await running;
    if (!seen || seen.isCurrent(record)) return { errors, seen };
    if (round === ROUNDS) return { errors, seen: snapshot(info, record) };
  }
}

async function validateAlone(info: ModelInfo, record: object): Promise<Validated> {
  const { modelClass } = info;
  const errors = new ValidationErrors();
  stateOf(record).errors = errors;
  info.normalizeRecord(record);
  await runCallbacks(modelClass, "beforeValidation", record);
  const { errors: found, seen } = await runRules(info, record);
  // What a callback added by hand counts too.
  for (const [field, messages] of found) {
    for (const message of messages) errors.add(field, message);
  }
  await validateWithOthers(info, record, errors);
  if (!hasCallbacks(modelClass, AFTER_VALIDATION)) return { errors, seen };
  await runCallbacks(modelClass, "afterValidation", record);
  return { errors, seen: snapshot(info, record) };
}

/**
 * For what other code has assigned since the validation, which would be written with the rest. What callbacks
 * assign is their own business, and so is what is assigned while one of them is awaited: nobody can tell by whom.
 */
async function validateAgain(info: ModelInfo, record: object): Promise<Sent | undefined> {
  const { errors, seen } = await runRules(info, record);
  stateOf(record).errors = errors;
  if (!errors.isEmpty) throw new ValidationError(info.name, errors);
  return seen;
}

/** A record that is being validated by the calling code itself has nothing to add: it counts as valid. */
export async function isValidRecord(info: ModelInfo, record: object): Promise<boolean> {
  if (validating.current?.has(record)) return true;
  return (await validate(info, record)).errors.isEmpty;
}

const AROUND_SAVE = [
  ...AROUND_VALIDATION,
  "beforeSave",
  "beforeCreate",
  "beforeUpdate",
  "afterCreate",
  "afterUpdate",
  "afterSave",
  "afterRollback",
] as const;

const AROUND_DESTROY = ["beforeDestroy", "afterDestroy", "afterRollback"] as const;
const WITH_SAVE = [...AROUND_SAVE, "afterCommit"] as const;
const AFTER_VALIDATION = ["afterValidation"] as const;
const AFTER_ROLLBACK = ["afterRollback"] as const;
const AFTER_COMMIT = ["afterCommit"] as const;

/** Callbacks and the statement stand or fall together; a statement alone needs no transaction. */
async function atomically(
  needed: boolean,
  record: object,
  work: () => Promise<void>,
): Promise<void> {
  const database = currentDatabase();
  const alone = () => exclusively(record, work);
  await (needed ? database.transaction({}, alone) : database.turn(alone));
}

/** Has the class's afterRollback callbacks run if the transaction around the call fails: once for each record. */
export function announceWrite(modelClass: object, record: object): void {
  const scope = currentScope();
  if (!scope?.isOpen || !hasCallbacks(modelClass, AFTER_ROLLBACK)) return;
  scope.afterRollback(() => runCallbacks(modelClass, "afterRollback", record), record);
}

/** Has the class's afterCommit callbacks run when the outermost transaction commits, at once outside one. */
export async function announceCommit(modelClass: object, record: object): Promise<void> {
  if (!hasCallbacks(modelClass, AFTER_COMMIT)) return;
  const scope = currentScope();
  const hook = () => runCallbacks(modelClass, "afterCommit", record);
  if (scope?.isOpen) scope.afterCommit(hook, record);
  else await hook();
}

/** Whether a save has to do with the record's own row only, and calls nothing of the application. */
function standsAlone(info: ModelInfo, record: object): boolean {
  const { loaded, inverse } = stateOf(record);
  return (
    !loaded &&
    !inverse &&
    !info.normalizes &&
    !hasRules(info) &&
    !hasCallbacks(info.modelClass, WITH_SAVE) &&
    !saveConcernsOthers(info, record)
  );
}

/**
 * Saves with everything around it. Throws ValidationError when the record is not valid. Most saves of most programs
 * have nothing around them: those are told here, with no more async functions and closures than they need.
 */
export async function saveRecord(
  info: ModelInfo,
  record: object,
  conflict?: unknown,
): Promise<void> {
  checkRecordWritable(info, "save()");
  if (!standsAlone(info, record)) {
    await saveWithCallbacks(info, record, conflict);
    return;
  }
  const write = currentScope()?.isQuiet === false ? undefined : takeForWrite(record);
  if (!write) {
    await saveInTurn(info, record, conflict);
    return;
  }
  const state = stateOf(record);
  try {
    state.errors = undefined;
    if (state.isNew) await insertRecord(info, record, conflict);
    else {
      const update = sendUpdate(info, record);
      update?.accept(await update.answer);
    }
  } catch (error) {
    throw asValidation(info, record, error);
  } finally {
    endWrite(record, write);
  }
}

/** A save with nothing around it that has to wait for what was asked for before. */
async function saveInTurn(info: ModelInfo, record: object, conflict: unknown): Promise<void> {
  const state = stateOf(record);
  const wasNew = state.isNew;
  const write = async () => {
    if (!wasNew && state.isDestroyed) throw notFound(info, record);
    state.errors = undefined;
    await writeRecord(info, record, conflict);
  };
  await currentDatabase().turn(() => exclusively(record, write, true));
}

/** The statement of a save; a constraint that it violates is a matter of validation. Gives whether it wrote. */
async function writeRecord(info: ModelInfo, record: object, conflict: unknown): Promise<boolean> {
  try {
    return await (stateOf(record).isNew
      ? insertRecord(info, record, conflict)
      : updateRecord(info, record));
  } catch (error) {
    throw asValidation(info, record, error);
  }
}

async function saveWithCallbacks(
  info: ModelInfo,
  record: object,
  conflict: unknown,
): Promise<void> {
  const { modelClass } = info;
  const needed = hasCallbacks(modelClass, AROUND_SAVE) || saveConcernsOthers(info, record);
  const { isNew: wasNew } = stateOf(record);
  await atomically(needed, record, async () => {
    // A destroy() that was under way has come first; saved now, the row would rise again.
    if (!wasNew && stateOf(record).isDestroyed) throw notFound(info, record);
    const { errors, seen: valid } = await validate(info, record);
    if (!errors.isEmpty) throw new ValidationError(info.name, errors);
    const isNew = stateOf(record).isNew;
    const kind = isNew ? "Create" : "Update";
    let seen = valid;
    if (hasCallbacks(modelClass, ["beforeSave", `before${kind}`])) {
      for (let round = 0; round < ROUNDS && seen?.isCurrent(record) === false; round++) {
        seen = await validateAgain(info, record);
      }
      for (const hook of ["beforeSave", `before${kind}`]) {
        const running = runCallbacks(modelClass, hook, record);
        if (running) await running;
      }
      seen = snapshot(info, record);
    }
    announceWrite(modelClass, record);
    rememberForRollback(info, record);
    const afterStatement = await beforeSaveStatement(info, record);
    // Checked last of all: nothing comes between this and the statement.
    for (let round = 0; round < ROUNDS && seen?.isCurrent(record) === false; round++) {
      seen = await validateAgain(info, record);
    }
    const wrote = await writeRecord(info, record, conflict);
    // A row that was skipped by ON CONFLICT was not created, so nothing follows.
    if (isNew && !wrote) return;
    await afterStatement(wrote);
    await runCallbacks(modelClass, `after${kind}`, record);
    await runCallbacks(modelClass, "afterSave", record);
    if (wrote) await announceCommit(modelClass, record);
  });
}

/** Deletes with the callbacks around it. */
export async function destroyRecord(info: ModelInfo, record: object): Promise<void> {
  const { modelClass } = info;
  checkRecordWritable(info, "destroy()");
  const needed = hasCallbacks(modelClass, AROUND_DESTROY) || destroyConcernsOthers(info);
  await atomically(needed, record, async () => {
    if (stateOf(record).isDestroyed) return;
    checkPersisted(info, record, "destroy");
    await runCallbacks(modelClass, "beforeDestroy", record);
    announceWrite(modelClass, record);
    const afterStatement = await beforeDeleteStatement(info, record);
    await deleteRecord(info, record);
    await afterStatement();
    await runCallbacks(modelClass, "afterDestroy", record);
    await announceCommit(modelClass, record);
  });
}

/** A write with callbacks of its own: before it, after it, all or nothing. */
export async function writeWithCallbacks(
  info: ModelInfo,
  record: object,
  [before, after]: readonly [before: CallbackHook, after: CallbackHook],
  write: () => Promise<void>,
): Promise<void> {
  const { modelClass } = info;
  const needed = hasCallbacks(modelClass, [before, after, "afterRollback"]);
  await atomically(needed, record, async () => {
    await runCallbacks(modelClass, before, record);
    announceWrite(modelClass, record);
    await write();
    await runCallbacks(modelClass, after, record);
    await announceCommit(modelClass, record);
  });
}
