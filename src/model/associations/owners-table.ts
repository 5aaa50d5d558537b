/** The keys of the owners as a table of the statement, numbered. */
import type { Previous } from "../../query/source";
import { cast, column, listParameter, selectItem } from "../../sql/build";
import type { SelectItem, UnnestSource } from "../../sql/nodes";
import type { Route } from "./association";
import type { Keys } from "./record-keys";

/** Names of ours inside the statements; attributes are camelCase, so none can be like them. */
export const OWNERS = "baked_owners";
export const NUMBER = "baked_number";

/** `unnest(keys) WITH ORDINALITY`: the keys as a table, numbered if need be. */
export function ownersTable(route: Route, keys: Keys, numbered: boolean): UnnestSource {
  return {
    kind: "unnest",
    alias: OWNERS,
    columns: route.owner.map(({ name }) => keyName(name)),
    ...(numbered ? { ordinality: NUMBER } : undefined),
    lists: route.owner.map(({ definition }, index) =>
      cast(listParameter(keys.columns[index] ?? [], definition), definition, true),
    ),
  };
}

/** The keys' table has names of its own: raw SQL of a scope must not find its columns there. */
function keyName(column: string): string {
  return `baked_key_${column}`;
}

/** The owner's columns there. */
export const ownersColumns: Previous = (name) => column(OWNERS, keyName(name));

/** The number of the owner, as a column of the result. */
export const numberItem: SelectItem = selectItem(column(OWNERS, NUMBER), NUMBER);
