import { describe, expect, it } from "vitest";
import { DecryptionError, EncryptionKeyMissingError } from "mandate";
import {
  decrypt,
  encrypt,
  fingerprint,
  isCurrent,
  isReadable,
  keyNameIn,
  type Standing,
} from "../../src/encryption/cipher.ts";
import { Keyring } from "../../src/encryption/keyring.ts";

const TEXT = '{"card":"4111 1111 1111 1111"}';
const HERE: Standing = {
  what: "the arguments of Charge 1",
  bindings: { job: ["arguments", "Charge", "1"], class: ["arguments", "Charge"] },
};
const SCHEDULED: Standing = {
  ...HERE,
  bindings: { ...HERE.bindings, recurring: ["arguments", "Charge", "nightly"] },
};

const old = keyring({ old: 1 }, "old");
const both = keyring({ old: 1, new: 2 }, "new");

describe("what is encrypted", () => {
  it("is read with any of the keys", () => {
    const encrypted = encrypt(TEXT, HERE, { keyring: old });

    expect(decrypt(encrypted, HERE, both)).toBe(TEXT);
  });

  it("is encrypted with the current one, and says so", () => {
    const [before, after] = [old, both].map((each) => encrypt(TEXT, HERE, { keyring: each }));

    expect([keyNameIn(before), keyNameIn(after)]).toEqual(["old", "new"]);
    expect([before, after].map((each) => isCurrent(each ?? "", both))).toEqual([false, true]);
  });

  it("is another text each time, and holds nothing of what it was", () => {
    const texts = Array.from({ length: 200 }, () => encrypt(TEXT, HERE, { keyring: both }));

    expect(new Set(texts).size).toBe(200);
    expect(texts.join()).not.toContain("4111 1111");
  });

  it("is the same text each time for the occurrences of a recurring job", () => {
    const bound = { keyring: both, bound: "recurring" } as const;
    const [one, same] = [1, 2].map(() => encrypt(TEXT, SCHEDULED, bound));

    expect(one).toBe(same);
    expect(encrypt(`${TEXT} `, SCHEDULED, bound).slice(-60)).not.toBe(one?.slice(-60));
    expect(decrypt(one ?? "", SCHEDULED, both)).toBe(TEXT);
  });

  it("goes into JSON as it is", () => {
    expect(encrypt("é 漢字", HERE, { keyring: both })).toMatch(/^v1\.job\.new\.[\w-]{8}\.[\w-]+$/);
  });

  it.each(["", "x", "é 漢字 🎉 \u2028", "x".repeat(100_000)])("may be any text", (text) => {
    expect(decrypt(encrypt(text, HERE, { keyring: both }), HERE, both)).toBe(text);
  });

  it.each<[string, Standing]>([
    ["job", { ...HERE, bindings: { job: ["arguments", "Charge", "2"] } }],
    ["class", { ...HERE, bindings: { job: ["arguments", "Refund", "1"] } }],
    ["field", { ...HERE, bindings: { job: ["result", "Charge", "1"] } }],
  ])("cannot be read in another %s", (_, elsewhere) => {
    const encrypted = encrypt(TEXT, HERE, { keyring: both });

    expect(() => decrypt(encrypted, elsewhere, both)).toThrow(
      new DecryptionError(
        "the arguments of Charge 1",
        "what was encrypted was altered, or moved here from another job, class or field",
      ),
    );
  });

  it("cannot be read in a job of another kind", () => {
    const encrypted = encrypt(TEXT, SCHEDULED, { keyring: both, bound: "recurring" });

    expect(() => decrypt(encrypted, HERE, both)).toThrow(
      new DecryptionError(
        "the arguments of Charge 1",
        "what was encrypted belongs to another kind of job",
      ),
    );
  });

  it.each(["", "secret", "v2.job.new.abcdefgh.abcd", "v1.job.new.abcdefgh.abcd"])(
    "cannot be %j",
    (encrypted) => {
      expect(() => decrypt(encrypted, HERE, both)).toThrow(
        new DecryptionError(
          "the arguments of Charge 1",
          "what stands there is nothing that this version has encrypted. It was altered, or a newer one wrote it",
        ),
      );
      expect(keyNameIn(encrypted)).toBe(encrypted.startsWith("v1") ? "new" : undefined);
    },
  );

  // Each bit of each byte, as UTF-16 has them: what comes of it is never a text.
  it("cannot be altered anywhere", () => {
    const encrypted = encrypt(TEXT, HERE, { keyring: both });
    const errors = new Set<unknown>();

    for (let at = 0; at < encrypted.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        errors.add(errorOf(flipped(encrypted, at, bit)));
      }
      errors.add(errorOf(encrypted.slice(0, at)));
      errors.add(errorOf(`${encrypted.slice(0, at)}A${encrypted.slice(at)}`));
    }

    expect(errors).toEqual(new Set(["DecryptionError", "EncryptionKeyMissingError"]));
  });

  it.each([
    [
      "encryption is not configured here",
      undefined,
      'it was encrypted with key "new", and encryption is not configured here',
    ],
    [
      "its key is not here",
      old,
      'it was encrypted with key "new", which is not among the keys here',
    ],
    [
      "another key has its name here",
      keyring({ new: 3 }, "new"),
      'it was encrypted with another key than the one that is called "new" here',
    ],
  ])("is not read, and not lost, where %s", (_, keys, why) => {
    const encrypted = encrypt(TEXT, HERE, { keyring: both });

    const read = (): string => decrypt(encrypted, HERE, keys);

    expect(isReadable(encrypted, keys)).toBe(false);
    expect(read).toThrow(EncryptionKeyMissingError);
    expect(read).toThrow(
      `Cannot read the arguments of Charge 1: ${why}. ` +
        "Add the key to keys in configure({ encryption: … }), and restart",
    );
  });
});

describe("a fingerprint", () => {
  it("is the same for the same text and key only", () => {
    const prints = [
      fingerprint("user 1", both),
      fingerprint("user 1", keyring({ new: 2 }, "new")),
      fingerprint("user 2", both),
      fingerprint("user 1", old),
    ];

    expect(prints[0]).toMatch(/^[\w-]{32}$/);
    expect(prints[1]).toBe(prints[0]);
    expect(new Set(prints).size).toBe(3);
  });
});

function keyring(fills: Readonly<Record<string, number>>, current: string): Keyring {
  const keys = Object.entries(fills).map(([name, fill]) => [name, Buffer.alloc(32, fill)] as const);
  return new Keyring({ keys: Object.fromEntries(keys), current });
}

function flipped(text: string, at: number, bit: number): string {
  const other = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit));
  return text.slice(0, at) + other + text.slice(at + 1);
}

function errorOf(encrypted: string): string {
  try {
    return decrypt(encrypted, HERE, both);
  } catch (error) {
    return (error as Error).name;
  }
}
