/** Every type that a column can have, with arbitrary values as PostgreSQL reads them. */
import fc from "fast-check";

type Texts = fc.Arbitrary<string>;

const text = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .filter((value) => !value.includes("\0") && value.isWellFormed());
const ascii = (maxLength: number) => fc.stringMatching(new RegExp(`^[ -~]{0,${maxLength}}$`));
const from = (...values: string[]) => fc.constantFrom(...values);
const number = (min: number, max: number) => fc.integer({ min, max }).map(String);
const printed = (arbitrary: fc.Arbitrary<unknown>) => arbitrary.map(String);
const bigint = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const coordinate = printed(fc.double({ min: -1e6, max: 1e6, noNaN: true }));
const bits = (least: number, most: number) =>
  fc.stringMatching(new RegExp(`^[01]{${least},${most}}$`));
const two = (value: number, size = 2) => String(value).padStart(size, "0");

/** JSON as text; numbers that JavaScript holds, and not the lone `null`, which a record cannot tell from NULL. */
const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.stringify(value))
  .filter((value) => value !== "null" && !value.includes("\\u0000") && value.isWellFormed());

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat({ max: 20 }))
  .map(([digits, scale]) => {
    const whole = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
    const at = whole.length - scale;
    return `${digits < 0n ? "-" : ""}${whole.slice(0, at)}${scale > 0 ? `.${whole.slice(at)}` : ""}`;
  });

/** From the first day PostgreSQL knows to the last that a `Date` can be; `digits` of a second's fraction. */
const moment = (digits: 3 | 6) =>
  fc
    .tuple(
      fc.oneof(
        fc.integer({ min: Date.UTC(-4712, 0, 1), max: 8.64e15 - 1 }),
        fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2100, 0, 1) }),
      ),
      fc.nat({ max: 999 }),
    )
    .map(([time, micros]) => {
      const date = new Date(time);
      const year = date.getUTCFullYear();
      const clock = date.toISOString().slice(-13, -1) + (digits === 6 ? two(micros, 3) : "");
      const day = `${two(year > 0 ? year : 1 - year, 4)}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
      return {
        day: `${day}${year > 0 ? "" : " BC"}`,
        full: `${day} ${clock}${year > 0 ? "" : " BC"}`,
      };
    });
const infinite = from("infinity", "-infinity");

const clock = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(999_999))
  .map(
    ([hours, minutes, seconds, micros]) =>
      `${two(hours)}:${two(minutes)}:${two(seconds)}.${two(micros, 6)}`,
  );

/** Months, days and time, each of its own sign. */
const interval = fc
  .tuple(
    fc.integer({ min: -5000, max: 5000 }),
    fc.integer({ min: -100_000, max: 100_000 }),
    fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
    fc.constantFrom("mixed", "same", "time", "nothing"),
  )
  .map(([months, days, micros, kind]) => {
    const signed = kind === "same" ? Math.abs : (value: number) => value;
    const sign = kind === "same" && months < 0 ? "-" : "";
    if (kind === "nothing") return "0";
    const time = `${sign}${signed(micros)} microseconds`;
    return kind === "time"
      ? time
      : `${sign}${signed(months)} months ${sign}${signed(days)} days ${time}`;
  });

const range = (bound: Texts) =>
  fc.oneof(
    from("empty", "(,)"),
    bound.map((value) => `[${value},${value}]`),
    bound.map((value) => `(,${value})`),
    bound.map((value) => `[${value},)`),
  );
const multirange = (bound: Texts) =>
  fc.oneof(
    from("{}", "{(,)}"),
    bound.map((value) => `{[${value},${value}]}`),
  );
const both = (bound: Texts): [Texts, Texts] => [range(bound), multirange(bound)];
const quoted = (bound: Texts) => bound.map((value) => `"${value}"`);
const points = (count: number) =>
  fc.array(fc.tuple(coordinate, coordinate), { minLength: count, maxLength: 4 });

/** Statements that make the types which PostgreSQL does not bring. */
export const typeStatements = [
  `CREATE TYPE mood AS ENUM ('sad', 'so so', 'o,k"', '')`,
  "CREATE TYPE place AS (latitude float8, since date, tags text[])",
  "CREATE TYPE address AS (street_name text, house_number int8, mood mood, place place, note jsonb)",
  "CREATE DOMAIN email AS text CHECK (VALUE ~ '@')",
  "CREATE DOMAIN moods AS mood[]",
];

/** Types of the server's own bookkeeping, whose input is refused. */
export const internalTypes =
  /^(gtsvector|pg_brin_.*|pg_dependencies|pg_mcv_list|pg_ndistinct|pg_node_tree)$/;

const composite = (fields: (Texts | fc.Arbitrary<null>)[]) =>
  fc
    .tuple(...fields.map((field) => fc.option(field)))
    .map(
      (values) =>
        `(${values
          .map((value) => (value === null ? "" : `"${String(value).replace(/["\\]/g, "$&$&")}"`))
          .join(",")})`,
    );

/**
 * Texts by type.
 * @param digits 3: moments are such that a `Date` loses nothing
 * @param serverVersion as server_version_num: intervals are infinite since 17
 */
export function everyType(digits: 3 | 6, serverVersion: number): Readonly<Record<string, Texts>> {
  const time = moment(digits);
  const day = time.map((value) => value.day);
  const local = time.map((value) => value.full);
  const instant = local.map((value) => value.replace(/( BC)?$/, "+00$1"));
  const place = composite([printed(fc.double({ noNaN: true })), day, from("{}", '{a,NULL,"b c"}')]);
  const [int4range, int4multirange] = both(number(-1e6, 1e6));
  const [int8range, int8multirange] = both(
    printed(fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n })),
  );
  const [numrange, nummultirange] = both(decimal);
  const [daterange, datemultirange] = both(quoted(day));
  const [tsrange, tsmultirange] = both(quoted(local));
  const [tstzrange, tstzmultirange] = both(quoted(instant));
  return {
    bool: from("t", "f"),
    int2: fc.oneof(from("-32768", "32767"), number(-32768, 32767)),
    int4: fc.oneof(from("-2147483648", "2147483647"), printed(fc.integer())),
    int8: fc.oneof(from("9223372036854775807", "9007199254740993"), printed(bigint)),
    oid: number(0, 2 ** 31 - 1),
    float4: fc.oneof(
      from("NaN", "Infinity", "-Infinity", "-0"),
      printed(fc.float({ noNaN: true, noDefaultInfinity: true })),
    ),
    float8: fc.oneof(
      from("NaN", "Infinity", "-Infinity", "-0"),
      printed(fc.double({ noNaN: true, noDefaultInfinity: true })),
    ),
    numeric: fc.oneof(from("NaN", "Infinity", "-Infinity", "0.00", "-0"), decimal),
    "numeric(12,4)": number(-99_999_999, 99_999_999),
    money: from("0", "-92233720368547758.08", "12.34", "$1,234.56"),
    text,
    "varchar(12)": ascii(12),
    "char(5)": ascii(5),
    '"char"': ascii(1),
    name: ascii(30),
    email: ascii(5).map((value) => `${value}@`),
    uuid: fc.uuid(),
    bytea: fc
      .uint8Array({ maxLength: 40 })
      .map((bytes) => `\\x${Buffer.from(bytes).toString("hex")}`),
    json,
    jsonb: json,
    jsonpath: from("$", '$."a"[*]', "$.a?(@ > 1)"),
    xml: from("<a/>", "<a>ü &amp; b</a>", "text"),
    date: fc.oneof(infinite, from("0044-03-15 BC", "2024-02-29", "0001-01-01"), day),
    timestamp: fc.oneof(infinite, local),
    "timestamp(3)": local,
    timestamptz: fc.oneof(infinite, instant),
    time: fc.oneof(from("00:00:00", "24:00:00"), clock),
    timetz: fc.oneof(
      from("24:00:00+00"),
      clock.map((value) => `${value}+05:30`),
    ),
    interval: serverVersion < 170_000 ? interval : fc.oneof(infinite, interval),
    inet: fc.oneof(fc.ipV4(), fc.ipV6(), from("10.1.2.3/8")),
    cidr: from("10.0.0.0/8", "2001:db8::/32", "192.168.1.1/32"),
    macaddr: from("08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"),
    macaddr8: from("08:00:2b:01:02:03:04:05"),
    point: points(1).map(([point]) => `(${point})`),
    line: from("{1,-1,0}", "{0.1,2,-3e10}"),
    lseg: points(2).map(([a, b]) => `[(${a}),(${b})]`),
    box: points(2).map(([a, b]) => `(${a}),(${b})`),
    path: points(1).map((all) => `[${all.map((point) => `(${point})`)}]`),
    polygon: points(1).map((all) => `(${all.map((point) => `(${point})`)})`),
    circle: points(1).map(([point]) => `<(${point}),5>`),
    "bit(4)": bits(4, 4),
    "varbit(9)": bits(0, 9),
    tsvector: from("", "'a':1 'b c':2A,3", "'ü'"),
    tsquery: from("", "'a' & !'b'", "'x' <-> 'y':*"),
    pg_lsn: from("0/0", "16/B374D848"),
    regclass: from("pg_class", "wides"),
    regcollation: from('"C"'),
    regconfig: from("english"),
    regdictionary: from("simple"),
    regnamespace: from("pg_catalog"),
    regoper: from("||/"),
    regoperator: from("+(integer,integer)"),
    regproc: from("now"),
    regprocedure: from("now()", "upper(text)"),
    regrole: from("pg_monitor"),
    regtype: from("integer", "mood[]"),
    xid: from("3", "4294967295"),
    cid: from("0", "7"),
    aclitem: from("pg_monitor=r/pg_monitor"),
    xid8: from("0", "18446744073709551615"),
    int2vector: from("", "1 2 3"),
    tid: from("(0,1)", "(4294967295,65535)"),
    pg_snapshot: from("10:20:10,14"),
    txid_snapshot: from("10:20:10,14,15"),
    refcursor: from("cursor", ""),
    int4range,
    int8range,
    numrange,
    daterange,
    tsrange,
    tstzrange,
    int4multirange,
    int8multirange,
    nummultirange,
    datemultirange,
    tsmultirange,
    tstzmultirange,
    mood: from("sad", "so so", 'o,k"', ""),
    moods: from("{}", '{sad,NULL,"o,k\\""}'),
    place,
    address: composite([text, printed(bigint), from("sad", 'o,k"'), place, json]),
  };
}
