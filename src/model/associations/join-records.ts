/** The records in between of a hasManyThrough, written and removed as targets are added and taken away. */
import { AssociationError } from "../../errors";
import { QueryBuilder } from "../../query/builder";
import { conditionList } from "../../query/conditions";
import { fieldsOf } from "../../record/shape";
import { adopt, referTo } from "./assign";
import { DirectAssociation } from "./direct";
import { PolymorphicAssociation } from "./polymorphic";
import { destroyAssociate, saveAssociate } from "./saving";
import type { ThroughAssociation } from "./through";

export interface JoinRecords {
  /** Writes the record between the two, unless there is one. */
  create(owner: object, target: object): Promise<void>;
  /** Destroys all records between the two, with their callbacks. */
  destroy(owner: object, target: object): Promise<void>;
}

/** Throws AssociationError where it is not clear which record would have to be written. */
export function joinRecords(association: ThroughAssociation): JoinRecords {
  const { through, source, between } = association;
  const isOneStep = through instanceof DirectAssociation && !through.isBelongsTo;
  const refers =
    source instanceof PolymorphicAssociation ||
    (source instanceof DirectAssociation && source.isBelongsTo);
  if (!isOneStep || !refers) {
    throw new AssociationError(
      `${association.place} can only be read: ${between.name} does not refer to both ends.`,
      { hint: `Write the records of ${through.place} and ${source.place} instead.` },
    );
  }
  const make = (owner: object, target: object) => {
    const record = between.build({});
    adopt(through, owner, record);
    referTo(source, record, target);
    return record;
  };
  const existing = async (pattern: object): Promise<object[]> => {
    const names = [...through.keys.target, ...Object.keys(through.typeValues), ...source.ownerKey];
    const fields = fieldsOf(pattern);
    const conditions = Object.fromEntries(names.map((name) => [name, fields[name]]));
    const where = conditionList(between.source, conditions);
    return await new QueryBuilder<object>(between.source).with((s) => ({ ...s, where }));
  };
  return {
    async create(owner, target) {
      const record = make(owner, target);
      const [there] = await existing(record);
      if (!there) await saveAssociate(record);
    },
    async destroy(owner, target) {
      for (const record of await existing(make(owner, target))) await destroyAssociate(record);
    },
  };
}
