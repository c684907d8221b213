import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { configure, ConfigurationError, type EncryptionOptions, UnknownOptionError } from "mandate";
import { Keyring } from "../../src/encryption/keyring.ts";

const KEY = Buffer.alloc(32, 7);
const REMEDY = "Give 32 random bytes, as a Uint8Array or in base64: openssl rand -base64 32";

describe("keys of encryption", () => {
  it.each([
    ["bytes", KEY],
    ["other bytes", new Uint8Array(KEY)],
    ["base64", KEY.toString("base64")],
    ["base64 without padding", KEY.toString("base64").replace("=", "")],
    ["base64url", Buffer.alloc(32, 0xfb).toString("base64url")],
    ["base64 from a file", `${KEY.toString("base64")}\n`],
  ])("may be %s", (_, key) => {
    const keyring = new Keyring({ keys: { "2026-11": key }, current: "2026-11" });

    expect(keyring.current.name).toBe("2026-11");
  });

  it("are the same however they are written", () => {
    const checks = [KEY, KEY.toString("base64")].map(
      (key) => new Keyring({ keys: { a: key }, current: "a" }).current.check,
    );

    expect(checks[0]).toBe(checks[1]);
  });

  it("are shown nowhere", () => {
    const keyring = new Keyring({ keys: { a: KEY }, current: "a" });

    const shown = inspect(keyring, { depth: 9, showHidden: true }) + JSON.stringify(keyring);

    expect(shown).not.toMatch(/BwcHBw|07 07|7,\s*7/);
  });

  it.each<[unknown, string]>([
    [
      { keys: {}, current: "a" },
      'keys of encryption of configure: there are none. Give { "2026-11": key }, and its name as current',
    ],
    [
      { keys: undefined, current: "a" },
      'keys of encryption of configure: they are no object. Give { "2026-11": key }, and its name as current',
    ],
    [
      { keys: [KEY], current: "0" },
      'keys of encryption of configure: they are no object. Give { "2026-11": key }, and its name as current',
    ],
    [
      { keys: { a: KEY }, current: "b" },
      '"b" as current of encryption of configure: there is no such key. Name one of keys: "a"',
    ],
    [
      { keys: { a: KEY, c: Buffer.alloc(32) } },
      'undefined as current of encryption of configure: there is no such key. Name one of keys: "a", "c"',
    ],
    [
      { keys: { "a.b": KEY }, current: "a.b" },
      '"a.b" as the name of a key of encryption of configure: names have 1 to 64 letters, digits, "-" or "_", such as "2026-11"',
    ],
    [
      { keys: { a: undefined }, current: "a" },
      `key "a" of encryption of configure: it is undefined. ${REMEDY}`,
    ],
    [
      { keys: { a: null }, current: "a" },
      `key "a" of encryption of configure: it is null. ${REMEDY}`,
    ],
    [
      { keys: { a: 42 }, current: "a" },
      `key "a" of encryption of configure: it is number. ${REMEDY}`,
    ],
    [
      { keys: { a: "" }, current: "a" },
      `key "a" of encryption of configure: it has 0 bytes. ${REMEDY}`,
    ],
    [
      { keys: { a: KEY.subarray(16) }, current: "a" },
      `key "a" of encryption of configure: it has 16 bytes. ${REMEDY}`,
    ],
    [
      { keys: { a: Buffer.alloc(33).toString("base64") }, current: "a" },
      `key "a" of encryption of configure: it has 33 bytes. ${REMEDY}`,
    ],
    [
      { keys: { a: "correct horse battery staple" }, current: "a" },
      `key "a" of encryption of configure: it is no base64. ${REMEDY}`,
    ],
    [
      { keys: { a: KEY.toString("hex") }, current: "a" },
      'key "a" of encryption of configure: it is in hex. Give its bytes: Buffer.from(key, "hex")',
    ],
    [
      { keys: { a: KEY, b: KEY.toString("base64") }, current: "a" },
      'key "b" of encryption of configure: it is the same as key "a". Make another: openssl rand -base64 32',
    ],
  ])("are refused where they are %j", (encryption, why) => {
    expect(() => configure({ encryption: encryption as EncryptionOptions })).toThrow(
      new ConfigurationError(`Cannot use ${why}`),
    );
  });

  it.each<[unknown, string]>([
    [KEY.toString("base64"), "a string as encryption of configure: give { keys, current }"],
    [null, "null as encryption of configure: give { keys, current }"],
    [
      { keys: { a: KEY }, current: KEY.toString("base64") },
      'a text of 44 characters as current of encryption of configure: there is no such key. Name one of keys: "a"',
    ],
    [
      { keys: { [KEY.toString("base64")]: "a" }, current: "a" },
      'a text of 44 characters as the name of a key of encryption of configure: names have 1 to 64 letters, digits, "-" or "_", such as "2026-11"',
    ],
  ])("are not told by errors where they stand elsewhere", (encryption, why) => {
    expect(() => configure({ encryption: encryption as EncryptionOptions })).toThrow(
      new ConfigurationError(`Cannot use ${why}`),
    );
  });

  it("have no other options", () => {
    const encryption = { keys: { a: KEY }, current: "a", old: "b" };

    expect(() => configure({ encryption })).toThrow(UnknownOptionError);
  });
});
