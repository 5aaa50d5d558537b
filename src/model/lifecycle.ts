/** The order of a save and of a destroy: validations, callbacks, SQL, and the transaction around them. */
import { currentDatabase } from "../connection/database";
import { ValidationError, ValidationErrors } from "../record/errors";
import { runValidations } from "../record/validate";
import { type CallbackHook, hasCallbacks, runCallbacks } from "./callbacks";
import type { ModelInfo } from "./info";
import { deleteRecord, insertRecord, updateRecord } from "./persistence";
import { stateOf } from "./state";

/** Runs validations with their callbacks; the errors stay on the record. */
async function validate(info: ModelInfo, record: object): Promise<ValidationErrors> {
  const { modelClass } = info;
  const state = stateOf(record);
  info.normalizeRecord(record);
  state.errors = new ValidationErrors();
  await runCallbacks(modelClass, "beforeValidation", record);
  const found = await runValidations(record, info.definition, state.isNew ? "create" : "update");
  // What a callback added by hand counts too.
  for (const [field, messages] of found) {
    for (const message of messages) state.errors.add(field, message);
  }
  await runCallbacks(modelClass, "afterValidation", record);
  return state.errors;
}

export async function isValidRecord(info: ModelInfo, record: object): Promise<boolean> {
  return (await validate(info, record)).isEmpty;
}

/** One write at a time for each record: a second save() waits, and then saves what is left to save. */
async function oneAtATime<R>(record: object, write: () => Promise<R>): Promise<R> {
  const state = stateOf(record);
  while (state.writing) await state.writing;
  const running = write();
  const settled = running.then(ignore, ignore);
  state.writing = settled;
  try {
    return await running;
  } finally {
    if (state.writing === settled) state.writing = undefined;
  }
}

function ignore(): void {}

const AROUND_SAVE = [
  "beforeValidation",
  "afterValidation",
  "beforeSave",
  "beforeCreate",
  "beforeUpdate",
  "afterCreate",
  "afterUpdate",
  "afterSave",
] as const;

/** Callbacks and the statement stand or fall together; a statement alone needs no transaction. */
async function atomically<R>(needed: boolean, work: () => Promise<R>): Promise<R> {
  return needed ? await currentDatabase().transaction({}, work) : await work();
}

/** Saves with everything around it. Throws ValidationError when the record is not valid. */
export async function saveRecord(
  info: ModelInfo,
  record: object,
  conflict?: unknown,
): Promise<void> {
  const { modelClass } = info;
  await oneAtATime(record, () =>
    atomically(hasCallbacks(modelClass, ...AROUND_SAVE), async () => {
      const errors = await validate(info, record);
      if (!errors.isEmpty) throw new ValidationError(info.name, errors);
      const isNew = stateOf(record).isNew;
      const kind = isNew ? "Create" : "Update";
      await runCallbacks(modelClass, "beforeSave", record);
      await runCallbacks(modelClass, `before${kind}`, record);
      if (isNew) {
        // A row that was skipped by ON CONFLICT was not created, so nothing follows.
        if (!(await insertRecord(info, record, conflict))) return;
      } else await updateRecord(info, record);
      await runCallbacks(modelClass, `after${kind}`, record);
      await runCallbacks(modelClass, "afterSave", record);
    }),
  );
}

/** Deletes with the callbacks around it. */
export async function destroyRecord(info: ModelInfo, record: object): Promise<void> {
  const { modelClass } = info;
  await oneAtATime(record, () =>
    atomically(hasCallbacks(modelClass, "beforeDestroy", "afterDestroy"), async () => {
      await runCallbacks(modelClass, "beforeDestroy", record);
      await deleteRecord(info, record);
      await runCallbacks(modelClass, "afterDestroy", record);
    }),
  );
}

/** A write with callbacks of its own: before it, after it, all or nothing. */
export async function writeWithCallbacks(
  info: ModelInfo,
  record: object,
  [before, after]: readonly [before: CallbackHook, after: CallbackHook],
  write: () => Promise<void>,
): Promise<void> {
  const { modelClass } = info;
  await oneAtATime(record, () =>
    atomically(hasCallbacks(modelClass, before, after), async () => {
      await runCallbacks(modelClass, before, record);
      await write();
      await runCallbacks(modelClass, after, record);
    }),
  );
}
