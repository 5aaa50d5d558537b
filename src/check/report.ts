/** What a check finds, and what it works with. */
import type { ReservedSQL } from "bun";
import type { Compiler } from "./compiler";
import type { Describer } from "./describer";
import type { ResultColumn } from "./emit";
import type { Place } from "./statement";

export interface Problem extends Place {
  readonly message: string;
  readonly hint?: string;
  /** The SQLSTATE, when it is the server that complains. */
  readonly code?: string;
}

export interface CheckedStatement extends Place {
  readonly name: string | undefined;
  /** "unchecked": why it says in `reason`. */
  readonly status: "right" | "wrong" | "unchecked";
  readonly text: string | undefined;
  readonly reason?: string;
  readonly problems: readonly Problem[];
  readonly parameters: readonly { readonly type: string; readonly given: string }[];
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly typescript: string;
  }[];
}

export interface SqlReport {
  readonly files: number;
  readonly statements: readonly CheckedStatement[];
  /** Templates that are parts of other templates and were checked with them. */
  readonly nested: number;
  /** Templates that are parts of queries which are only made at run time. */
  readonly fragments: readonly Place[];
  /** The columns of the named statements. */
  readonly results: ReadonlyMap<string, readonly ResultColumn[]>;
}

export interface Surroundings {
  readonly compiler: Compiler;
  readonly describer: Describer;
  readonly sql: ReservedSQL;
  /** A path as it is shown. */
  readonly show: (path: string) => string;
}
