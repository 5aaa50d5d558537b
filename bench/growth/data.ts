/** Tables for growth: many rows, many children, many columns, a long chain. */

export const ROWS = 100_000;
export const PARENTS = 1_000;
export const CHILDREN = 10;
export const WIDTHS = [10, 100, 1_000] as const;
export const WIDE_ROWS = 200;
export const CHAIN = 101;

const wide = (columns: number) => {
  const names = Array.from({ length: columns }, (_, n) => `c${n}`);
  return `create table g_wide_${columns} (id integer primary key, ${names.map((name) => `${name} integer not null`).join(", ")});
insert into g_wide_${columns} select n, ${names.map((_, index) => `n + ${index}`).join(", ")} from generate_series(1, ${WIDE_ROWS}) n;`;
};

export const growthTables = `
drop table if exists g_rows, g_new, g_codes, g_parents, g_children, g_chain, ${WIDTHS.map((width) => `g_wide_${width}`).join(", ")} cascade;
create table g_rows (id integer primary key, name text not null, amount integer not null, bucket integer not null, created_at timestamptz not null);
insert into g_rows select n, 'Row ' || n, n % 500, n % 1000, timestamptz '2025-01-01 00:00:00+00' + n * interval '1 second' from generate_series(1, ${ROWS}) n;
create table g_new (id integer primary key generated always as identity, name text not null, amount integer not null);
create table g_codes (id integer primary key generated always as identity, code text not null unique, amount integer not null);
create table g_parents (id integer primary key, name text not null);
insert into g_parents select n, 'Parent ' || n from generate_series(1, ${PARENTS}) n;
create table g_children (id integer primary key, parent_id integer not null, title text not null);
insert into g_children select n, 1 + n % ${PARENTS}, 'Child ' || n from generate_series(1, ${PARENTS * CHILDREN}) n;
create index g_children_parent on g_children (parent_id, id desc);
create table g_chain (id integer primary key, next_id integer, name text not null);
insert into g_chain select n, nullif(n + 1, ${CHAIN + 1}), 'Link ' || n from generate_series(1, ${CHAIN}) n;
${WIDTHS.map(wide).join("\n")}
vacuum analyze`;

export const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
export const newRows = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ name: `New ${n}`, amount: n % 500 }));
export const codes = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ code: `C-${n}`, amount: n % 500 }));
