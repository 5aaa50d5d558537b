/**
 * The one statement that reads pg_catalog. One, so that all parts show the same moment; JSON, so
 * that no driver's decoding comes between. Everything is joined, not looked up row by row: high
 * cost estimates would make the server compile the query.
 */

/** What an extension brought along is its own business, not the application's. */
const extensionOf = (catalog: string, oid: string) => `
  LEFT JOIN pg_catalog.pg_depend AS extension
    ON extension.classid = 'pg_catalog.${catalog}'::regclass
    AND extension.objid = ${oid} AND extension.objsubid = 0 AND extension.deptype = 'e'`;

const commentOn = (catalog: string, oid: string, number = "0") => `
  LEFT JOIN pg_catalog.pg_description AS comment
    ON comment.classoid = 'pg_catalog.${catalog}'::regclass
    AND comment.objoid = ${oid} AND comment.objsubid = ${number}`;

/**
 * Joins the type of a use and, if that is an array, its element's. The element must name the array
 * as its own, since int2vector and the like look similar.
 */
const typeOf = (oid: string) => `
  JOIN pg_catalog.pg_type AS used ON used.oid = ${oid}
  LEFT JOIN pg_catalog.pg_type AS item ON item.oid = used.typelem AND item.typarray = used.oid
  JOIN pg_catalog.pg_namespace AS home ON home.oid = coalesce(item.typnamespace, used.typnamespace)`;

/** A TypeUse; the modifier of an array type is its element's. */
const use = (modifier: string, dimensions: string) => `json_build_object(
    'oid', coalesce(item.oid, used.oid), 'schema', home.nspname,
    'name', coalesce(item.typname, used.typname), 'kind', coalesce(item.typtype, used.typtype),
    'printed', pg_catalog.format_type(coalesce(item.oid, used.oid), ${modifier}),
    'array', item.oid IS NOT NULL, 'dimensions', ${dimensions})`;

/** `$1` is a JSON array of schema names. */
const relation = `
  SELECT class.oid, namespace.nspname AS schema, class.relname AS name, class.relkind AS kind,
    CASE WHEN class.relkind IN ('v', 'f')
      THEN pg_catalog.pg_relation_is_updatable(class.oid, true) END AS events,
    comment.description AS comment
  FROM pg_catalog.pg_class AS class
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
  ${extensionOf("pg_class", "class.oid")} ${commentOn("pg_class", "class.oid")}
  WHERE namespace.nspname IN (SELECT pg_catalog.jsonb_array_elements_text($1::text::jsonb))
    AND class.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT class.relispartition
    AND class.relname NOT IN ('schema_migrations', 'schema_migrations_progress') AND extension.objid IS NULL`;

/** PostgreSQL 18 can promise NOT NULL for new rows only (NOT VALID): old ones may still be null. */
const column = `
  SELECT attribute.attrelid AS relation, attribute.attname AS name,
    ${use("attribute.atttypmod", "attribute.attndims")} AS type,
    attribute.attnotnull AND pending.oid IS NULL AS required,
    CASE attribute.attgenerated WHEN ''
      THEN pg_catalog.pg_get_expr(preset.adbin, preset.adrelid) END AS "default",
    attribute.attidentity AS identity, attribute.attgenerated AS generated,
    relation.events & 28 <> 0 AND NOT pg_catalog.pg_column_is_updatable(
      attribute.attrelid, attribute.attnum, true) AS "readOnly",
    comment.description AS comment
  FROM relation
  JOIN pg_catalog.pg_attribute AS attribute ON attribute.attrelid = relation.oid
  ${typeOf("attribute.atttypid")}
  LEFT JOIN pg_catalog.pg_attrdef AS preset
    ON preset.adrelid = attribute.attrelid AND preset.adnum = attribute.attnum
  LEFT JOIN pg_catalog.pg_constraint AS pending
    ON pending.conrelid = attribute.attrelid AND pending.contype = 'n'
    AND NOT pending.convalidated AND pending.conkey[1] = attribute.attnum
  ${commentOn("pg_class", "attribute.attrelid", "attribute.attnum")}
  WHERE attribute.attnum > 0 AND NOT attribute.attisdropped
  ORDER BY attribute.attrelid, attribute.attnum`;

/** The row types of tables that serve as the type of something; others are of no interest. */
const usedRowType = `
  SELECT coalesce(item.oid, used.oid) AS oid
  FROM (SELECT atttypid AS oid FROM pg_catalog.pg_attribute WHERE attnum > 0 AND NOT attisdropped
    UNION SELECT typbasetype FROM pg_catalog.pg_type WHERE typtype = 'd') AS mention
  ${typeOf("mention.oid")}
  WHERE coalesce(item.typtype, used.typtype) = 'c'`;

/** Base types are told where they are used; what remains is what is made of something. */
const type = `
  SELECT type.oid, namespace.nspname AS schema, type.typname AS name, type.typtype AS kind,
    class.relkind IS NOT DISTINCT FROM 'c' OR type.typtype = 'e' AS standalone,
    extension.objid IS NOT NULL AS extension,
    type.typnotnull AS required, type.typdefault AS "default",
    base.use AS base, label.list AS labels, field.list AS fields, comment.description AS comment
  FROM pg_catalog.pg_type AS type
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = type.typnamespace
  LEFT JOIN pg_catalog.pg_class AS class ON class.oid = type.typrelid
  LEFT JOIN (
    SELECT domain.oid, ${use("domain.typtypmod", "domain.typndims")} AS use
    FROM pg_catalog.pg_type AS domain ${typeOf("domain.typbasetype")}
    WHERE domain.typtype = 'd') AS base ON base.oid = type.oid
  LEFT JOIN (
    SELECT enumtypid AS oid, json_agg(enumlabel ORDER BY enumsortorder) AS list
    FROM pg_catalog.pg_enum GROUP BY enumtypid) AS label ON label.oid = type.oid
  LEFT JOIN (
    SELECT attribute.attrelid AS oid, json_agg(json_build_object('name', attribute.attname,
      'type', ${use("attribute.atttypmod", "attribute.attndims")},
      'comment', comment.description) ORDER BY attribute.attnum) AS list
    FROM pg_catalog.pg_attribute AS attribute
    JOIN pg_catalog.pg_class AS owner ON owner.oid = attribute.attrelid
    ${typeOf("attribute.atttypid")}
    ${commentOn("pg_class", "attribute.attrelid", "attribute.attnum")}
    WHERE attribute.attnum > 0 AND NOT attribute.attisdropped
      AND (owner.relkind = 'c' OR owner.reltype IN (SELECT oid FROM used_row_type))
    GROUP BY attribute.attrelid) AS field ON field.oid = type.typrelid
  ${extensionOf("pg_type", "type.oid")} ${commentOn("pg_type", "type.oid")}
  WHERE type.typtype IN ('d', 'e')
    OR type.typtype = 'c' AND (class.relkind = 'c' OR type.oid IN (SELECT oid FROM used_row_type))`;

/** The support function by which an operator class of B-trees says when equal values have the same bytes. */
const equalImage = 4;

/**
 * Invalid indexes guarantee nothing; those of EXCLUDE constraints are told by the constraints.
 * Without the cast to text the expressions would become names too, cut off after 63 bytes.
 */
const index = `
  SELECT index.indrelid AS relation, class.relname AS name, index.indisunique AS "unique",
    pg_catalog.pg_get_expr(index.indpred, index.indrelid) AS "where",
    owner.oid IS NOT NULL AS "constraint",
    index.indisunique AND index.indnullsnotdistinct AS "nullsNotDistinct",
    index.indisunique AND NOT keys.exact AS "inexact", keys.list AS columns
  FROM relation
  JOIN pg_catalog.pg_index AS index ON index.indrelid = relation.oid
  JOIN pg_catalog.pg_class AS class ON class.oid = index.indexrelid
  JOIN (
    SELECT keyed.indexrelid, json_agg(coalesce(attribute.attname::text,
      pg_catalog.pg_get_indexdef(keyed.indexrelid, key.position::int, true)) ORDER BY key.position) AS list,
      bool_and(coalesce(image.amproc = 'pg_catalog.btequalimage'::regproc
        OR image.amproc = 'pg_catalog.btvarstrequalimage'::regproc
        AND locale.collisdeterministic, false)) AS exact
    FROM relation
    JOIN pg_catalog.pg_index AS keyed ON keyed.indrelid = relation.oid
    CROSS JOIN LATERAL unnest(keyed.indkey::int2[]) WITH ORDINALITY AS key (number, position)
    LEFT JOIN pg_catalog.pg_attribute AS attribute
      ON attribute.attrelid = keyed.indrelid AND attribute.attnum = key.number
    LEFT JOIN pg_catalog.pg_opclass AS operators
      ON operators.oid = keyed.indclass[key.position - 1]
    LEFT JOIN pg_catalog.pg_amproc AS image
      ON image.amprocfamily = operators.opcfamily AND image.amprocnum = ${equalImage}
      AND image.amproclefttype = operators.opcintype
      AND image.amprocrighttype = operators.opcintype
    LEFT JOIN pg_catalog.pg_collation AS locale
      ON locale.oid = keyed.indcollation[key.position - 1]
    WHERE key.position <= keyed.indnkeyatts
    GROUP BY keyed.indexrelid) AS keys ON keys.indexrelid = index.indexrelid
  LEFT JOIN pg_catalog.pg_constraint AS owner
    ON owner.conindid = index.indexrelid AND owner.conrelid = index.indrelid AND owner.contype = 'u'
  WHERE index.indisvalid AND NOT index.indisprimary AND NOT index.indisexclusion`;

const attributeNames = (owner: string, numbers: string) => `
  LEFT JOIN (
    SELECT keyed.oid, json_agg(attribute.attname ORDER BY key.position) AS list
    FROM relation
    JOIN pg_catalog.pg_constraint AS keyed ON keyed.conrelid = relation.oid
    CROSS JOIN LATERAL unnest(keyed.${numbers}) WITH ORDINALITY AS key (number, position)
    JOIN pg_catalog.pg_attribute AS attribute
      ON attribute.attrelid = keyed.${owner} AND attribute.attnum = key.number
    GROUP BY keyed.oid) AS ${numbers} ON ${numbers}.oid = found.oid`;

/**
 * Foreign keys have further rows for each partition they reach, with a parent: those are left out.
 * A UNIQUE constraint WITHOUT OVERLAPS is an exclusion to whoever wants to rely on it.
 */
const constraint = `
  SELECT found.conrelid AS relation, found.conname AS name,
    CASE WHEN found.contype = 'u' THEN 'x' ELSE found.contype END AS kind,
    coalesce(conkey.list, '[]') AS columns,
    namespace.nspname AS schema, target.relname AS "table",
    coalesce(confkey.list, '[]') AS references,
    CASE WHEN found.contype = 'c' THEN pg_catalog.pg_get_expr(found.conbin, found.conrelid)
      WHEN found.contype IN ('x', 'u') THEN pg_catalog.pg_get_constraintdef(found.oid) END AS expression
  FROM relation
  JOIN pg_catalog.pg_constraint AS found ON found.conrelid = relation.oid
  LEFT JOIN pg_catalog.pg_index AS index ON index.indexrelid = found.conindid
  LEFT JOIN pg_catalog.pg_class AS target ON target.oid = found.confrelid
  LEFT JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = target.relnamespace
  ${attributeNames("conrelid", "conkey")} ${attributeNames("confrelid", "confkey")}
  WHERE found.contype IN ('p', 'c', 'x') OR found.contype = 'f' AND found.conparentid = 0
    OR found.contype = 'u' AND index.indisexclusion`;

/** All that a write of a table may reach: the table, its partitions, and the tables that inherit from it. */
const reach = `
  SELECT oid AS relation, kind, oid AS member FROM relation WHERE kind IN ('r', 'p')
  UNION
  SELECT reach.relation, reach.kind, heir.inhrelid
  FROM reach JOIN pg_catalog.pg_inherits AS heir ON heir.inhparent = reach.member`;

/**
 * What may change a row on its way to the table: triggers BEFORE INSERT and UPDATE, those of an heir or a part as
 * well. There is no telling, and no name, where a rule rewrites the statement, where a part is a foreign table, and
 * where an heir computes what its parent does not (PostgreSQL 15 and before).
 */
const rowTrigger = `
  SELECT reach.relation, trigger.tgname AS name
  FROM reach JOIN pg_catalog.pg_trigger AS trigger ON trigger.tgrelid = reach.member
  WHERE trigger.tgenabled <> 'D' AND trigger.tgtype & 3 = 3 AND trigger.tgtype & 20 <> 0
  UNION
  SELECT relation.oid, NULL
  FROM relation JOIN pg_catalog.pg_rewrite AS rule ON rule.ev_class = relation.oid
  WHERE rule.ev_type IN ('2', '3') AND rule.ev_enabled <> 'D'
  UNION
  SELECT reach.relation, NULL
  FROM reach JOIN pg_catalog.pg_class AS class ON class.oid = reach.member
  WHERE class.relkind = 'f'
  UNION
  SELECT reach.relation, NULL
  FROM reach
  JOIN pg_catalog.pg_attribute AS computed ON computed.attrelid = reach.member
  JOIN pg_catalog.pg_attribute AS plain
    ON plain.attrelid = reach.relation AND plain.attname = computed.attname
  WHERE computed.attgenerated <> '' AND plain.attgenerated = ''`;

const rowsOf = (name: string) => `(SELECT coalesce(json_agg(${name}), '[]')::text FROM ${name})`;

export const catalogQuery = `WITH RECURSIVE relation AS (${relation}),
"column" AS (${column}),
used_row_type AS (${usedRowType}),
type AS (${type}),
index AS (${index}),
"constraint" AS (${constraint}),
reach AS (${reach}),
row_trigger AS (${rowTrigger})
SELECT (SELECT json_agg(nspname)::text FROM pg_catalog.pg_namespace) AS schemas,
  ${rowsOf("relation")} AS relations, ${rowsOf('"column"')} AS columns,
  ${rowsOf("type")} AS types, ${rowsOf("index")} AS indexes, ${rowsOf('"constraint"')} AS constraints,
  ${rowsOf("row_trigger")} AS "rowTriggers"`;
