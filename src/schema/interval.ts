/** Intervals in ISO 8601: PostgreSQL signs each part ("P-1DT-2H"), Temporal the whole ("-P1DT2H"). Pure. */

/** Temporal's spelling, where it has one: parts of different sign stay as they are. */
export function toTemporalInterval(value: unknown): string {
  const text = String(value);
  return /^P(-[\d.]+[A-Z]|T)+$/.test(text) ? `-${text.replaceAll("-", "")}` : text;
}

/** PostgreSQL's spelling; it refuses Temporal's when the duration is negative. */
export function toPostgresInterval(value: unknown): string {
  return String(value).replace(/^-(P.*)/, (_all, rest: string) => rest.replace(/\d[\d.]*/g, "-$&"));
}
