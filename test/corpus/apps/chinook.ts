/** Models over Chinook, and queries with the SQL that must give the same; checked against the generated schema. */
import { belongsTo, hasMany, Model, registerModels, sql } from "baked-orm";
import * as schema from "./schema";

class Artist extends Model(schema.artist, { albums: hasMany<Album>("Album") }) {}
class Album extends Model(schema.album, {
  artist: belongsTo<Artist>("Artist"),
  tracks: hasMany<Track>("Track"),
}) {}
class Genre extends Model(schema.genre, { tracks: hasMany<Track>("Track") }) {}
class Track extends Model(schema.track, {
  album: belongsTo<Album>("Album"),
  genre: belongsTo<Genre>("Genre"),
  invoiceLines: hasMany<InvoiceLine>("InvoiceLine"),
  playlistTracks: hasMany<PlaylistTrack>("PlaylistTrack"),
}) {}
class Playlist extends Model(schema.playlist, {
  playlistTracks: hasMany<PlaylistTrack>("PlaylistTrack"),
}) {}
class PlaylistTrack extends Model(schema.playlist_track, {
  playlist: belongsTo<Playlist>("Playlist"),
  track: belongsTo<Track>("Track"),
}) {}
class Employee extends Model(schema.employee, {
  manager: belongsTo<Employee>("Employee", { foreignKey: "reportsTo" }),
  reports: hasMany<Employee>("Employee", { foreignKey: "reportsTo" }),
  customers: hasMany<Customer>("Customer"),
}) {}
class Customer extends Model(schema.customer, {
  supportRep: belongsTo<Employee>("Employee", { foreignKey: "supportRepId" }),
  invoices: hasMany<Invoice>("Invoice"),
}) {}
class Invoice extends Model(schema.invoice, {
  customer: belongsTo<Customer>("Customer"),
  lines: hasMany<InvoiceLine>("InvoiceLine"),
}) {}
class InvoiceLine extends Model(schema.invoice_line, {
  invoice: belongsTo<Invoice>("Invoice"),
  track: belongsTo<Track>("Track"),
}) {}

registerModels({
  Artist,
  Album,
  Genre,
  Track,
  Playlist,
  PlaylistTrack,
  Employee,
  Customer,
  Invoice,
  InvoiceLine,
});

export const tables = 11;

export const queries: { name: string; ours: () => Promise<unknown>; sql: string }[] = [
  {
    name: "columns of every kind of a row",
    ours: async () => {
      const track = await Track.find(6);
      return [[track.name, track.composer, track.milliseconds, track.unitPrice, track.albumId]];
    },
    sql: "SELECT name, composer, milliseconds, unit_price, album_id FROM track WHERE track_id = 6",
  },
  {
    name: "filter, order and limit",
    ours: () =>
      Track.where({ milliseconds: { gt: 300_000 }, composer: { ne: null } })
        .order({ milliseconds: "DESC", trackId: "ASC" })
        .limit(25)
        .pluck("trackId", "name", "unitPrice"),
    sql: "SELECT track_id, name, unit_price FROM track WHERE milliseconds > 300000 AND composer IS NOT NULL ORDER BY milliseconds DESC, track_id LIMIT 25",
  },
  {
    name: "two levels of includes",
    ours: async () => {
      const artists = await Artist.where({ name: { starts_with: "A" } })
        .includes("albums.tracks")
        .order({ artistId: "ASC" });
      return artists.map(({ name, albums }) => [
        name,
        albums.length,
        albums.reduce((sum, { tracks }) => sum + tracks.length, 0),
      ]);
    },
    sql: `SELECT r.name, (SELECT count(*)::int FROM album a WHERE a.artist_id = r.artist_id),
      (SELECT count(*)::int FROM track t JOIN album a USING (album_id) WHERE a.artist_id = r.artist_id)
      FROM artist r WHERE r.name LIKE 'A%' ORDER BY r.artist_id`,
  },
  {
    name: "belongsTo through three tables",
    ours: async () => {
      const lines = await InvoiceLine.includes("track.album.artist", "invoice.customer")
        .order({ invoiceLineId: "ASC" })
        .limit(40);
      return lines.map(({ invoiceLineId, track, invoice }) => [
        invoiceLineId,
        track?.album?.artist?.name,
        invoice?.customer?.email,
      ]);
    },
    sql: `SELECT l.invoice_line_id, r.name, c.email FROM invoice_line l JOIN track t USING (track_id)
      JOIN album a USING (album_id) JOIN artist r USING (artist_id) JOIN invoice i USING (invoice_id)
      JOIN customer c USING (customer_id) ORDER BY 1 LIMIT 40`,
  },
  {
    name: "a table that refers to itself, both ways",
    ours: async () => {
      const employees = await Employee.includes("manager", "reports").order({ employeeId: "ASC" });
      return employees.map(({ lastName, manager, reports }) => [
        lastName,
        manager?.lastName ?? null,
        reports.length,
      ]);
    },
    sql: `SELECT e.last_name, m.last_name, (SELECT count(*)::int FROM employee r WHERE r.reports_to = e.employee_id)
      FROM employee e LEFT JOIN employee m ON m.employee_id = e.reports_to ORDER BY e.employee_id`,
  },
  {
    name: "a subquery",
    ours: () =>
      Customer.where({ customerId: Invoice.where({ total: { gt: "15" } }).select("customerId") })
        .order({ customerId: "ASC" })
        .pluck("email"),
    sql: "SELECT email FROM customer WHERE customer_id IN (SELECT customer_id FROM invoice WHERE total > 15) ORDER BY customer_id",
  },
  {
    name: "conditions on associations",
    ours: () =>
      Artist.where({ albums: { some: { tracks: { some: { genre: { is: { name: "Jazz" } } } } } } })
        .order({ artistId: "ASC" })
        .pluck("name"),
    sql: `SELECT name FROM artist r WHERE EXISTS (SELECT 1 FROM album a JOIN track t USING (album_id) JOIN genre g USING (genre_id)
      WHERE a.artist_id = r.artist_id AND g.name = 'Jazz') ORDER BY artist_id`,
  },
  {
    name: "artists without albums, and counts with limits",
    ours: async () => [
      [
        await Artist.whereMissing("albums").count(),
        await Track.limit(10).count(),
        await Track.count(),
      ],
    ],
    sql: `SELECT (SELECT count(*)::int FROM artist r WHERE NOT EXISTS (SELECT 1 FROM album a WHERE a.artist_id = r.artist_id)),
      10, (SELECT count(*)::int FROM track)`,
  },
  {
    name: "joins by association with a fragment",
    ours: () =>
      Track.joins("album.artist")
        .where(sql`artist.name = ${"Queen"}`)
        .order({ trackId: "ASC" })
        .pluck("name"),
    sql: "SELECT t.name FROM track t JOIN album USING (album_id) JOIN artist r USING (artist_id) WHERE r.name = 'Queen' ORDER BY track_id",
  },
  {
    name: "timestamps without time zone",
    ours: () =>
      Invoice.where({ invoiceDate: { gte: new Date("2022-01-01"), lt: new Date("2023-01-01") } })
        .order({ invoiceDate: "DESC", invoiceId: "ASC" })
        .pluck("invoiceId", "total", "invoiceDate"),
    sql: "SELECT invoice_id, total, invoice_date FROM invoice WHERE invoice_date >= '2022-01-01' AND invoice_date < '2023-01-01' ORDER BY invoice_date DESC, invoice_id",
  },
  {
    name: "composite keys",
    ours: async () => {
      const found = await PlaylistTrack.find([
        [1, 3402],
        [1, 3389],
      ]);
      const { track } = await PlaylistTrack.where({ playlistId: 1, trackId: 3402 })
        .includes("track")
        .sole();
      return [[...found.map(({ trackId }) => trackId), track?.name]];
    },
    sql: "SELECT 3402, 3389, name FROM track WHERE track_id = 3402",
  },
  {
    name: "withCount, and either of two conditions",
    ours: async () => {
      const customers = await Customer.where({
        or: [{ country: "Brazil" }, { company: { ilike: "%google%" } }],
      })
        .withCount("invoices")
        .order({ customerId: "ASC" });
      return customers.map(({ lastName, invoicesCount }) => [lastName, invoicesCount]);
    },
    sql: `SELECT last_name, (SELECT count(*)::int FROM invoice i WHERE i.customer_id = c.customer_id)
      FROM customer c WHERE country = 'Brazil' OR company ILIKE '%google%' ORDER BY customer_id`,
  },
  {
    name: "every page of a keyset pagination",
    ours: async () => {
      const ids: number[] = [];
      let page = await Track.order({ composer: "ASC" }).paginate({ first: 700 });
      for (;;) {
        ids.push(...page.records.map(({ trackId }) => trackId));
        if (page.next === null) return ids.map((id) => [id]);
        page = await Track.order({ composer: "ASC" }).paginate({ first: 700, after: page.next });
      }
    },
    sql: "SELECT track_id FROM track ORDER BY composer, track_id",
  },
];
