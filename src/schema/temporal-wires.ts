/** Dates and times as Temporal objects on their way to PostgreSQL and back. Pure. */
import { toPostgresMoment, toTemporalInterval, toTemporalMoment } from "./iso";
import { interval } from "./scalar-wires";
import { toDuration } from "./scalars";
import { temporal } from "./temporal";
import { isTemporal, reject, type Wire } from "./wire";

/** A Temporal type: selected as text, which keeps microseconds. */
function temporalWire(parse: (text: string) => unknown): Wire {
  return {
    asText: true,
    decode: (raw) => {
      const printed = String(raw);
      return printed.endsWith("infinity")
        ? printed.startsWith("-")
          ? Number.NEGATIVE_INFINITY
          : Number.POSITIVE_INFINITY
        : parse(toTemporalMoment(printed));
    },
    encode(value) {
      if (value === Number.POSITIVE_INFINITY) return "infinity";
      if (value === Number.NEGATIVE_INFINITY) return "-infinity";
      if (value instanceof Date) return toPostgresMoment(value.toISOString());
      if (typeof value === "string") return value;
      return typeof value === "object" && value !== null && isTemporal(value)
        ? toPostgresMoment(value)
        : reject(value, "a Temporal value");
    },
  };
}

/** By short type name. */
export const temporalWires: Readonly<Record<string, Wire>> = {
  timestamptz: temporalWire((printed) => temporal().Instant.from(printed)),
  timestamp: temporalWire((printed) => temporal().PlainDateTime.from(printed)),
  date: temporalWire((printed) => temporal().PlainDate.from(printed)),
  // The end of a day, which PostgreSQL has and Temporal has not, stays text.
  time: temporalWire((printed) =>
    printed === "24:00:00" ? printed : temporal().PlainTime.from(printed),
  ),
  // What no Duration can be stays text, infinity too; text and Duration are written alike.
  interval: {
    ...interval,
    asText: true,
    direct: false,
    decode: (raw) => toDuration(toTemporalInterval(raw)),
  },
};
