/** `FrontendModel(table)`: the generated row with dirty tracking, validation and JSON, without a database. */
import { ConfigurationError } from "../errors";
import { assignAttributes, reservedColumns } from "../record/attributes";
import { type Changes, ChangeTracker } from "../record/changes";
import { defineRecord } from "../record/define";
import { DEFINITION, type RecordDefinition } from "../record/definition";
import { ValidationErrors } from "../record/errors";
import { columnJSON, recordJSON } from "../record/json";
import type { ValidationContext } from "../record/rules";
import { fieldsOf, recordShape } from "../record/shape";
import type { RecordClass } from "../record/typename";
import { runValidations, runValidationsSync } from "../record/validate";
import type { TableDefinition } from "../schema/table";
import { temporalTypeOf } from "../schema/values";
import { hydrateAs } from "./hydrate";
import type { FrontendModelStatic, FrontendRow } from "./types";

/** The state of a record, kept under a symbol that neither keys nor a proxy stumble over. */
interface State {
  tracker: ChangeTracker;
  errors: ValidationErrors;
}

const STATE = Symbol("state");

/** Temporal values are immutable and write themselves; the app wants to go on working with them. */
function isTemporal(value: unknown): boolean {
  return Object.prototype.toString.call(value).startsWith("[object Temporal");
}

/**
 * Makes a frontend model of a table of `db/schema.ts`; extend it.
 *
 * @param table the same definition that the server's model uses
 * @throws ConfigurationError when a column has the name of a member, such as "errors"
 * @example
 * class User extends FrontendModel(users) {
 *   static validations = { name: validates("presence") };
 *   declare posts: Post[];
 * }
 */
export function FrontendModel<const Table extends TableDefinition>(
  table: Table,
): FrontendModelStatic<FrontendRow<Table>>;
export function FrontendModel(table: TableDefinition): unknown {
  const shape = recordShape(table, temporalTypeOf);
  const definitions = new WeakMap<object, RecordDefinition>();
  const Row = table.rowClass as new () => object;

  class FrontendRecord extends Row {
    declare readonly [STATE]: State;
    // biome-ignore lint/complexity/useLiteralKeys: a field cannot be named constructor
    declare ["constructor"]: RecordClass & (new () => FrontendRecord);

    static get tableDefinition(): TableDefinition {
      return table;
    }

    static build(attributes: object = {}): object {
      const record = new this();
      record.assignAttributes(attributes);
      return record;
    }

    static fromJSON(json: unknown): object {
      return hydrateAs(this, json);
    }

    constructor(attributes: object = {}) {
      super();
      const state: State = { tracker: new ChangeTracker(shape), errors: new ValidationErrors() };
      Object.defineProperty(this, STATE, { value: state });
      assignAttributes(this, this[DEFINITION], attributes, { columnsOnly: true });
    }

    get [DEFINITION](): RecordDefinition {
      const modelClass = this.constructor;
      let definition = definitions.get(modelClass);
      if (!definition) {
        definition = defineRecord({ modelClass, shape, base: FrontendRecord.prototype });
        definitions.set(modelClass, definition);
      }
      return definition;
    }

    get isNewRecord(): boolean {
      return !this[STATE].tracker.baseline;
    }

    get errors(): ValidationErrors {
      return this[STATE].errors;
    }

    assignAttributes(attributes: object): void {
      assignAttributes(this, this[DEFINITION], attributes);
    }

    markPersisted(): void {
      this[STATE].tracker.capture(this);
    }

    changed(field?: string): boolean {
      return this[STATE].tracker.changed(this, field);
    }

    changedAttributes(): Changes {
      return this[STATE].tracker.changedAttributes(this);
    }

    clone(overrides: object = {}): FrontendRecord {
      const copy = new this.constructor();
      Object.assign(copy, this);
      copy[STATE].tracker = this[STATE].tracker.clone();
      copy.assignAttributes(overrides);
      return copy;
    }

    isValid(context?: ValidationContext): boolean {
      const errors = runValidationsSync(this, this[DEFINITION], context ?? contextOf(this));
      this[STATE].errors = errors;
      return errors.isEmpty;
    }

    async validate(context?: ValidationContext): Promise<boolean> {
      const errors = await runValidations(this, this[DEFINITION], context ?? contextOf(this));
      this[STATE].errors = errors;
      return errors.isEmpty;
    }

    applyErrors(json: unknown): void {
      this[STATE].errors = ValidationErrors.fromJSON(json);
    }

    patch(): Record<string, unknown> {
      const { tracker } = this[STATE];
      const json: Record<string, unknown> = {};
      const put = (name: string, value: unknown) => {
        if (shape.types[name] && value !== undefined) {
          json[name] = columnJSON(this[DEFINITION], name, value);
        }
      };
      const changed = tracker.changedNames(this);
      // The key and version that were read, whatever the form did to them: the server looks for that row.
      for (const name of [...shape.primaryKey, "lockVersion"]) {
        put(name, tracker.was(name) ?? fieldsOf(this)[name]);
      }
      for (const name of changed) if (!(name in json)) put(name, fieldsOf(this)[name]);
      return json;
    }

    toJSON(): Record<string, unknown> {
      return recordJSON(this, this[DEFINITION], undefined, isTemporal);
    }
  }

  for (const name of reservedColumns(shape.names, FrontendRecord.prototype)) {
    throw new ConfigurationError(
      `Column ${table.tableName}.${name} has the name of a member of FrontendModel.`,
    );
  }
  return FrontendRecord;
}

function contextOf(record: { isNewRecord: boolean }): ValidationContext {
  return record.isNewRecord ? "create" : "update";
}
