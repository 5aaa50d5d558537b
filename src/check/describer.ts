/**
 * Asks the server what a statement takes and gives, by Parse and Describe of its protocol: nothing is executed, which
 * a driver cannot promise. https://www.postgresql.org/docs/current/protocol-flow.html
 */
import { createHash } from "node:crypto";
import { isIP, connect as openSocket, type Socket } from "node:net";
import { connect as startTls } from "node:tls";
import type { DatabaseTarget } from "../connection/database-target";
import { ConnectionError } from "../errors";
import {
  type DescribedColumn,
  type Frame,
  frame,
  readColumns,
  readFrames,
  readParameters,
  readRefusal,
  type ServerRefusal,
} from "./frames";
import { Scram } from "./scram";

export interface Description {
  /** Type oids of $1, $2... */
  readonly parameters: readonly number[];
  readonly columns: readonly DescribedColumn[];
}

const PROTOCOL = 196_608;
const SSL_REQUEST = 80_877_103;

export class Describer implements AsyncDisposable {
  readonly #target: DatabaseTarget;
  readonly #socket: Socket;
  readonly #frames: Frame[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #failure: Error | undefined;
  #wake = () => {};

  private constructor(target: DatabaseTarget, socket: Socket) {
    this.#target = target;
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => {
      const { frames, rest } = readFrames(Buffer.concat([this.#rest, bytes]));
      this.#rest = rest;
      this.#frames.push(...frames);
      this.#wake();
    });
    const fail = (reason: string) => {
      this.#failure ??= new ConnectionError(`The connection to ${target} broke: ${reason}.`);
      this.#wake();
    };
    socket.on("error", (error) => fail(error.message));
    socket.on("close", () => fail("the server ended it"));
  }

  /** Logs in. Throws ConnectionError. */
  static async open(target: DatabaseTarget): Promise<Describer> {
    const describer = new Describer(target, await encrypted(target, await dial(target)));
    try {
      await describer.#logIn();
      return describer;
    } catch (error) {
      describer.#socket.destroy();
      if (error instanceof ConnectionError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConnectionError(`The login to ${target} failed: ${reason}.`, { cause: error });
    }
  }

  /**
   * What the statement takes and gives, or what the server has against it.
   * @param types oids that the driver declares for $1, $2...; 0 leaves it to the server
   */
  async describe(
    text: string,
    types: readonly number[] = [],
  ): Promise<Description | ServerRefusal> {
    const count = Buffer.alloc(2);
    count.writeUInt16BE(types.length);
    const statement = Buffer.from("S\0");
    this.#send(frame("P", "", text, count, ...types), frame("D", statement), frame("S"));
    let parameters: readonly number[] = [];
    let columns: readonly DescribedColumn[] = [];
    let refusal: ServerRefusal | undefined;
    for (;;) {
      const { type, body } = await this.#next();
      if (type === "t") parameters = readParameters(body);
      else if (type === "T") columns = readColumns(body);
      else if (type === "E") refusal = readRefusal(body);
      else if (type === "Z") return refusal ?? { parameters, columns };
    }
  }

  async #logIn(): Promise<void> {
    const { username, database, password, parameters } = this.#target;
    const settings = { ...parameters, user: username, database, application_name: "bake sql" };
    this.#send(frame("", PROTOCOL, ...Object.entries(settings).flat(), Buffer.alloc(1)));
    const scram = new Scram(password);
    for (;;) {
      const { type, body } = await this.#next();
      if (type === "E") throw new Error(readRefusal(body).message);
      if (type === "Z") return;
      if (type === "R") this.#authenticate(scram, body);
    }
  }

  #authenticate(scram: Scram, body: Buffer): void {
    const { username, password } = this.#target;
    const text = body.toString("utf8", 4);
    switch (body.readInt32BE(0)) {
      case 0:
        return;
      case 3:
        this.#send(frame("p", password));
        return;
      case 5: {
        const md5 = (value: Buffer) => createHash("md5").update(value).digest("hex");
        const inner = md5(Buffer.from(password + username));
        this.#send(frame("p", `md5${md5(Buffer.concat([Buffer.from(inner), body.subarray(4)]))}`));
        return;
      }
      case 10: {
        const first = Buffer.from(scram.first());
        this.#send(frame("p", "SCRAM-SHA-256", first.length, first));
        return;
      }
      case 11:
        this.#send(frame("p", Buffer.from(scram.proof(text))));
        return;
      case 12:
        scram.verify(text);
        return;
      default:
        throw new Error("the server asks for a kind of login other than a password");
    }
  }

  #send(...frames: readonly Buffer[]): void {
    this.#socket.write(Buffer.concat(frames));
  }

  async #next(): Promise<Frame> {
    for (;;) {
      const found = this.#frames.shift();
      if (found) return found;
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#failure ??= new ConnectionError("This session was closed.");
    this.#socket.end(frame("X"));
  }
}

function dial(target: DatabaseTarget): Promise<Socket> {
  const { hostname: host, port, socket: path } = target;
  return new Promise((resolve, reject) => {
    const socket = openSocket(path === undefined ? { host, port } : { path });
    socket.once("connect", () => resolve(socket));
    socket.once("error", (cause) => {
      reject(
        new ConnectionError(`Nothing answers on ${target}: ${cause.message}.`, {
          cause,
        }),
      );
    });
  });
}

/** The socket inside TLS, where the target wants it and the server offers it. */
async function encrypted(target: DatabaseTarget, socket: Socket): Promise<Socket> {
  const { tls, hostname } = target;
  if (tls === "disable" || tls === "allow" || target.socket !== undefined) return socket;
  const answer = await new Promise<string>((resolve, reject) => {
    socket.once("data", (bytes: Buffer) => resolve(bytes.toString("latin1", 0, 1)));
    socket.once("error", reject);
    socket.write(frame("", SSL_REQUEST));
  });
  if (answer !== "S") {
    if (tls === "prefer") return socket;
    socket.destroy();
    throw new ConnectionError(`${target} offers no TLS, which is asked for.`);
  }
  const options = typeof tls === "object" ? tls : {};
  const isChecked = typeof tls === "object" || tls === "verify-ca" || tls === "verify-full";
  return await new Promise((resolve, reject) => {
    const secure = startTls({
      host: hostname,
      // The extension that carries the name takes no addresses.
      ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
      rejectUnauthorized: isChecked,
      ...(tls === "verify-ca" ? { checkServerIdentity: () => undefined } : {}),
      ...(options as object),
      socket,
    });
    secure.once("secureConnect", () => resolve(secure));
    secure.once("error", (cause) => {
      reject(
        new ConnectionError(`No TLS connection to ${target}: ${cause.message}.`, {
          cause,
        }),
      );
    });
  });
}
