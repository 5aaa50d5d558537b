/**
 * The class that the records of a table begin with, and the loop that makes them. Both are written for one model and
 * compiled: code that all models share sees so many shapes of object that making a record costs ten times as much.
 */
import type { DriverRow } from "../connection/driver";
import type { TableDefinition } from "../schema/table";
import { type AssignRow, assignment } from "./hydrate";
import { GROUP, INVERSE, type Inverse, type RecordGroup, type RecordState, STATE } from "./state";

/** What the records of one result have in common. */
export interface HydratedResult {
  readonly group: RecordGroup | undefined;
  readonly strict: boolean;
  /** Sets the attributes when the rows do not have all of them. */
  readonly assign: AssignRow | undefined;
}

/** How a row gets to a constructor that takes attributes: what is here when it begins is meant for it. */
const arriving: {
  modelClass: object | undefined;
  row: DriverRow | undefined;
  result: HydratedResult | undefined;
} = { modelClass: undefined, row: undefined, result: undefined };

export interface RecordClassHooks {
  /** Ends the construction of a record that was not read. */
  begin(record: object, modelClass: object, attributes: object | undefined): void;
  /** The state of a record, when it is first asked for: most records are only read. */
  stateOf(
    record: object,
    row: DriverRow | undefined,
    result: HydratedResult | undefined,
    inverse: Inverse | undefined,
  ): RecordState;
}

/** `class UsersRow {}` as `bake` generates it, once its types are gone. */
const emptyClass = /^class\s*[\w$]*\s*\{\s*\}$/;

/** The class for `table`, under its row class. */
export function compileRecordClass(
  table: TableDefinition,
  { begin, stateOf }: RecordClassHooks,
): new (
  attributes?: object,
) => object {
  const RowClass = table.rowClass as new () => object;
  // An empty constructor need not be called.
  const isEmpty = emptyClass.test(Function.prototype.toString.call(RowClass));
  const { lines, decoders } = assignment(table.columns, Object.keys(table.columns), "this");
  const names = decoders.map((_decoder, index) => `decode${index}`);
  // Only attribute names of the schema reach the source text, as JSON strings.
  const make = new Function(
    "arriving",
    "begin",
    "stateOf",
    "STATE",
    "GROUP",
    "INVERSE",
    "RowClass",
    ...names,
    `let regrouped = { group: undefined, strict: false, assign: undefined };
    return class ${isEmpty ? "" : "extends RowClass"} {
      #state = undefined;
      #row = undefined;
      #result = undefined;
      #inverse = undefined;
      constructor(attributes) {
        ${isEmpty ? "" : "super();"}
        const { row } = arriving;
        if (row === undefined || arriving.modelClass !== new.target) {
          begin(this, new.target, attributes);
          return;
        }
        // At once: the constructor of a subclass may make other records of the class.
        arriving.row = undefined;
        const { result } = arriving;
        this.#row = row;
        this.#result = result;
        if (result.assign === undefined) {
          let value;
          ${lines}
        } else result.assign(this, row);
      }
      get [STATE]() {
        if (this.#state === undefined) {
          this.#state = stateOf(this, this.#row, this.#result, this.#inverse);
          this.#row = undefined;
          this.#result = undefined;
          this.#inverse = undefined;
        }
        return this.#state;
      }
      [GROUP](group) {
        const result = this.#result;
        if (result === undefined) {
          this[STATE].group = group;
          return;
        }
        const { strict } = result;
        // One for all records of the group.
        if (regrouped.group !== group || regrouped.strict !== strict) {
          regrouped = { group, strict, assign: undefined };
        }
        this.#result = regrouped;
      }
      [INVERSE](inverse) {
        if (this.#result === undefined || this.#inverse !== undefined) return false;
        this.#inverse = inverse;
        return true;
      }
    };`,
  );
  const made = make(arriving, begin, stateOf, STATE, GROUP, INVERSE, RowClass, ...decoders);
  if (isEmpty) {
    Object.setPrototypeOf(made, RowClass);
    Object.setPrototypeOf(made.prototype, RowClass.prototype);
  }
  return made;
}

/** Puts a record for each row into `records`. */
export type FillRecords = (
  records: object[],
  rows: readonly DriverRow[],
  result: HydratedResult,
) => void;

/** The loop for one class; `modelClass` is the class whose records are made. */
export function compileFillRecords(modelClass: object): FillRecords {
  return new Function(
    "arriving",
    "ModelClass",
    `return function fillRecords(records, rows, result) {
      arriving.modelClass = ModelClass;
      arriving.result = result;
      try {
        for (let index = 0; index < rows.length; index++) {
          arriving.row = rows[index];
          records[index] = new ModelClass();
        }
      } finally {
        arriving.modelClass = arriving.row = arriving.result = undefined;
      }
    };`,
  )(arriving, modelClass) as FillRecords;
}
