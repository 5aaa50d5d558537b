/** A server with a real certificate of its own: which settings connect, and what the others are told. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import type { DatabaseConfig } from "../../src/connection/config";
import { translateConnectError } from "../../src/connection/connect-error";
import { toSqlOptions } from "../../src/connection/database-target";
import { resolveDatabase } from "../../src/connection/resolve-database";
import { ensureLocalServer, stopLocalServer } from "../../src/local/index";
import { certificate, privateKey } from "../support/certificate";
import { runBake, temporaryProject } from "../support/cli";
import { runFolder } from "../support/run";

let directory: string;
let url: string;

beforeAll(async () => {
  directory = runFolder("tls-server");
  const options = { directory, database: "shop", durable: false, announce: () => {} };
  url = (await ensureLocalServer(options)).url;
  const sql = new SQL(url, { max: 1 });
  const [row] = await sql`SELECT current_setting('data_directory') AS data`;
  const { uid, gid } = statSync(row.data);
  for (const [name, text] of Object.entries({
    "server.crt": certificate,
    "server.key": privateKey,
  })) {
    const file = join(row.data, name);
    writeFileSync(file, text);
    chmodSync(file, 0o600);
    chownSync(file, uid, gid);
  }
  await sql`ALTER SYSTEM SET ssl = on`;
  // Not over plain TCP: this role has to encrypt.
  await sql`CREATE ROLE careful LOGIN PASSWORD 'secret'`;
  const hba = join(row.data, "pg_hba.conf");
  writeFileSync(hba, `hostnossl all careful all reject\n${await Bun.file(hba).text()}`);
  await sql`SELECT pg_reload_conf()`;
  await sql.close();
  while ((await connectWith({ sslmode: "prefer" })) !== "encrypted") await Bun.sleep(20);
});

afterAll(() => stopLocalServer(directory));

/** "encrypted", "plain", or what the user is told. */
async function connectWith(
  { sslmode, user }: { sslmode?: string; user?: string },
  extra: Partial<DatabaseConfig> = {},
): Promise<string> {
  const address = new URL(url);
  if (sslmode) address.searchParams.set("sslmode", sslmode);
  if (user) Object.assign(address, { username: user, password: "secret" });
  const target = resolveDatabase({ database: { url: address.href, ...extra } }, {});
  if (!target) throw new Error("no target");
  const sql = new SQL(toSqlOptions(target, { max: 1 }));
  try {
    const [row] = await sql`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;
    return row.ssl ? "encrypted" : "plain";
  } catch (error) {
    return (await translateConnectError(error, target)).message;
  } finally {
    await sql.close();
  }
}

describe("a certificate that signed itself", () => {
  test("is enough for prefer and require, which do not look at it", async () => {
    expect(await connectWith({ sslmode: "prefer" })).toBe("encrypted");
    expect(await connectWith({ sslmode: "require" })).toBe("encrypted");
    expect(await connectWith({ sslmode: "disable" })).toBe("plain");
  });

  test.each(["verify-ca", "verify-full"])("is not enough for %s", async (sslmode) => {
    const message = await connectWith({ sslmode });
    expect(message).toContain('No TLS connection to database "shop" on 127.0.0.1');
    expect(message).toMatch(/self.signed certificate/);
    expect(message).toContain("tls: { ca:");
    expect(message).not.toContain("\n");
  });

  test("is trusted when the config gives it as the authority", async () => {
    expect(await connectWith({}, { tls: { ca: certificate } })).toBe("encrypted");
  });

  test("a role that may only come encrypted is told so", async () => {
    const message = await connectWith({ user: "careful" });
    expect(message).toContain("It may want TLS: add ?sslmode=require");
    expect(await connectWith({ user: "careful", sslmode: "require" })).toBe("encrypted");
  });

  test("migrations run over it, and a refusal is one line", async () => {
    await using project = temporaryProject({
      "db/migrations/20250101000000.a.ts":
        "export async function up(txn) { await txn`CREATE TABLE a AS SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`; }",
    });
    const bake = (sslmode: string) =>
      runBake(["db", "migrate", "up"], {
        cwd: project.directory,
        env: { DATABASE_URL: `${url}?sslmode=${sslmode}` },
      });
    const refused = await bake("verify-full");
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr.trim().split("\n")).toHaveLength(1);
    expect(await bake("require")).toMatchObject({ exitCode: 0 });
    await using sql = new SQL(url, { max: 1 });
    expect([...(await sql`SELECT ssl FROM a`)]).toEqual([{ ssl: true }]);
  });
});
