/** Messages of the protocol, and SCRAM by the example of RFC 7677. */
import { describe, expect, test } from "bun:test";
import { frame, readColumns, readFrames, readRefusal } from "../../../src/check/frames";
import { Scram } from "../../../src/check/scram";

describe("frames", () => {
  test("have a type, their length, and what is in them", () => {
    expect(frame("S").toString("hex")).toBe("5300000004");
    expect(frame("P", "", "SELECT 1", Buffer.alloc(2)).toString("hex")).toBe(
      "5000000010" + "00" + "53454c454354203100" + "0000",
    );
    expect(frame("", 196_608).toString("hex")).toBe("0000000800030000");
  });

  test("are read whole, however they arrive", () => {
    const both = Buffer.concat([frame("Z", Buffer.from("I")), frame("t", Buffer.alloc(2))]);
    for (let cut = 0; cut <= both.length; cut++) {
      const first = readFrames(both.subarray(0, cut));
      const second = readFrames(Buffer.concat([first.rest, both.subarray(cut)]));
      expect([...first.frames, ...second.frames].map(({ type }) => type)).toEqual(["Z", "t"]);
      expect(second.rest).toHaveLength(0);
    }
  });

  test("tell columns and refusals", () => {
    const column = Buffer.alloc(18);
    column.writeUInt32BE(4_000_000_000, 0);
    column.writeInt16BE(2, 4);
    column.writeUInt32BE(25, 6);
    const row = Buffer.concat([Buffer.from([0, 1]), Buffer.from("naïve\0"), column]);
    expect(readColumns(row)).toEqual([
      { name: "naïve", table: 4_000_000_000, attribute: 2, type: 25 },
    ]);
    expect(readRefusal(Buffer.from("SERROR\0C42703\0Mno such\0P8\0\0"))).toEqual({
      code: "42703",
      message: "no such",
      position: 8,
    });
  });
});

describe("SCRAM-SHA-256", () => {
  const serverFirst =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

  test("proves the password, and believes who knows it too", () => {
    const scram = new Scram("pencil", "rOprNGfwEbeRWgbNEkqO");
    expect(scram.first()).toBe("n,,n=,r=rOprNGfwEbeRWgbNEkqO");
    // PostgreSQL takes the user from the connection, so that the proof is not the RFC's.
    expect(scram.proof(serverFirst)).toMatch(/^c=biws,r=rOprNGfwEbeRWgbNEkqO%hvY.*,p=.{44}$/);
    expect(() => scram.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")).toThrow("prove");
  });

  test("refuses a nonce that is not its own", () => {
    expect(() => new Scram("pencil", "other").proof(serverFirst)).toThrow("nonce");
  });
});
