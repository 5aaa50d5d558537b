/**
 * The class that the records of a table begin with, and the loop that makes them. Both are written for one model and
 * compiled: code that all models share sees so many shapes of object that making a record costs ten times as much.
 */
import type { DriverRow } from "../connection/driver";
import type { RecordLists } from "../query/source";
import type { TableDefinition } from "../schema/table";
import { assignment, isWide } from "./hydrate";
import { type HydratedResult, LOADED, type RecordState, SHARED, STATE } from "./state";

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
  ): RecordState;
}

/**
 * Never runs. An object gets room for the names that its constructor is seen to set, and JavaScriptCore does not count
 * private ones: without this most records would need a second piece of memory for their last columns.
 */
const ROOM = "if (row === null) this.room1 = this.room2 = this.room3 = undefined;";

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
  const { columns } = table;
  const attributes = Object.keys(columns);
  // Rows in the other form go by `assign`: code for both would be too much for one constructor.
  const { lines, decoders } = assignment(columns, attributes, "this", isWide(table));
  const names = decoders.map((_decoder, index) => `decode${index}`);
  // Only attribute names of the schema reach the source text, as JSON strings.
  const make = new Function(
    "arriving",
    "begin",
    "stateOf",
    "STATE",
    "SHARED",
    "LOADED",
    "RowClass",
    ...names,
    `return class ${isEmpty ? "" : "extends RowClass"} {
      // The row, until the state is asked for.
      #row = undefined;
      // What the record shares with others while there is a row; then its state.
      #known = undefined;
      // The first loaded association, until the state has it.
      #loaded = undefined;
      constructor(attributes) {
        ${isEmpty ? "" : "super();"}
        const { row } = arriving;
        if (row === undefined || arriving.modelClass !== new.target) {
          begin(this, new.target, attributes);
          return;
        }
        ${ROOM}
        // At once: the constructor of a subclass may make other records of the class.
        arriving.row = undefined;
        const { result } = arriving;
        this.#row = row;
        this.#known = result;
        if (result.assign === undefined) {
          let value;
          ${lines}
        } else result.assign(this, row);
      }
      get [STATE]() {
        if (this.#row !== undefined || this.#known === undefined) {
          const state = stateOf(this, this.#row, this.#known);
          if (this.#loaded !== undefined) {
            state.loaded = this.#loaded;
            this.#loaded = undefined;
          }
          this.#known = state;
          this.#row = undefined;
        }
        return this.#known;
      }
      get [LOADED]() {
        return this.#row === undefined ? this[STATE].loaded : this.#loaded;
      }
      set [LOADED](entry) {
        if (this.#row === undefined) this[STATE].loaded = entry;
        else this.#loaded = entry;
      }
      get [SHARED]() {
        return this.#row === undefined ? undefined : this.#known;
      }
      set [SHARED](result) {
        this.#known = result;
      }
    };`,
  );
  const made = make(arriving, begin, stateOf, STATE, SHARED, LOADED, RowClass, ...decoders);
  if (isEmpty) {
    Object.setPrototypeOf(made, RowClass);
    Object.setPrototypeOf(made.prototype, RowClass.prototype);
  }
  return made;
}

/** Puts a record for each row into `records`, and into one of `lists` when the loop is made for a name of theirs. */
export type FillRecords = (
  records: object[],
  rows: readonly DriverRow[],
  result: HydratedResult,
  lists: RecordLists | undefined,
) => void;

/**
 * The loop for one class; `modelClass` is the class whose records are made. Sorting them by what the rows hold under
 * `sortName` in the same loop takes a third of what another loop over the rows would.
 */
export function compileFillRecords(modelClass: object, sortName: string | undefined): FillRecords {
  const isSorted = sortName !== undefined;
  // Rows of one owner often stand together.
  const sort = `const value = row[${JSON.stringify(sortName)}];
    if (value !== last) list = lists.listOf(last = value);
    if (list !== undefined) list.push(record);`;
  return new Function(
    "arriving",
    "ModelClass",
    `return function fillRecords(records, rows, result, lists) {
      arriving.modelClass = ModelClass;
      arriving.result = result;
      ${isSorted ? "let last = null, list;" : ""}
      try {
        for (let index = 0; index < rows.length; index++) {
          const row = arriving.row = rows[index];
          const record = records[index] = new ModelClass();
          ${isSorted ? sort : ""}
        }
      } finally {
        arriving.modelClass = arriving.row = arriving.result = undefined;
      }
    };`,
  )(arriving, modelClass) as FillRecords;
}
