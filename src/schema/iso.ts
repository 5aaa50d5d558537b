/**
 * ISO 8601 as Temporal writes it and as PostgreSQL does. Of intervals PostgreSQL signs each part ("P-1DT-2H"),
 * Temporal the whole ("-P1DT2H"); years before the first are "0044 BC" here, "-000043" there. Pure.
 */

/** Temporal's spelling, where it has one: parts of different sign stay as they are. */
export function toTemporalInterval(value: unknown): string {
  const text = String(value);
  return /^P(-[\d.]+[A-Z]|T)+$/.test(text) ? `-${text.replaceAll("-", "")}` : text;
}

/** PostgreSQL's spelling; it refuses Temporal's when the duration is negative. */
export function toPostgresInterval(value: unknown): string {
  return String(value).replace(/^-(P.*)/, (_all, rest: string) => rest.replace(/\d[\d.]*/g, "-$&"));
}

/** "0044-03-15 BC" -> "-000043-03-15", "12024-01-01 00:00:00" -> "+012024-01-01 00:00:00" */
export function toTemporalMoment(text: string): string {
  return text.replace(/^(\d{4,})(-.*?)( BC)?$/, (_all, digits: string, rest: string, era = "") => {
    const year = era ? 1 - Number(digits) : Number(digits);
    return year >= 0 && year <= 9999
      ? String(year).padStart(4, "0") + rest
      : `${year < 0 ? "-" : "+"}${String(Math.abs(year)).padStart(6, "0")}${rest}`;
  });
}

/** "-000043-03-15" -> "0044-03-15 BC"; without the calendar that Temporal may append. */
export function toPostgresMoment(value: unknown): string {
  const text = String(value).replace(/\[.*\]$/, "");
  return text.replace(/^([+-]\d{6})(-.*)$/, (_all, digits: string, rest: string) => {
    const year = Number(digits);
    return year > 0 ? year + rest : `${String(1 - year).padStart(4, "0")}${rest} BC`;
  });
}
