/** SCRAM-SHA-256 (RFC 5802, 7677), the client's side. Pure but for the nonce. */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

const hmac = (key: Buffer, text: string) => createHmac("sha256", key).update(text).digest();

export class Scram {
  readonly #password: string;
  readonly #nonce: string;
  #signature = Buffer.alloc(0);

  constructor(password: string, nonce = randomBytes(18).toString("base64")) {
    this.#password = password.normalize("NFKC");
    this.#nonce = nonce;
  }

  /** The first message: PostgreSQL takes the user's name from the connection. */
  first(): string {
    return `n,,n=,r=${this.#nonce}`;
  }

  /** The proof, in answer to the server's salt. Throws when the server answers somebody else. */
  proof(serverFirst: string): string {
    const { r: nonce = "", s: salt = "", i: iterations = "" } = attributes(serverFirst);
    if (!nonce.startsWith(this.#nonce)) throw new Error("the server's nonce is not ours");
    const key = pbkdf2Sync(
      this.#password,
      Buffer.from(salt, "base64"),
      Number(iterations),
      32,
      "sha256",
    );
    const clientKey = hmac(key, "Client Key");
    const storedKey = createHash("sha256").update(clientKey).digest();
    const last = `c=biws,r=${nonce}`;
    const message = `n=,r=${this.#nonce},${serverFirst},${last}`;
    const signature = hmac(storedKey, message);
    this.#signature = hmac(hmac(key, "Server Key"), message);
    const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
    return `${last},p=${Buffer.from(proof).toString("base64")}`;
  }

  /** Throws when the server does not know the password either. */
  verify(serverLast: string): void {
    const given = Buffer.from(attributes(serverLast).v ?? "", "base64");
    if (given.length !== this.#signature.length || !timingSafeEqual(given, this.#signature)) {
      throw new Error("the server could not prove that it knows the password");
    }
  }
}

function attributes(message: string): Partial<Record<string, string>> {
  return Object.fromEntries(
    message.split(",").map((part) => [part.slice(0, 1), part.slice(2)] as const),
  );
}
