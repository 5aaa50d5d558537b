/** Which records were loaded together, level by level. */
import { type RecordGroup, sharedOf, stateOf } from "../state";
import { expectedValue } from "./cache";

const below = new WeakMap<RecordGroup, Map<string, RecordGroup>>();

/** The group of a record; one that was loaded alone is a group by itself. */
function groupOf(record: object, autoBatch: boolean): RecordGroup {
  const known = sharedOf(record)?.group;
  if (known) return known;
  const state = stateOf(record);
  if (!state.group) {
    const held = new WeakRef(record);
    state.group = {
      members: () => {
        const alive = held.deref();
        return alive ? [alive] : [];
      },
      autoBatch,
    };
  }
  return state.group;
}

/** All that the members hold, or will hold, under this name: nobody else holds the records of a level together. */
function groupBelow(parent: RecordGroup, name: string): RecordGroup {
  const groups = below.get(parent) ?? new Map<string, RecordGroup>();
  below.set(parent, groups);
  let group = groups.get(name);
  if (!group) {
    group = {
      members: () => parent.members().flatMap((member) => recordsIn(expectedValue(member, name))),
      autoBatch: parent.autoBatch,
    };
    groups.set(name, group);
  }
  return group;
}

/** The records of a loaded value. */
export function recordsIn(value: unknown): readonly object[] {
  if (Array.isArray(value)) return value;
  return typeof value === "object" && value !== null ? [value] : [];
}

/** The group of what an owner holds. */
export type GroupsBelow = (owner: object) => RecordGroup;

/** Finds the groups of what is loaded under one name; mostly the owners are of one group themselves. */
export function groupsBelow(name: string, autoBatch: boolean): GroupsBelow {
  let parent: RecordGroup | undefined;
  let group: RecordGroup | undefined;
  return (owner) => {
    const own = groupOf(owner, autoBatch);
    if (own !== parent || !group) group = groupBelow(own, name);
    parent = own;
    return group;
  };
}
