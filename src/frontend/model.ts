/** `FrontendModel(table)`: the generated row with dirty tracking, validation and JSON, without a database. */
import { assignAttributes } from "../record/attributes";
import { type Changes, ChangeTracker } from "../record/changes";
import { describeClass } from "../record/define";
import { DEFINITION, type RecordDefinition } from "../record/definition";
import { ValidationErrors } from "../record/errors";
import { columnAs, recordJSON } from "../record/json";
import type { ValidationContext } from "../record/rules";
import { fieldsOf, recordShape } from "../record/shape";
import type { RecordClass } from "../record/typename";
import { runValidations, runValidationsSync } from "../record/validate";
import type { TableDefinition } from "../schema/table";
import { temporalTypeOf } from "../schema/values";
import { hydrateAs } from "./hydrate";
import type { FrontendModelStatic, FrontendRow } from "./types";

/** The state of a record, kept under a symbol that neither keys nor a proxy stumble over. */
class State extends ChangeTracker {
  errors = new ValidationErrors();

  /** Takes what a validation found; answers whether that was nothing. */
  settle(errors: ValidationErrors): boolean {
    this.errors = errors;
    return errors.isEmpty;
  }
}

const STATE = Symbol();

/** Temporal values (and a Date) write themselves; the app wants to go on working with them. */
function writesItself(value: unknown): boolean {
  return typeof value === "object" && "toJSON" in Object(value);
}

/**
 * Makes a frontend model of a table of `db/schema.ts`; extend it.
 *
 * @param table the same definition that the server's model uses
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

    static readonly tableDefinition = table;

    static build(attributes: object = {}): object {
      const record = new this();
      record.assignAttributes(attributes);
      return record;
    }

    static declare(declarations: object): void {
      Object.assign(this, declarations);
    }

    static fromJSON(json: unknown): object {
      return hydrateAs(json, 0, this);
    }

    constructor(attributes: object = {}) {
      super();
      Object.defineProperty(this, STATE, { value: new State(shape) });
      assignAttributes(this, this[DEFINITION], attributes, { columnsOnly: true });
    }

    get [DEFINITION](): RecordDefinition {
      const modelClass = this.constructor;
      let definition = definitions.get(modelClass);
      if (!definition) {
        definition = describeClass({ modelClass, shape, base: FrontendRecord.prototype });
        definitions.set(modelClass, definition);
      }
      return definition;
    }

    get isNewRecord(): boolean {
      return !this[STATE].baseline;
    }

    get errors(): ValidationErrors {
      return this[STATE].errors;
    }

    assignAttributes(attributes: object): void {
      assignAttributes(this, this[DEFINITION], attributes);
    }

    markPersisted(): void {
      this[STATE].capture(this);
    }

    changed(field?: string): boolean {
      return this[STATE].changed(this, field);
    }

    changedAttributes(): Changes {
      return this[STATE].changedAttributes(this);
    }

    clone(overrides: object = {}): FrontendRecord {
      const copy = Object.assign(new this.constructor(), this);
      copy[STATE].baseline = this[STATE].baseline;
      copy.assignAttributes(overrides);
      return copy;
    }

    isValid(context?: ValidationContext): boolean {
      return this[STATE].settle(runValidationsSync(this, this[DEFINITION], context));
    }

    async validate(context?: ValidationContext): Promise<boolean> {
      return this[STATE].settle(await runValidations(this, this[DEFINITION], context));
    }

    applyErrors(json: unknown): void {
      this[STATE].errors = ValidationErrors.fromJSON(json);
    }

    patch(): Record<string, unknown> {
      // The key and version that were read, whatever the form did to them: the server looks for that row.
      const keys = [...shape.primaryKey, "lockVersion"];
      const json: Record<string, unknown> = {};
      for (const name of [...keys, ...this[STATE].changedNames(this)]) {
        const read = keys.includes(name) ? this[STATE].was(name) : undefined;
        const value = columnAs("toJSON", this[DEFINITION], name, read ?? fieldsOf(this)[name]);
        if (value !== undefined) json[name] = value;
      }
      return json;
    }

    toJSON(): Record<string, unknown> {
      return recordJSON(this, this[DEFINITION], undefined, writesItself);
    }
  }
  return FrontendRecord;
}
